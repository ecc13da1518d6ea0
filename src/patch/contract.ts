import type { FileUpdateChange } from "../protocol/index.ts";

/** A patch that cannot be read or does not fit. `message` is sized for a model: what, where, what stands there now. */
export interface PatchError {
  message: string;
  /** The patch's own path for the file, when the failure belongs to one. */
  path: string | null;
  /** 1-based line of the patch text, when it is known. */
  patch_line: number | null;
}

/** Where a patch may act. All absolute. */
export interface PatchScope {
  /** Relative paths of the patch start here. */
  cwd: string;
  /** Directories that may be changed; symlinks are resolved before the check. */
  roots: string[];
  /** Places inside roots that must not be changed (`.git`, `.moat`). */
  protected: string[];
  /**
   * Refuse what lies in a `.git`, as git apply does: what is there names programs that git runs. false: somebody has decided about
   * these very paths.
   */
  git_closed: boolean;
  /** Refuse an add over, or a move onto, an existing file. */
  no_overwrite: boolean;
  /** Refuse a hunk that fits in several places. */
  strict: boolean;
}

/** A patch whose every hunk found its place; nothing is written yet. */
export interface PatchPlan {
  changes: FileUpdateChange[];
  /** What a careful reader should know, such as other places where a hunk would have fitted. */
  notes: string[];
  /** `A path`, `M path`, `D path` in the patch's own spelling: adds, then modifies, then deletes. */
  summary: string[];
  /** What `commitPatch` does, in its order: removals, then everything else. Nobody else reads it. */
  writes: PlannedWrite[];
}

/** A file or symlink as it stood when it was planned. A commit that finds anything else there changes nothing. */
export interface FileSnapshot {
  dev: bigint;
  ino: bigint;
  size: bigint;
  mtime_ns: bigint;
  /** Permission bits. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  /** The whole content; null for a symlink and for a file that is too large to be held. */
  bytes: Uint8Array | null;
  /** Target of a symlink, null for a file. */
  link: string | null;
}

/** One change of the file system. Paths are absolute and resolved: no symlink is left in them, but the last part of a removal. */
export type PlannedWrite =
  | { op: "create"; path: string; shown: string; content: Uint8Array[]; mode: number }
  | {
      op: "replace";
      path: string;
      shown: string;
      before: FileSnapshot;
      content: Uint8Array[];
      mode: number;
      /** Written into the same inode: the file has several links, or its directory takes no new files. */
      in_place: boolean;
    }
  | { op: "remove"; path: string; shown: string; before: FileSnapshot };

export type PatchResult<T> = { ok: true; value: T } | { ok: false; error: PatchError };
