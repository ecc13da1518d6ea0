import { crc32 } from "node:zlib";
import type { ByteText } from "./byte-text.ts";
import {
  ABSENT,
  ALIGN,
  GAP_REASONS,
  HEADER,
  type InodeId,
  type InodeMeta,
  JOURNAL_VERSION,
  type JournalRecord,
  type KeptContent,
  KINDS,
  TYPES,
} from "./record.ts";

/** All records of a journal up to the first that is not whole; `cut`: there was one, or a version that is not known. */
export interface DecodedJournal {
  records: JournalRecord[];
  cut: boolean;
}

export function decodeJournal(bytes: Buffer): DecodedJournal {
  const records: JournalRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    const size = left >= HEADER ? bytes.readUInt32LE(at) : 0;
    if (size < HEADER || size % ALIGN !== 0 || size > left) return { records, cut: true };
    const whole = bytes.subarray(at, at + size);
    if (crc32(whole.subarray(8)) !== whole.readUInt32LE(4)) return { records, cut: true };
    const record = decodeRecord(whole);
    if (record === null) return { records, cut: true };
    records.push(record);
    at += size;
  }
  return { records, cut: false };
}

/** null: its type, version or kind is not known, or its parts go past its end. */
function decodeRecord(whole: Buffer): JournalRecord | null {
  const reader = new Fields(whole);
  const time = whole.readBigUInt64LE(16);
  try {
    switch (whole.readUInt8(8)) {
      case TYPES.begin: {
        const [version, epoch] = [reader.u32(), reader.u32()];
        return version === JOURNAL_VERSION ? { type: "begin", time, version, epoch } : null;
      }
      case TYPES.directory:
        return {
          type: "directory",
          time,
          id: reader.id(),
          parent: reader.id(),
          name: reader.text(),
          path: reader.text(),
        };
      case TYPES.name:
        return { type: "name", time, parent: reader.id(), child: reader.id(), name: reader.text() };
      case TYPES.meta:
        return { type: "meta", time, id: reader.id(), meta: reader.meta() };
      case TYPES.content: {
        const [id, content] = [reader.id(), reader.content()];
        return content === null ? null : { type: "content", time, id, content };
      }
      case TYPES.gap:
        return {
          type: "gap",
          time,
          id: reader.id(),
          reason: GAP_REASONS[reader.u32() - 1] ?? "io_error",
          path: reader.text(),
        };
      case TYPES.end:
        return { type: "end", time, complete: (reader.u32() & 1) === 1 };
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Reads the parts of a record one after the other. Throws a RangeError past its end. */
class Fields {
  readonly #bytes: Buffer;
  #at = HEADER;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  u64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigUInt64LE(this.#at - 8);
  }

  id(): InodeId {
    const parts = [this.u64(), this.u64(), this.u64()];
    return parts.every((part) => part === 0n) ? ABSENT : parts.map((part) => part.toString(36)).join(".");
  }

  text(): ByteText {
    const length = this.u32();
    if (this.#at + length > this.#bytes.length) throw new RangeError("a string past the end of its record");
    this.#at += length;
    return this.#bytes.toString("latin1", this.#at - length, this.#at);
  }

  meta(): InodeMeta {
    const [mode, uid, gid, nlink] = [this.u32(), this.u32(), this.u32(), this.u32()];
    const [rdev, size, mtime] = [this.u64(), Number(this.u64()), BigInt.asIntN(64, this.u64())];
    const xattrs: [ByteText, ByteText][] = [];
    for (let left = this.u32(); left > 0; left--) xattrs.push([this.text(), this.text()]);
    return { mode, uid, gid, nlink, rdev, size, mtime, xattrs };
  }

  content(): KeptContent | null {
    const kind = this.u32() & 0xff;
    this.u32();
    switch (kind) {
      case KINDS.pack:
        return { kind: "pack", offset: Number(this.u64()), length: Number(this.u64()) };
      case KINDS.link:
        return { kind: "link", number: Number(this.u64()) };
      case KINDS.symlink:
        return { kind: "symlink", target: this.text() };
      case KINDS.object:
        return { kind: "object", length: Number(this.u64()), hash: this.text() };
      default:
        return null;
    }
  }
}
