import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest directory at or above `cwd` that holds one of the markers; `cwd` itself when there is none. Absolute. */
export function findProjectRoot(cwd: string, markers: readonly string[]): string {
  for (let directory = cwd; ; directory = dirname(directory)) {
    if (markers.some((marker) => existsSync(join(directory, marker)))) return directory;
    if (directory === dirname(directory)) return cwd;
  }
}

/** The directories from `root` down to `cwd`, both included. `cwd` must be `root` or beneath it. */
export function directoriesBetween(root: string, cwd: string): string[] {
  const directories = [cwd];
  for (let directory = cwd; directory !== root && directory !== dirname(directory); ) {
    directory = dirname(directory);
    directories.push(directory);
  }
  return directories.reverse();
}
