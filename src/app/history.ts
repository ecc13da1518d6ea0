import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendRegular, type Secrets } from "../base/index.ts";
import { type Config, keepInHistory } from "../config/index.ts";
import type { InputPart } from "../protocol/index.ts";

/** Bytes at the end of the file that are read: more prompts than anybody goes back. */
const READ_BYTES = 256 * 1024;

/** Every prompt that was typed, one JSON object a line as the Codex CLI has it: `{thread_id, ts, text}`, `ts` in seconds. */
export class PromptHistory {
  readonly #path: string;
  readonly #settings: Config["history"];
  readonly #now: () => number;
  readonly #secrets: Secrets;

  /** `now`: ms since 1970. */
  constructor(moat_home: string, settings: Config["history"], now: () => number, secrets: Secrets) {
    this.#path = join(moat_home, "history.jsonl");
    this.#settings = settings;
    this.#now = now;
    this.#secrets = secrets;
  }

  /** The latest first, each once. A line that is no prompt is left out. */
  latest(): string[] {
    const texts = readTail(this.#path).split("\n").flatMap(promptOf).reverse();
    return [...new Set(texts)];
  }

  /** Whether this prompt may be kept: it holds no secret that is known, and looks like none. */
  keeps(prompt: string): boolean {
    return prompt.trim() !== "" && !this.#secrets.holds(prompt) && keepInHistory(prompt, this.#settings);
  }

  /** Adds a prompt, when it may be kept. A history that cannot be written is no reason to stop. */
  add(prompt: string, thread_id: string): void {
    if (!this.keeps(prompt)) return;
    const line = JSON.stringify({ thread_id, ts: Math.floor(this.#now() / 1000), text: prompt });
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendRegular(this.#path, `${line}\n`);
      this.#trim();
    } catch {
      // Nothing depends on it.
    }
  }

  /** Adds what was said on the command line: an earlier prompt like any other. Its words, without images; empty: there are none. */
  addInput(input: readonly InputPart[], thread_id: string): string {
    const text = input.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
    this.add(text, thread_id);
    return text;
  }

  /** Forgets everything. */
  clear(): void {
    writeFileSync(this.#path, "", { mode: 0o600 });
  }

  /** The oldest go when the file is larger than `history.max_bytes`; then it is cut to four fifths, so that this is rare. */
  #trim(): void {
    const { max_bytes } = this.#settings;
    if (max_bytes === null) return;
    const bytes = readFileSync(this.#path);
    if (bytes.length <= max_bytes) return;
    const from = bytes.length - Math.floor(max_bytes * 0.8);
    writeFileSync(this.#path, bytes.subarray(bytes.indexOf(0x0a, from) + 1), { mode: 0o600 });
  }
}

function readTail(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return "";
      const bytes = Buffer.alloc(Math.min(stat.size, READ_BYTES));
      readSync(fd, bytes, 0, bytes.length, stat.size - bytes.length);
      return bytes.toString("utf8");
    } finally {
      closeSync(fd);
    }
  } catch {
    // There is none yet, or it is not ours to read: then there is nothing to go back to.
    return "";
  }
}

function promptOf(line: string): string[] {
  try {
    const { text } = JSON.parse(line) as { text?: unknown };
    return typeof text === "string" ? [text] : [];
  } catch {
    return [];
  }
}
