import { zstdDecompressSync } from "node:zlib";

/** A JSON object of a foreign file: every field has to be looked at before it is used. */
export type Foreign = Record<string, unknown>;

/** A line of a Codex rollout, whatever version wrote it. */
export interface CodexLine {
  /** ISO 8601; null in files that have none. */
  timestamp: string | null;
  type: string;
  payload: Foreign;
}

/**
 * Reads a rollout of the Codex CLI. Three forms, from its public sources (`codex-rs/core/src/rollout.rs` of August 2025,
 * `codex-rs/history/src/rollout_payload.rs` of 2026, `codex-cli/src/utils/storage/save-rollout.ts` of April 2025):
 *
 * - lines `{timestamp, ordinal?, type, payload}`, since September 2025; also compressed, as `.jsonl.zst`;
 * - before that, a first line `{id, timestamp, instructions?, git?}` and then bare API items and `{record_type: "state"}`;
 * - the TypeScript CLI: one JSON document `{session, items}`.
 *
 * Lines that are no JSON are counted in `damaged`. Throws when what is compressed cannot be unpacked.
 */
export function readCodexLines(path: string, bytes: Buffer): { lines: CodexLine[]; damaged: number } {
  const text = (path.endsWith(".zst") ? unpacked(bytes) : bytes).toString("utf8");
  const values = documentItems(text) ?? text.split("\n").filter(Boolean).map(parseObject);
  const lines = values.filter((value) => value !== null).flatMap((value, index) => lineOf(value, index === 0));
  return { lines, damaged: values.filter((value) => value === null).length };
}

/** Most that a compressed rollout may unpack to: a few kilobytes can claim to be anything. */
const MAX_UNPACKED_BYTES = 1024 ** 3;

function unpacked(bytes: Buffer): Buffer {
  return zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
}

/** The session and the items of a TypeScript CLI file; null when it is none. */
function documentItems(text: string): (Foreign | null)[] | null {
  const document = text.startsWith("{") ? parseObject(text) : null;
  if (!document || !isObject(document.session) || !Array.isArray(document.items)) return null;
  return [document.session, ...document.items.map((item) => (isObject(item) ? item : null))];
}

function lineOf(value: Foreign, first: boolean): CodexLine[] {
  const timestamp = stringOf(value.timestamp);
  if (isObject(value.payload)) return [{ timestamp, type: stringOf(value.type) ?? "", payload: value.payload }];
  if (first && typeof value.id === "string" && value.type === undefined) {
    return [{ timestamp, type: "session_meta", payload: value }];
  }
  if (value.record_type !== undefined) return [];
  return [{ timestamp: null, type: "response_item", payload: value }];
}

export function parseObject(text: string): Foreign | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Foreign {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function listOf(value: unknown): Foreign[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
