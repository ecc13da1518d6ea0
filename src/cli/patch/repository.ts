import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The directory that holds `.git`, at or above `dir`; null outside a repository. Found by looking, not by running git. */
export function findRepository(dir: string): string | null {
  for (let at = dir; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return null;
  }
}
