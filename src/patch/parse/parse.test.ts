import { describe, expect, test } from "bun:test";
import { printPatch } from "../print.ts";
import { parsePatch } from "./parse.ts";

const wrap = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch", ""].join("\n");
function files(...lines: string[]) {
  const parsed = parsePatch(wrap(...lines));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.files;
}
function error(text: string) {
  const parsed = parsePatch(text);
  return parsed.ok ? null : { ...parsed.error, message: parsed.error.message.split(". ")[0] };
}
const said = (...lines: string[]) => error(wrap(...lines));

describe("the frame", () => {
  test("opens and closes a patch, padded or not", () => {
    expect(parsePatch("  *** Begin Patch  \n*** Delete File: a\n*** End Patch ")).toMatchObject({ ok: true });
    expect(error("x\n*** End Patch")).toEqual({
      message: "Invalid patch: the first line of the patch must be '*** Begin Patch'.",
      path: null,
      patch_line: 1,
    });
    expect(error("\n\n*** Begin Patch\n*** Delete File: a")).toEqual({
      message: "Invalid patch: the last line of the patch must be '*** End Patch'; is the patch cut off?",
      path: null,
      patch_line: 4,
    });
    expect(error("*** Begin Patch")).toMatchObject({ patch_line: 1, message: expect.stringContaining("cut off") });
    expect(error("*** End Patch")).toMatchObject({ message: expect.stringContaining("first line") });
  });

  test("may hold nothing, and an environment", () => {
    expect(parsePatch(wrap())).toEqual({ ok: true, value: { files: [], environment: null } });
    expect(parsePatch(wrap("*** Environment ID:  x y ", "", "*** Delete File: a"))).toMatchObject({
      value: { environment: "x y", files: [{ path: "a", line: 4 }] },
    });
    expect(said("*** Delete File: a", "*** Environment ID: x")).toMatchObject({ patch_line: 3 });
  });
});

describe("headers", () => {
  test("name a file, padding cut off; a path may hold blanks", () => {
    expect(
      files("*** Delete File:  a b.txt  ", "", "  *** Delete File: c").map(({ path, line }) => [path, line]),
    ).toEqual([
      ["a b.txt", 2],
      ["c", 4],
    ]);
    expect(files("*** Delete File:close").map(({ path }) => path)).toEqual(["close"]);
  });

  test("without a path, with a NUL, or of another kind are said with their line", () => {
    for (const kind of ["Add", "Delete", "Update"])
      expect(said("", `*** ${kind} File: `)).toEqual({
        message: "Invalid patch hunk on line 3: the path is missing.",
        path: null,
        patch_line: 3,
      });
    expect(said("*** Delete File: a\0b")?.message).toBe("Invalid patch hunk on line 2: the path holds a NUL byte.");
    for (const lines of [
      ["*** Delete File: a\ud800b"],
      ["*** Update File: \udc00", "@@", "-a"],
      ["*** Add File: a\ud800"],
    ])
      expect(said(...lines)?.message).toBe("Invalid patch hunk on line 2: the path holds half of a surrogate pair.");
    expect(said("*** Update File: a", "*** Move to:", "@@", "-a")?.message).toBe(
      "Invalid patch hunk on line 3: the path is missing.",
    );
    expect(said("*** Rename File: a")).toMatchObject({
      message: "Invalid patch hunk on line 2: '*** Rename File: a' is not a file header",
      patch_line: 2,
    });
    expect(said("x".repeat(81))?.message).toContain(`'${"x".repeat(79)}…'`);
    expect(said("x".repeat(80))?.message).toContain(`'${"x".repeat(80)}'`);
  });
});

describe("a new file", () => {
  test("has the lines behind its plus signs, and an end unless the patch says otherwise", () => {
    expect(files("*** Add File: a", "+one", "+", "++two", "*** Delete File: b")).toMatchObject([
      { kind: "add", lines: ["one", "", "+two"], final_newline: true, must_be_new: false, executable: null, line: 2 },
      { kind: "delete" },
    ]);
    expect(files("*** Add File: a", "+one", "\\ No newline at end of file")).toMatchObject([{ final_newline: false }]);
    expect(files("*** Add File: a", "+one", "*** End of File", "", "*** Delete File: b")).toHaveLength(2);
    expect(files("*** Add File: a")).toMatchObject([{ lines: [], final_newline: true }]);
  });

  test("whose lines have no plus sign is said by the line", () => {
    expect(said("*** Add File: a", "+one", "two")).toEqual({
      message: "Invalid patch hunk on line 4: 'two' in the new file a does not start with '+'",
      path: "a",
      patch_line: 4,
    });
    expect(said("*** Add File: a", "\\ No newline at end of file")).toMatchObject({ patch_line: 3 });
    expect(said("*** Add File: a", "+one", "\\ No newline at end of file", "+two")).toMatchObject({ patch_line: 5 });
  });
});

describe("an update", () => {
  const hunks = (...lines: string[]) => {
    const [file] = files("*** Update File: a", ...lines);
    return file?.kind === "update" ? file.hunks : [];
  };

  test("has hunks, each with its line, its context and its lines", () => {
    expect(hunks("@@ class A", "@@ def f():", " kept", "-old", "+new", "", "@@", "+last", "*** End of File")).toEqual([
      {
        context: ["class A", "def f():"],
        hint: null,
        end_of_file: false,
        line: 3,
        lines: [
          { op: " ", text: "kept" },
          { op: "-", text: "old" },
          { op: "+", text: "new" },
          { op: " ", text: "" },
        ],
      },
      { context: [], hint: null, end_of_file: true, line: 9, lines: [{ op: "+", text: "last" }] },
    ]);
  });

  test("may move the file, with or without hunks", () => {
    expect(files("*** Update File: a", "*** Move to: b")).toMatchObject([{ move_path: "b", hunks: [] }]);
    expect(files("*** Update File: a", "*** Move to: b", "@@", "-x")).toMatchObject([{ move_path: "b", hunks: [{}] }]);
  });

  test("may name its place as a unified diff does, and then nothing else is context", () => {
    for (const header of ["@@ -12,3 +14,4 @@", "@@ -12 +14 @@ def f():", "@@ -12,3 +14,4", "@@@ -12 +1 @@"])
      expect(hunks(header, "-x")).toMatchObject([{ hint: 12, context: [] }]);
    expect(hunks("@@ -12,3 +x", "-x")).toMatchObject([{ hint: null, context: ["-12,3 +x"] }]);
    expect(hunks("@@ -1234567890 +1 @@", "-x")).toMatchObject([{ hint: null }]);
    expect(hunks("@@x", "-x")).toMatchObject([{ context: ["x"] }]);
    expect(hunks("@@  ", "-x")).toMatchObject([{ context: [] }]);
    expect(hunks("@@  indented", "-x")).toMatchObject([{ context: [" indented"] }]);
  });

  test("needs no @@ where its lines say what they are", () => {
    expect(hunks("-x", "+y")).toMatchObject([{ line: 3, context: [], lines: [{ op: "-" }, { op: "+" }] }]);
  });

  test("marks the line behind which the file ends without a newline", () => {
    expect(hunks("@@", "-x", "\\ No newline at end of file", "+y")).toMatchObject([
      {
        lines: [
          { op: "-", text: "x", no_newline: true },
          { op: "+", text: "y" },
        ],
      },
    ]);
    expect(said("*** Update File: a", "@@", "\\ No newline at end of file", "+y")).toMatchObject({ patch_line: 4 });
  });

  test("without lines, or with one that is none, is said by the line", () => {
    expect(said("*** Update File: a")).toEqual({
      message: "Invalid patch hunk on line 2: the update of a has no lines",
      path: "a",
      patch_line: 2,
    });
    expect(said("*** Update File: a", "@@")).toEqual({
      message: "Invalid patch hunk on line 3: the hunk in a has no lines.",
      path: "a",
      patch_line: 3,
    });
    expect(said("*** Update File: a", "@@", "*** End of File")?.message).toContain(
      "line 3: the hunk in a has no lines",
    );
    expect(said("*** Update File: a", "@@", "stray")).toEqual({
      message: "Invalid patch hunk on line 4: 'stray' in the update of a starts with neither ' ', '-' nor '+'",
      path: "a",
      patch_line: 4,
    });
    expect(said("*** Update File: a", "@@", "-x", "stray")).toMatchObject({ patch_line: 5 });
  });
});

test("a patch that is printed reads as it was", () => {
  const text = wrap(
    "*** Environment ID: e",
    "*** Add File: a",
    "+one",
    "\\ No newline at end of file",
    "*** Delete File: b",
    "*** Update File: c",
    "*** Move to: d",
    "@@ -3,2 +3,1 @@",
    " kept",
    "-old",
    "\\ No newline at end of file",
    "@@ class A",
    "-x",
    "+y",
    "+z",
    "*** End of File",
    "@@",
    "+w",
  );
  const parsed = parsePatch(text);
  expect(parsed.ok && printPatch(parsed.value)).toBe(text);
});
