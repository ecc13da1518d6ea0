import { lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { isBeneath } from "../base/index.ts";

/** The path with every symlink resolved; null when it does not exist or its real name is not UTF-8. */
export function realPath(path: string): string | null {
  try {
    const real = realpathSync.native(path);
    // A name that is not UTF-8 comes back with replacement characters, and then names something else or nothing.
    return real.includes("\ufffd") && !exists(real) ? null : real;
  } catch {
    return null;
  }
}

/** The path with symlinks resolved as far as it exists; what does not exist yet is kept as it is written. */
export function realPathOfNew(path: string): string {
  const real = realPath(path);
  if (real !== null) return real;
  const parent = dirname(path);
  return parent === path ? path : join(realPathOfNew(parent), path.slice(parent.length));
}

/** `directory` or `file`, following symlinks; null for what does not exist or is neither. */
export function kindOf(path: string): "directory" | "file" | null {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? "directory" : stat.isFile() ? "file" : null;
  } catch {
    return null;
  }
}

/** True when the path exists, whatever it is. */
export function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What lies at the path itself; null when nothing does, or when it cannot be looked at. */
export function lstatOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** True when the path itself is a symlink, whether it leads anywhere or not. */
export function isSymlink(path: string): boolean {
  return lstatOf(path)?.isSymbolicLink() === true;
}

/** An absolute path from one as it was typed: `~` is the home directory, what is relative starts at `base`. */
export function absolutePath(path: string, base: string, home: string): string {
  if (path === "~" || path.startsWith(`~${sep}`)) return join(home, path.slice(1));
  return isAbsolute(path) ? resolve(path) : resolve(base, path);
}

/** The list without repetitions and without what lies beneath another entry of it. */
export function outermost(paths: string[]): string[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => !unique.some((other) => isBeneath(path, other)));
}
