import { describe, expect, test } from "bun:test";
import { parseUnifiedDiff } from "./unified.ts";

function files(text: string) {
  const parsed = parseUnifiedDiff(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.files;
}
const error = (text: string) => {
  const parsed = parseUnifiedDiff(text);
  return parsed.ok ? "it is read" : `${parsed.error.patch_line}: ${parsed.error.message}`;
};
const body = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n";
const git = (...header: string[]) => `diff --git a/f b/f\n${header.map((line) => `${line}\n`).join("")}`;

describe("a file of a diff", () => {
  test("has names, hunks and the line where it begins", () => {
    expect(files(`words\n\n${body}more words\n`)).toEqual([
      {
        kind: "update",
        path: "f",
        move_path: null,
        executable: null,
        line: 3,
        hunks: [
          {
            context: [],
            hint: 1,
            end_of_file: false,
            line: 5,
            lines: [
              { op: "-", text: "a" },
              { op: "+", text: "b" },
            ],
          },
        ],
      },
    ]);
  });

  test("follows the one before, with or without a header of git", () => {
    expect(files(body + git("index 1..2 100644") + body + body).map(({ line }) => line)).toEqual([1, 6, 13]);
  });

  test("may have no name line where git tells it otherwise", () => {
    expect(files(git("old mode 100644", "new mode 100755"))).toMatchObject([
      { kind: "update", path: "f", executable: true, hunks: [] },
    ]);
    expect(files(git("old mode 100755", "new mode 100644"))).toMatchObject([{ executable: false }]);
    expect(files(git("old mode 100644", "new mode 100644"))).toMatchObject([{ executable: null }]);
    expect(files("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n")).toMatchObject([
      { kind: "update", path: "f", move_path: "g", hunks: [] },
    ]);
    expect(files('diff --git x y\nrename from "\\303\\244"\nrename to "b c"\n')).toMatchObject([
      { path: "ä", move_path: "b c" },
    ]);
    expect(files(git("new file mode 100755"))).toMatchObject([
      { kind: "add", path: "f", lines: [], executable: true, must_be_new: true, final_newline: true },
    ]);
    expect(files(git("new file mode 100644"))).toMatchObject([{ kind: "add", executable: null }]);
    expect(files(git("deleted file mode 100644"))).toMatchObject([{ kind: "delete", path: "f", expected: [] }]);
  });

  test("is new or goes, where one side is /dev/null", () => {
    expect(files("--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n")).toMatchObject([
      { kind: "add", path: "f", lines: ["a", "b"], final_newline: false, executable: null },
    ]);
    expect(files("--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n")).toMatchObject([
      { kind: "delete", path: "f", expected: ["a", "b"] },
    ]);
  });

  test("without a name is none", () => {
    expect(error("--- /dev/null\n+++ /dev/null\n")).toBe("1: Invalid diff: the file at line 1 has no name.");
    expect(error("diff --git a/x b/y\n")).toBe("1: Invalid diff: the file at line 1 has no name.");
    expect(error("just words\n")).toBe("1: This is not a unified diff: it has no '--- a/FILE' and '+++ b/FILE' lines.");
    expect(error("--- a/f\nwords\n")).toContain("not a unified diff");
  });
});

describe("what cannot be applied says why", () => {
  const refused = (header: string) => error(`\n${git(header)}`);
  test.each([
    [
      "copy from x",
      "3: Cannot apply the diff of f (line 3): it copies a file; make the diff without -C. Use git apply for it.",
    ],
    [
      "copy to x",
      "3: Cannot apply the diff of f (line 3): it copies a file; make the diff without -C. Use git apply for it.",
    ],
    [
      "Binary files a/f and b/f differ",
      "3: Cannot apply the diff of f (line 3): the change is binary. Use git apply for it.",
    ],
    ["GIT binary patch", "3: Cannot apply the diff of f (line 3): the change is binary. Use git apply for it."],
    ["new file mode 120000", "3: Cannot apply line 3: it changes a symlink. Use git apply for it."],
    ["old mode 120000", "3: Cannot apply line 3: it changes a symlink. Use git apply for it."],
    ["deleted file mode 160000", "3: Cannot apply line 3: it changes a submodule. Use git apply for it."],
    ["new mode 160000", "3: Cannot apply line 3: it changes a submodule. Use git apply for it."],
  ])("%s", (header, message) => {
    expect(refused(header)).toBe(message);
  });

  test("by the name that is known", () => {
    expect(error("diff --git a/x b/y\nGIT binary patch\n")).toContain("the diff of a file (line 2)");
    expect(error("diff --git a/x b/y\nrename from old\nrename to new\nGIT binary patch\n")).toContain(
      "the diff of new (",
    );
    expect(error(`${git("deleted file mode 100644")}Binary files a/f and /dev/null differ\n`)).toContain(
      "the diff of f (",
    );
  });

  test("only where it stands in the header of a file", () => {
    for (const line of ["x copy from y", "Binary files differ", "the GIT binary patch", "GIT binary patches"])
      expect(files(`${git()}${line}\n${body}`)).toHaveLength(2);
    expect(files(`${git("index 1..2", "dissimilarity index 90%", "similarity index 90%")}${body}`)).toHaveLength(1);
  });
});

describe("a hunk", () => {
  const hunk = (header: string, ...lines: string[]) => `--- a/f\n+++ b/f\n${header}\n${lines.join("\n")}\n`;

  test("has as many lines as its header counts, one where it does not", () => {
    const [file] = files(hunk("@@ -3,3 +4,2 @@ def", " a", "-b", "", "trailing"));
    expect(file).toMatchObject({
      hunks: [
        {
          hint: 3,
          lines: [
            { op: " ", text: "a" },
            { op: "-", text: "b" },
            { op: " ", text: "" },
          ],
        },
      ],
    });
    expect(files(hunk("@@ -1 +1 @@", " a"))).toMatchObject([{ hunks: [{ lines: [{ op: " ", text: "a" }] }] }]);
    expect(files(hunk("@@ -0,0 +1 @@", "+a"))).toMatchObject([{ hunks: [{ hint: 0 }] }]);
  });

  test("marks the line that has no end, also the last", () => {
    const text = hunk("@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file");
    expect(files(text)).toMatchObject([
      {
        hunks: [
          {
            lines: [
              { op: "-", text: "a", no_newline: true },
              { op: "+", text: "b", no_newline: true },
            ],
          },
        ],
      },
    ]);
    const [first] = files(hunk("@@ -1 +1 @@", "-a", "+b", "\\ No newline at end of file"));
    expect(first).toMatchObject({ hunks: [{ lines: [{ op: "-", text: "a" }, { no_newline: true }] }] });
    expect(JSON.stringify(first)).not.toContain('"text":"a","no_newline"');
  });

  test("that is cut off, or counts other lines, is said by its header", () => {
    const said = (line: number, text: string) =>
      `3: Invalid diff: the '@@' line 3 counts other lines than follow it; at line ${line} stands '${text}'. The diff is cut off or was edited by hand.`;
    expect(error("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a")).toBe(said(5, ""));
    expect(error(hunk("@@ -1,2 +1,2 @@", " a", "x"))).toBe(said(5, "x"));
    expect(error(hunk("@@ -1 +1,2 @@", "-a", "-b"))).toBe(said(5, "-b"));
    expect(error(hunk("@@ -1,2 +1 @@", "+a", "+b"))).toBe(said(5, "+b"));
    expect(error(hunk("@@ -1,2 +1 @@", "+a", " b"))).toBe(said(5, " b"));
    expect(error(hunk("@@ -1 +1,2 @@", "-a", " b"))).toBe(said(5, " b"));
    expect(error(hunk("@@ -1 +1 @@", " a", "+b"))).toBe(said(5, "+b"));
    expect(error(hunk("@@ -1 +1 @@", " a", " b"))).toBe(said(5, " b"));
    expect(error(hunk("@@ -1 +1 @@", " a", "-b"))).toBe(said(5, "-b"));
    expect(error(hunk("@@ -1,2 +1,2 @@", " a", "x".repeat(90)))).toBe(said(5, `${"x".repeat(79)}…`));
  });

  test("ends before the next file, the signature of a mail, and an empty line", () => {
    expect(files(hunk("@@ -1 +1 @@", " a", "-- ", "2.39"))).toHaveLength(1);
    expect(files(hunk("@@ -1 +1 @@", " a", "--", "2.39"))).toHaveLength(1);
    expect(files(hunk("@@ -1 +1 @@", " a", "--- a/g", "+++ b/g"))).toHaveLength(2);
    expect(error(hunk("@@ -1 +1 @@", " a", "--- a/g"))).toContain("stands '--- a/g'");
    expect(files(hunk("@@ -1 +1 @@", " a", "", "words"))).toHaveLength(1);
  });

  test("of too large a number is no hunk", () => {
    expect(files(hunk("@@ -999999999 +1 @@", " a"))).toMatchObject([{ hunks: [{ hint: 999_999_999 }] }]);
    expect(files(hunk("@@ -1000000000 +1 @@", "words"))).toMatchObject([{ hunks: [] }]);
    expect(files(hunk("x@@ -1 +1 @@", "words"))).toMatchObject([{ hunks: [] }]);
  });
});

describe("CRLF", () => {
  test("of a whole diff is how it was saved", () => {
    expect(files(body.replaceAll("\n", "\r\n"))).toEqual(files(body));
    expect(files(`${git("index 1..2")}${body}`.replaceAll("\n", "\r\n"))).toEqual(files(`${git("index 1..2")}${body}`));
  });

  test("of single lines is how the lines of the file end", () => {
    const [file] = files("--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\r\n-b\r\n+c\r\n+d\n");
    expect(file).toMatchObject({
      hunks: [
        {
          lines: [
            { op: " ", text: "a" },
            { op: "-", text: "b" },
            { op: "+", text: "c", ending: "\r\n" },
            { op: "+", text: "d", ending: "\n" },
          ],
        },
      ],
    });
    // What looks like a header in the middle of a line says nothing of the diff.
    const [told] = files("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\r\n+see diff --git and @@ -1\r\n");
    expect(told).toMatchObject({ hunks: [{ lines: [{ text: "b" }, { op: "+", ending: "\r\n" }] }] });
    // Where no old line has one, a CR that comes belongs to its line.
    const [added] = files("--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n a\n+c\r\n");
    expect(added).toMatchObject({ hunks: [{ lines: [{ text: "a" }, { op: "+", text: "c\r" }] }] });
    expect(JSON.stringify(added)).not.toContain("ending");
  });

  test("in a new or a deleted file is its content", () => {
    expect(files("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\r\n")).toMatchObject([{ kind: "add", lines: ["a\r"] }]);
    expect(files("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\r\n")).toMatchObject([{ expected: ["a\r"] }]);
  });
});
