import { mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { appendRegular } from "../base/index.ts";
import type { Event } from "../protocol/index.ts";

/** How much is logged: an event is written when its own level is at or before this one. */
export const LOG_LEVELS = ["off", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A log beyond this size is moved aside when the next process starts to write; one old file is kept. */
const ROTATE_BYTES = 10 * 1024 * 1024;

/** A table of every event: it is looked at for each of them, and a new one cannot be forgotten. */
const LEVELS: Record<Event["type"], LogLevel> = {
  "turn.failed": "error",
  error: "warn",
  "stream.retrying": "warn",
  "stream.reset": "warn",
  "sandbox.denied": "warn",
  budget: "warn",
  "thread.started": "info",
  "turn.started": "info",
  "turn.completed": "info",
  "settings.changed": "info",
  "server.learned": "info",
  "files.restored": "info",
  "item.completed": "info",
  "approval.requested": "info",
  "approval.resolved": "info",
  "user_input.requested": "info",
  "user_input.resolved": "info",
  "item.started": "debug",
  "item.updated": "debug",
  "item.delta": "debug",
  "history.added": "debug",
  "history.replaced": "debug",
  "context.measured": "debug",
};

/**
 * What happens in threads, one JSON line each, in a file of its own so that stdout and stderr stay the front end's.
 * The file comes into being with the first line. A log that cannot be written is given up: it must not stop the work.
 */
export class EventLog {
  readonly #path: string;
  readonly #level: LogLevel;
  readonly #date: () => Date;
  #opened = false;
  #thread_id: string | null = null;

  constructor(path: string, level: LogLevel, date: () => Date) {
    this.#path = path;
    this.#level = level;
    this.#date = date;
  }

  append(event: Event): void {
    if (event.type === "thread.started") this.#thread_id = event.thread_id;
    const level = LEVELS[event.type];
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.#level)) return;
    const head = { timestamp: this.#date().toISOString(), level, pid: process.pid, thread_id: this.#thread_id };
    try {
      if (!this.#opened) this.#open();
      appendRegular(this.#path, `${JSON.stringify({ ...head, ...event })}\n`);
    } catch {
      // Nothing depends on the log.
    }
  }

  #open(): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > ROTATE_BYTES) renameSync(this.#path, `${this.#path}.1`);
    this.#opened = true;
  }
}
