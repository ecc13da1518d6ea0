// Keys of vi: a text with its caret, keys, and what they leave.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Composer, EMPTY_COMPOSER, typed } from "../composer.ts";
import { snap } from "../graphemes.ts";
import { vimKey } from "./keys.ts";
import { VIM_START } from "./state.ts";

/** `|` is the caret. */
const at = (text: string): Composer => ({
  ...EMPTY_COMPOSER,
  text: text.replace("|", ""),
  caret: text.indexOf("|"),
  vim: { ...VIM_START, mode: "normal" },
});
const shown = ({ text, caret }: Composer) => `${text.slice(0, caret)}|${text.slice(caret)}`;

/** `<esc>` and `<c-r>`; what vi leaves to the composer is typed. */
function press(composer: Composer, keys: string): Composer {
  let now = composer;
  for (const [key] of keys.matchAll(/<esc>|<c-r>|./gsu)) {
    const name = key === "<esc>" ? "escape" : key === "<c-r>" ? "ctrl-r" : key;
    const text = name === key ? key : null;
    const { vim } = now;
    if (vim === null) break;
    now = vimKey(now, vim, name, text) ?? (text === null ? now : typed(now, text));
  }
  return now;
}

describe("motions", () => {
  test.each([
    ["h", "ab|c", "a|bc"],
    ["h", "a\n|b", "a\n|b"],
    ["l", "a|bc", "ab|c"],
    ["l", "ab|c", "ab|c"],
    ["3l", "|abcdef", "abc|def"],
    ["0", "  a|b", "|  ab"],
    ["^", "  a|b", "  |ab"],
    ["$", "|abc", "ab|c"],
    ["w", "|one two", "one |two"],
    ["w", "|a.b", "a|.b"],
    ["W", "|a.b c", "a.b |c"],
    ["2w", "|one two three", "one two |three"],
    ["b", "one tw|o", "one |two"],
    ["b", "one |two", "|one two"],
    ["B", "a.b c.d|", "a.b |c.d"],
    ["e", "|one two", "on|e two"],
    ["ee", "|one two", "one tw|o"],
    ["j", "a|b\ncd", "ab\nc|d"],
    ["k", "ab\nc|d", "a|b\ncd"],
    ["gg", "a\n|b", "|a\nb"],
    ["G", "|a\nb", "a\n|b"],
    ["fc", "|abcabc", "ab|cabc"],
    ["2fc", "|abcabc", "abcab|c"],
    ["tc", "|abcabc", "a|bcabc"],
    ["Fa", "abcab|c", "abc|abc"],
    ["fc;", "|abcabc", "abcab|c"],
    ["fc;,", "|abcabc", "ab|cabc"],
    ["fz", "|abc", "|abc"],
    ["w", "|e\u0301t 👨‍👩‍👧", "e\u0301t |👨‍👩‍👧"],
  ])("%s of %j", (keys, before, after) => expect(shown(press(at(before), keys))).toBe(after));
});

describe("changes", () => {
  test.each([
    ["x", "a|bc", "a|c"],
    ["2x", "|abc", "|c"],
    ["x", "ab|c", "a|b"],
    ["X", "ab|c", "a|c"],
    ["dw", "one |two three", "one |three"],
    ["d2w", "|one two three", "|three"],
    ["2dw", "|one two three", "|three"],
    ["db", "one two|", "one| "],
    ["de", "|one two", "| two"],
    ["d$", "a|bc\nd", "|a\nd"],
    ["D", "a|bc\nd", "|a\nd"],
    ["dd", "a\n|b\nc", "a\n|c"],
    ["dd", "a\n|b", "|a"],
    ["dd", "|a", "|"],
    ["2dd", "|a\nb\nc", "|c"],
    ["dj", "|a\nb\nc", "|c"],
    ["dgg", "a\n|b\nc", "|c"],
    ["dfc", "|abcd", "|d"],
    ["dtc", "|abcd", "|cd"],
    ["diw", "one t|wo three", "one | three"],
    ["daw", "one t|wo three", "one |three"],
    ['di"', 'a "b|c" d', 'a "|" d'],
    ['da"', 'a "b|c" d', "a | d"],
    ["di(", "f(a, (b)|, c)", "f(|)"],
    ["da[", "x[1|]y", "x|y"],
    ["cwnew<esc>", "|one two", "ne|w two"],
    ["ciwnew<esc>", "one t|wo", "one ne|w"],
    ["ccnew<esc>", "a\n|b\nc", "a\nne|w\nc"],
    ["Cnew<esc>", "a|bc", "ane|w"],
    ["snew<esc>", "a|bc", "ane|wc"],
    ["rx", "a|bc", "a|xc"],
    ["3rx", "|abcd", "xx|xd"],
    ["~", "a|bc", "aB|c"],
    ["J", "a|b\n  c", "ab| c"],
    ["ix<esc>", "a|b", "a|xb"],
    ["ax<esc>", "a|b", "ab|x"],
    ["Ix<esc>", "  a|b", "  |xab"],
    ["Ax<esc>", "|ab", "ab|x"],
    ["ox<esc>", "|a\nb", "a\n|x\nb"],
    ["Ox<esc>", "a\n|b", "a\n|x\nb"],
    ["yyp", "|a\nb", "a\n|a\nb"],
    ["yyP", "|a\nb", "|a\na\nb"],
    ["yw$p", "|ab cd", "ab cdab| "],
    ["xp", "|ab", "b|a"],
    ["ddp", "|a\nb", "b\n|a"],
    ["xu", "|ab", "|ab"],
    ["xu<c-r>", "|ab", "|b"],
    ["dw.", "|one two three", "|three"],
    ["cwX<esc>w.", "|one two", "X |X"],
    ["x<esc>d<esc>x", "|abc", "|c"],
    ["qzx", "|ab", "|b"],
  ])("%s of %j", (keys, before, after) => expect(shown(press(at(before), keys))).toBe(after));

  test("in insert mode keys are what they are without vi", () => {
    const now = at("|");
    expect(vimKey({ ...now }, { ...VIM_START }, "ctrl-w", null)).toBeNull();
    expect(vimKey({ ...now }, { ...VIM_START }, "a", "a")).toBeNull();
  });

  test("Enter, arrows and a second Escape are left to the composer", () => {
    for (const name of ["enter", "up", "escape", "tab"]) {
      const now = at("a|");
      expect(now.vim && vimKey(now, now.vim, name, null)).toBeNull();
    }
  });

  test("whatever is pressed, the caret stands between two characters", () => {
    const keys = fc.array(
      fc.constantFrom(
        ...'hl0$wbejkGgdcyxXDCSsYpPuiaIAoOJ~.rftFT;,23"(w👍 é'.split(/(?:)/u),
        "<esc>",
        "<c-r>",
        "\u0301",
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom("|", "one |two\n\n(thr\u0301ee)", "👨‍👩‍👧|🇩🇪\n x"), keys, (text, list) => {
        const now = press(at(text), list.join(""));
        expect(snap(now.text, now.caret)).toBe(now.caret);
      }),
      { numRuns: 500 },
    );
  });
});
