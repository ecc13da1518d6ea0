// Text that is edited: motions, deletions, what was cut, steps back, earlier prompts, placeholders.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Composer, EMPTY_COMPOSER, edited, redo, typed, undo } from "./composer.ts";
import { EDITS } from "./edits.ts";
import { snap } from "./graphemes.ts";
import { expanded, imageOf, imagePath, isLarge, partsOf, pasteOf } from "./placeholders.ts";
import { walked } from "./walk.ts";

/** `|` is the caret. */
const at = (text: string): Composer => ({ ...EMPTY_COMPOSER, text: text.replace("|", ""), caret: text.indexOf("|") });
const shown = ({ text, caret }: Composer) => `${text.slice(0, caret)}|${text.slice(caret)}`;
const run = (composer: Composer, ...edits: string[]) =>
  edits.reduce((next, name) => EDITS[name]?.(next) ?? next, composer);

describe("edits", () => {
  test.each([
    ["left", "ab|c", "a|bc"],
    ["left", "a👨‍👩‍👧|c", "a|👨‍👩‍👧c"],
    ["left", "a\n|b", "a|\nb"],
    ["right", "|e\u0301x", "e\u0301|x"],
    ["right", "ab|", "ab|"],
    ["word-left", "one two.three|", "one two.|three"],
    ["word-left", "one  |", "|one  "],
    ["word-right", "one| two", "one two|"],
    ["word-right", "|größer als", "größer| als"],
    ["line-start", "a\nbc|d", "a\n|bcd"],
    ["line-end", "a|b\nc", "ab|\nc"],
    ["delete-left", "a🇩🇪|b", "a|b"],
    ["delete-left", "|b", "|b"],
    ["delete-right", "a|🇩🇪b", "a|b"],
    ["cut-spaced-word-left", "go a/b.c |x", "go |x"],
    ["cut-word-left", "go a/b|", "go a/|"],
    ["cut-word-right", "go| now then", "go| then"],
    ["cut-to-end", "a|bc\nd", "a|\nd"],
    ["cut-to-end", "a|\nd", "a|d"],
    ["cut-to-start", "a\nbc|d", "a\n|d"],
    ["newline", "a|b", "a\n|b"],
  ])("%s of %j", (edit, before, after) => expect(shown(run(at(before), edit))).toBe(after));

  test("what is cut in a row is put back as one; Alt-Y gives what was cut before", () => {
    const cut = run(at("one two three|"), "cut-spaced-word-left", "cut-spaced-word-left");
    expect(shown(run(cut, "yank"))).toBe("one two three|");
    const more = run(run(cut, "left", "right"), "cut-spaced-word-left");
    expect(shown(run(more, "yank"))).toBe("one |");
    expect(shown(run(more, "yank", "yank-pop"))).toBe("two three|");
    expect(shown(run(more, "yank", "yank-pop", "yank-pop"))).toBe("one |");
    expect(shown(run(more, "yank", "left", "yank-pop"))).toBe("one| ");
  });

  test("forwards and backwards cuts keep the order of the text", () => {
    const both = run(at("ab cd| ef gh"), "cut-word-right", "cut-word-left");
    expect(run(both, "yank").text).toBe("ab cd ef gh");
  });
});

const text = fc
  .array(fc.constantFrom("a", " ", "\n", "é", "e\u0301", "\u0301", "👨‍👩‍👧", "🇩🇪", "漢", "\u200d"))
  .map((parts) => parts.join(""));
const composer = fc.tuple(text, fc.nat(40)).map(([whole, place]): Composer => {
  const caret = snap(whole, Math.min(place, whole.length));
  return { ...EMPTY_COMPOSER, text: whole, caret, kills: ["cut", "more"] };
});
const names = Object.keys(EDITS);

describe("properties", () => {
  test("the caret stands between two characters after every edit", () => {
    fc.assert(
      fc.property(composer, fc.array(fc.oneof(fc.constantFrom(...names), text)), (start, list) => {
        let now = start;
        for (const one of list) now = names.includes(one) ? run(now, one) : typed(now, one);
        expect(snap(now.text, now.caret)).toBe(now.caret);
      }),
    );
  });

  test("an edit that is taken back is as if it had not been, and brought back it is as if it had", () => {
    fc.assert(
      fc.property(
        composer,
        fc.constantFrom(...names.filter((name) => name !== "undo" && name !== "redo")),
        (start, name) => {
          const next = run(start, name);
          if (next.text === start.text) return;
          const back = undo(next);
          expect([back.text, back.caret]).toEqual([start.text, start.caret]);
          const again = redo(back);
          expect([again.text, again.caret]).toEqual([next.text, next.caret]);
        },
      ),
    );
  });

  test("typing is taken back word by word", () => {
    let now: Composer = EMPTY_COMPOSER;
    for (const character of "one two") now = typed(now, character);
    expect(undo(now).text).toBe("one ");
    expect(undo(undo(now)).text).toBe("");
  });
});

describe("earlier prompts", () => {
  const prompts = ["last", "first\nline two"];

  test("Up at the first line, Down at the last, and back to what was being written", () => {
    let now = walked(at("dra|ft"), -1, prompts);
    expect(shown(now)).toBe("last|");
    now = walked(now, -1, prompts);
    expect(shown(now)).toBe("first\nline two|");
    now = walked(now, -1, prompts);
    expect(shown(now)).toBe("first|\nline two");
    expect(walked(now, -1, prompts)).toBe(now);
    now = walked(walked(now, 1, prompts), 1, prompts);
    expect(shown(now)).toBe("last|");
    expect(shown(walked(now, 1, prompts))).toBe("dra|ft");
  });

  test("within several lines the caret moves, in its column", () => {
    expect(shown(walked(at("long line\nx\nlong| line"), -1, prompts))).toBe("long line\nx|\nlong line");
    const twice = walked(walked(at("long line\nx\nlong| line"), -1, prompts), -1, prompts);
    expect(shown(twice)).toBe("long| line\nx\nlong line");
  });

  test("without any nothing happens", () => {
    const now = at("x|");
    expect(walked(now, -1, [])).toBe(now);
    expect(walked(now, 1, prompts)).toBe(now);
  });
});

describe("placeholders", () => {
  const lines = "line\n".repeat(214);

  test("a large paste has one, which is deleted as a whole and expanded when sent", () => {
    expect([isLarge(lines), isLarge("a\nb"), isLarge("x".repeat(5000))]).toEqual([true, false, true]);
    const one = pasteOf(lines, []);
    expect(one.placeholder).toBe("[pasted 214 lines]");
    const two = pasteOf(lines.toUpperCase(), [one]);
    expect(two.placeholder).toBe("[pasted 214 lines #2]");
    const attached = [one, two];
    expect(expanded(`${two.placeholder}-${one.placeholder}`, attached)).toBe(`${lines.toUpperCase()}-${lines}`);
    const now = { ...at(`see ${one.placeholder}|`), attached };
    expect(shown(run(now, "delete-left"))).toBe("see |");
    expect(shown(run({ ...now, caret: 4 }, "delete-right"))).toBe("see |");
  });

  test("what was pasted is not expanded again", () => {
    const one = pasteOf("[pasted 12 lines]\n".repeat(12), []);
    expect(expanded(one.placeholder, [one])).toBe("[pasted 12 lines]\n".repeat(12));
    expect(expanded("[pasted 3 lines]", [one])).toBe("[pasted 3 lines]");
  });

  test.each([
    ["/tmp/a b.png", "/tmp/a b.png"],
    ["'/tmp/a b.png'", "/tmp/a b.png"],
    ["/tmp/a\\ b.PNG ", "/tmp/a b.PNG"],
    ["file:///tmp/a%20b.jpg", "/tmp/a b.jpg"],
    ["~/x.webp", "~/x.webp"],
    ["x.png", null],
    ["/tmp/a.png\n/tmp/b.png", null],
    ["look at /tmp/a.png", null],
    ["file://%zz.png", null],
  ])("the image of %j", (pasted, path) => expect(imagePath(pasted)).toBe(path));

  test("an image goes with the message as long as the text names it", () => {
    const attached = [imageOf("/tmp/shot.png", [])];
    expect(partsOf("what is [image shot.png]?", attached)).toEqual([
      { type: "local_image", path: "/tmp/shot.png" },
      { type: "text", text: "what is [image shot.png]?" },
    ]);
    expect(partsOf("nothing", attached)).toEqual([{ type: "text", text: "nothing" }]);
  });

  test("an edit keeps them, and a step back brings their text back", () => {
    const one = pasteOf(lines, []);
    const now = {
      ...edited(EMPTY_COMPOSER, { text: one.placeholder, caret: one.placeholder.length }),
      attached: [one],
    };
    expect(undo(run(now, "delete-left")).text).toBe(one.placeholder);
  });
});
