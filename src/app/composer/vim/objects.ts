import { after, before, lineAround } from "../graphemes.ts";

/** A range that an operator takes. */
export interface TextRange {
  from: number;
  to: number;
}

const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  "(": ["(", ")"],
  ")": ["(", ")"],
  b: ["(", ")"],
  "[": ["[", "]"],
  "]": ["[", "]"],
  "{": ["{", "}"],
  "}": ["{", "}"],
  B: ["{", "}"],
  "<": ["<", ">"],
  ">": ["<", ">"],
};

/** What `iw`, `a"` and their kind are at this place; null: nothing. */
export function objectAt(object: string, text: string, at: number): TextRange | null {
  const around = object.startsWith("a");
  const what = object.slice(1);
  if (what === "w" || what === "W") return wordObject(text, at, around, what === "W");
  if (what === '"' || what === "'" || what === "`") return quoted(text, at, what, around);
  const pair = Object.hasOwn(PAIRS, what) ? PAIRS[what] : undefined;
  return pair ? bracketed(text, at, pair, around) : null;
}

function wordObject(text: string, at: number, around: boolean, big: boolean): TextRange | null {
  const { start, end } = lineAround(text, at);
  if (start === end) return null;
  const kind = (place: number) => kindOf(text.slice(place, after(text, place)), big);
  const inside = Math.min(at, before(text, end));
  const own = kind(inside);
  let [from, to] = [inside, after(text, inside)];
  while (from > start && kind(before(text, from)) === own) from = before(text, from);
  while (to < end && kind(to) === own) to = after(text, to);
  if (!around) return { from, to };
  const word = to;
  while (to < end && kind(to) === "blank") to = after(text, to);
  // Without blanks behind it those before it go with it.
  if (to === word) while (from > start && kind(before(text, from)) === "blank") from = before(text, from);
  return { from, to };
}

function kindOf(character: string, big: boolean): string {
  if (/\s/.test(character)) return "blank";
  return big || /[\p{L}\p{N}\p{M}_]/u.test(character) ? "word" : "sign";
}

function quoted(text: string, at: number, quote: string, around: boolean): TextRange | null {
  const { start, end } = lineAround(text, at);
  const places = [...text.slice(start, end).matchAll(quote === "`" ? /`/g : quote === "'" ? /'/g : /"/g)].map(
    ({ index }) => start + index,
  );
  for (let index = 0; index + 1 < places.length; index += 2) {
    const [from = 0, to = 0] = [places[index], places[index + 1]];
    if (at <= to) return around ? { from, to: to + 1 } : { from: from + 1, to };
  }
  return null;
}

function bracketed(
  text: string,
  at: number,
  [open, close]: readonly [string, string],
  around: boolean,
): TextRange | null {
  const from = match(text, at, -1, open, close);
  const to = match(text, text[at] === open ? at + 1 : at, 1, close, open);
  if (from === null || to === null) return null;
  return around ? { from, to: to + 1 } : { from: from + 1, to };
}

/** The bracket at that side that is not paired on the way. */
function match(text: string, at: number, step: -1 | 1, wanted: string, other: string): number | null {
  let depth = 0;
  for (let place = at; place >= 0 && place < text.length; place += step) {
    if (text[place] === other && place !== at) depth++;
    else if (text[place] === wanted) {
      if (depth === 0) return place;
      depth--;
    }
  }
  return null;
}
