import { once } from "../base/index.ts";

// The tables of these expressions take 0.2 ms to make, and most text needs none of them: each is made when one does.

/**
 * What a terminal would obey, hide or leave blank: controls, format and bidi controls, lone surrogates, private and
 * unassigned code points, every white space but the ordinary one, what Unicode says may be ignored, marks that belong to no
 * script of their own (they change or overlay whatever stands before them), and characters that are assigned and look blank.
 */
const hidden = once(
  () =>
    /(?![ \n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}\p{Default_Ignorable_Code_Point}\u{2800}\u{1d159}\u{13441}\u{13442}\u{16fe4}]|(?=\p{Script=Inherited})\p{M}/gu,
);

/** The same without what prose of all languages needs: spaces of other widths, marks, icons of private fonts, code points of later versions. */
const HIDDEN_IN_PROSE =
  "(?![ \\n\\t])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u{2800}\\u{1d159}\\u{13441}\\u{13442}\\u{16fe4}]";

/** A picture with its variation and skin tone; several when joiners make one of them. */
const PICTURE = "\\p{Extended_Pictographic}[\\u{fe0e}\\u{fe0f}]?\\p{Emoji_Modifier}?";
const KEYCAP = "[#*0-9]\\u{fe0f}\\u{20e3}";
/** The three flags that are spelled with tags: England, Scotland, Wales. */
const FLAG =
  "\\u{1f3f4}\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}";
/** Scripts in which a joiner or non-joiner between two letters is spelling (Unicode UAX #31, A1, A2 and B). */
const joining = once(() =>
  "Arabic Syriac Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer".replace(
    /(\w+) ?/g,
    "\\p{Script=$1}",
  ),
);
const joiner = () => `(?<=[${joining()}])[\\u{200c}\\u{200d}](?=[${joining()}])`;

/** What of prose stays (the first group) or is shown as what it is. */
const prose = once(
  () =>
    new RegExp(`(${FLAG}|${PICTURE}(?:\\u{200d}${PICTURE})*|${KEYCAP}|${joiner()})|\\r\\n|${HIDDEN_IN_PROSE}`, "gu"),
);

/** What needs no closer look. */
const PLAIN = /^[ -~\n\t]*$/;

/**
 * Text of anybody as a terminal may have it: what would be obeyed, or could not be seen, is shown as what it is (`\x1b`,
 * `\u{202e}`); tabs and line ends stay. Nothing is left out, so that what is shown is what there is. Showing it twice
 * changes nothing.
 */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(hidden(), escaped);
}

/** The same for a value that has one line: its tabs and line ends are shown, too. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escaped);
}

/**
 * Prose of a model or a program for reading: emoji, spaces, marks and joiners stay where they belong to a picture or a word.
 * Whatever could talk to the terminal or turn the reading direction is shown as by `visible`. Not for what a person agrees to.
 */
export function readable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(prose(), (found, kept?: string) => (kept ? found : found === "\r\n" ? "\n" : escaped(found)));
}

/** What the next piece of prose may go on with: a picture, a letter that a joiner may follow, half a character or line end. */
const tail = once(
  () =>
    new RegExp(
      `(?:[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\u{fe0e}\\u{fe0f}\\u{200d}\\u{e0020}-\\u{e007f}]+|(?:[${joining()}][\\u{200c}\\u{200d}])*[${joining()}][\\u{200c}\\u{200d}]?|[#*0-9]\\u{fe0f}?)?(?:[\\ud800-\\udbff]|\\r)?$`,
      "u",
    ),
);

/** The length of the part that means the same whatever comes next. */
export function endsWhole(text: string): number {
  return text.search(tail());
}

/** Whether `visible` would show something of it as another thing. */
export function hasHidden(text: string): boolean {
  return visible(text) !== text;
}

/** JSON as a terminal may have it: what prose would show escaped is escaped as JSON does it. */
export function harmlessJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(prose(), (found, kept?: string) => (kept ? found : found.replace(/[\s\S]/g, jsonEscaped)));
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
}

function jsonEscaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
