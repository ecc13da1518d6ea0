import { describe, expect, test } from "bun:test";
import { applyEdits, editsOf } from "./edit.ts";
import type { HunkLine } from "./parse/syntax.ts";
import { encode, splitText } from "./text.ts";

function read(text: string | Uint8Array) {
  const found = splitText(typeof text === "string" ? Buffer.from(text) : text);
  if (!found.ok) throw new Error(found.reason);
  return found.file;
}

/** Lines of a hunk as a patch writes them; `\` behind one says that the file ends there without a newline. */
function lines(...texts: string[]): HunkLine[] {
  const found: HunkLine[] = [];
  for (const text of texts) {
    const last = found.at(-1);
    if (text === "\\" && last) last.no_newline = true;
    else found.push({ op: text[0] as HunkLine["op"], text: text.slice(1) });
  }
  return found;
}
const hunk = (at: number, ...texts: string[]) => ({
  hunk: { context: [], hint: null, lines: lines(...texts), end_of_file: false, line: 1 },
  at,
  length: 0,
  others: [],
});

function apply(text: string, ...placed: ReturnType<typeof hunk>[]): string {
  const file = read(text);
  return Buffer.concat(applyEdits(file, editsOf(file, placed))).toString();
}

describe("edits", () => {
  test("are only where lines go or come, each kept line apart from them", () => {
    const file = read("a\nb\nc\nd\n");
    expect(editsOf(file, [hunk(0, " a", "-b", "+x", " c", "+y", "-d")])).toEqual([
      { start: 1, removed: 1, added: ["x\n"] },
      { start: 3, removed: 1, added: ["y\n"] },
    ]);
    expect(editsOf(file, [hunk(0, " a", " b")])).toEqual([]);
  });

  test("of hunks that touch are one, in the order of the file", () => {
    const file = read("a\nb\nc\nd\ne\n");
    const touching = [hunk(2, "-c", "+z"), hunk(0, "-a", "-b", "+x"), hunk(4, "-e")];
    expect(editsOf(file, touching)).toEqual([
      { start: 0, removed: 3, added: ["x\n", "z\n"] },
      { start: 4, removed: 1, added: [] },
    ]);
    expect(apply("a\nb\nc\nd\ne\n", ...touching)).toBe("x\nz\nd\n");
  });

  test("of hunks that touch end as the last of them says", () => {
    expect(apply("a\nb", hunk(0, "-a", "+x"), hunk(1, "-b", "+y", "\\"))).toBe("x\ny");
    expect(apply("a\nb\n", hunk(0, "-a", "+x"), hunk(1, "-b", "+y", "\\"))).toBe("x\ny");
  });

  test("leave pieces of the old content, and none that is empty", () => {
    const file = read("a\nb\nc\n");
    const pieces = (...placed: ReturnType<typeof hunk>[]) =>
      applyEdits(file, editsOf(file, placed)).map((piece) => Buffer.from(piece).toString());
    expect(pieces(hunk(1, "-b", "+x"))).toEqual(["a\n", "x\n", "c\n"]);
    expect(pieces(hunk(0, "-a"))).toEqual(["b\nc\n"]);
    expect(pieces(hunk(2, "-c"))).toEqual(["a\nb\n"]);
    expect(pieces(hunk(0, "-a", "-b", "-c"))).toEqual([]);
  });
});

describe("the ending of a new line", () => {
  test("is that of the line in whose place it stands, one by one, the last one's for those beyond", () => {
    expect(apply("a\r\nb\nc\r\n", hunk(0, "-a", "-b", "+x", "+y", "+z"))).toBe("x\r\ny\nz\nc\r\n");
    expect(apply("a\nb\r\nc\n", hunk(0, "-a", "-b", "+x", "+y", "+z"))).toBe("x\ny\r\nz\r\nc\n");
  });

  test("else that of the line before it, of the one behind it, of the first one, or LF", () => {
    expect(apply("a\r\nb\n", hunk(1, "+x"))).toBe("a\r\nx\r\nb\n");
    expect(apply("a\nb\r\n", hunk(1, "+x"))).toBe("a\nx\nb\r\n");
    expect(apply("a\r\nb\n", hunk(0, "+x"))).toBe("x\r\na\r\nb\n");
    expect(apply("", hunk(0, "+x", "+y"))).toBe("x\ny\n");
    expect(apply("a", hunk(0, "+x"))).toBe("x\na");
    expect(apply("a\r\nb", hunk(1, "-b", "+x", "+y"))).toBe("a\r\nx\r\ny");
  });

  test("is the one that a diff says", () => {
    const [crlf, lf] = [hunk(1, "+x"), hunk(1, "+x")];
    for (const line of crlf.hunk.lines) line.ending = "\r\n";
    for (const line of lf.hunk.lines) line.ending = "\n";
    expect(apply("a\nb\n", crlf)).toBe("a\nx\r\nb\n");
    expect(apply("a\r\nb\r\n", lf)).toBe("a\r\nx\nb\r\n");
  });

  test("is not doubled where the patch brings a CR of its own", () => {
    expect(apply("a\r\nb\r\n", hunk(1, "+x\r"))).toBe("a\r\nx\r\nb\r\n");
    expect(apply("a\nb\n", hunk(1, "+x\r"))).toBe("a\nx\r\nb\n");
  });
});

describe("the end of a file", () => {
  test("stays as it is: with a newline or without one", () => {
    expect(apply("a\nb", hunk(1, "-b", "+x"))).toBe("a\nx");
    expect(apply("a\nb\n", hunk(1, "-b", "+x"))).toBe("a\nx\n");
    expect(apply("a\nb", hunk(1, "-b"))).toBe("a\n");
    expect(apply("a\nb", hunk(0, "-a", "+x"))).toBe("x\nb");
  });

  test("without a newline gets one when something is put behind it", () => {
    expect(apply("a\nb", hunk(2, "+x"))).toBe("a\nb\nx");
    expect(apply("a\r\nb", hunk(2, "+x", "+y"))).toBe("a\r\nb\r\nx\r\ny");
  });

  test("is what the patch says of it", () => {
    expect(apply("a\nb\n", hunk(1, "-b", "+x", "\\"))).toBe("a\nx");
    expect(apply("a\nb", hunk(1, "-b", "\\", "+x"))).toBe("a\nx\n");
    expect(apply("a\nb", hunk(1, "-b", "\\", "+x", "\\"))).toBe("a\nx");
    // What it says of a line that stays in the middle of the file counts for nothing.
    expect(apply("a\nb\n", hunk(0, "-a", "+x", "\\", " b"))).toBe("x\nb\n");
  });
});

test("offsets are those of the bytes, in every encoding", () => {
  for (const encoding of ["utf-8", "utf-16le", "utf-16be", "latin1"] as const) {
    const mark = { "utf-8": [0xef, 0xbb, 0xbf], "utf-16le": [0xff, 0xfe], "utf-16be": [0xfe, 0xff], latin1: [] }[
      encoding
    ];
    const whole = (text: string) => Buffer.concat([Buffer.from(mark), encode(text, encoding)]);
    const file = read(whole("ä\nöö\nü\nß\n"));
    expect(file.encoding).toBe(encoding);
    const edits = editsOf(file, [hunk(1, "-öö", "+xä"), hunk(3, "-ß", "+y")]);
    expect(Buffer.concat(applyEdits(file, edits))).toEqual(whole("ä\nxä\nü\ny\n"));
  }
});
