import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readPiece } from "../../base/index.ts";
import { type HeldDirectory, openBeneath } from "./beneath.ts";
import type { LayerLeaf } from "./leaves.ts";
import { statOf } from "./stat.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Bytes that are copied at a time. */
const PIECE = 1024 * 1024;
/** What is kept of a mode: set-id and sticky bits are a command's wish, and no reader of a configuration needs them. */
const KEPT_MODE = 0o777n;

/**
 * Does in the home directory what a command did to one leaf of its layer. Throws, and changes nothing, where either side is not what it was when it
 * was shown, where a link lies on the way, and what the system says.
 */
export function takeLeaf(store: string, home: string, leaf: LayerLeaf): void {
  const upper = join(store, "upper");
  const directory = leaf.kind === "directory" ? leaf.path : dirname(leaf.path);
  const owner = process.geteuid?.() === 0 ? ownerOf(home) : null;
  const mode = (path: string) => Number((statOf(join(upper, path))?.mode ?? 0o700n) & KEPT_MODE);
  const target = openBeneath(home, directory, leaf.change === "deleted" ? null : { mode, owner });
  try {
    if (leaf.kind === "directory") return;
    const name = basename(leaf.path);
    if (leaf.change === "deleted") {
      checkSame(target.at(name), leaf.theirs);
      unlinkSync(target.at(name));
    } else replace(upper, leaf, target, owner);
  } finally {
    target.close();
  }
}

/** Of the home directory: what is made in it by root is its owner's. */
function ownerOf(home: string): { uid: number; gid: number } {
  const { uid, gid } = lstatSync(home);
  return { uid, gid };
}

/** A whole file takes the place of the old one. */
function replace(
  upper: string,
  { path, own, theirs }: LayerLeaf,
  target: HeldDirectory,
  owner: { uid: number; gid: number } | null,
): void {
  const [name, fresh] = [target.at(basename(path)), target.at(`.moat-${process.pid}`)];
  const from = openSource(upper, path, own);
  try {
    const to = openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      copy(from, to);
      if (owner) fchownSync(to, owner.uid, owner.gid);
      fchmodSync(to, Number((own?.mode ?? 0o600n) & KEPT_MODE));
      fsyncSync(to);
      checkSame(name, theirs);
      renameSync(fresh, name);
    } catch (error) {
      unlinkSync(fresh);
      throw error;
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
}

function openSource(upper: string, path: string, own: BigIntStats | null): number {
  const source = openBeneath(upper, dirname(path));
  try {
    const fd = openSync(source.at(basename(path)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (isSame(fstatSync(fd, { bigint: true }), own)) return fd;
    closeSync(fd);
    throw new Error(CHANGED);
  } finally {
    source.close();
  }
}

function copy(from: number, to: number): void {
  const piece = Buffer.allocUnsafe(PIECE);
  for (let count = readPiece(from, piece); count > 0; count = readPiece(from, piece))
    for (let at = 0; at < count; ) at += writeSync(to, piece, at, count - at);
}

const CHANGED = "it was changed after it was shown: look again";

function checkSame(path: string, expected: BigIntStats | null): void {
  const now = statOf(path);
  if (now === null ? expected !== null : !isSame(now, expected)) throw new Error(CHANGED);
}

const isSame = (now: BigIntStats, then: BigIntStats | null) =>
  then !== null && now.ino === then.ino && now.dev === then.dev && now.ctimeNs === then.ctimeNs;
