import type { NamedKey } from "./key-event.ts";

/** Keys by the final character of CSI and SS3 (xterm's ctlseqs, "PC-style function keys"). */
export const BY_LETTER: Record<string, NamedKey> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
};

/** Of the keypad in application mode, by the final character of SS3 (DEC VT100). */
export const KEYPAD: Record<string, string> = Object.fromEntries(
  [..."*+,-./0123456789"].map((key, index) => [String.fromCharCode("j".charCodeAt(0) + index), key]),
);

/** Keys by the number before `~` (DEC VT220; 1, 4, 7 and 8 as the Linux console and rxvt have them). */
export const BY_NUMBER: Record<number, NamedKey> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "page-up",
  6: "page-down",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
};

/** Keys whose code is that of a control character. */
export const BY_CONTROL: Record<number, NamedKey> = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  127: "backspace",
};

/** The kitty keyboard protocol's codes of the keypad (its "functional key definitions"), from 57399 on. */
const KITTY_KEYPAD = 57399;
const KITTY_KEYS: readonly (NamedKey | string)[] = [
  ...[..."0123456789./*-+"],
  "enter",
  "=",
  ",",
  ...(["left", "right", "up", "down", "page-up", "page-down", "home", "end", "insert", "delete"] as const),
];

/** Codes that kitty gives to keys without a character; those that nobody here knows (media, modifiers alone) are none of ours. */
export function isKittyCode(code: number): boolean {
  return code >= 57344 && code <= 63743;
}

/** What a key of kitty's keypad is: a character, or a name of more than one letter. */
export function kittyKeypad(code: number): NamedKey | string | undefined {
  return KITTY_KEYS[code - KITTY_KEYPAD];
}
