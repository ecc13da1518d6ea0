import * as fs from "node:fs";
import { join } from "node:path";
import type { Directories } from "../disk/directories.ts";
import { codeOf, entryType, inodeAt, permissions } from "../disk/inode.ts";
import { type ByteText, childPath, fromBytes, toBytes } from "../format/byte-text.ts";
import { deviceOf } from "../format/inode-id.ts";
import type { InodeId } from "../format/record.ts";
import { namesIn } from "../merge/today.ts";
import { MADE_DIRECTORY } from "./modes.ts";
import type { Standing } from "./work.ts";

/** The file of an undo that says where its directories for what is put aside are: one absolute path a line, NUL between. */
const HOLDS = "holds";

/** Prefixes of names in them: what was put aside, and what is being made. */
const ASIDE = "h";
const MADE = "s";

/** Where directories are, as an undo moves them. */
export interface Whereabouts {
  directories: Directories;
  /** Directories above one, itself first, up to its root, as long as they are on its file system. */
  above(id: InodeId): InodeId[];
  pathOf(id: InodeId): ByteText;
  /** Tells of a directory that is there from now on. */
  placed(id: InodeId, parent: InodeId, name: ByteText): void;
}

/**
 * A directory of each file system, at the top of what is undone, in which things wait between their old place and their new
 * one, and new files are written before they take their place.
 */
export class Holds {
  readonly #capture: string;
  readonly #name: ByteText;
  readonly #where: Whereabouts;
  /** By device. */
  readonly #made = new Map<string, { id: InodeId; top: InodeId }>();
  #count = 0;

  constructor(capture: string, name: ByteText, where: Whereabouts) {
    this.#capture = capture;
    this.#name = name;
    this.#where = where;
  }

  /** A free name for what is put aside, in a directory on the file system of this one. */
  aside(near: InodeId): { parent: InodeId; name: ByteText } {
    return this.#free(near, ASIDE);
  }

  /** A free name for what is made. */
  staged(near: InodeId): { parent: InodeId; name: ByteText } {
    return this.#free(near, MADE);
  }

  #free(near: InodeId, prefix: string): { parent: InodeId; name: ByteText } {
    const parent = this.#near(near);
    for (;;) {
      const name = `${prefix}${this.#count++}`;
      if (inodeAt(this.#where.directories.at(parent, name)) === null) return { parent, name };
    }
  }

  #near(near: InodeId): InodeId {
    const device = deviceOf(near);
    const known = this.#made.get(device);
    if (known) return known.id;
    const tops = this.#where.above(near).toReversed();
    for (const [i, top] of tops.entries()) {
      try {
        const id = this.#make(top);
        this.#made.set(device, { id, top });
        return id;
      } catch (error) {
        if (i === tops.length - 1 || !["EACCES", "EPERM", "EROFS"].includes(codeOf(error))) throw error;
      }
    }
    throw new Error("there is no place to put things aside");
  }

  #make(top: InodeId): InodeId {
    const path = this.#where.directories.at(top, this.#name);
    fs.appendFileSync(join(this.#capture, HOLDS), toBytes(`${childPath(this.#where.pathOf(top), this.#name)}\0`), {
      mode: 0o600,
    });
    try {
      fs.mkdirSync(toBytes(path), MADE_DIRECTORY);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const inode = inodeAt(path);
    // Made by an undo that was killed, then; anybody else's would be open to somebody.
    const own = inode && entryType(inode.mode) === "directory" && permissions(inode.mode) === MADE_DIRECTORY;
    if (!own || (process.getuid && inode.uid !== process.getuid())) throw new Error(`${this.#name} is in the way`);
    this.#where.placed(inode.id, top, this.#name);
    return inode.id;
  }

  /** Takes them away. What is still in them stays, and its directory is told. */
  close(): ByteText[] {
    const left: ByteText[] = [];
    for (const { id, top } of this.#made.values()) {
      const path = this.#where.directories.path(id);
      for (const name of namesIn(path))
        if (name.startsWith(MADE)) fs.rmSync(toBytes(childPath(path, name)), { recursive: true });
      try {
        fs.rmdirSync(toBytes(this.#where.directories.at(top, this.#name)));
      } catch {
        left.push(childPath(this.#where.pathOf(top), this.#name));
      }
    }
    return left;
  }
}

/** Absolute paths of the directories that an undo made for what it puts aside; they may be gone. */
export function holdPaths(capture: string): Set<ByteText> {
  const file = join(capture, HOLDS);
  return new Set(fs.existsSync(file) ? fromBytes(fs.readFileSync(file)).split("\0").filter(Boolean) : []);
}

/** What an undo that was killed had put aside, by inode. */
export function readHolds(capture: string, canonical: (id: InodeId) => InodeId): Map<InodeId, Standing> {
  const held = new Map<InodeId, Standing>();
  for (const path of holdPaths(capture)) {
    const directory = inodeAt(path);
    if (!directory || entryType(directory.mode) !== "directory") continue;
    for (const name of namesIn(path)) {
      const at = childPath(path, name);
      const inode = inodeAt(at);
      if (!inode) continue;
      const id = canonical(inode.id);
      if (name.startsWith(ASIDE)) held.set(id, { parent: directory.id, name, id, inode, path: at });
    }
  }
  return held;
}
