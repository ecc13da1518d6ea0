import type { Event } from "../protocol/index.ts";

/** What a rollout holds beside events: the thread's name, the last one counts. Written without a `seq`: nothing happened. */
export interface ThreadNamed {
  type: "thread.named";
  /** null: the name was taken away. */
  name: string | null;
}

/** One line of a rollout: an event and when it happened (ISO 8601, UTC). Lines of unknown types are kept as they are. */
export type RolloutLine = { timestamp: string } & (Event | ThreadNamed);

/*
 * How big and repeated values are written. An object with one of these keys stands for another value:
 *
 *   {"$blob": HASH, "bytes": N}   a text in the blob store; with "json": true, a value that is stored as JSON text
 *   {"$join": [PART, …]}          a text in pieces: strings, blobs, and {"seq", "start", "end"}: a piece of the text of
 *                                 the item that the line with that seq completed (UTF-16 code units)
 *   {"$item": SEQ}                the history item that the line with that seq added
 *
 * References point backwards, and only to lines of the same file.
 */
export type TextPart = string | BlobReference | { seq: number; start: number; end: number };
export interface BlobReference {
  $blob: string;
  bytes: number;
  json?: true;
}

/** Finds lines that hold such an object. In a text of somebody else the quotes would be escaped. */
export const REFERENCE = /"\$(?:blob|join|item)":/;

/** Whether an object has a key that we give a meaning. */
export function isReserved(value: object): boolean {
  return "$blob" in value || "$join" in value || "$item" in value;
}

/** The text of the item that an event completes, as `$join` refers to it; null when it has none. */
export function itemText(line: { type: string; item?: unknown }): unknown {
  if (line.type !== "item.completed") return null;
  const item = line.item as { type?: string; text?: unknown; aggregated_output?: unknown } | undefined;
  return item?.type === "command_execution" ? item.aggregated_output : (item?.text ?? null);
}

/** What a line says of itself at its start, without parsing the rest. */
export interface LineHead {
  timestamp: string;
  seq: number | null;
  type: string;
}

/** What a replaced history was called before it said why. Threads of that time are read for ever. */
const OLD_REPLACED = "history.compacted";
const REPLACED = "history.replaced";

/** A line of any version as it would be written today. Why a history was replaced is written only when it was not compacted. */
export function current(line: Record<string, unknown>): Record<string, unknown> {
  if (line.type !== REPLACED && line.type !== OLD_REPLACED) return line;
  return { ...line, type: REPLACED, why: line.why ?? "compacted" };
}

const HEAD = /^\{"timestamp":"([^"\\]*)",(?:"seq":(\d+),)?"type":"([^"\\]*)"/;

/** Reads the start of a line that we wrote (its first 160 characters are enough); null for a line in any other form. */
export function readHead(start: string): LineHead | null {
  const found = start.match(HEAD);
  if (!found) return null;
  const type = found[3] === OLD_REPLACED ? REPLACED : (found[3] ?? "");
  return { timestamp: found[1] ?? "", seq: found[2] ? Number(found[2]) : null, type };
}
