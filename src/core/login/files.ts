import { type BigIntStats, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Says of a file whether it is still the same, unchanged one: nobody can set a ctime. `-`: there is none. */
export function fileIdentity(path: string): string {
  const stat = statOf(path);
  return stat === null ? "-" : `${stat.dev}:${stat.ino}:${stat.ctimeNs}:${stat.size}`;
}

/** The same of several, and of what lies in those that are directories. */
export function filesIdentity(paths: readonly string[]): string {
  return paths
    .map((path) => [fileIdentity(path), ...namesIn(path).map((name) => fileIdentity(join(path, name)))].join())
    .join(";");
}

function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // A directory on the way that this user may not look into: nor may the shell.
    return null;
  }
}

function namesIn(path: string): string[] {
  if (!path.endsWith(".d")) return [];
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
