import { closeSync, constants, lchownSync, mkdirSync, openSync } from "node:fs";

/** asm-generic/fcntl.h, the same on x86-64 and arm64: a handle that needs no permission to read. */
const O_PATH = 0x200000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;

/** A directory that is held open: it stays the same whatever happens to the names above it. */
export interface HeldDirectory {
  /** A path of a name in it, for calls that follow no link at its end. */
  at(name: string): string;
  close(): void;
}

/** How directories are made that are missing; absent: none is. */
interface Making {
  /** Permissions of the directory at a path. */
  mode(path: string): number;
  /** Whose it becomes; null: whoever makes it. */
  owner: { uid: number; gid: number } | null;
}

/**
 * Opens a directory beneath a root, step by step. A link on the way is never followed. Throws what the system says: ELOOP or ENOTDIR where
 * something else than a directory lies on the way.
 * @param path relative to the root; ".": the root itself
 */
export function openBeneath(root: string, path: string, making: Making | null = null): HeldDirectory {
  const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
  let fd = openSync(root, flags);
  let above = "";
  try {
    for (const part of path === "." ? [] : path.split("/")) {
      const name = `/proc/self/fd/${fd}/${part}`;
      above = above === "" ? part : `${above}/${part}`;
      if (making) make(name, above, making);
      const next = openSync(name, flags);
      closeSync(fd);
      fd = next;
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { at: (name) => `/proc/self/fd/${fd}/${name}`, close: () => closeSync(fd) };
}

function make(name: string, path: string, { mode, owner }: Making): void {
  try {
    mkdirSync(name, mode(path));
    if (owner) lchownSync(name, owner.uid, owner.gid);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
