import { crc32 } from "node:zlib";
import type { ByteText } from "./byte-text.ts";
import {
  ABSENT,
  ALIGN,
  CHECKED,
  GAP_REASONS,
  HEADER,
  ID_BYTES,
  type InodeId,
  type InodeMeta,
  type JournalRecord,
  type KeptContent,
  KINDS,
  TYPES,
} from "./record.ts";

/** A record as the journal has it. Its bytes are there until the next one is asked for. */
export function encodeRecord(record: JournalRecord): Buffer {
  fields.begin();
  putPayload(record);
  return fields.whole(TYPES[record.type], record.time);
}

function putPayload(record: JournalRecord): void {
  switch (record.type) {
    case "begin":
      fields.u32(record.version);
      fields.u32(record.epoch);
      return;
    case "directory":
      fields.id(record.id);
      fields.id(record.parent);
      fields.text(record.name);
      fields.text(record.path);
      return;
    case "name":
      fields.id(record.parent);
      fields.id(record.child);
      fields.text(record.name);
      return;
    case "meta":
      fields.id(record.id);
      putMeta(record.meta);
      return;
    case "content":
      fields.id(record.id);
      putContent(record.content);
      return;
    case "gap":
      fields.id(record.id);
      fields.u32(GAP_REASONS.indexOf(record.reason) + 1);
      fields.text(record.path);
      return;
    case "end":
      fields.u32(record.complete ? 1 : 0);
  }
}

function putMeta({ mode, uid, gid, nlink, rdev, size, mtime, xattrs }: InodeMeta): void {
  for (const each of [mode, uid, gid, nlink]) fields.u32(each);
  for (const each of [rdev, BigInt(size), mtime]) fields.u64(each);
  fields.u32(xattrs.length);
  for (const [name, value] of xattrs) {
    fields.text(name);
    fields.text(value);
  }
}

function putContent(kept: KeptContent): void {
  fields.u32(KINDS[kept.kind]);
  fields.u32(0);
  switch (kept.kind) {
    case "pack":
      fields.u64(BigInt(kept.offset));
      fields.u64(BigInt(kept.length));
      return;
    case "link":
      fields.u64(BigInt(kept.number));
      return;
    case "symlink":
      fields.text(kept.target);
      return;
    case "object":
      fields.u64(BigInt(kept.length));
      fields.text(kept.hash);
  }
}

/** Room for a record to begin with: most are shorter. */
const ROOM = 1024;

/** Puts the parts of a record one after the other, in room that all records share. */
class FieldRoom {
  #room = Buffer.alloc(ROOM);
  #at = 0;

  /** Of the next record: its header is left free. */
  begin(): void {
    this.#at = 0;
    this.#room.fill(0, this.#part(HEADER), HEADER);
  }

  /** The record, with its header and filled up with zeros. */
  whole(type: number, time: bigint): Buffer {
    const size = Math.ceil(this.#at / ALIGN) * ALIGN;
    const from = this.#part(size - this.#at);
    const room = this.#room.fill(0, from, size);
    room.writeUInt32LE(size, 0);
    room.writeUInt8(type, 8);
    room.writeBigUInt64LE(time, 16);
    room.writeUInt32LE(crc32(room.subarray(CHECKED, size)), 4);
    return room.subarray(0, size);
  }

  u32(value: number): void {
    const at = this.#part(4);
    this.#room.writeUInt32LE(value >>> 0, at);
  }

  u64(value: bigint): void {
    const at = this.#part(8);
    this.#room.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  text(value: ByteText): void {
    this.u32(value.length);
    const at = this.#part(value.length);
    this.#room.write(value, at, value.length, "latin1");
  }

  id(value: InodeId): void {
    const at = this.#part(ID_BYTES);
    if (value === ABSENT) this.#room.fill(0, at, at + ID_BYTES);
    else this.#room.write(value, at, ID_BYTES, "latin1");
  }

  /** Where the next part of so many bytes begins. */
  #part(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#room.length) this.#grow(Math.ceil(this.#at / ROOM) * ROOM * 2);
    return at;
  }

  #grow(size: number): void {
    const room = Buffer.alloc(size);
    this.#room.copy(room);
    this.#room = room;
  }
}

const fields = new FieldRoom();
