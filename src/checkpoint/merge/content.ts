import * as fs from "node:fs";
import { join } from "node:path";
import { factsAt } from "../disk/inode.ts";
import { isAsMeta } from "../disk/meta.ts";
import { type ByteText, fromPath } from "../format/byte-text.ts";
import type { InodeId, InodeMeta, KeptContent } from "../format/record.ts";
import type { LocatedContent, Merged } from "./state.ts";

/** Content that can be had now. */
export type Available =
  | { kind: "bytes"; read(): Buffer; length: number }
  /** A hard link that was kept, to be moved to where it belongs. */
  | KeptLink
  | { kind: "symlink"; target: string };

/** A hard link of a capture, and what the file is like. */
interface KeptLink {
  kind: "link";
  /** Of the capture. */
  directory: string;
  number: number;
  length: number;
  /** Somebody wrote into it since. */
  changed: boolean;
  /** It has the owner, permissions, attributes and time that it had before. */
  whole: boolean;
}

/** Where a kept link lies. */
export const linkPath = ({ directory, number }: { directory: string; number: number }): ByteText =>
  `${fromPath(directory)}/links/${number}`;

/** Nothing was kept of it. */
const NONE: readonly (LocatedContent | null)[] = [];

/** What was kept of an inode, in the order of time. */
export function contentsOf(contents: Merged["contents"], id: InodeId): readonly (LocatedContent | null)[] {
  const known = contents.get(id);
  if (known === undefined) return NONE;
  return Array.isArray(known) ? known : [known];
}

/** Whether an inode was written into, as far as is known: what was only ever linked was not. */
export const isWritten = (contents: Merged["contents"], id: InodeId): boolean =>
  contentsOf(contents, id).some((kept) => kept?.content.kind !== "link");

/**
 * The content that an inode had before. What was first copied counts: a link that was kept earlier shares the inode, and is
 * what was written into afterwards. Links come and go: undo moves them back to where they were. null: none was kept.
 */
export function contentOf(merged: Merged, id: InodeId, objects: string): Available | null {
  const list = contentsOf(merged.contents, id);
  const copied = list.find((each) => each === null || each.content.kind !== "link");
  if (copied === null) return null;
  if (copied) return copiedContent(copied.content, copied.directory, objects);
  for (const each of list) {
    const link = each ? keptLink(each, merged.metas.get(id)) : null;
    if (link) return link;
  }
  return null;
}

/** What was copied of it; null: it is gone, or was linked. */
export function copiedContent(content: KeptContent, directory: string, objects: string): Available | null {
  switch (content.kind) {
    case "pack": {
      const { offset, length } = content;
      return { kind: "bytes", length, read: () => readPart(join(directory, "pack"), offset, length) };
    }
    case "object": {
      const path = objectPath(objects, content.hash);
      if (!fs.existsSync(path)) return null;
      return { kind: "bytes", length: content.length, read: () => readObject(path) };
    }
    case "symlink":
      return { kind: "symlink", target: content.target };
    case "link":
      return null;
  }
}

function keptLink({ content, directory, noted }: LocatedContent, meta: InodeMeta | undefined): KeptLink | null {
  if (content.kind !== "link") return null;
  const { number } = content;
  const path = linkPath({ directory, number });
  const inode = factsAt(path);
  if (!inode) return null;
  const changed = noted !== undefined && (inode.size !== noted.size || inode.mtime !== noted.mtime);
  const whole = meta !== undefined && isAsMeta(inode, path, meta);
  return { kind: "link", directory, number, length: inode.size, changed, whole };
}

export function readPart(path: string, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  const fd = fs.openSync(path, "r");
  try {
    for (let done = 0; done < length; ) {
      const read = fs.readSync(fd, bytes, done, length - done, offset + done);
      if (read === 0) throw new Error("its kept bytes are cut off");
      done += read;
    }
  } finally {
    fs.closeSync(fd);
  }
  return bytes;
}

/** Where an object lies: by its SHA-256, one directory for each first byte. */
export function objectPath(objects: string, hash: string): string {
  return join(objects, hash.slice(0, 2), `${hash.slice(2)}.zst`);
}

function readObject(path: string): Buffer {
  return Buffer.from(Bun.zstdDecompressSync(fs.readFileSync(path)));
}
