import { readdirSync, statSync } from "node:fs";
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
