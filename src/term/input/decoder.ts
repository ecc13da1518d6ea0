import { graphemes } from "../measure.ts";
import type { TermEvent } from "./key-event.ts";
import { meaningOf } from "./meaning.ts";
import { BY_CONTROL } from "./named-keys.ts";
import { Paste } from "./paste.ts";
import { MODIFIER, namedPress, typedPress } from "./press.ts";
import { type Sequence, sequenceAt } from "./sequence.ts";

/**
 * How long a lone ESC is waited on before it is the key, in ms. A terminal sends a sequence in one piece; what can part it is the
 * network in between, whose packets follow each other within a few ms, while a person does not notice 50.
 */
export const ESCAPE_WAIT_MS = 50;

/** Silent waits after which an unfinished sequence is given up: a second, longer than any network holds its second half back. */
const PATIENCE = 20;
/** Code units of a character that are looked at: a family of emoji has eleven, flags of tags fourteen. */
const LONGEST = 64;
/** Characters of an unfinished sequence that are kept: answers of terminals have less than a hundred. */
const MOST = 4096;

/**
 * Turns the bytes of a terminal into events. While `waiting`, the caller calls `flush` when nothing has come for ESCAPE_WAIT_MS.
 * Sequences that are unknown or broken are swallowed, however they are cut.
 */
export class InputDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  /** An unfinished sequence, from its ESC on. */
  #held = "";
  /** The unfinished sequence is too long to be kept: what it goes on with is passed over. */
  #passing: "csi" | "string" | null = null;
  #paste: Paste | null = null;
  #silent = 0;

  /** An unfinished sequence wants to be decided by `flush`. */
  get waiting(): boolean {
    return this.#held !== "" || this.#passing !== null;
  }

  push(bytes: Uint8Array): TermEvent[] {
    const events: TermEvent[] = [];
    let text = this.#held + this.#utf8.decode(bytes, { stream: true });
    this.#held = "";
    this.#silent = 0;
    while (text !== "") text = this.#step(text, events);
    return events;
  }

  /** Nothing came for a while: a lone ESC was the key, ESC and one character was Alt. */
  flush(): TermEvent[] {
    const held = this.#held;
    const isKeys = /^\x1b+[[O\]PX^_]?$/.test(held);
    if (!isKeys) {
      if (this.waiting && ++this.#silent >= PATIENCE) [this.#held, this.#passing] = ["", null];
      return [];
    }
    this.#held = "";
    const key = /[^\x1b]/.test(held) ? held.slice(-1) : "";
    const escapes = held.length - key.length - (key === "" ? 0 : 1);
    const alt = key === "" ? [] : typedPress(key, MODIFIER.alt);
    return [...Array.from({ length: escapes }, () => namedPress("escape", 0)).flat(), ...alt];
  }

  /** Takes the beginning of a text; returns what is left of it. */
  #step(text: string, events: TermEvent[]): string {
    if (this.#paste !== null) return this.#pasted(this.#paste, text, events);
    if (this.#passing !== null) return this.#pass(text);
    const at = text.indexOf("\x1b");
    if (at === 0) return this.#sequence(text, events);
    typed(at === -1 ? text : text.slice(0, at), events);
    return at === -1 ? "" : text.slice(at);
  }

  #pasted(paste: Paste, text: string, events: TermEvent[]): string {
    const { rest, whole } = paste.take(text);
    if (whole !== null) events.push({ type: "paste", text: whole });
    if (rest !== null) this.#paste = null;
    return rest ?? "";
  }

  #sequence(text: string, events: TermEvent[]): string {
    const sequence = sequenceAt(text, 0);
    if (sequence.type === "unfinished") {
      this.#hold(text);
      return "";
    }
    if (sequence.type === "alt") return this.#alt(text, events);
    if (isPasteBegin(sequence)) this.#paste = new Paste();
    else events.push(...meaningOf(sequence));
    return text.slice(sequence.length);
  }

  /** ESC before something that begins no sequence: a character, a control, or another ESC. */
  #alt(text: string, events: TermEvent[]): string {
    if (text[1] !== "\x1b") {
      const key = firstOf(text.slice(1, 1 + LONGEST));
      events.push(...oneTyped(key, MODIFIER.alt));
      return text.slice(1 + key.length);
    }
    const inner = sequenceAt(text, 1);
    if (inner.type === "unfinished") {
      this.#hold(text);
      return "";
    }
    const told = isPasteBegin(inner) ? [] : meaningOf(inner);
    const [key] = told;
    // rxvt and Terminal.app put ESC before the sequence of a key that was pressed with Alt.
    if (key?.type !== "key" || key.alt) {
      events.push(...namedPress("escape", 0));
      return text.slice(1);
    }
    events.push({ ...key, alt: true });
    return text.slice(1 + ("length" in inner ? inner.length : 1));
  }

  #hold(text: string): void {
    if (text.length <= MOST) this.#held = text;
    else this.#passing = text[1] === "[" || text[1] === "O" ? "csi" : "string";
  }

  /** Passes over what belongs to a sequence that is too long, its end included. */
  #pass(text: string): string {
    const end = text.search(this.#passing === "csi" ? /[^ -?]/ : /[\x00-\x1f\x9c]/);
    if (end === -1) return "";
    const isString = this.#passing === "string";
    this.#passing = null;
    if (text[end] !== "\x1b") return text.slice(isString && !/[\x07\x9c]/.test(text[end] ?? "") ? end : end + 1);
    // ESC \ ends a string: as a string without content it is swallowed whole, also when its second half is still to come.
    return isString ? `\x1b]${text.slice(end)}` : text.slice(end);
  }
}

const isPasteBegin = (sequence: Sequence) =>
  sequence.type === "csi" && sequence.parameters === "200" && sequence.final === "~";

/** Characters and controls, as they were typed. */
function typed(text: string, events: TermEvent[]): void {
  for (const part of text.match(/[\x00-\x1f\x7f-\x9f]|[^\x00-\x1f\x7f-\x9f]+/g) ?? []) {
    for (const { text } of graphemes(part)) events.push(...oneTyped(text, 0));
  }
}

/** The first character; a control is one by itself, also a line feed behind a carriage return. */
function firstOf(text: string): string {
  return text < " " ? text.slice(0, 1) : (graphemes(text).next().value?.text ?? "");
}

/** One character. Below a blank it is a key with Ctrl (ECMA-48 calls them C0); those above 127 (C1) are nobody's keys. */
function oneTyped(key: string, modifiers: number): TermEvent[] {
  const code = key.charCodeAt(0);
  if (code >= 32 && code < 127) return typedPress(key, modifiers);
  const name = BY_CONTROL[code];
  if (name !== undefined) return namedPress(name, modifiers);
  if (code >= 160) return typedPress(key, modifiers);
  if (code >= 127) return [];
  // NUL is Ctrl with a blank, 1 to 26 are letters, 28 to 31 the characters that stand 64 behind them.
  const letter = code === 0 ? " " : String.fromCharCode(code < 27 ? code + 96 : code + 64);
  return typedPress(letter, modifiers | MODIFIER.ctrl);
}
