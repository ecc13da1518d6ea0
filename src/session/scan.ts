import { closeSync, constants, openSync, readSync } from "node:fs";
import { promptText } from "../protocol/index.ts";
import { type RolloutLine, readHead } from "./line.ts";
import { oneLine } from "./one-line.ts";
import type { RolloutFile } from "./paths.ts";

/** What a list shows of a thread. */
export interface ThreadSummary {
  thread_id: string;
  /** Absolute path of the rollout. */
  path: string;
  name: string | null;
  /** What the user said first, on one line; empty when nothing was said. */
  prompt: string;
  /** Absolute. */
  cwd: string;
  model: string | null;
  model_provider: string | null;
  /** ISO 8601, UTC; empty when the file does not tell. */
  created_at: string;
  /** When something last happened in it. */
  updated_at: string;
  turns: number;
  archived: boolean;
  forked_from: string | null;
  /** Size of the rollout, without its blobs. */
  bytes: number;
}

/** A summary and how far into the file it goes: always to the end of a line. */
export interface Scanned {
  summary: ThreadSummary;
  scanned: number;
}

/** Characters of the first prompt that are kept. */
const PROMPT_LENGTH = 200;

export function emptySummary(file: RolloutFile): ThreadSummary {
  return {
    thread_id: file.thread_id,
    path: file.path,
    name: null,
    prompt: "",
    cwd: "",
    model: null,
    model_provider: null,
    created_at: "",
    updated_at: "",
    turns: 0,
    archived: file.archived,
    forked_from: null,
    bytes: 0,
  };
}

/** Brings a summary up to date with a file that has grown to `size` bytes: reads what was added, and of that what counts. */
export function scan(before: Scanned, size: number): Scanned {
  const summary = { ...before.summary, bytes: size };
  const bytes = readFrom(summary.path, before.scanned, size - before.scanned);
  const end = bytes.lastIndexOf(0x0a) + 1;
  const text = bytes.toString("utf8", 0, end);
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf("\n", from);
    noteLine(summary, text.slice(from, to));
    from = to + 1;
  }
  return { summary, scanned: before.scanned + end };
}

function readFrom(path: string, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  // A pipe in the place of a thread must not hold up the list.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    let at = 0;
    while (at < length) {
      const read = readSync(fd, bytes, at, length - at, from + at);
      if (read === 0) break;
      at += read;
    }
    return bytes.subarray(0, at);
  } finally {
    closeSync(fd);
  }
}

function noteLine(summary: ThreadSummary, line: string): void {
  const head = readHead(line.slice(0, 160));
  if (!head) return;
  if (head.type !== "thread.named" && head.timestamp > summary.updated_at) summary.updated_at = head.timestamp;
  summary.created_at ||= head.timestamp;
  const wanted =
    head.type === "history.added" ? summary.prompt === "" && line.includes('"role":"user"') : WANTED.has(head.type);
  if (wanted) note(summary, line);
}

const WANTED = new Set(["thread.started", "thread.named", "turn.started"]);

function note(summary: ThreadSummary, line: string): void {
  try {
    const event: RolloutLine = JSON.parse(line);
    if (event.type === "thread.started") {
      summary.cwd = event.cwd;
      summary.forked_from = event.forked_from ?? null;
    } else if (event.type === "thread.named") {
      summary.name = event.name;
    } else if (event.type === "turn.started") {
      summary.turns++;
      summary.model = event.context.model;
      summary.model_provider = event.context.model_provider;
      summary.cwd ||= event.context.cwd;
    } else if (event.type === "history.added") {
      summary.prompt = oneLine(promptText(event.item) ?? "", PROMPT_LENGTH);
    }
  } catch {
    // A damaged line says nothing; `threads show` reports it.
  }
}
