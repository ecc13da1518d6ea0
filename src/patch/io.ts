import * as fs from "node:fs";
import type { FileSnapshot } from "./contract.ts";

/**
 * The changes that a commit makes, one method each, so that a test can stop the world between any two of them. Everything
 * is synchronous: two patches of one process cannot interleave, and the thread pool costs more than a small patch.
 */
export interface PatchIo {
  mkdir(path: string): void;
  rmdir(path: string): void;
  /** Creates a file that must not exist. */
  writeNew(path: string, content: readonly Uint8Array[], options: NewFile): void;
  /** Overwrites an existing file from its start, cuts it to the new length and forces it to the disk. */
  overwrite(path: string, content: readonly Uint8Array[], mode: number): void;
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Forces the names in a directory to the disk. */
  syncDirectory(path: string): void;
}

export interface NewFile {
  mode: number;
  /** null: that of the process. */
  owner: { uid: number; gid: number } | null;
  /** Whether it must be on the disk when the call returns. */
  durable: boolean;
}

export const realIo: PatchIo = {
  mkdir: (path) => fs.mkdirSync(path),
  rmdir: (path) => fs.rmdirSync(path),
  writeNew(path, content, { mode, owner, durable }) {
    const fd = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL, 0o600);
    try {
      writeAll(fd, content);
      if (owner) fs.fchownSync(fd, owner.uid, owner.gid);
      fs.fchmodSync(fd, mode);
      if (durable) fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  overwrite(path, content, mode) {
    const fd = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW);
    try {
      fs.ftruncateSync(fd, writeAll(fd, content));
      if ((fs.fstatSync(fd).mode & 0o7777) !== mode) fs.fchmodSync(fd, mode);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  link: (from, to) => fs.linkSync(from, to),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  syncDirectory(path) {
    const fd = fs.openSync(path, fs.constants.O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
};

function writeAll(fd: number, content: readonly Uint8Array[]): number {
  let position = 0;
  for (const piece of content) {
    for (let done = 0; done < piece.length; ) {
      const written = fs.writeSync(fd, piece, done, piece.length - done, position);
      done += written;
      position += written;
    }
  }
  return position;
}

/** Files above this are not read: their text would not fit one string together with its lines. */
export const MAX_FILE = 512 * 1024 * 1024;

/** What stands at a path: a file or symlink as it is now, another thing by its name, or nothing. */
export type FoundEntry = { kind: "file"; snapshot: FileSnapshot } | { kind: "other"; what: string } | null;

/** What is at a path, no symlink followed; undefined where nothing is, also below what is no directory. */
export function entryAt(path: string): fs.BigIntStats | undefined {
  try {
    return fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return;
    throw error;
  }
}

export function exists(path: string): boolean {
  return entryAt(path) !== undefined;
}

/** Looks at a path without following a symlink in its last part. Throws what the file system throws. */
export function look(path: string): FoundEntry {
  const stats = entryAt(path);
  if (!stats) return null;
  if (stats.isSymbolicLink())
    return { kind: "file", snapshot: { ...identity(stats), bytes: null, link: fs.readlinkSync(path) } };
  if (!stats.isFile()) return { kind: "other", what: stats.isDirectory() ? "a directory" : "a special file" };
  if (stats.size > MAX_FILE) return { kind: "file", snapshot: { ...identity(stats), bytes: null, link: null } };
  // O_NONBLOCK: should a pipe have taken the file's place meanwhile, opening must not wait for a writer.
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const opened = fs.fstatSync(fd, { bigint: true });
    if (!opened.isFile()) return { kind: "other", what: "a special file" };
    return { kind: "file", snapshot: { ...identity(opened), bytes: fs.readFileSync(fd), link: null } };
  } finally {
    fs.closeSync(fd);
  }
}

function identity(stats: fs.BigIntStats): Omit<FileSnapshot, "bytes" | "link"> {
  return {
    dev: stats.dev,
    ino: stats.ino,
    size: stats.size,
    mtime_ns: stats.mtimeNs,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    nlink: Number(stats.nlink),
  };
}

/** Whether a path still holds what was planned with: the same inode, size, time and bytes. */
export function isUnchanged(found: FoundEntry, before: FileSnapshot): boolean {
  if (found?.kind !== "file") return false;
  const now = found.snapshot;
  const same =
    now.dev === before.dev && now.ino === before.ino && now.size === before.size && now.mtime_ns === before.mtime_ns;
  if (!same || now.link !== before.link || now.mode !== before.mode) return false;
  return now.bytes === null || before.bytes === null
    ? now.bytes === before.bytes
    : Buffer.compare(now.bytes, before.bytes) === 0;
}

/** The code of a file system error (`ENOENT`), or an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
