import * as fs from "node:fs";
import { fileCalls, libc, renameCall } from "../../base/libc.ts";
import { type ByteText, childPath, toArgument, toBytes } from "../format/byte-text.ts";
import { ABSENT, type InodeId } from "../format/record.ts";
import { AT_FDCWD, PathRoom } from "./c-path.ts";
import { codeOf, type Inode, inodeAt, inodeOfDescriptor } from "./inode.ts";
import { quickInode } from "./stat.ts";

/** Where a directory is: a name in another one, or for a capture root (parent absent) its absolute path. */
export interface DirectoryPlace {
  parent: InodeId;
  name: ByteText;
}

/** asm-generic/fcntl.h, the same on x86-64 and arm64: a handle that needs no permission to read. */
const O_PATH = 0x200000;
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = fs.constants;
/** linux/fs.h: fail where something stands already. */
const RENAME_NOREPLACE = 1;
/** asm-generic/errno-base.h. */
const EEXIST = 17;
/** Directories that stay open at a time: far below every limit of descriptors. */
const MOST_OPEN = 64;

const sources = new PathRoom();
const names = new PathRoom();

const linux = process.platform === "linux";

/**
 * Opens directories step by step from their capture root, no link followed, each one checked to be the very inode that is
 * meant: a command may have planted links, and nothing outside the roots is ever reached. `at` gives a path through the open
 * descriptor, which stays right when somebody renames what is above.
 */
export class Directories {
  readonly #open = new Map<InodeId, { fd: number; path: ByteText }>();
  readonly #place: (id: InodeId) => DirectoryPlace | undefined;
  readonly #canonical: (id: InodeId) => InodeId;

  /** `place`: where a directory is now; `canonical`: which one an inode stands for (a directory that was made again). */
  constructor(place: (id: InodeId) => DirectoryPlace | undefined, canonical: (id: InodeId) => InodeId) {
    this.#place = place;
    this.#canonical = canonical;
  }

  /** A path of a name in a directory, for calls that follow no link at its end. Throws when the directory is not what it was. */
  at(directory: InodeId, name: ByteText): ByteText {
    return childPath(this.#directory(directory), name);
  }

  /** What such a name stands for; null: nothing. */
  look(directory: InodeId, name: ByteText): Inode | null {
    const path = this.at(directory, name);
    const fd = this.#open.get(directory)?.fd;
    const quick = linux && fd !== undefined ? quickInode(name, fd) : undefined;
    return quick === undefined ? inodeAt(path) : quick;
  }

  /**
   * Moves what is at a path to such a name, over what is there.
   * @returns false: it is on another mount
   */
  bring(from: ByteText, directory: InodeId, name: ByteText): boolean {
    const path = this.at(directory, name);
    const fd = this.#open.get(directory)?.fd;
    if (linux && fd !== undefined && fileCalls().renameat(AT_FDCWD, sources.put(from), fd, names.put(name)) === 0)
      return true;
    try {
      fs.renameSync(toArgument(from), toArgument(path));
      return true;
    } catch (error) {
      if (codeOf(error) === "EXDEV") return false;
      throw new Error(`what was kept of it could not be moved there: ${codeOf(error)}`);
    }
  }

  /**
   * Moves what is at a path to such a name if nothing stands there: looked and done in one step.
   * @returns false: something does; undefined: it cannot be done this way
   */
  bringNew(from: ByteText, directory: InodeId, name: ByteText): boolean | undefined {
    this.#directory(directory);
    const fd = this.#open.get(directory)?.fd;
    const call = renameCall();
    if (!call || fd === undefined) return undefined;
    if (call.renameat2(AT_FDCWD, sources.put(from), fd, names.put(name), RENAME_NOREPLACE) === 0) return true;
    return libc().errno() === EEXIST ? false : undefined;
  }

  /** The path of the directory itself. */
  path(directory: InodeId): ByteText {
    return this.#directory(directory);
  }

  close(): void {
    for (const { fd } of this.#open.values()) fs.closeSync(fd);
    this.#open.clear();
  }

  #directory(id: InodeId): ByteText {
    const known = this.#open.get(id);
    if (known) return known.path;
    const place = this.#place(id);
    if (!place) throw new Error("its directory is gone");
    const path = place.parent === ABSENT ? place.name : childPath(this.#directory(place.parent), place.name);
    const fd = fs.openSync(toBytes(path), (linux ? O_PATH : O_RDONLY) | O_DIRECTORY | O_NOFOLLOW);
    if (this.#canonical(inodeOfDescriptor(fd).id) !== id) {
      fs.closeSync(fd);
      throw new Error("its directory is another one now");
    }
    this.#makeRoom();
    const opened = { fd, path: linux ? `/proc/self/fd/${fd}` : path };
    this.#open.set(id, opened);
    return opened.path;
  }

  #makeRoom(): void {
    if (this.#open.size < MOST_OPEN) return;
    const [oldest] = this.#open;
    if (!oldest) return;
    fs.closeSync(oldest[1].fd);
    this.#open.delete(oldest[0]);
  }
}

/** Sets permissions of what is at a path if it is this inode: chmod has no way of not following a link. */
export function chmodInode(path: ByteText, id: InodeId, mode: number): void {
  if (!linux) {
    if (inodeAt(path)?.id === id) fs.lchmodSync(toBytes(path), mode);
    return;
  }
  const fd = fs.openSync(toBytes(path), O_PATH | O_NOFOLLOW);
  try {
    if (inodeOfDescriptor(fd).id !== id) throw new Error("another file took its place");
    fs.chmodSync(`/proc/self/fd/${fd}`, mode);
  } finally {
    fs.closeSync(fd);
  }
}
