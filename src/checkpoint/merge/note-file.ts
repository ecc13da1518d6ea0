import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteText } from "../format/byte-text.ts";
import type { InodeId } from "../format/record.ts";

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

/** How things were when a call was closed. */
export interface StateNote {
  /** Names of directories: what stands there; "" for nothing. */
  names: { parent: InodeId; name: ByteText; child: InodeId }[];
  /** Names, unchanged, of inodes that the journal knows by their id alone. */
  found: { parent: InodeId; name: ByteText; child: InodeId }[];
  inodes: Map<InodeId, NotedInode>;
  /** The kept links (by number) as they were: size and time of the last change. */
  links: Map<number, { size: number; mtime: bigint }>;
}

/** What of it is on disk. */
interface Stored {
  names: [InodeId, ByteText, InodeId][];
  found: [InodeId, ByteText, InodeId][];
  inodes: [InodeId, number, number, number, number, string, string?][];
  links: [number, number, string][];
}

const pathOf = (directory: string, epoch: number) => join(directory, `after-${epoch}.zst`);

export function writeNote(directory: string, epoch: number, note: StateNote): void {
  const stored: Stored = {
    names: note.names.map(({ parent, name, child }) => [parent, name, child]),
    found: note.found.map(({ parent, name, child }) => [parent, name, child]),
    inodes: [...note.inodes].map(([id, { mode, uid, gid, size, mtime, hash }]) =>
      hash === undefined ? [id, mode, uid, gid, size, `${mtime}`] : [id, mode, uid, gid, size, `${mtime}`, hash],
    ),
    links: [...note.links].map(([number, { size, mtime }]) => [number, size, `${mtime}`]),
  };
  const path = pathOf(directory, epoch);
  writeFileSync(`${path}.new`, Bun.zstdCompressSync(Buffer.from(JSON.stringify(stored))), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** null: there is none. */
export function readNote(directory: string, epoch: number): StateNote | null {
  const path = pathOf(directory, epoch);
  if (!existsSync(path)) return null;
  const stored = JSON.parse(Buffer.from(Bun.zstdDecompressSync(readFileSync(path))).toString()) as Stored;
  return {
    names: stored.names.map(([parent, name, child]) => ({ parent, name, child })),
    found: stored.found.map(([parent, name, child]) => ({ parent, name, child })),
    inodes: new Map(
      stored.inodes.map(([id, mode, uid, gid, size, mtime, hash]) => [
        id,
        { mode, uid, gid, size, mtime: BigInt(mtime), ...(hash === undefined ? {} : { hash }) },
      ]),
    ),
    links: new Map(stored.links.map(([number, size, mtime]) => [number, { size, mtime: BigInt(mtime) }])),
  };
}
