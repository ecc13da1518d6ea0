import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { soleBytes } from "../disk/stat.ts";
import { type ByteText, childPath, fromPath } from "../format/byte-text.ts";
import { encodeRecord } from "../format/encode.ts";
import type { InodeId, JournalRecord, RecordOf } from "../format/record.ts";
import { objectPath, readPart } from "../merge/content.ts";
import { CaptureJournal } from "../merge/journal.ts";
import { readNote, type StateNote } from "../merge/note-file.ts";
import { namesIn } from "../merge/today.ts";

type PackRecord = RecordOf<"content"> & { content: { kind: "pack" } };

const isPacked = (record: JournalRecord): record is PackRecord =>
  record.type === "content" && record.content.kind === "pack";

/**
 * Moves the copied content of a capture whose call has ended into the thread's objects: hashed, so that the same content is
 * kept once, and compressed. `alone`: nothing ran beside it, so that content which was not changed after all can go. May be
 * killed at any time and called again.
 * @returns whether there was any
 */
export async function packCapture(directory: string, objects: string, alone: boolean): Promise<boolean> {
  const pack = join(directory, "pack");
  if (!fs.existsSync(pack)) return false;
  const has = hasPacked(directory);
  if (has) await rewrite(directory, pack, objects, alone);
  fs.rmSync(pack, { force: true });
  return has;
}

/** A command that removes files has its content in links, and its journal stays as it is. */
function hasPacked(directory: string): boolean {
  using journal = new CaptureJournal(directory, ["content"]);
  for (let record = journal.next(); record; record = journal.next()) if (isPacked(record)) return true;
  return false;
}

async function rewrite(directory: string, pack: string, objects: string, alone: boolean): Promise<void> {
  using journal = new CaptureJournal(directory);
  using rewritten = new Replacement(join(directory, "journal"));
  // Of each epoch once: it names everything that the call touched.
  let note: StateNote | null = null;
  const times = new Map<InodeId, bigint>();
  for (let record = journal.next(); record; record = journal.next()) {
    if (record.type === "begin") note = alone ? readNote(directory, record.epoch) : null;
    if (record.type === "meta") times.set(record.id, record.meta.mtime);
    if (!isPacked(record)) rewritten.add(journal.raw);
    else {
      const next = await packed(record, pack, objects, note, times.get(record.id));
      if (next) rewritten.add(encodeRecord(next));
    }
  }
  rewritten.done();
}

/** The record with an object in the pack's place; null: the content is what it was. */
async function packed(
  record: PackRecord,
  pack: string,
  objects: string,
  note: StateNote | null,
  mtime: bigint | undefined,
): Promise<JournalRecord | null> {
  const { offset, length } = record.content;
  const bytes = readPart(pack, offset, length);
  if (note && isUnchanged(bytes, record.id, note, mtime)) return null;
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
  using file = new Replacement(path);
  file.add(bytes);
  file.done();
}

/** Bytes that are written at a time. */
const ROOM = 256 * 1024;

/** A file that is written beside another one, and takes its place when it is whole. */
class Replacement implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  readonly #room = Buffer.allocUnsafe(ROOM);
  #used = 0;

  constructor(path: string) {
    this.#path = path;
    this.#fd = fs.openSync(`${path}.new`, "w", 0o600);
  }

  add(bytes: Uint8Array): void {
    if (this.#used + bytes.length > ROOM) this.#flush();
    if (bytes.length > ROOM) writeWhole(this.#fd, bytes);
    else {
      this.#room.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  done(): void {
    this.#flush();
    fs.fdatasyncSync(this.#fd);
    fs.renameSync(`${this.#path}.new`, this.#path);
  }

  #flush(): void {
    writeWhole(this.#fd, this.#room.subarray(0, this.#used));
    this.#used = 0;
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#fd);
  }
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done, bytes.length - done);
}

/** Bytes that a capture takes on disk: a kept link counts when it is the only name that is left. */
export function captureBytes(directory: string): number {
  const files = ["journal", "pack"].map(
    (name) => fs.statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return files.reduce((sum, size) => sum + size, linkBytes(fromPath(join(directory, "links"))));
}

function linkBytes(links: ByteText): number {
  return namesIn(links).reduce((sum, name) => sum + soleBytes(childPath(links, name)), 0);
}

/** Objects that captures refer to, with their bytes on disk. */
export function objectBytes(directory: string, objects: string): Map<string, number> {
  using journal = new CaptureJournal(directory, ["content"]);
  const found = new Map<string, number>();
  for (let record = journal.next(); record; record = journal.next()) {
    if (record.type !== "content" || record.content.kind !== "object") continue;
    const { hash } = record.content;
    found.set(hash, fs.statSync(objectPath(objects, hash), { throwIfNoEntry: false })?.size ?? 0);
  }
  return found;
}
