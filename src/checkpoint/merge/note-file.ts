import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteText } from "../format/byte-text.ts";
import { idOfText, idText } from "../format/inode-id.ts";
import { ABSENT, type InodeId } from "../format/record.ts";

/** An inode as it was when a call was closed: enough to tell whether somebody changed it since. */
export interface NotedInode {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** ns. */
  mtime: bigint;
  /** Of the content of a small file; absent: not taken. */
  hash?: string;
}

/** A directory that no record tells of. */
export interface UnrecordedDirectory {
  parent: InodeId;
  name: ByteText;
  child: InodeId;
  /** Absolute. */
  path: ByteText;
}

/** How things were when a call was closed. */
export interface StateNote {
  /** When, in ns since 1970. */
  time: bigint;
  /** What the names that the journal has stand for, in its order; "" for nothing. */
  children: InodeId[];
  /** A kept link that is not in `links`, and whose inode is recorded right before it, names apart, is as it was then. Notes were longer once. */
  brief: boolean;
  /** Names that the journal has not. */
  names: { parent: InodeId; name: ByteText; child: InodeId }[];
  /** Names, unchanged, of inodes that the journal knows by their id alone. */
  found: { parent: InodeId; name: ByteText; child: InodeId }[];
  /** Directories of theirs that the journal does not know. */
  directories: UnrecordedDirectory[];
  inodes: Map<InodeId, NotedInode>;
  /** Kept links (by number) as they were: size and time of the last change. */
  links: Map<number, { size: number; mtime: bigint }>;
}

/** What of it is on disk: ids as text. */
interface Stored {
  time: string;
  /** Absent: `names` has all names, and `links` all links. */
  children?: string[];
  names: [string, ByteText, string][];
  found: [string, ByteText, string][];
  directories: UnrecordedDirectory[];
  inodes: [string, number, number, number, number, string, string?][];
  links: [number, number, string][];
}

const pathOf = (directory: string, epoch: number) => join(directory, `after-${epoch}.zst`);

export function writeNote(directory: string, epoch: number, note: StateNote): void {
  const text = new GrowingText();
  const list = <Item>(name: keyof Stored, items: Iterable<Item>, stored: (item: Item) => string) => {
    let between = `,"${name}":[`;
    for (const item of items) {
      text.add(between, stored(item));
      between = ",";
    }
    text.add(between === "," ? "]" : `${between}]`);
  };
  text.add(`{"time":"${note.time}"`);
  list("children", note.children, storedId);
  list("names", note.names, storedName);
  list("found", note.found, storedName);
  list("directories", note.directories, ({ parent, child, ...each }) =>
    JSON.stringify({ parent: idText(parent), child: idText(child), ...each }),
  );
  list("inodes", note.inodes, ([id, { mode, uid, gid, size, mtime, hash }]) => {
    const facts = `${storedId(id)},${mode},${uid},${gid},${size},"${mtime}"`;
    return hash === undefined ? `[${facts}]` : `[${facts},"${hash}"]`;
  });
  list("links", note.links, ([number, { size, mtime }]) => `[${number},${size},"${mtime}"]`);
  text.add("}");
  const path = pathOf(directory, epoch);
  writeFileSync(`${path}.new`, Bun.zstdCompressSync(text.bytes), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const storedId = (id: InodeId): string => (id === ABSENT ? '""' : `"${idText(id)}"`);

const storedName = ({ parent, name, child }: StateNote["names"][number]): string =>
  `[${storedId(parent)},${JSON.stringify(name)},${storedId(child)}]`;

/** A text that is put together of many parts, as bytes: as strings and lists it would be many times as large. */
class GrowingText {
  #room = Buffer.allocUnsafe(4096);
  #used = 0;

  add(...parts: string[]): void {
    for (const part of parts) {
      // What UTF-8 needs at most.
      const most = this.#used + part.length * 3;
      if (most > this.#room.length) {
        const room = Buffer.allocUnsafe(most * 2);
        this.#room.copy(room, 0, 0, this.#used);
        this.#room = room;
      }
      this.#used += this.#room.write(part, this.#used);
    }
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#used);
  }
}

/** null: there is none. */
export function readNote(directory: string, epoch: number): StateNote | null {
  const path = pathOf(directory, epoch);
  if (!existsSync(path)) return null;
  const stored = JSON.parse(Buffer.from(Bun.zstdDecompressSync(readFileSync(path))).toString()) as Stored;
  return {
    time: BigInt(stored.time),
    children: stored.children?.map(idOfText) ?? [],
    brief: stored.children !== undefined,
    names: stored.names.map(nameOf),
    found: stored.found.map(nameOf),
    directories: stored.directories.map((each) => ({ ...each, ...idsOf(each) })),
    inodes: new Map(
      stored.inodes.map(([id, mode, uid, gid, size, mtime, hash]) => [
        idOfText(id),
        { mode, uid, gid, size, mtime: BigInt(mtime), ...(hash === undefined ? {} : { hash }) },
      ]),
    ),
    links: new Map(stored.links.map(([number, size, mtime]) => [number, { size, mtime: BigInt(mtime) }])),
  };
}

const idsOf = ({ parent, child }: { parent: string; child: string }) => ({
  parent: idOfText(parent),
  child: idOfText(child),
});

const nameOf = ([parent, name, child]: Stored["names"][number]) => ({ ...idsOf({ parent, child }), name });
