import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FoundSession } from "./contract.ts";

/** Regular files below a directory whose path from there fits, each as one session; none where the directory is not there. */
export function sessionsBelow(dir: string, fits: RegExp): FoundSession[] {
  return namesBelow(dir)
    .filter((name) => fits.test(name))
    .flatMap((name) => {
      const file = join(dir, name);
      const updated = fileTime(file);
      return updated === null ? [] : [{ file, key: null, updated }];
    });
}

/** When a regular file was changed, in ms since 1970; null: it is none, or cannot be looked at. */
export function fileTime(path: string): number | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat.mtimeMs : null;
  } catch {
    return null;
  }
}

/** Paths below a directory, from there. What cannot be read is passed over; a link to a directory is followed, but in no circle. */
function namesBelow(dir: string, from = "", seen = new Set<string>()): string[] {
  const here = join(dir, from);
  try {
    const { dev, ino } = statSync(here);
    if (seen.has(`${dev} ${ino}`)) return [];
    seen.add(`${dev} ${ino}`);
    return readdirSync(here, { withFileTypes: true }).flatMap((entry) => {
      const name = from === "" ? entry.name : `${from}/${entry.name}`;
      if (entry.isFile()) return [name];
      return entry.isDirectory() || entry.isSymbolicLink() ? [name, ...namesBelow(dir, name, seen)] : [];
    });
  } catch {
    return [];
  }
}

/** Characters of a title that are kept. */
const TITLE = 200;

/** Objects at the beginning of a session among which a title is looked for: what the agent says of itself comes first. */
export const HEAD_LINES = 60;

export const headTitle = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, TITLE);
