import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hostile } from "../hostile.suite.ts";
import { tokens } from "./tokens.ts";

const SAMPLES: Record<string, [code: string, found: string[]]> = {
  sh: [
    "# say\nif [ -n \"$A\" ]; then echo 'x y' --flag 12; fi",
    [
      "comment:# say",
      "word:if",
      "word:-n",
      'string:"$A"',
      "word:then",
      "string:'x y'",
      "word:--flag",
      "number:12",
      "word:fi",
    ],
  ],
  python: [
    'def f(x):\n    """doc\n\n    end"""\n    return 1.5 # two',
    ["word:def", 'string:"""doc\n\n    end"""', "word:return", "number:1.5", "comment:# two"],
  ],
  json: [
    '{"a": "b", "n": -1e3, "t": true}',
    ['word:"a"', 'string:"b"', 'word:"n"', "number:1e3", 'word:"t"', "word:true"],
  ],
  go: [
    "func main() { s := `raw\nmore`; x := 'a' } // end",
    ["word:func", "string:`raw\nmore`", "string:'a'", "comment:// end"],
  ],
  rust: ["fn f<'a>(x: &'a str) -> u8 { 0xff_u8; let s = \"x\"; }", ["word:fn", "word:let", 'string:"x"']],
  c: [
    "#include <a.h>\nint main(void) { /* two\nlines */ return 0; }",
    ["word:#include", "word:int", "word:void", "comment:/* two\nlines */", "word:return", "number:0"],
  ],
  diff: ["@@ -1 +1 @@\n-old\n+new\n same", ["word:@@ -1 +1 @@", "removed:-old", "added:+new"]],
  yaml: [
    "# c\nkey: 'v'\nlist:\n  - other: true",
    ["comment:# c", "word:key", "string:'v'", "word:list", "word:  - other", "word:true"],
  ],
  ts: ["const x: number = `a $b`; // hi", ["word:const", "string:`a $b`", "comment:// hi"]],
  toml: ['[a.b]\nk = "v" # c', ["word:[a.b]", "word:k", 'string:"v"', "comment:# c"]],
  sql: [
    "SELECT a FROM t WHERE b = 'it''s' -- c",
    ["word:SELECT", "word:FROM", "word:WHERE", "string:'it''s'", "comment:-- c"],
  ],
};

describe("of code is told apart what it is", () => {
  test.each(Object.entries(SAMPLES))("%s", (language, [code, found]) => {
    const parts = tokens(code, language) ?? [];
    expect(parts.filter(({ kind }) => kind !== "code").map(({ kind, text }) => `${kind}:${text}`)).toEqual(found);
  });
});

test("the pieces of any text in any language are the text; of an unknown language there are none", () => {
  const languages = fc.constantFrom(...Object.keys(SAMPLES), "html", "css", "dockerfile");
  fc.assert(
    fc.property(hostile, languages, (text, language) => {
      expect((tokens(text, language) ?? []).map((token) => token.text).join("")).toBe(text);
    }),
  );
  expect([tokens("x", "klingon"), tokens("x", "constructor"), tokens("x", "")]).toEqual([null, null, null]);
});

test("no text makes a grammar try again and again", () => {
  // Twice over the same 100,000 characters would be 10 billion steps.
  for (const piece of ["[", " ", '"', "a", "/*", "'\\", "<!--", "-", "$", "`", "#", "0", "\\"])
    for (const language of [...Object.keys(SAMPLES), "html", "css"]) {
      const text = piece.repeat(100_000 / piece.length);
      expect((tokens(text, language) ?? []).reduce((sum, token) => sum + token.text.length, 0)).toBe(text.length);
    }
});
