import { luminance } from "../colour.ts";
import type { NamedKey, TermEvent } from "./key-event.ts";
import { BY_LETTER, BY_NUMBER, KEYPAD } from "./named-keys.ts";
import { character, codePress, MODIFIER, namedPress, typedPress } from "./press.ts";
import type { Sequence } from "./sequence.ts";

/** Rows that one step of the wheel scrolls, as terminals do it themselves. */
const WHEEL_ROWS = 3;

/** What rxvt writes instead of `~` for a key with modifiers. */
const RXVT: Record<string, number> = { $: MODIFIER.shift, "^": MODIFIER.ctrl, "@": MODIFIER.shift | MODIFIER.ctrl };

/** What a whole sequence tells; nothing for those that nobody here knows: they are swallowed, never typed. */
export function meaningOf(sequence: Sequence): TermEvent[] {
  if (sequence.type === "csi") return ofCsi(sequence);
  if (sequence.type === "ss3") return ofSs3(sequence);
  return sequence.type === "string" && sequence.kind === "]" ? ofOsc(sequence.text) : [];
}

function ofCsi({ parameters, intermediates, final }: Sequence & { type: "csi" }): TermEvent[] {
  if (parameters.startsWith("<")) return intermediates === "" && final === "M" ? wheel(parameters) : [];
  if (parameters.startsWith("?")) return final === "u" ? [{ type: "kitty" }] : [];
  if (intermediates !== "" || /^[=>]/.test(parameters)) return [];
  if (parameters === "" && (final === "I" || final === "O")) return [{ type: "focus", focused: final === "I" }];
  if (final.startsWith("[")) return named(linuxKey(final.slice(1)), 0);
  if (final === "u") return ofCsiU(parameters);
  const [number = 1, modifiers] = numbers(parameters);
  if (isRelease(parameters)) return [];
  const held = modifiersOf(modifiers);
  if (final === "~") return number === 27 ? otherKey(parameters) : named(BY_NUMBER[number], held);
  if (final === "Z") return namedPress("tab", held | MODIFIER.shift);
  const rxvt = RXVT[final];
  if (rxvt !== undefined) return named(BY_NUMBER[number], rxvt);
  if (/^[a-d]$/.test(final)) return named(BY_LETTER[final.toUpperCase()], MODIFIER.shift);
  // With another number it is an answer, as to where the cursor is (R).
  return number === 1 ? named(BY_LETTER[final], held) : [];
}

function ofSs3({ parameters, final }: Sequence & { type: "ss3" }): TermEvent[] {
  const held = modifiersOf(numbers(parameters).at(-1));
  const key = KEYPAD[final];
  if (key !== undefined) return typedPress(key, held);
  if (final === "M") return namedPress("enter", held);
  if (final === "I") return namedPress("tab", held);
  if (final === "X") return typedPress("=", held);
  if (final === " ") return typedPress(" ", held);
  if (/^[a-d]$/.test(final)) return named(BY_LETTER[final.toUpperCase()], MODIFIER.ctrl);
  return named(BY_LETTER[final], held);
}

/** kitty: code[:shifted[:base]] ; modifiers[:event] ; text as code points. */
function ofCsiU(parameters: string): TermEvent[] {
  if (isRelease(parameters)) return [];
  const [codes = "", held = "", text = ""] = parameters.split(";");
  const [code = Number.NaN, shifted = Number.NaN, latin = Number.NaN] = codes.split(":").map(Number);
  const typed =
    text === ""
      ? ""
      : text
          .split(":")
          .map((point) => character(Number(point)))
          .join("");
  return codePress({ code, shifted, latin, modifiers: modifiersOf(Number.parseInt(held, 10)), text: typed });
}

/** modifyOtherKeys: 27 ; modifiers ; code, the code of what was typed. */
function otherKey(parameters: string): TermEvent[] {
  const [, held, code = Number.NaN] = numbers(parameters);
  return codePress({ code, shifted: code, latin: Number.NaN, modifiers: modifiersOf(held), text: "" });
}

/** SGR mouse: 64 is the wheel away from the person, 65 towards; Shift, Alt and Ctrl (4, 8, 16) do not matter. */
function wheel(parameters: string): TermEvent[] {
  const button = Number(parameters.slice(1).split(";")[0]) & ~28;
  if (button !== 64 && button !== 65) return [];
  return [{ type: "wheel", rows: button === 64 ? -WHEEL_ROWS : WHEEL_ROWS }];
}

/** The answer about the background: 11 ; rgb:r/g/b with one to four digits a part, or #rrggbb. */
function ofOsc(text: string): TermEvent[] {
  const [, red = "", green = "", blue = ""] =
    /^11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\/[0-9a-f]{1,4})?$/i.exec(text) ??
    /^11;#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text) ??
    [];
  if (red === "") return [];
  const part = (hex: string) => (Number.parseInt(hex, 16) / (16 ** hex.length - 1)) * 255;
  // Where black and white have the same contrast to it (WCAG 2.2): √(0.05 × 1.05) − 0.05.
  return [{ type: "background", dark: luminance([part(red), part(green), part(blue)]) < 0.179 }];
}

const numbers = (parameters: string) => parameters.split(";").map((part) => Number.parseInt(part, 10) || undefined);
const modifiersOf = (parameter: number | undefined) => (parameter ? parameter - 1 : 0);
/** The second parameter's part behind the colon: 1 pressed, 2 repeated, 3 released. */
const isRelease = (parameters: string) => /^[^;]*;\d*:3/.test(parameters);
const named = (key: NamedKey | undefined, modifiers: number) => (key === undefined ? [] : namedPress(key, modifiers));
const linuxKey = (letter: string) => BY_NUMBER[11 + "ABCDE".indexOf(letter)];
