import { crc32 } from "node:zlib";
import type { ByteText } from "./byte-text.ts";
import { IdReader } from "./inode-id.ts";
import {
  ALIGN,
  CHECKED,
  GAP_REASONS,
  HEADER,
  ID_BYTES,
  type InodeId,
  type InodeMeta,
  JOURNAL_VERSION,
  type JournalRecord,
  type KeptContent,
  KINDS,
  type RecordType,
  TYPES,
} from "./record.ts";

/** Where a journal comes from: fills the room with its bytes from a place on, and gives how many there were. */
export interface JournalSource {
  length: number;
  read(room: Uint8Array, from: number): number;
}

/** Bytes that are read at a time, where no record needs more. */
const STEP = 128 * 1024;

/** Stands for a record of which nothing is asked. */
const SKIPPED = "skipped";

/** Always told: they say what epoch a record belongs to, and whether all are there. */
const FRAME: readonly RecordType[] = ["begin", "end"];

/** The records of a journal one after the other, up to the first that is not whole. Of the journal a part is in memory at a time. */
export class JournalReader {
  /** There was a record that is not whole, or a version that is not known. Known at the end. */
  cut = false;
  readonly #source: JournalSource;
  #fields: Fields;
  #bytes: Buffer<ArrayBuffer>;
  /** Where `#bytes` begins in the journal, how much of it is filled, and where the next record begins in it. */
  #base = 0;
  #filled = 0;
  #at = 0;
  /** Where the last record begins. */
  #last = 0;
  readonly #wanted: ReadonlySet<number> | null;

  /** @param wanted types of records that are told, beside begin and end; the others are only looked over. null: all */
  constructor(source: JournalSource, wanted: readonly RecordType[] | null = null) {
    this.#source = source;
    this.#wanted = wanted && new Set([...FRAME, ...wanted].map((type) => TYPES[type]));
    this.#bytes = roomOf(Math.min(STEP, source.length));
    this.#fields = new Fields(this.#bytes, this.#wanted);
  }

  /** The next record; null at the end. */
  next(): JournalRecord | null {
    for (;;) {
      const record = this.#step();
      if (record !== SKIPPED) return record;
    }
  }

  #step(): JournalRecord | typeof SKIPPED | null {
    const left = this.#source.length - this.#base - this.#at;
    if (this.cut || left === 0) return null;
    const size = left >= HEADER && this.#has(HEADER) ? this.#bytes.readUInt32LE(this.#at) : 0;
    const whole = size >= HEADER && size % ALIGN === 0 && size <= left && this.#has(size);
    const record = whole ? this.#fields.decode(this.#at, size) : null;
    this.cut = record === null;
    this.#last = this.#at;
    if (record) this.#at += size;
    return record;
  }

  /** The bytes of the record that was given last. They stay until the next one is asked for. */
  get raw(): Buffer {
    return this.#bytes.subarray(this.#last, this.#at);
  }

  /** Whether so many bytes follow; reads them. */
  #has(size: number): boolean {
    if (this.#filled - this.#at >= size) return true;
    const rest = this.#bytes.subarray(this.#at, this.#filled);
    const room = size > this.#bytes.length ? roomOf(size) : this.#bytes;
    room.set(rest);
    this.#base += this.#at;
    this.#at = 0;
    this.#filled = rest.length;
    if (room !== this.#bytes) this.#fields = new Fields(room, this.#wanted);
    this.#bytes = room;
    while (this.#filled < room.length) {
      const read = this.#source.read(room.subarray(this.#filled), this.#base + this.#filled);
      if (read === 0) break;
      this.#filled += read;
    }
    return this.#filled >= size;
  }
}

/** A buffer of its own, to be looked at as words too. */
const roomOf = (size: number): Buffer<ArrayBuffer> => Buffer.from(new ArrayBuffer(Math.ceil(size / ALIGN) * ALIGN));

/** All records of a journal up to the first that is not whole; `cut`: there was one, or a version that is not known. */
export interface DecodedJournal {
  records: JournalRecord[];
  cut: boolean;
}

/** Of a journal in memory. */
export function decodeJournal(bytes: Buffer): DecodedJournal {
  const read = (room: Uint8Array, from: number) => bytes.copy(room, 0, from);
  const reader = new JournalReader({ length: bytes.length, read });
  const records: JournalRecord[] = [];
  for (let record = reader.next(); record; record = reader.next()) records.push(record);
  return { records, cut: reader.cut };
}

/** Types that a journal may have. */
const KNOWN: ReadonlySet<number> = new Set(Object.values(TYPES));

/** Of what has none: most files. */
const NO_ATTRIBUTES: InodeMeta["xattrs"] = [];

/** Reads the parts of a record one after the other. */
class Fields {
  readonly #ids: IdReader;
  #bytes: Buffer;
  #view: DataView;
  /** Records and the ids in them begin at whole words. */
  #words: Uint32Array;
  #at = 0;
  #end = 0;
  readonly #wanted: ReadonlySet<number> | null;

  constructor(bytes: Buffer<ArrayBuffer>, wanted: ReadonlySet<number> | null) {
    this.#bytes = bytes;
    this.#wanted = wanted;
    this.#ids = new IdReader(bytes);
    this.#view = new DataView(bytes.buffer);
    this.#words = new Uint32Array(bytes.buffer);
  }

  /** null: it is damaged, its type, version or kind is not known, or its parts go past its end. */
  decode(at: number, size: number): JournalRecord | typeof SKIPPED | null {
    if (crc32(this.#bytes.subarray(at + CHECKED, at + size)) !== this.#words[at / 4 + 1]) return null;
    this.#at = at + HEADER;
    this.#end = at + size;
    const type = this.#view.getUint8(at + 8);
    if (this.#wanted !== null && !this.#wanted.has(type)) return KNOWN.has(type) ? SKIPPED : null;
    try {
      return this.#record(type, this.#view.getBigUint64(at + 16, true));
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  #record(type: number, time: bigint): JournalRecord | null {
    switch (type) {
      case TYPES.begin: {
        const [version, epoch] = [this.#u32(), this.#u32()];
        return version === JOURNAL_VERSION ? { type: "begin", time, version, epoch } : null;
      }
      case TYPES.directory:
        return { type: "directory", time, id: this.#id(), parent: this.#id(), name: this.#text(), path: this.#text() };
      case TYPES.name:
        return { type: "name", time, parent: this.#id(), child: this.#id(), name: this.#text() };
      case TYPES.meta:
        return { type: "meta", time, id: this.#id(), meta: this.#meta() };
      case TYPES.content: {
        const [id, content] = [this.#id(), this.#content()];
        return content === null ? null : { type: "content", time, id, content };
      }
      case TYPES.gap: {
        const [id, reason] = [this.#id(), GAP_REASONS[this.#u32() - 1] ?? "io_error"];
        return { type: "gap", time, id, reason, path: this.#text() };
      }
      case TYPES.end:
        return { type: "end", time, complete: (this.#u32() & 1) === 1 };
      default:
        return null;
    }
  }

  /** Where the next part of so many bytes begins. Throws a RangeError past the end. */
  #part(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#end) throw new RangeError("a part past the end of its record");
    this.#at = at + bytes;
    return at;
  }

  #u32(): number {
    return this.#view.getUint32(this.#part(4), true);
  }

  /** Sizes and places: below 2^53. */
  #number(): number {
    const at = this.#part(8);
    return this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  #id(): InodeId {
    return this.#ids.read(this.#part(ID_BYTES) / 4);
  }

  #text(): ByteText {
    const length = this.#u32();
    const at = this.#part(length);
    return this.#bytes.toString("latin1", at, at + length);
  }

  #meta(): InodeMeta {
    const [mode, uid, gid, nlink] = [this.#u32(), this.#u32(), this.#u32(), this.#u32()];
    const rdev = this.#view.getBigUint64(this.#part(8), true);
    const size = this.#number();
    const mtime = this.#view.getBigInt64(this.#part(8), true);
    const count = this.#u32();
    const xattrs: InodeMeta["xattrs"] = count === 0 ? NO_ATTRIBUTES : [];
    for (let left = count; left > 0; left--) xattrs.push([this.#text(), this.#text()]);
    return { mode, uid, gid, nlink, rdev, size, mtime, xattrs };
  }

  #content(): KeptContent | null {
    const kind = this.#u32() & 0xff;
    this.#u32();
    switch (kind) {
      case KINDS.pack:
        return { kind: "pack", offset: this.#number(), length: this.#number() };
      case KINDS.link:
        return { kind: "link", number: this.#number() };
      case KINDS.symlink:
        return { kind: "symlink", target: this.#text() };
      case KINDS.object:
        return { kind: "object", length: this.#number(), hash: this.#text() };
      default:
        return null;
    }
  }
}
