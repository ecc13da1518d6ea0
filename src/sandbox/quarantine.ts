import { chmodSync, cpSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Where what a guard takes away is kept. Nothing is deleted that was not copied whole. */
export class Quarantine {
  readonly #directory: string;

  /** @param directory made when it is needed */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Takes away what is at a path and gives its new one; null when there is nothing any more. */
  take(path: string): string | null {
    const directory = join(this.#directory, Bun.randomUUIDv7());
    const target = join(directory, basename(path));
    const moved = mayFail(() => mkdirSync(directory, { recursive: true, mode: 0o700 })) ?? move(path, target);
    if (moved === null) return target;
    // Another file system, or one that is full. First it leaves its place, so that nobody writes to it while it is copied.
    const aside = `${path}.moved-away-by-moat.${Bun.randomUUIDv7()}`;
    const error = move(path, aside);
    if (error?.code === "ENOENT") return null;
    if (error) throw error;
    const copied = mayFail(() => cpSync(aside, target, { recursive: true, verbatimSymlinks: true }));
    if (copied !== null) {
      mayFail(() => rmSync(directory, { recursive: true, force: true }));
      return aside;
    }
    rmSync(aside, { recursive: true, force: true });
    return target;
  }
}

/** Renames, also where a command took the rights to do so from the directories. */
function move(from: string, to: string): NodeJS.ErrnoException | null {
  const error = mayFail(() => renameSync(from, to));
  if (error?.code !== "EACCES") return error;
  const [above, own] = [dirname(from), lstatSync(from, { throwIfNoEntry: false })];
  const { mode } = lstatSync(above);
  return (
    mayFail(() => chmodSync(above, (mode & 0o7777) | 0o700)) ??
    (own?.isDirectory() ? mayFail(() => chmodSync(from, (own.mode & 0o7777) | 0o700)) : null) ??
    mayFail(() => renameSync(from, to)) ??
    mayFail(() => chmodSync(above, mode & 0o7777))
  );
}

function mayFail(work: () => void): NodeJS.ErrnoException | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
