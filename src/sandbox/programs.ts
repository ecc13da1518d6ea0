// Which programs are not what their names say: a command could have put a file there, or it came with the project.
import { accessSync, constants, readlinkSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { isWithin } from "../base/index.ts";
import { findGit } from "./git/layout.ts";
import { isSymlink, pathExists, realPath, realPathOfNew } from "./paths.ts";

/** Places from which no program is taken. All paths are absolute, with symlinks resolved. */
export interface Reach {
  /** Directories whose contents came with a project. */
  project: readonly string[];
  /** Directories that commands may write, … */
  writable: readonly string[];
  /** … except for these inside them. Where both fit, the innermost decides. */
  closed: readonly string[];
}

/**
 * The reach of a thread that works in `cwd`.
 * @param roots directories that commands may write, and places inside them that they may not
 * @param home a project that holds the home directory is the user's own: there only what commands may write counts
 */
export function reachOf(cwd: string, home: string, roots: Pick<Reach, "writable" | "closed">): Reach {
  const real = realPathOfNew(cwd);
  const project = [findGit(real)?.work_tree ?? real, real];
  const own = realPathOfNew(home);
  return { ...roots, project: [...new Set(project)].filter((directory) => !isWithin(own, directory)) };
}

/** True when the place, or a link on the way to it, lies where a program could have been put. */
export function isForeign(path: string, { project, writable, closed }: Reach): boolean {
  return waypoints(path).some((place) => {
    const length = (directories: readonly string[]) =>
      Math.max(0, ...directories.filter((directory) => isWithin(place, directory)).map((found) => found.length));
    return length(project) > 0 || length(writable) > length(closed);
  });
}

/** The links that a path leads through, each as a place of its own, and the place that it comes to. */
function waypoints(path: string): string[] {
  const found: string[] = [];
  let at = "/";
  let rest = path.split("/");
  for (let steps = 0; rest.length > 0 && steps < MAX_STEPS; steps++) {
    const [name = "", ...others] = rest;
    rest = others;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      found.push(at);
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const target = linkTarget(next);
    if (target === null) at = next;
    else {
      found.push(next);
      rest = [...target.split("/"), ...rest];
      if (isAbsolute(target)) at = "/";
    }
  }
  return [...found, at];
}

/** The kernel follows 40 links; a path of more parts than this leads nowhere for us. */
const MAX_STEPS = 4096;

function linkTarget(path: string): string | null {
  // Hardly any part of a path is a link, and an exception costs more than the question.
  if (!isSymlink(path)) return null;
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** In place of a PATH of which nothing is left: an empty one means the working directory. */
const SYSTEM_PATH = "/usr/bin:/bin";

/** PATH without the entries that are relative, do not exist, or lie in reach; the rest as they really are. */
export function safePath(PATH: string, reach: Reach): string {
  const entries = PATH.split(":").filter((entry) => isAbsolute(entry) && !isForeign(entry, reach));
  return [...new Set(entries.map(realPath).filter((entry) => entry !== null))].join(":") || SYSTEM_PATH;
}

/** PATH without relative entries: a name must never be looked up in the directory that is being worked on. */
export function absoluteEntries(PATH: string): string {
  return PATH.split(":").filter(isAbsolute).join(":") || SYSTEM_PATH;
}

/** Entries of a PATH that lie in reach, absolute; a relative one is taken from `cwd`. */
export function droppedFromPath(PATH: string, reach: Reach, cwd: string): string[] {
  const entries = PATH.split(":").map((entry) => resolve(cwd, entry));
  return [...new Set(entries)].filter((entry) => isForeign(entry, reach));
}

/** Where a name is found in the entries that were left out, when it is nowhere else. */
export function foundOnlyIn(dropped: readonly string[], name: string, safe_path: string): string | null {
  return firstOnPath(name, safe_path, "/") === null ? firstOnPath(name, dropped.join(":"), "/") : null;
}

/**
 * The file that a program's name leads to when it lies in reach; null when it comes from elsewhere, or is nowhere.
 * @param cwd where relative names and entries begin. Absolute
 */
export function foreignProgram(name: string, PATH: string, cwd: string, reach: Reach): string | null {
  const found = firstOnPath(name, PATH, cwd);
  return found !== null && isForeign(found, reach) ? found : null;
}

/** What a name is executed as; null when nothing is. */
function firstOnPath(name: string, PATH: string, cwd: string): string | null {
  if (name === "") return null;
  if (name.includes("/")) return resolve(cwd, name);
  for (const entry of PATH.split(":")) {
    const candidate = join(resolve(cwd, entry), name);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

function isExecutable(path: string): boolean {
  // In most directories of PATH it is not.
  if (!pathExists(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A program of the user's own, ready to be started; or why not. */
export type FoundProgram = { ok: true; path: string } | { ok: false; message: string };

/**
 * Finds what a name is to be executed as, outside the sandbox: nowhere in reach. A name with a slash starts at `cwd`.
 * @param held files in reach that are known not to have changed
 */
export function findProgram(
  name: string,
  PATH: string,
  cwd: string,
  reach: Reach,
  held: readonly string[] = [],
): FoundProgram {
  const found = firstOnPath(name, name.includes("/") ? PATH : safePath(PATH, reach), cwd);
  if (found === null) {
    const elsewhere = firstOnPath(name, PATH, cwd);
    const why = elsewhere === null ? "it is not on the PATH" : `there is only ${elsewhere}, which commands can change`;
    return { ok: false, message: `${name} is not run: ${why}` };
  }
  if (isForeign(found, reach) && !held.includes(found))
    return { ok: false, message: `${name} is not run: commands can change ${found}` };
  return { ok: true, path: found };
}
