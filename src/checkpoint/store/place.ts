import { accessSync, constants, lstatSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { isWithin, undoStoreName } from "../../base/index.ts";
import { threadFolder } from "./thread-file.ts";

/** What decides where captures lie. */
export interface PlaceQuestion {
  moatHome: string;
  threadId: string;
  /** The workspace and all that is watched besides. */
  roots: readonly string[];
  uid: number | null;
}

/**
 * The directory for a thread's captures: in MOAT_HOME where that is on the mount of the workspace, for hard links do not
 * reach over mounts; else in a directory of the user's own at the top of that mount; else in MOAT_HOME, with copies.
 */
export function chooseStore({ moatHome, threadId, roots, uid }: PlaceQuestion): string {
  const home = threadFolder(moatHome, threadId);
  const [root = "/"] = roots;
  const mount = mountOf(root);
  if (mount === null || mountOf(existing(moatHome)) === mount) return home;
  const beside = uid === null ? null : ownDirectory(root, mount, roots, undoStoreName(uid), uid);
  return beside === null ? home : join(beside, threadId);
}

/** Tries from the top of the mount down to the directory above the workspace. */
function ownDirectory(root: string, mount: string, roots: readonly string[], name: string, uid: number): string | null {
  const above: string[] = [];
  for (let at = dirname(root); isWithin(at, mount) && mountOf(at) === mount; at = dirname(at)) {
    above.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const directory of above) {
    const path = join(directory, name);
    if (!roots.some((each) => isWithin(path, each)) && mountOf(directory) === mount && isOwn(directory, path, uid))
      return path;
  }
  return null;
}

/** Whether a directory is there, or could be made, that nobody but the user can enter. */
function isOwn(parent: string, path: string, uid: number): boolean {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) {
      accessSync(parent, constants.W_OK | constants.X_OK);
      mkdirSync(path, { mode: 0o700 });
    }
    const stats = found ?? lstatSync(path);
    return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** The deepest directory of a path that is there. */
function existing(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    try {
      return realpathSync(at);
    } catch {
      if (at === dirname(at)) return at;
    }
  }
}

/** The mount point that a path lies under; null where the system does not say (proc(5), mountinfo). */
function mountOf(path: string): string | null {
  const points = mountPoints();
  const above = points.filter((point) => isWithin(path, point));
  return above.length === 0
    ? null
    : above.reduce((longest, point) => (point.length >= longest.length ? point : longest));
}

/** The fifth field of each line, with spaces and the like as octal numbers. */
function mountPoints(): string[] {
  try {
    const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(Boolean);
    return lines.map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    );
  } catch {
    return [];
  }
}
