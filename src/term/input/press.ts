import type { NamedKey, TermEvent } from "./key-event.ts";
import { BY_CONTROL, isKittyCode, kittyKeypad } from "./named-keys.ts";

/** Modifiers as xterm and kitty count them: one less than the parameter. Caps Lock and Num Lock (64, 128) change nothing. */
export const MODIFIER = { shift: 1, alt: 2, ctrl: 4, super: 8, hyper: 16, meta: 32 } as const;

type Press = TermEvent & { type: "key" };

/** A key that has a name. With Super or Hyper it is the window manager's: nothing. */
export function namedPress(key: NamedKey, modifiers: number): Press[] {
  return press(key, true, modifiers, (modifiers & MODIFIER.shift) !== 0);
}

/** A key that has a character, as it was typed. */
export function typedPress(key: string, modifiers: number): Press[] {
  return press(key, false, modifiers, isUpper(key));
}

/** What a terminal says in numbers about a key that was pressed. */
export interface Code {
  code: number;
  /** What it is with Shift, and on a keyboard with Latin letters, as far as the terminal tells; else NaN. */
  shifted: number;
  latin: number;
  modifiers: number;
  /** What it types; "": not told. */
  text: string;
}

/** A key by the number of its character. */
export function codePress({ code, shifted, latin, modifiers, text }: Code): Press[] {
  const control = BY_CONTROL[code];
  if (control !== undefined) return namedPress(control, modifiers);
  if (isKittyCode(code)) return keypadPress(code, modifiers);
  const command = (modifiers & (MODIFIER.ctrl | MODIFIER.alt | MODIFIER.meta)) !== 0;
  if (text !== "" && !command) return typedPress(text, modifiers);
  // Ctrl+С on a Cyrillic keyboard is the key of Ctrl+C; what is typed stays Cyrillic.
  const own = command && code > 127 && latin > 32 ? latin : code;
  const shift = (modifiers & MODIFIER.shift) !== 0;
  const key = character(shift && own === code && shifted > 32 ? shifted : own);
  if (key === "") return [];
  const typed = shift ? upper(key) : key;
  return press(typed, false, modifiers, isUpper(typed) || (shift && !(shifted > 32) && command));
}

function keypadPress(code: number, modifiers: number): Press[] {
  const key = kittyKeypad(code);
  if (key === undefined) return [];
  return key.length === 1 ? typedPress(key, modifiers) : namedPress(key as NamedKey, modifiers);
}

function press(key: string, named: boolean, modifiers: number, shift: boolean): Press[] {
  if ((modifiers & (MODIFIER.super | MODIFIER.hyper)) !== 0) return [];
  const alt = (modifiers & (MODIFIER.alt | MODIFIER.meta)) !== 0;
  return [{ type: "key", key, named, ctrl: (modifiers & MODIFIER.ctrl) !== 0, alt, shift }];
}

/** The character of a code point; "" for a control or none at all. */
export function character(code: number): string {
  const valid = code >= 32 && code <= 0x10ffff && !(code >= 127 && code < 160) && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : "";
}

/** In upper case where that is one character (ß is not). */
function upper(key: string): string {
  const raised = key.toUpperCase();
  return raised.length === key.length ? raised : key;
}

const isUpper = (key: string) => key !== key.toLowerCase();
