import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { decodeJournal } from "../format/decode.ts";
import { encodeRecord } from "../format/encode.ts";
import type { InodeId, JournalRecord } from "../format/record.ts";
import { objectPath, readPart } from "../merge/content.ts";
import { readNote, type StateNote } from "../merge/note-file.ts";

type ContentRecord = Extract<JournalRecord, { type: "content" }>;
type PackRecord = ContentRecord & { content: { kind: "pack" } };

const isPacked = (record: JournalRecord): record is PackRecord =>
  record.type === "content" && record.content.kind === "pack";

/**
 * Moves the copied content of a capture whose call has ended into the thread's objects: hashed, so that the same content is
 * kept once, and compressed. `alone`: nothing ran beside it, so that content which was not changed after all can go. May be
 * killed at any time and called again.
 */
export async function packCapture(directory: string, objects: string, alone: boolean): Promise<void> {
  const pack = join(directory, "pack");
  if (!fs.existsSync(pack)) return;
  const journal = join(directory, "journal");
  const { records } = decodeJournal(fs.readFileSync(journal));
  const kept: Buffer[] = [];
  // Of each epoch once: it names everything that the call touched.
  let note: StateNote | null = null;
  const metas = new Map<InodeId, Extract<JournalRecord, { type: "meta" }>>();
  for (const record of records) {
    if (record.type === "begin") note = alone ? readNote(directory, record.epoch) : null;
    if (record.type === "meta") metas.set(record.id, record);
    const next = isPacked(record) ? await packed(record, pack, objects, note, metas) : record;
    if (next) kept.push(encodeRecord(next));
  }
  replaceFile(journal, Buffer.concat(kept));
  fs.rmSync(pack, { force: true });
}

/** The record with an object in the pack's place; null: the content is what it was. */
async function packed(
  record: PackRecord,
  pack: string,
  objects: string,
  note: StateNote | null,
  metas: ReadonlyMap<InodeId, Extract<JournalRecord, { type: "meta" }>>,
): Promise<JournalRecord | null> {
  const { offset, length } = record.content;
  const bytes = readPart(pack, offset, length);
  if (note && isUnchanged(bytes, record.id, note, metas.get(record.id)?.meta.mtime)) return null;
  const hash = createHash("sha256").update(bytes).digest("hex");
  const path = objectPath(objects, hash);
  if (!fs.existsSync(path)) {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    replaceFile(path, await Bun.zstdCompress(bytes));
  }
  return { ...record, content: { kind: "object", length, hash } };
}

/** By its hash where it is small; else by size and time. */
function isUnchanged(bytes: Buffer, id: InodeId, note: StateNote, mtime: bigint | undefined): boolean {
  const now = note.inodes.get(id);
  if (!now || now.size !== bytes.length) return false;
  return now.hash === undefined ? now.mtime === mtime : now.hash === Bun.hash.xxHash3(bytes).toString(36);
}

function replaceFile(path: string, bytes: Uint8Array): void {
  const beside = `${path}.new`;
  fs.writeFileSync(beside, bytes, { mode: 0o600 });
  const fd = fs.openSync(beside, "r");
  try {
    fs.fdatasyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(beside, path);
}

/** Bytes that a capture takes on disk: a kept link counts when it is the only name that is left. */
export function captureBytes(directory: string): number {
  const files = ["journal", "pack"].map(
    (name) => fs.statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return files.reduce((sum, size) => sum + size, linkBytes(join(directory, "links")));
}

function linkBytes(links: string): number {
  if (!fs.existsSync(links)) return 0;
  return fs.readdirSync(links).reduce((sum, name) => {
    const stats = fs.lstatSync(join(links, name), { throwIfNoEntry: false });
    return sum + (stats?.nlink === 1 ? stats.blocks * 512 : 0);
  }, 0);
}

/** Objects that captures refer to, with their bytes on disk. */
export function objectBytes(directory: string, objects: string): Map<string, number> {
  const journal = join(directory, "journal");
  const { records } = fs.existsSync(journal) ? decodeJournal(fs.readFileSync(journal)) : { records: [] };
  const found = new Map<string, number>();
  for (const record of records) {
    if (record.type !== "content" || record.content.kind !== "object") continue;
    const { hash } = record.content;
    found.set(hash, fs.statSync(objectPath(objects, hash), { throwIfNoEntry: false })?.size ?? 0);
  }
  return found;
}
