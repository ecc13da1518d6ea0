import { after, before, lineAround } from "../graphemes.ts";
import { columnOf, lineEnd, lineStart, vertical } from "../motions.ts";
import type { Vim } from "./state.ts";

/** Where a motion leads. `lines`: an operator takes whole lines; `inclusive`: it takes the character there, too. */
export interface Target {
  to: number;
  lines?: boolean;
  inclusive?: boolean;
}

type Find = NonNullable<Vim["find"]>;
type Step = (text: string, at: number) => number;

const repeat = (step: Step, text: string, at: number, count: number): number => {
  let place = at;
  for (let left = count; left > 0; left--) {
    const next = step(text, place);
    if (next === place) break;
    place = next;
  }
  return place;
};

/** What vi takes for one word: letters and digits, or signs; with `big` all but white space. */
function classOf(character: string, big: boolean): "blank" | "word" | "sign" {
  if (character === "" || /\s/.test(character)) return "blank";
  return big || /[\p{L}\p{N}\p{M}_]/u.test(character) ? "word" : "sign";
}

const classAt = (text: string, at: number, big: boolean) => classOf(text.slice(at, after(text, at)), big);

const wordStart =
  (big: boolean): Step =>
  (text, at) => {
    const own = classAt(text, at, big);
    let place = at;
    while (place < text.length && own !== "blank" && classAt(text, place, big) === own) place = after(text, place);
    while (place < text.length && classAt(text, place, big) === "blank") place = after(text, place);
    return place;
  };

const wordBack =
  (big: boolean): Step =>
  (text, at) => {
    let place = before(text, at);
    while (place > 0 && classAt(text, place, big) === "blank") place = before(text, place);
    const own = classAt(text, place, big);
    while (place > 0 && classAt(text, before(text, place), big) === own) place = before(text, place);
    return place;
  };

const wordEnd =
  (big: boolean): Step =>
  (text, at) => {
    let place = after(text, at);
    while (place < text.length && classAt(text, place, big) === "blank") place = after(text, place);
    const own = classAt(text, place, big);
    while (after(text, place) < text.length && classAt(text, after(text, place), big) === own)
      place = after(text, place);
    return Math.min(place, before(text, text.length));
  };

/** The first character of a line that is not blank. */
export const firstInLine: Step = (text, at) => {
  const { start, end } = lineAround(text, at);
  return start + (text.slice(start, end).match(/^\s*/)?.[0].length ?? 0);
};

const leftInLine: Step = (text, at) => (at === lineStart(text, at) ? at : before(text, at));
const rightInLine: Step = (text, at) => (at === lineEnd(text, at) ? at : after(text, at));

const INCLUSIVE = { inclusive: true } as const;

const MOTIONS: Readonly<Record<string, (text: string, at: number, count: number) => Target>> = {
  h: (text, at, count) => ({ to: repeat(leftInLine, text, at, count) }),
  l: (text, at, count) => ({ to: repeat(rightInLine, text, at, count) }),
  " ": (text, at, count) => ({ to: repeat(after, text, at, count) }),
  "0": (text, at) => ({ to: lineStart(text, at) }),
  "^": (text, at) => ({ to: firstInLine(text, at) }),
  $: (text, at) => ({ to: lineEnd(text, at) }),
  w: (text, at, count) => ({ to: repeat(wordStart(false), text, at, count) }),
  W: (text, at, count) => ({ to: repeat(wordStart(true), text, at, count) }),
  b: (text, at, count) => ({ to: repeat(wordBack(false), text, at, count) }),
  B: (text, at, count) => ({ to: repeat(wordBack(true), text, at, count) }),
  e: (text, at, count) => ({ to: repeat(wordEnd(false), text, at, count), ...INCLUSIVE }),
  E: (text, at, count) => ({ to: repeat(wordEnd(true), text, at, count), ...INCLUSIVE }),
  j: (text, at, count) => ({ to: lines(text, at, 1, count), lines: true }),
  k: (text, at, count) => ({ to: lines(text, at, -1, count), lines: true }),
  G: (text) => ({ to: lineStart(text, text.length), lines: true }),
  gg: () => ({ to: 0, lines: true }),
};

function lines(text: string, at: number, step: -1 | 1, count: number): number {
  const column = columnOf(text, at);
  return repeat((whole, place) => vertical(whole, place, step, column), text, at, count);
}

/** Where a motion leads from here; null: nowhere. `find`: the last search, for `;` and `,`. */
export function targetOf(motion: string, text: string, at: number, count: number, find: Vim["find"]): Target | null {
  if (motion === ";" || motion === ",") return find && found(motion === ";" ? find : turned(find), text, at, count);
  const search = findOf(motion);
  if (search) return found(search, text, at, count);
  return Object.hasOwn(MOTIONS, motion) ? (MOTIONS[motion]?.(text, at, count) ?? null) : null;
}

/** The search that a motion is; null: it is another. */
export function findOf(motion: string): Find | null {
  const [, key, character] = motion.match(/^([fFtT])(.+)$/s) ?? [];
  return key === undefined || character === undefined ? null : { key: key as Find["key"], character };
}

const TURNED = { f: "F", F: "f", t: "T", T: "t" } as const;
const turned = ({ key, character }: Find): Find => ({ key: TURNED[key], character });

/** A character in the same line. */
function found({ key, character }: Find, text: string, at: number, count: number): Target | null {
  const { start, end } = lineAround(text, at);
  let place = at;
  for (let left = count; left > 0; left--) {
    const next =
      key === "f" || key === "t" ? text.indexOf(character, after(text, place)) : text.lastIndexOf(character, place - 1);
    if (next < start || next >= end || (place === 0 && (key === "F" || key === "T"))) return null;
    place = next;
  }
  if (key === "f") return { to: place, ...INCLUSIVE };
  if (key === "t") return { to: before(text, place), ...INCLUSIVE };
  return { to: key === "F" ? place : after(text, place) };
}
