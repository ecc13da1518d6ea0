import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FoundSession } from "./contract.ts";

/** Regular files below a directory whose path from there fits, each as one session; none where the directory is not there. */
export function sessionsBelow(dir: string, fits: RegExp): FoundSession[] {
  return namesBelow(dir)
    .filter((name) => fits.test(name))
    .flatMap((name) => {
      const file = join(dir, name);
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ file, key: null, updated: stat.mtimeMs }] : [];
    });
}

function namesBelow(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}

/** Characters of a title that are kept. */
const TITLE = 200;

/** Objects at the beginning of a session among which a title is looked for: what the agent says of itself comes first. */
export const HEAD_LINES = 60;

export const headTitle = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, TITLE);
