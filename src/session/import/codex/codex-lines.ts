import { zstdDecompressSync } from "node:zlib";
import { type Foreign, isObject, stringOf } from "../foreign.ts";
import { ForeignFile } from "../foreign-file.ts";
import type { Losses } from "../losses.ts";

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
 * Throws when the file cannot be read or unpacked. To be gone through as often as it is wanted.
 */
export class CodexFile {
  readonly #file: ForeignFile;
  readonly #document: Foreign[] | null;
  #damaged = 0;

  constructor(file: ForeignFile) {
    const packed = file.path.endsWith(".zst");
    this.#file = packed ? new ForeignFile(file.path.slice(0, -".zst".length), unpacked(file.whole())) : file;
    this.#document = this.#documentItems();
  }

  *lines(): Generator<CodexLine> {
    let first = true;
    for (const value of this.#document ?? this.#file.lines()) {
      yield* lineOf(value, first);
      first = false;
    }
  }

  /** The line that says whose thread it is: the first in every version. null: nothing near the beginning does. */
  meta(): CodexLine | null {
    const is = (value: Foreign, first: boolean) => lineOf(value, first).find(({ type }) => type === "session_meta");
    let found: CodexLine | undefined;
    let count = 0;
    const look = (value: Foreign) => {
      found = is(value, count++ === 0);
      return found !== undefined;
    };
    if (this.#document) this.#document.some(look);
    else this.#file.first(look);
    return found ?? null;
  }

  /** Says what of it could not be read. */
  tell(losses: Losses): void {
    if (this.#document === null) this.#file.tell(losses);
    else if (this.#damaged > 0) losses.warn(`${this.#damaged} items are damaged and left out`);
  }

  /** The session and the items of a TypeScript CLI file; null when it is none. */
  #documentItems(): Foreign[] | null {
    const document = this.#file.document();
    if (!document || !isObject(document.session) || !Array.isArray(document.items)) return null;
    const items = document.items.filter(isObject);
    this.#damaged = document.items.length - items.length;
    return [document.session, ...items];
  }
}

/** Most that a compressed rollout may unpack to: a few kilobytes can claim to be anything. */
const MAX_UNPACKED_BYTES = 1024 ** 3;

function unpacked(bytes: Buffer): Buffer {
  return zstdDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
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
