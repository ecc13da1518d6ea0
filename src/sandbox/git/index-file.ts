// git's index, read by hand (gitformat-index(5), versions 2 to 4): which other repositories and which odd names are in it.
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { identity } from "../snapshot.ts";
import { noted } from "../witness.ts";
import { isGitPart } from "./names.ts";
import { lastValue, parseGitConfig } from "./settings.ts";
import { readGitFile } from "./small-file.ts";

/** What a later git would act on. */
export interface IndexFacts {
  /** Entries that stand for other repositories (submodules), relative to the work tree. */
  gitlinks: string[];
  /** Names that git itself never adds: with a `.git` or `..` in them, or no text. */
  odd: string[];
  /** It holds directories whose entries are not in it. */
  sparse: boolean;
}

/** An index as it lies on the disk. */
export interface IndexFile {
  /** Says whether it is still the same, unchanged file. */
  id: string;
  mode: number;
  bytes: Uint8Array;
  /** null: it cannot be read for sure. */
  facts: IndexFacts | null;
}

const NONE: IndexFacts = { gitlinks: [], odd: [], sparse: false };

/** The largest index that is read: some five million files. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Of indexes that were read before, by path: most commands change none. */
const FACTS = new Map<string, { id: string; facts: IndexFacts | null }>();

/** The index in a git directory; null when there is none, or something else in its place. */
export function readIndexFile(git_dir: string): IndexFile | null {
  const path = join(git_dir, "index");
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd, { bigint: true });
      if (!stat.isFile() || stat.size > MAX_BYTES) return null;
      const id = identity(stat);
      const bytes = readFileSync(fd);
      return {
        id,
        mode: Number(stat.mode & 0o777n),
        bytes,
        facts: remembered(path, id, () => factsOf(bytes, git_dir)),
      };
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** What is in the index of a git directory; null when there is none, or it cannot be read for sure. */
export function indexFacts(git_dir: string): IndexFacts | null {
  const path = join(git_dir, "index");
  noted(path, true);
  const id = idOf(path);
  // A new repository has none, and an exception costs more than the question.
  if (id === null) return null;
  const known = FACTS.get(path);
  return known?.id === id ? known.facts : (readIndexFile(git_dir)?.facts ?? null);
}

function idOf(path: string): string | null {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : identity(stat);
  } catch {
    return null;
  }
}

function remembered(path: string, id: string, read: () => IndexFacts | null): IndexFacts | null {
  const known = FACTS.get(path);
  if (known?.id === id) return known.facts;
  const facts = read();
  FACTS.set(path, { id, facts });
  return facts;
}

function factsOf(bytes: Uint8Array, git_dir: string): IndexFacts | null {
  const hash_bytes = hashBytes(git_dir);
  const own = parseIndex(bytes, hash_bytes);
  if (own === null) return null;
  if (own.shared === null) return own.facts;
  const shared = sharedIndex(join(git_dir, `sharedindex.${own.shared}`), hash_bytes);
  if (shared === null) return null;
  return {
    gitlinks: [...new Set([...shared.gitlinks, ...own.facts.gitlinks])],
    odd: [...shared.odd, ...own.facts.odd],
    sparse: shared.sparse || own.facts.sparse,
  };
}

function sharedIndex(path: string, hash_bytes: number): IndexFacts | null {
  try {
    const parsed = parseIndex(readFileSync(path), hash_bytes);
    return parsed === null || parsed.shared !== null ? null : parsed.facts;
  } catch {
    return null;
  }
}

/** A linked worktree has the format of its common directory; `commondir` may lead there. */
function hashBytes(git_dir: string): number {
  const common = readGitFile(join(git_dir, "commondir")).trim();
  const config = readGitFile(join(git_dir, common, "config"));
  return lastValue(parseGitConfig(config), "extensions.objectformat") === "sha256" ? 32 : 20;
}

const SIGNATURE = 0x44495243; // "DIRC"
/** ctime, mtime, dev, ino, mode, uid, gid, size: ten numbers of 32 bits before the object's name. */
const STAT_BYTES = 40;
const MODE_AT = 24;
const LONG_NAME = 0xfff;
const EXTENDED = 0x4000;
const GITLINK = 0o160000;
const DIRECTORY = 0o040000;

/** @returns null for what is no index of a known version. `shared`: hash of the index that this one is laid over. */
export function parseIndex(bytes: Uint8Array, hash_bytes: number): { facts: IndexFacts; shared: string | null } | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length === 0) return { facts: NONE, shared: null };
  if (data.length < 12 + hash_bytes || data.readUInt32BE(0) !== SIGNATURE) return null;
  const version = data.readUInt32BE(4);
  if (version < 2 || version > 4) return null;
  try {
    const read = readEntries(data, version, hash_bytes);
    const shared = sharedName(data, read.end, hash_bytes);
    // Entries that only take the place of a shared one have no name of their own.
    const odd = shared === null ? read.facts.odd : read.facts.odd.filter((name) => name !== "");
    return { facts: { ...read.facts, odd }, shared };
  } catch (error) {
    if (error instanceof RangeError) return null; // It ends in the middle of something.
    throw error;
  }
}

function readEntries(data: Buffer, version: number, hash_bytes: number): { facts: IndexFacts; end: number } {
  const facts: IndexFacts = { gitlinks: [], odd: [], sparse: false };
  const count = data.readUInt32BE(8);
  let at = 12;
  let name: Buffer = Buffer.alloc(0);
  for (let entry = 0; entry < count; entry++) {
    const mode = data.readUInt32BE(at + MODE_AT);
    const flags = data.readUInt16BE(at + STAT_BYTES + hash_bytes);
    const start = at + STAT_BYTES + hash_bytes + (flags & EXTENDED ? 4 : 2);
    if (version === 4) {
      const { strip, next } = readOffset(data, start);
      if (strip > name.length) throw new RangeError("a name that takes more from the last one than it has");
      const end = nul(data, next);
      name = Buffer.concat([name.subarray(0, name.length - strip), data.subarray(next, end)]);
      note(facts, name, 0, name.length, mode);
      at = end + 1;
    } else {
      const length = flags & LONG_NAME;
      const end = length === LONG_NAME ? nul(data, start + LONG_NAME) : start + length;
      if (data[end] !== 0) throw new RangeError("a name without an end");
      note(facts, data, start, end, mode);
      // One to eight NUL bytes, up to a multiple of eight.
      at += (end - at + 8) & ~7;
    }
  }
  return { facts, end: at };
}

function note(facts: IndexFacts, data: Buffer, start: number, stop: number, mode: number): void {
  if (mode === DIRECTORY) facts.sparse = true;
  const end = mode === DIRECTORY && data[stop - 1] === SLASH ? stop - 1 : stop;
  if (mode !== GITLINK && !mayBeOdd(data, start, end)) return;
  const text = data.toString("utf8", start, end);
  const parts = text.split("/");
  if (text.includes("\ufffd") && mode === GITLINK) facts.odd.push(text);
  else if (parts.some((part) => part === "" || part === "." || part === ".." || isGitPart(part))) facts.odd.push(text);
  else if (mode === GITLINK) facts.gitlinks.push(text);
}

const [SLASH, DOT, BACKSLASH, LOWER_G, UPPER_G] = [0x2f, 0x2e, 0x5c, 0x67, 0x47];
/** First bytes in UTF-8 of the characters that HFS+ passes over. */
const [IGNORED_2, IGNORED_F] = [0xe2, 0xef];

/** A quick look at every name: a part is empty, begins as `.git` may, or a backslash may begin one. */
function mayBeOdd(data: Buffer, start: number, end: number): boolean {
  let first = true;
  for (let at = start; at < end; at++) {
    const byte = data[at];
    if (byte === BACKSLASH) return true;
    if (first && (byte === SLASH || byte === DOT || byte === LOWER_G || byte === UPPER_G)) return true;
    if (first && (byte === IGNORED_2 || byte === IGNORED_F)) return true;
    first = byte === SLASH;
  }
  return first;
}

function nul(data: Buffer, from: number): number {
  const end = data.indexOf(0, from);
  if (end < 0) throw new RangeError("a name without an end");
  return end;
}

/** A number in the variable form of packs (gitformat-pack(5), "offset encoding"). */
function readOffset(data: Buffer, start: number): { strip: number; next: number } {
  let byte = data.readUInt8(start);
  let strip = byte & 0x7f;
  let next = start + 1;
  while (byte & 0x80) {
    byte = data.readUInt8(next++);
    strip = (strip + 1) * 128 + (byte & 0x7f);
  }
  return { strip, next };
}

/** The extension `link` of a split index; null without one. A hash of zeros stands for none. */
function sharedName(data: Buffer, start: number, hash_bytes: number): string | null {
  const end = data.length - hash_bytes;
  for (let at = start; at + 8 <= end; ) {
    const size = data.readUInt32BE(at + 4);
    if (data.toString("latin1", at, at + 4) === "link") {
      const hash = data.toString("hex", at + 8, at + 8 + hash_bytes);
      return /^0*$/.test(hash) ? null : hash;
    }
    at += 8 + size;
  }
  return null;
}
