import { existsSync, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { noted } from "./witness.ts";

/** The path with every symlink resolved; null when it does not exist or its real name is not UTF-8. */
export function realPath(path: string): string | null {
  // Most places that are looked for are not there, and an exception costs more than the question.
  if (!pathExists(path)) return null;
  try {
    const real = realpathSync.native(path);
    // A name that is not UTF-8 comes back with replacement characters, and then names something else or nothing.
    return real.includes("\ufffd") && !pathExists(real) ? null : real;
  } catch {
    return null;
  }
}

/** The path with symlinks resolved as far as it exists; what does not exist yet is kept as it is written. */
export function realPathOfNew(path: string): string {
  return realPathsOfNew()(path);
}

/** The same for many paths at one moment: what they share is looked up once. */
export function realPathsOfNew(): (path: string) => string {
  const known = new Map<string, string>();
  const resolved = (path: string): string => {
    const parent = dirname(path);
    return realPath(path) ?? (parent === path ? path : join(realOf(parent), path.slice(parent.length)));
  };
  const realOf = (path: string): string => {
    const real = known.get(path) ?? resolved(path);
    known.set(path, real);
    return real;
  };
  return realOf;
}

/** `directory` or `file`, following symlinks; null for what does not exist or is neither. */
export function kindOf(path: string): "directory" | "file" | null {
  try {
    const stat = statSync(noted(path), { throwIfNoEntry: false });
    return stat?.isDirectory() ? "directory" : stat?.isFile() ? "file" : null;
  } catch {
    return null;
  }
}

/** True when the path exists, whatever it is. */
export function pathExists(path: string): boolean {
  return existsSync(noted(path));
}

/** What lies at the path itself; null when nothing does, or when it cannot be looked at. */
export function lstatOf(path: string): Stats | null {
  try {
    return lstatSync(noted(path), { throwIfNoEntry: false }) ?? null;
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

/** The list without repetitions and without what lies beneath another entry of it. All are normalized. */
export function outermost(paths: string[]): string[] {
  const all = new Set(paths);
  const isInside = (path: string): boolean => {
    const parent = dirname(path);
    return parent !== path && (all.has(parent) || isInside(parent));
  };
  return [...all].filter((path) => !isInside(path));
}
