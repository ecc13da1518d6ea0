import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** A directory of a project, and what lies in it. */
export interface ProjectDirectory {
  path: string;
  has(name: string): boolean;
}

/** The root of a project and the directories from it down to the working directory, both included. Absolute. */
export interface Project {
  root: string;
  directories: ProjectDirectory[];
}

/**
 * Size of a directory, in bytes as the file system counts it, above which it is not listed but asked for single names: listing
 * one with 100,000 files takes 50 ms. A listing of an ordinary one is as dear as a single question, and a dozen are asked.
 */
const LISTED_BYTES = 64 * 1024;

/** Finds the nearest directory at or above `cwd` that holds one of the markers; `cwd` alone when there is none. */
export function findProject(cwd: string, markers: readonly string[]): Project {
  const directories: ProjectDirectory[] = [];
  for (let path = cwd; ; path = dirname(path)) {
    const directory = look(path);
    directories.unshift(directory);
    if (markers.some((marker) => directory.has(marker))) return { root: path, directories };
    if (path === dirname(path)) return { root: cwd, directories: directories.slice(-1) };
  }
}

function look(path: string): ProjectDirectory {
  try {
    if (statSync(path).size <= LISTED_BYTES) {
      const names = new Set(readdirSync(path));
      return { path, has: (name) => names.has(name) };
    }
  } catch {
    // It may be entered and not listed.
  }
  return { path, has: (name) => statSync(join(path, name), { throwIfNoEntry: false }) !== undefined };
}
