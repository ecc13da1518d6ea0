import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { InSlices } from "./read.ts";

/** Characters that are gathered before they are written. */
const GATHERED = 256 * 1024;

/** A rollout that is complete from the start, written line by line: it is there with all its lines, or not at all. */
export class StagedRollout {
  readonly #path: string;
  readonly #staged: string;
  #fd: number | null;
  #text = "";

  /** @param staged where it lies until it is whole; what lies there from a process that was killed is written over */
  constructor(path: string, staged = `${path}.${process.pid}`) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#staged = staged;
    this.#fd = openSync(staged, "w", 0o600);
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length > GATHERED) this.#flush();
  }

  /** It is whole: from now on it is on the disk under its name. */
  commit(): void {
    this.#flush();
    if (this.#fd !== null) fsyncSync(this.#fd);
    this.#close();
    renameSync(this.#staged, this.#path);
  }

  /** Nothing stays. */
  abandon(): void {
    this.#close();
    rmSync(this.#staged, { force: true });
  }

  #close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text, "utf8");
    if (this.#fd === null) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    this.#text = "";
  }
}

/** Lines that are written between two chances to do something else: some ms of work. */
const SLICE = 100;

/** Writes a rollout from its lines. Nobody needs more of them in memory than what is written next. */
export function* writeRollout(path: string, lines: Iterable<string>): InSlices<void> {
  const staged = new StagedRollout(path);
  let whole = false;
  try {
    let written = 0;
    for (const line of lines) {
      staged.line(line);
      if (++written % SLICE === 0) yield;
    }
    staged.commit();
    whole = true;
  } finally {
    if (!whole) staged.abandon();
  }
}
