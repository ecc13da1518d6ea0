// What a model is told when a hunk has no place, word by word: it is all that it has to send a better one.
import { describe, expect, test } from "bun:test";
import { parsePatch, planPatch } from "./index.ts";
import { workspace } from "./testing.ts";

/** The error of an update of `f` with these hunks. */
async function miss(content: string | Uint8Array, ...hunks: string[]): Promise<string> {
  using space = workspace({ f: content });
  const text = `*** Begin Patch\n*** Update File: f\n${hunks.map((hunk) => `${hunk}\n`).join("")}*** End Patch\n`;
  const patch = parsePatch(text);
  if (!patch.ok) throw new Error(patch.error.message);
  const plan = await planPatch(patch.value, space.scope);
  return plan.ok ? "it fits" : plan.error.message;
}
const numbered = (count: number, of: (n: number) => string = (n) => `line ${n}`) =>
  Array.from({ length: count }, (_, n) => of(n + 1))
    .join("\n")
    .concat("\n");

describe("lines that stand elsewhere", () => {
  test("before the hunk that comes before", async () => {
    expect(await miss(numbered(9), "@@\n-line 7\n+x", "@@\n-line 2\n-line 3\n+y")).toBe(
      [
        "Failed to find the expected lines of hunk 2 of 2 (patch line 6) in f, at or after line 8.",
        "They stand at lines 2-3, before line 8, where the hunk before it ends: hunks must follow the order of the file and must not overlap.",
      ].join("\n"),
    );
  });

  test("before its own @@ line", async () => {
    expect(await miss(numbered(9), "@@ line 5\n-line 3\n+x")).toBe(
      [
        "Failed to find the expected lines of the hunk (patch line 3) in f, at or after line 6.",
        "They stand at line 3, before line 6, where its '@@' lines or the hunk before it end: hunks must follow the order of the file and must not overlap.",
      ].join("\n"),
    );
  });

  test("not at the end, where the marker puts them", async () => {
    expect(await miss(numbered(9), "@@\n-line 3\n+x\n*** End of File")).toBe(
      [
        "Failed to find the expected lines of the hunk (patch line 3) in f, at the end of the file, where '*** End of File' puts them.",
        "They stand at line 3, but the file has 9 lines. Leave the marker out to change them there.",
      ].join("\n"),
    );
  });
});

test("a change that was made already", async () => {
  const made = (text: string) =>
    [
      "Failed to find the expected lines of the hunk (patch line 3) in f.",
      `Its new lines are there already, at ${text}: this change seems to be made. Leave the hunk out, or read the file again.`,
    ].join("\n");
  expect(await miss("a\nnew\nb\n", "@@\n a\n-old\n+new\n b")).toBe(made("lines 1-3"));
  expect(await miss("a\nnew\nb\n", "@@\n-old\n+new")).toBe(made("line 2"));
  // Blank lines are everywhere: that they are there says nothing.
  expect(await miss("a\n\nb\n", "@@\n-something else\n+")).not.toContain("already");
});

test("a file without lines", async () => {
  expect(await miss("", "@@\n-a\n+b")).toBe(
    "Failed to find the expected lines of the hunk (patch line 3) in f: the file is empty.",
  );
});

describe("a @@ line that is not there", () => {
  const advice = "A '@@' line must be one whole line of the file; leave it out if the hunk's own lines are unique.";

  test("nor anything like it", async () => {
    expect(await miss("a\nb\n", "@@ function parse()\n-b\n+c")).toBe(
      `Failed to find the context '@@ function parse()' of the hunk (patch line 3) in f.\n${advice}`,
    );
  });

  test("but much the same", async () => {
    expect(await miss("a\nfunction parse(x)\nb\n", "@@ function parse()\n-b\n+c")).toBe(
      [
        "Failed to find the context '@@ function parse()' of the hunk (patch line 3) in f.",
        "The most similar line:",
        "1| a",
        "2| function parse(x)",
        "3| b",
        advice,
      ].join("\n"),
    );
  });

  test("but before the hunk that comes before", async () => {
    expect(await miss(numbered(9), "@@\n-line 7\n+x", "@@ line 2\n-line 8\n+y")).toBe(
      [
        "Failed to find the context '@@ line 2' of hunk 2 of 2 (patch line 6) in f, at or after line 8.",
        "It stands at line 2, before that: hunks must follow the order of the file.",
      ].join("\n"),
    );
  });
});

describe("the nearest match", () => {
  const rows = (message: string) => message.split("\n").slice(1);

  test("is where most lines agree, with three lines around the first that differs", async () => {
    const message = await miss(numbered(20), "@@\n line 8\n line 9\n-line ten\n line 11\n+x");
    expect(rows(message)).toEqual([
      "The nearest match is at lines 8-11, 3 of 4 lines agree. The first that differs:",
      "  patch: line ten",
      "  file:  line 10",
      "What stands there now:",
      " 7| line 7",
      " 8| line 8",
      " 9| line 9",
      "10| line 10",
      "11| line 11",
      "12| line 12",
      "13| line 13",
      "Nothing was written. Send the patch again with the lines as they stand in the file.",
    ]);
  });

  test("of two that agree as much is the one that is nearer to where the search began", async () => {
    const content = "key\nvalue one\n-\nkey\nvalue two\n-\nkey\nvalue three\n";
    expect(rows(await miss(content, "@@\n key\n-value\n+x"))[0]).toStartWith("The nearest match is at lines 1-2,");
    const late = await miss(`${content}start\nkey\nvalue four\n`, "@@ start\n key\n-value\n+x");
    expect(rows(late)[0]).toStartWith("The nearest match is at lines 10-11,");
  });

  test("may begin before the file, or go beyond it", async () => {
    const before = await miss("b\nc\n", "@@\n a\n-b\n-c\n+x");
    expect(rows(before).slice(0, 3)).toEqual([
      "The nearest match is at lines 1-2, 2 of 3 lines agree. The first that differs:",
      "  patch: a",
      "  file:  (it begins after that)",
    ]);
    const beyond = await miss("b\nc\n", "@@\n b\n-c\n-d\n+x");
    expect(rows(beyond).slice(0, 7)).toEqual([
      "The nearest match is at lines 1-2, 2 of 3 lines agree. The first that differs:",
      "  patch: d",
      "  file:  (it ends before that)",
      "What stands there now:",
      "1| b",
      "2| c",
      "Nothing was written. Send the patch again with the lines as they stand in the file.",
    ]);
  });

  test("is where the longest line has its like, when none agrees", async () => {
    const content = numbered(9, (n) => (n === 6 ? "const parsed = parse(text, options);" : `${n}`));
    const message = await miss(content, "@@\n if\n-const parsed = parse(text);\n+x");
    expect(rows(message).slice(0, 3)).toEqual([
      "The nearest match is at lines 5-6, 0 of 2 lines agree. The first that differs:",
      "  patch: if",
      "  file:  5",
    ]);
  });

  test("is none where nothing resembles: what stands there is shown", async () => {
    const message = await miss(
      numbered(9, (n) => `${n}`),
      "@@ 2\n-something\n+x",
    );
    expect(rows(message)).toEqual([
      "No line of the file resembles them. Lines 3 and on:",
      "1| 1",
      "2| 2",
      "3| 3",
      "4| 4",
      "5| 5",
      "6| 6",
      "7| 7",
      "8| 8",
      "9| 9",
      "Read the file again before the next patch.",
    ]);
  });

  test("counts no line that stands in more than 2,000 places", async () => {
    const content = (common: number) => `${"}\n".repeat(common)}unique\nend\n`;
    const hunk = "@@\n }\n-other\n+x";
    expect(await miss(content(2000), hunk)).toContain("1 of 2 lines agree");
    expect(await miss(content(2001), hunk)).toContain("No line of the file resembles them");
  });

  test("quotes 200 characters of a line", async () => {
    const quoted = async (length: number) => {
      const message = await miss(`${"x".repeat(length)}\nb\n`, "@@\n-y\n b\n+c");
      return /file: {2}(.*)/.exec(message)?.[1];
    };
    expect(await quoted(200)).toBe("x".repeat(200));
    expect(await quoted(201)).toBe(`${"x".repeat(200)}… (201 characters)`);
  });

  test("shows the bytes of a damaged file as the text that they are", async () => {
    const content = Buffer.concat([Buffer.from("ä one\nb\n"), Buffer.from([0xff, 0x0a])]);
    expect(await miss(content, "@@\n-ä two\n b\n+c")).toContain("  patch: ä two\n  file:  ä one\n");
  });
});
