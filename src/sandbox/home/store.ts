import { closeSync, constants, lstatSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { libc } from "../../base/libc.ts";
import { workspaceId } from "../caches.ts";
import { LAYERS } from "../protect.ts";
import { noted } from "../witness.ts";

/** sys/file.h */
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Where a workspace's layer is kept, whether it was made or not. `base`: where moat keeps caches, `~/.cache/moat`. */
export function layerStore(base: string, workspace: string): string {
  return join(base, LAYERS, workspaceId(workspace));
}

/**
 * Makes the store of a workspace's layer (mode 0700: what commands write there may be set-user-id) and gives its path; null where there is no
 * Linux, or where it cannot be made: then the home directory is only read.
 */
export function makeLayerStore(base: string, workspace: string): string | null {
  if (process.platform !== "linux") return null;
  const store = layerStore(base, workspace);
  try {
    mkdirSync(noted(store), { recursive: true, mode: 0o700 });
    return lstatSync(store).isDirectory() ? store : null;
  } catch {
    return null;
  }
}

/** Of a store's `users`: who holds it keeps the layer mounted; who has it alone knows that nobody uses the layer. */
function lockUsers(store: string, how: number): number | null {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const fd = openSync(join(store, "users"), flags, 0o600);
    if (libc().flock(fd, how | LOCK_NB) === 0) return fd;
    closeSync(fd);
    return null;
  } catch {
    return null;
  }
}

const held = new Map<string, number | null>();

/** Keeps a layer mounted until this process ends, so that its next command finds it as it is. */
export function holdLayer(store: string): void {
  if (!held.has(store)) held.set(store, lockUsers(store, LOCK_SH));
}

/** A lock under which nobody uses the layer, until it is closed; null: somebody does. */
export function lockUnused(store: string): { close(): void } | null {
  // A keeper without users has the lock itself while it ends.
  for (let tries = 0; tries < 20; tries++) {
    const fd = lockUsers(store, LOCK_EX);
    if (fd !== null) return { close: () => closeSync(fd) };
    Bun.sleepSync(10);
  }
  return null;
}
