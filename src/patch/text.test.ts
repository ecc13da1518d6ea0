import { describe, expect, test } from "bun:test";
import {
  byteLength,
  type Encoding,
  encode,
  lineEnding,
  splitText,
  toFileText,
  toShownText,
  unencodable,
} from "./text.ts";

function read(bytes: Uint8Array | number[] | string, mark_is_text = false) {
  const found = splitText(typeof bytes === "string" ? Buffer.from(bytes) : Uint8Array.from(bytes), mark_is_text);
  if (!found.ok) throw new Error(found.reason);
  return found.file;
}
function refused(bytes: number[]): string | null {
  const found = splitText(Uint8Array.from(bytes));
  return found.ok ? null : found.reason;
}
const le = (text: string) => [...Buffer.from(text, "utf16le")];
const be = (text: string) => [...Buffer.from(text, "utf16le").swap16()];

describe("the encoding of a file is told from its bytes", () => {
  test.each<[string, number[], Encoding, number, string]>([
    ["nothing", [], "utf-8", 0, ""],
    ["ASCII", [...Buffer.from("abc")], "utf-8", 0, "abc"],
    ["UTF-8", [...Buffer.from("ä€😀")], "utf-8", 0, "ä€😀"],
    ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, ...Buffer.from("ä")], "utf-8", 3, "ä"],
    ["damaged UTF-8 with a mark", [0xef, 0xbb, 0xbf, 0xc3], "bytes", 3, "\xc3"],
    ["UTF-16 LE with a mark", [0xff, 0xfe, ...le("aä")], "utf-16le", 2, "aä"],
    ["UTF-16 BE with a mark", [0xfe, 0xff, ...be("aä")], "utf-16be", 2, "aä"],
    ["UTF-16 LE without one", le("ab"), "utf-16le", 0, "ab"],
    ["UTF-16 BE without one", be("ab"), "utf-16be", 0, "ab"],
    ["two bytes, one of them zero", [0x61, 0], "utf-8", 0, "a\0"],
    ["latin-1", [0x61, 0xe4, 0x20, 0xdf], "latin1", 0, "aä ß"],
    ["UTF-8 with a broken character", [0xc3, 0xa4, 0xff], "bytes", 0, "\xc3\xa4\xff"],
    ["the same with one of three bytes", [0xe2, 0x82, 0xac, 0xff], "bytes", 0, "\xe2\x82\xac\xff"],
    ["the same with one of four", [0xf0, 0x9f, 0x98, 0x80, 0xff], "bytes", 0, "\xf0\x9f\x98\x80\xff"],
    ["a sequence that is none in UTF-8", [0xc1, 0x80, 0xff], "latin1", 0, "\xc1\x80\xff"],
  ])("%s", (_, bytes, encoding, bom, text) => {
    const file = read(bytes);
    expect([file.encoding, file.bom, file.text]).toEqual([encoding, bom, text]);
    expect(Buffer.concat([file.bytes.subarray(0, bom), encode(text, encoding)])).toEqual(Buffer.from(bytes));
    expect(byteLength(text, encoding)).toBe(bytes.length - bom);
  });

  test("zeros in 40 % of the first 4 KiB and on one side only are UTF-16", () => {
    const mixed = (letters: number, others: number) => le("a".repeat(letters) + "\u0101".repeat(others));
    expect(read(mixed(8, 2)).encoding).toBe("utf-16le");
    expect(read(mixed(7, 3)).encoding).toBe("utf-8");
    expect(read([...le("abcdefgh"), 0, 0x61]).encoding).toBe("utf-8");
    // What comes later says nothing.
    expect(read([...le("a".repeat(2048)), ...be("a".repeat(2048))]).encoding).toBe("utf-16le");
    expect(read([...Buffer.alloc(4096, "x"), ...le("a".repeat(8000))]).encoding).toBe("utf-8");
  });

  test("UTF-32, and half a character of UTF-16, cannot be written back", () => {
    for (const bytes of [
      [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0],
      [0, 0, 0xfe, 0xff, 0, 0, 0, 0x61],
    ])
      expect(refused(bytes)).toContain("UTF-32");
    for (const bytes of [
      [0xff, 0xfe, 0x61],
      [0xfe, 0xff, 0x61],
      [...le("abcdefgh"), 0x61],
      [...be("abcdefgh"), 0],
    ])
      expect(refused(bytes)).toContain("odd number of bytes");
  });

  test("a mark of UTF-8 may be part of the text, one of UTF-16 never is", () => {
    expect(read("\ufeffa", true)).toMatchObject({ bom: 0, text: "\ufeffa" });
    expect(read([0xff, 0xfe, ...le("a")], true)).toMatchObject({ bom: 2, text: "a" });
  });
});

describe("lines", () => {
  test.each<[string, string[], string[]]>([
    ["", [], []],
    ["a", ["a"], [""]],
    ["a\n", ["a"], ["\n"]],
    ["a\n\nb", ["a", "", "b"], ["\n", "\n", ""]],
    ["a\r\nb\n", ["a", "b"], ["\r\n", "\n"]],
    ["a\rb\r", ["a", "b"], ["\r", "\r"]],
    // Where no line ends with CRLF, a CR belongs to its line.
    ["a\rb\n", ["a\rb"], ["\n"]],
    ["a\r\n\r", ["a", ""], ["\r\n", "\r"]],
    ["\n", [""], ["\n"]],
  ])("%j", (text, lines, endings) => {
    const file = read(text);
    expect(file.lines).toEqual(lines);
    expect(lines.map((_, index) => lineEnding(file, index))).toEqual(endings);
    expect(lineEnding(file, lines.length)).toBe("");
    expect([...file.starts]).toEqual([
      ...lines.map((_, at) => lines.slice(0, at).join("").length + endings.slice(0, at).join("").length),
      text.length,
    ]);
  });
});

describe("a line of a patch in the characters of a file", () => {
  test("is its bytes where the file is no whole UTF-8, and itself elsewhere", () => {
    expect(toFileText("ä", "bytes")).toBe("\xc3\xa4");
    expect(toShownText("\xc3\xa4", "bytes")).toBe("ä");
    for (const encoding of ["utf-8", "latin1", "utf-16le", "utf-16be"] as const) {
      expect(toFileText("ä", encoding)).toBe("ä");
      expect(toShownText("\xc3\xa4", encoding)).toBe("\xc3\xa4");
    }
    expect(toFileText("~\x7f", "bytes")).toBe("~\x7f");
  });

  test("may hold what the file cannot", () => {
    expect(unencodable("aä\xa0\xff\0~", "latin1")).toBeNull();
    expect(["€", "\x80", "\x9f", "Ā", "a😀"].map((line) => unencodable(line, "latin1"))).toEqual([
      "€",
      "\x80",
      "\x9f",
      "Ā",
      "😀",
    ]);
    expect(unencodable("\ud800", "utf-16le")).toBeNull();
    expect(unencodable("\ud800", "utf-16be")).toBeNull();
    expect(unencodable("€😀", "utf-8")).toBeNull();
    expect(unencodable("a\ud800", "utf-8")).toBe("half of a surrogate pair");
    expect(unencodable("\udc00", "bytes")).toBe("half of a surrogate pair");
  });

  test("takes as many bytes as the encoding gives it", () => {
    expect(byteLength("aä€😀", "utf-8")).toBe(10);
    expect(byteLength("aä€😀", "utf-16le")).toBe(10);
    expect(byteLength("aä", "utf-16be")).toBe(4);
    expect([byteLength("aä", "latin1"), byteLength("aä", "bytes")]).toEqual([2, 2]);
  });
});
