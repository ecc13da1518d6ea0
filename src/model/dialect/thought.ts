import type { ModelEvent } from "../contract.ts";

/** A text cut into what the model thought and what it said. */
export interface Thought {
  /** Without its tags, trimmed; empty when there is none. */
  thought: string;
  text: string;
}

/** Tags that local models put around their reasoning, at the start of the text only: Qwen, DeepSeek, Gemma, Magistral. */
const TAGS: readonly [open: string, close: string][] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<thought>", "</thought>"],
  ["[THINK]", "[/THINK]"],
];
/** Templates that open the tag themselves leave only its end in the text, on a line of its own. */
const CLOSED_ONLY = /^([\s\S]*?)\n?<\/think>[ \t]*\n/;
const LONGEST_OPEN = Math.max(...TAGS.map(([open]) => open.length));

/** Cuts a whole text. */
export function thoughtOf(text: string): Thought {
  const start = text.trimStart();
  const tag = TAGS.find(([open]) => start.startsWith(open));
  if (tag) {
    const [open, close] = tag;
    const end = start.indexOf(close, open.length);
    if (end === -1) return { thought: start.slice(open.length).trim(), text: "" };
    return { thought: start.slice(open.length, end).trim(), text: start.slice(end + close.length).trimStart() };
  }
  if (!text.includes("</think>") || text.includes("<think>")) return { thought: "", text };
  const closed = CLOSED_ONLY.exec(text);
  return closed
    ? { thought: (closed[1] ?? "").trim(), text: text.slice(closed[0].length).trimStart() }
    : { thought: "", text };
}

interface Reading {
  phase: "before" | "inside" | "after";
  /** What is not decided yet. */
  held: string;
  /** Ends the reasoning that the text is in. */
  close: string;
}

/** Cuts texts while they are streamed. What could still be the start of a tag is held back; nothing else waits. */
export class ThoughtReader {
  readonly #open = new Map<string, Reading>();
  readonly #plain = new Set<string>();
  #last = "";

  /** True once the text of this key holds no more reasoning. Asked for every delta, mostly of one key. */
  isPlain(key: string): boolean {
    if (key === this.#last) return true;
    if (!this.#plain.has(key)) return false;
    this.#last = key;
    return true;
  }

  /** The events that a delta of text means. */
  read(key: string, delta: string): ModelEvent[] {
    const reading = this.#open.get(key) ?? { phase: "before", held: "", close: "" };
    this.#open.set(key, reading);
    reading.held += delta;
    if (reading.phase === "before") return this.#before(key, reading);
    return reading.phase === "inside" ? this.#inside(key, reading) : this.#after(key, reading);
  }

  #before(key: string, reading: Reading): ModelEvent[] {
    const start = reading.held.trimStart();
    const tag = TAGS.find(([open]) => start.startsWith(open));
    if (tag) {
      const [open, close] = tag;
      Object.assign(reading, { phase: "inside", close, held: start.slice(open.length).trimStart() });
      return this.#inside(key, reading);
    }
    if (start.length < LONGEST_OPEN && TAGS.some(([open]) => open.startsWith(start))) return [];
    return this.#said(key, reading.held);
  }

  #inside(key: string, reading: Reading): ModelEvent[] {
    const { held, close } = reading;
    const end = held.indexOf(close);
    // The end of the tag may come in pieces.
    const sure = end === -1 ? held.length - partOf(held, close) : end;
    const thought = held.slice(0, sure);
    const shown: ModelEvent[] =
      thought === "" ? [] : [{ type: "delta", kind: "reasoning", key: `${key}:thought`, delta: thought }];
    if (end === -1) {
      reading.held = held.slice(sure);
      return shown;
    }
    Object.assign(reading, { phase: "after", held: held.slice(end + close.length) });
    return [...shown, ...this.#after(key, reading)];
  }

  /** Blank lines between the reasoning and the answer belong to neither. */
  #after(key: string, reading: Reading): ModelEvent[] {
    reading.held = reading.held.trimStart();
    return reading.held === "" ? [] : this.#said(key, reading.held);
  }

  #said(key: string, delta: string): ModelEvent[] {
    this.#open.delete(key);
    this.#plain.add(key);
    return [{ type: "delta", kind: "text", key, delta }];
  }
}

/** How many characters at the end of `text` are a beginning of `tag`. */
function partOf(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--)
    if (text.endsWith(tag.slice(0, length))) return length;
  return 0;
}
