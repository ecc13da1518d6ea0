import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { HomeLayer } from "../contract.ts";
import { isCopy, statOf } from "./stat.ts";

/** Directories in which each program has a name of its own: those are told of, not these. */
const SHARED = new Set([".config", ".local", ".local/share", ".local/state", ".cache"]);
/** Names of one directory that are looked at: a command may make any number, and few are told. */
const MOST_NAMES = 500;
/** Places that one command is told of: a line; the list has all of them. */
const MOST_TOLD = 5;

/**
 * Which places of a layer the commands of one thread wrote, each told once. Only names are looked at (those of the home directory, and of the
 * directories that programs share) and their times: what changed deep inside a directory that was there before is not seen.
 */
export class HomeWrites {
  readonly #told = new Set<string>();
  #before: Map<string, bigint> | null = null;

  /** To be called before a command: what is there when the thread begins is no doing of its commands. */
  begin({ store }: HomeLayer): void {
    this.#before ??= new Map(namesOf(join(store, "upper"), ""));
  }

  /** To be called after a command: places that were written for the first time in this thread, as in `~/.config/astro`; at most a few of them. */
  news({ store, home }: HomeLayer): string[] {
    const upper = join(store, "upper");
    const fresh = namesOf(upper, "").filter(([path, time]) => {
      if (this.#told.has(path) || this.#before?.get(path) === time) return false;
      const [own, theirs] = [statOf(join(upper, path)), statOf(join(home, path))];
      return own !== null && !(theirs !== null && isCopy(own, theirs));
    });
    for (const [path] of fresh) this.#told.add(path);
    return fresh.slice(0, MOST_TOLD).map(([path]) => `~/${path}`);
  }
}

/** Each name with when it was changed last. */
function namesOf(upper: string, directory: string): [path: string, ctime: bigint][] {
  return entriesOf(join(upper, directory)).flatMap((name): [string, bigint][] => {
    const path = join(directory, name);
    if (SHARED.has(path)) return namesOf(upper, path);
    const stat = statOf(join(upper, path));
    return stat === null ? [] : [[path, stat.ctimeNs]];
  });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).sort().slice(0, MOST_NAMES);
  } catch {
    return []; // Nothing was written yet, or a file lies there.
  }
}
