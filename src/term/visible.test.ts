import { expect, test } from "bun:test";
import fc from "fast-check";
import { hasHidden, ProseStream, readable, SafeText, safe, safeJson, styleFor, visible, visibleLine } from "./index.ts";

/** Of each kind one that a terminal obeys, hides or leaves blank. */
const HOSTILE = [
  ..."\x00\x07\x08\x0b\x0c\r\x1b\x7f\x80\x85\x90\x9b\x9d\x9f",
  ..."\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u180b\u180e\u2000\u2009\u200b\u200c\u200d\u200e\u200f\u2028\u2029",
  ..."\u202a\u202e\u202f\u205f\u2060\u2064\u2066\u2069\u206a\u206f\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufdd0\ue000",
  ..."\u{1d159}\u{1d173}\u{1bca0}\u{e0001}\u{e0020}\u{e007f}\u{e0100}\u{e01ef}\u{f0000}\u{10ffff}\u{13441}",
  ..."\u0301\u0336\u20dd\u3099",
  "\ud800",
  "\udfff",
];

test.each(HOSTILE.map((character) => [character.codePointAt(0)?.toString(16) ?? "", character]))(
  "U+%s is shown as what it is",
  (code, character) => {
    const shown = code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
    expect(visible(`touch can${character}ary`)).toBe(`touch can${shown}ary`);
    expect(hasHidden(character)).toBe(true);
  },
);

test("letters, pictures, tabs and line ends of every script stay", () => {
  const text = "ä ß é 漢字 हिन्दी اردو עברית ไทย 한국어 😀 🚀 ✔ … “x” → \t\nend";
  expect(visible(text)).toBe(text);
  expect(visibleLine("a\tb\nc")).toBe("a\\x09b\\x0ac");
});

test("prose keeps what belongs to a picture or a word", () => {
  const text = "👩🏽‍💻 ❤️ ✔️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 می‌خواهم क्‍ष 10 000 e\u0301 　";
  expect(readable(text)).toBe(text);
  expect(visible(text)).not.toBe(text);
  expect(readable("one\r\ntwo")).toBe("one\ntwo");
});

test("a joiner, a variation or a tag anywhere else is shown in prose too", () => {
  expect(readable("a\u200db")).toBe("a\\u{200d}b");
  expect(readable("😀\ufe0f\ufe0f\u200d")).toBe("😀\ufe0f\\u{fe0f}\\u{200d}");
  expect(readable("🏴\u{e0067}\u{e0078}")).toBe("🏴\\u{e0067}\\u{e0078}");
  expect(readable("x\u{e0101}")).toBe("x\\u{e0101}");
});

test("prose says the same in any pieces", () => {
  const words = fc.constantFrom(
    "👩🏽‍💻",
    "❤️",
    "می‌خواهم",
    "a\u200d",
    "\x1b[2J",
    "\r\n",
    "word ",
    "\u202e",
    "🏴\u{e0067}",
  );
  fc.assert(
    fc.property(fc.array(words), fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (parts, sizes) => {
      const whole = parts.join("");
      const stream = new ProseStream();
      let shown = "";
      for (let at = 0; at < whole.length; ) {
        const end = at + (sizes.next().value ?? 1);
        shown += stream.push(whole.slice(at, end));
        at = end;
      }
      expect(shown + stream.end()).toBe(readable(whole));
    }),
  );
});

test("nothing that a terminal obeys is left of any text, and showing it twice changes nothing", () => {
  const hostile = fc.string({
    unit: fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 1 })),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      for (const show of [visible, readable]) {
        const shown = show(text);
        expect(shown).not.toMatch(
          /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164]/u,
        );
        expect(show(shown)).toBe(shown);
      }
      expect(visible(text)).not.toMatch(/(?![ \n\t])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u);
      const json = safeJson({ text });
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).not.toMatch(/[\p{Cc}\p{Zl}\u200e\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test("safe text takes nothing unseen in, and keeps what is safe already", () => {
  const { bold } = styleFor("always", true, {});
  expect(String(safe`$ ${"\x1b]0;x\x07"} ${bold("\x9bls")}`)).toBe("$ \\x1b]0;x\\x07 \x1b[1m\\x9bls\x1b[22m");
  expect(String(SafeText.join(["a\x1b", bold("b")], "\n"))).toBe("a\\x1b\n\x1b[1mb\x1b[22m");
  expect(`${bold(`${bold("x")}`)}`).toBe("\x1b[1m\\x1b[1mx\\x1b[22m\x1b[22m");
});
