import type { ModelEvent } from "../contract.ts";

/** A text cut into what the model thought and what it said. */
export interface Thought {
  /** Without its tags, trimmed; empty when there is none. */
  thought: string;
  text: string;
}

/**
 * Tags that local models put around their reasoning, at the start of the text only, in capitals or not: Qwen, DeepSeek, Gemma,
 * Magistral, Seed-OSS, Kimi-VL, Cohere, OpenThinker, gpt-oss.
 */
const TAGS: readonly [open: string, close: string][] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<thought>", "</thought>"],
  ["<reasoning>", "</reasoning>"],
  ["[think]", "[/think]"],
  ["<seed:think>", "</seed:think>"],
  ["◁think▷", "◁/think▷"],
  ["<|start_thinking|>", "<|end_thinking|>"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  ["<|channel>thought", "<channel|>"],
  ["<|channel|>analysis<|message|>", "<|end|>"],
];
/** What is put around the answer by some of those that tag their reasoning: gpt-oss, Hunyuan. */
const ANSWER =
  /^(?:(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>([\s\S]*?)(?:<\|(?:return|end)\|>)?|<answer>([\s\S]*)<\/answer>)\s*$/;
/** Templates that open the tag themselves leave only its end in the text, on a line of its own. */
const CLOSED_ONLY = /^([\s\S]*?)\n?<\/think>[ \t]*\n/;
const LONGEST_OPEN = Math.max(...TAGS.map(([open]) => open.length));

/** Cuts a whole text. */
export function thoughtOf(text: string): Thought {
  const thoughts: string[] = [];
  let rest = text;
  for (let tag = tagOf(rest.trimStart()); tag; tag = tagOf(rest)) {
    const [open, close] = tag;
    const start = rest.trimStart();
    const end = placeOf(start, close);
    thoughts.push(start.slice(open.length, end === -1 ? undefined : end).trim());
    rest = end === -1 ? "" : start.slice(end + close.length).trimStart();
  }
  if (thoughts.length > 0) return { thought: thoughts.filter(Boolean).join("\n\n"), text: unwrapped(rest) };
  if (!text.includes("</think>") || text.includes("<think>")) return { thought: "", text };
  const closed = CLOSED_ONLY.exec(text);
  return closed
    ? { thought: (closed[1] ?? "").trim(), text: text.slice(closed[0].length).trimStart() }
    : { thought: "", text };
}

/** The tag that a text begins with. */
function tagOf(text: string): (typeof TAGS)[number] | undefined {
  return TAGS.find(([open]) => text.slice(0, open.length).toLowerCase() === open);
}

/** Where the tag stands; the letters of the whole text cannot be made small for it, because some become longer by that. */
function placeOf(text: string, close: string): number {
  const places = [close, close.toUpperCase()].map((tag) => text.indexOf(tag)).filter((place) => place >= 0);
  return places.length > 0 ? Math.min(...places) : -1;
}

function unwrapped(answer: string): string {
  const found = ANSWER.exec(answer);
  return found ? (found[1] ?? found[2] ?? "").trim() : answer;
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
    const tag = tagOf(start);
    if (tag) {
      const [open, close] = tag;
      Object.assign(reading, { phase: "inside", close, held: start.slice(open.length).trimStart() });
      return this.#inside(key, reading);
    }
    const soFar = start.toLowerCase();
    if (start.length < LONGEST_OPEN && TAGS.some(([open]) => open.startsWith(soFar))) return [];
    return this.#said(key, reading.held);
  }

  #inside(key: string, reading: Reading): ModelEvent[] {
    const { held, close } = reading;
    const end = placeOf(held, close);
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

  /** Blank lines between the reasoning and the answer belong to neither; there may be more reasoning. */
  #after(key: string, reading: Reading): ModelEvent[] {
    reading.held = reading.held.trimStart();
    return this.#before(key, reading);
  }

  #said(key: string, delta: string): ModelEvent[] {
    this.#open.delete(key);
    this.#plain.add(key);
    return [{ type: "delta", kind: "text", key, delta }];
  }
}

/** How many characters at the end of `text` are a beginning of `tag`. */
function partOf(text: string, tag: string): number {
  const end = text.slice(1 - tag.length).toLowerCase();
  for (let length = end.length; length > 0; length--) if (end.endsWith(tag.slice(0, length))) return length;
  return 0;
}
