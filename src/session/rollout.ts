import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Event } from "../protocol/index.ts";
import { acquireLock, type Lock } from "./lock.ts";
import { keeping } from "./persist.ts";

/** One line of a rollout: an event and when it happened (ISO 8601, UTC). */
export type RolloutLine = { timestamp: string } & Event;

/** A rollout cannot be written or read. `message` says why and what to do. */
export class RolloutError extends Error {
  override name = "RolloutError";
}

/** Path of a new thread's rollout below `moat_home`: one directory a day, so that no directory grows without end. */
export function rolloutPath(moat_home: string, thread_id: string, date: Date): string {
  const [day = "", time = ""] = date.toISOString().slice(0, 19).split("T");
  const name = `rollout-${day}T${time.replaceAll(":", "-")}-${thread_id}.jsonl`;
  return join(moat_home, "threads", ...day.split("-"), name);
}

/**
 * Appends a thread's events to its JSONL file: one write a line, so that a killed process leaves at most one torn line.
 * The file comes into being with the first event; only one process writes it.
 */
export class RolloutWriter {
  readonly path: string;
  readonly #date: () => Date;
  #fd: number | null = null;
  #lock: Lock | null = null;

  constructor(path: string, date: () => Date) {
    this.path = path;
    this.#date = date;
  }

  append(event: Event): void {
    const how = keeping(event);
    if (how === "drop") return;
    const fd = this.#fd ?? this.#open();
    const line: RolloutLine = { timestamp: this.#date().toISOString(), ...event };
    writeWhole(fd, `${JSON.stringify(line)}\n`);
    if (how === "sync") fsyncSync(fd);
  }

  sync(): void {
    if (this.#fd !== null) fsyncSync(this.#fd);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#lock?.release();
    this.#lock = null;
  }

  #open(): number {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      this.#lock = acquireLock(`${this.path}.lock`);
      const fd = openSync(this.path, "a+", 0o600);
      cutTornLine(fd, this.path);
      this.#fd = fd;
      return fd;
    } catch (error) {
      this.#lock?.release();
      throw new RolloutError(
        `cannot write the thread to ${this.path}: ${(error as Error).message}. ` +
          "Set MOAT_HOME to a directory that can be written, or use --ephemeral to keep nothing.",
      );
    }
  }
}

/** A write may be short when the disk fills up; the rest is tried once more and then fails with the system's reason. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** A process that was killed in the middle of a write leaves a line without an end: it is cut off before we append. */
function cutTornLine(fd: number, path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a) ftruncateSync(fd, bytes.lastIndexOf(0x0a) + 1);
}

/** Everything readable of a rollout, in order, and what was not: a torn last line is normal after a crash. */
export function readRollout(path: string): { lines: RolloutLine[]; damaged: { line: number; reason: string }[] } {
  const text = readFileSync(path, "utf8");
  const lines: RolloutLine[] = [];
  const damaged: { line: number; reason: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    try {
      lines.push(JSON.parse(line));
    } catch (error) {
      damaged.push({ line: index + 1, reason: (error as Error).message });
    }
  }
  return { lines, damaged };
}
