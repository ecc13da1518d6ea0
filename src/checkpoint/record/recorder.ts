import * as fs from "node:fs";
import { join } from "node:path";
import type { GapReason } from "../contract.ts";
import { codeOf, entryType, type Inode, inodeAt, isFifo, metaOf } from "../disk/inode.ts";
import { type ByteText, fromPath, toBytes } from "../format/byte-text.ts";
import { encodeRecord } from "../format/encode.ts";
import { ABSENT, type InodeId, JOURNAL_VERSION, type JournalRecord, type KeptContent } from "../format/record.ts";

/** What a capture may copy, in bytes. */
export interface CopyLimits {
  fileCap: number;
  totalCap: number;
}

/** How the content of a file is kept: `link` is for what is about to lose its name, `copy` for what is written into. */
export type Keep = "copy" | "link";

const NO_LINK = ["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];
/** Bytes that are copied at a time. */
const CHUNK = 1024 * 1024;
/** ns in a ms. */
const NS = 1_000_000n;

/**
 * Writes the journal of one capture from inside moat: for patches, and for what undo itself does. The first touch of a name
 * and of an inode counts; each record is in the journal before the caller changes anything.
 */
export class JournalRecorder {
  readonly #directory: string;
  readonly #limits: CopyLimits;
  readonly #now: () => Date;
  readonly #journal: number;
  readonly #pack: number;
  readonly #seen = new Set<string>();
  /** Names by their directory. */
  readonly #named = new Map<InodeId, Set<ByteText>>();
  #packed: number;
  #links: number;

  /** Goes on with a capture that is there already (an undo that was killed). */
  constructor(directory: string, limits: CopyLimits, now: () => Date) {
    this.#directory = directory;
    this.#limits = limits;
    this.#now = now;
    fs.mkdirSync(join(directory, "links"), { recursive: true, mode: 0o700 });
    this.#journal = fs.openSync(join(directory, "journal"), "a", 0o600);
    this.#pack = fs.openSync(join(directory, "pack"), "a", 0o600);
    this.#packed = fs.fstatSync(this.#pack).size;
    this.#links = fs.readdirSync(join(directory, "links")).length;
    if (fs.fstatSync(this.#journal).size === 0) this.begin(1);
  }

  /** From here on it is another epoch: the first touch counts again. */
  begin(epoch: number): void {
    this.#seen.clear();
    this.#named.clear();
    this.#write({ type: "begin", time: this.#time(), version: JOURNAL_VERSION, epoch });
  }

  /** A directory that is a parent of something touched. `path` is absolute. */
  directory(id: InodeId, parent: InodeId, name: ByteText, path: ByteText): void {
    if (this.#first(`d${id}`)) this.#write({ type: "directory", time: this.#time(), id, parent, name, path });
  }

  /** What a name means, before it changes. `child` absent: nothing is there. */
  name(parent: InodeId, name: ByteText, child: InodeId): void {
    let named = this.#named.get(parent);
    if (!named) {
      named = new Set();
      this.#named.set(parent, named);
    }
    if (named.has(name)) return;
    named.add(name);
    this.#write({ type: "name", time: this.#time(), parent, child, name });
  }

  /** What an inode has beside its content, before that changes. `path` is where it can be reached now. */
  meta(inode: Inode, path: ByteText): void {
    if (!this.#first(`i${inode.id}`)) return;
    this.#write({ type: "meta", time: this.#time(), id: inode.id, meta: metaOf(inode, path) });
  }

  /** All of an inode, before it changes or goes. */
  inode(inode: Inode, path: ByteText, keep: Keep): void {
    this.meta(inode, path);
    const type = entryType(inode.mode);
    if (type === "directory" || isFifo(inode.mode) || !this.#firstContent(inode.id, keep)) return;
    // Of a symlink that has other names it matters which one it is.
    const alone = type === "symlink" && (inode.nlink === 1 || keep === "copy");
    const content = alone ? readTarget(path) : this.#keep(inode, path, keep);
    if (typeof content === "string") this.gap(content, inode.id, path);
    else this.#write({ type: "content", time: this.#time(), id: inode.id, content });
  }

  /** Something that is not kept. */
  gap(reason: GapReason, id: InodeId, path: ByteText): void {
    this.#write({ type: "gap", time: this.#time(), id, reason, path });
  }

  /** Everything was recorded. */
  end(): void {
    this.#write({ type: "end", time: this.#time(), complete: true });
    fs.fdatasyncSync(this.#pack);
    fs.fdatasyncSync(this.#journal);
    this.close();
  }

  close(): void {
    fs.closeSync(this.#pack);
    fs.closeSync(this.#journal);
  }

  #first(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  /** What was linked shares the inode: before that is written into, it is copied all the same. */
  #firstContent(id: InodeId, keep: Keep): boolean {
    const first = this.#first(`c${id}`);
    return keep === "copy" ? this.#first(`p${id}`) : first;
  }

  #time(): bigint {
    return BigInt(this.#now().getTime()) * NS;
  }

  #write(record: JournalRecord): void {
    fs.writeSync(this.#journal, encodeRecord(record));
  }

  #keep(inode: Inode, path: ByteText, keep: Keep): KeptContent | GapReason {
    if (keep === "link") {
      const number = this.#links++;
      try {
        fs.linkSync(toBytes(path), toBytes(fromPath(join(this.#directory, "links", String(number)))));
        return { kind: "link", number };
      } catch (error) {
        if (!NO_LINK.includes(codeOf(error))) return reasonOf(error);
      }
    }
    if (entryType(inode.mode) === "symlink") return readTarget(path);
    if (entryType(inode.mode) !== "file") return "not_keepable";
    if (inode.size > this.#limits.fileCap) return "over_file_cap";
    if (this.#packed + inode.size > this.#limits.totalCap) return "over_turn_cap";
    return this.#copy(path, inode.id);
  }

  /** Appends a file's bytes to the pack. What is added when it fails half-way belongs to no record. */
  #copy(path: ByteText, id: InodeId): KeptContent | GapReason {
    const offset = this.#packed;
    try {
      const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
      const from = fs.openSync(toBytes(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        this.#append(from);
      } finally {
        fs.closeSync(from);
      }
    } catch (error) {
      this.#packed = fs.fstatSync(this.#pack).size;
      return reasonOf(error);
    }
    return inodeAt(path)?.id === id ? { kind: "pack", offset, length: this.#packed - offset } : "io_error";
  }

  #append(from: number): void {
    const room = Buffer.allocUnsafe(CHUNK);
    for (let read = fs.readSync(from, room); read > 0; read = fs.readSync(from, room)) {
      for (let done = 0; done < read; ) {
        const written = fs.writeSync(this.#pack, room, done, read - done);
        done += written;
        this.#packed += written;
      }
    }
  }
}

function readTarget(path: ByteText): KeptContent {
  return { kind: "symlink", target: fs.readlinkSync(toBytes(path), { encoding: "buffer" }).toString("latin1") };
}

function reasonOf(error: unknown): GapReason {
  const code = codeOf(error);
  if (["ENOSPC", "EDQUOT"].includes(code)) return "no_space";
  return ["EACCES", "EPERM"].includes(code) ? "unreadable" : "io_error";
}

/** The id of nothing, for a name that stands for nothing. */
export const idOf = (inode: Inode | null): InodeId => inode?.id ?? ABSENT;
