import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Says of a file whether it is still the same, unchanged one: nobody can set a ctime. `-`: there is none. */
export function fileIdentity(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? "-" : `${stat.dev}:${stat.ino}:${stat.ctimeMs}:${stat.size}`;
  } catch {
    // A directory on the way that this user may not look into: nor may the shell.
    return "-";
  }
}

/** The same of several, and of what lies in those whose name ends in `.d`. */
export function filesIdentity(paths: readonly string[]): string {
  let all = "";
  for (const path of paths) {
    all += `${fileIdentity(path)};`;
    if (path.endsWith(".d")) for (const name of namesIn(path)) all += `${fileIdentity(join(path, name))};`;
  }
  return all;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** ms: a week. A thread that is older than that reads its profile once more. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Removes what earlier threads left in a directory of moat's own. @param now_ms the time, in ms since 1970 */
export function removeOld(directory: string, now_ms: number): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && now_ms - stat.mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
