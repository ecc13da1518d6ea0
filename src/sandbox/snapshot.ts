import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import { join } from "node:path";
import { isStandIn } from "./launch/stand-in.ts";

/**
 * What stood at a path before a command. `bytes` is the copy that it can be restored from; null: too large to keep. `id` says
 * whether it is still the same, unchanged thing: nobody can set a ctime.
 */
export type SnapshotNode =
  | { kind: "absent" }
  | { kind: "file"; id: string; mode: number; bytes: Uint8Array | null; watched: boolean }
  | { kind: "symlink"; id: string; target: string; watched: boolean }
  | { kind: "directory"; id: string; mode: number; entries: string[]; git: boolean; watched: boolean }
  | { kind: "other"; id: string };

/** Nodes by absolute path: a protected place, and all that lies beneath it as far as it is watched. */
export type Snapshot = Map<string, SnapshotNode>;

/** Larger files are compared, but no copy is kept. A hook or a settings file is much smaller. */
const MAX_COPY_BYTES = 1 << 20;

/**
 * Of one look. A workspace that holds a home directory has places like `~/.config` to guard: what is beyond this is not looked
 * into, so that a command does not wait for it.
 */
export const MAX_NODES = 20_000;
export const MAX_COPIED_BYTES = 32 << 20;

/** In a git directory: large, and nothing that git would execute or take its config from. */
const NOT_LOOKED_AT = new Set(["objects", "logs", "lfs", "rr-cache"]);

/**
 * In a git directory these decide what is executed; the rest (refs, index, HEAD) may be changed by the user's own git at the same time,
 * so it is watched, never put back.
 */
const RESTORED_IN_GIT = new Set(["hooks", "config", "config.worktree", "commondir", "gitdir", "modules", "info"]);

/** Copies of files that did not change since they were read for an earlier command. */
export type CopyCache = Map<string, { id: string; bytes: Uint8Array }>;

/** What `take` goes by. */
interface Look {
  cache: CopyCache;
  into: Snapshot;
  /** How many bytes may still be copied, and how many nodes there may be before a directory is no longer looked into. */
  room: { bytes: number; nodes: number };
  /** Directories that may be written although they lie in a place that may not: they are left out. */
  open: ReadonlySet<string>;
  /**
   * An earlier look at the same places: what was a git directory then is taken for one now, and nothing else is, or a command
   * could make any directory look like one.
   */
  before?: Snapshot;
}

/** Looks at `path` and everything beneath it. What is `watched` is compared, but never put back. */
export function take(path: string, look: Look, watched = false): void {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat || isStandIn(path, stat)) {
    look.into.set(path, { kind: "absent" });
    return;
  }
  const id = identity(stat);
  const mode = Number(stat.mode & 0o7777n);
  if (stat.isSymbolicLink()) look.into.set(path, { kind: "symlink", id, target: readlinkSync(path), watched });
  else if (stat.isFile()) {
    const bytes = watched || look.before || stat.size > look.room.bytes ? null : copyOf(path, id, look.cache);
    look.room.bytes -= bytes?.length ?? 0;
    look.into.set(path, { kind: "file", id, mode, bytes, watched });
  } else if (stat.isDirectory()) takeDirectory(path, { id, mode }, look, watched);
  else look.into.set(path, { kind: "other", id });
}

function takeDirectory(path: string, own: { id: string; mode: number }, look: Look, watched: boolean): void {
  const earlier = look.before?.get(path);
  if (earlier?.kind === "other" || (!look.before && look.into.size >= look.room.nodes)) {
    look.into.set(path, { kind: "other", id: own.id });
    return;
  }
  const all = listed(path);
  const git = look.before
    ? earlier?.kind === "directory" && earlier.git
    : all.includes("HEAD") && all.includes("objects");
  const looked = git ? all.filter((name) => !NOT_LOOKED_AT.has(name)) : all;
  const entries = looked.filter((name) => !look.open.has(join(path, name)));
  look.into.set(path, { kind: "directory", ...own, entries, git, watched });
  for (const name of entries) take(join(path, name), look, watched || (git && isOnlyWatched(name)));
}

/** An entry of a git directory that is never put back or moved away. */
export function isOnlyWatched(name: string): boolean {
  return !RESTORED_IN_GIT.has(name);
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // Not readable for this user: then not listable for its commands either.
  }
}

/** Says whether it is still the same, unchanged thing: nobody can set a ctime. */
export function identity({ dev, ino, ctimeNs, size }: BigIntStats): string {
  return `${dev}:${ino}:${ctimeNs}:${size}`;
}

function copyOf(path: string, id: string, cache: CopyCache): Uint8Array | null {
  const known = cache.get(path);
  if (known?.id === id) return known.bytes;
  const bytes = read(path, id);
  if (bytes) cache.set(path, { id, bytes });
  return bytes;
}

/** The content of exactly the file that was looked at; null when it is too large, unreadable or another one by now. */
function read(path: string, id: string): Uint8Array | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd, { bigint: true });
      return stat.size <= MAX_COPY_BYTES && identity(stat) === id ? readFileSync(fd) : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
