// What an answer about the disk rests on. Whether the disk would still give it is told from far fewer questions than it took: the
// directories on the way are the same, what was there is there, and directories in which something was missing did not change.

import { type BigIntStats, constants, lstatSync, readlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Something that was there, under its path without links. */
interface Seen {
  path: string;
  stat: BigIntStats;
  /** Where a link leads; null: it is none. */
  target: string | null;
  /** It was read: its content counts, too. */
  read: boolean;
  /** What was looked for beneath it, and was not there. */
  missing: Set<string>;
  /** It did not change for so long that its time tells of every change from now on. */
  settled: boolean;
}

/**
 * Two changes within this time may get one and the same time, in ns: the kernel's clock for files ticks every 10 ms at the slowest, and
 * this is ten times that. File systems that keep whole seconds, as FAT does, count every second one.
 */
const TICK_NS = 100_000_000n;
const COARSE_TICK_NS = 2_000_000_000n;
const SECOND_NS = 1_000_000_000n;
/** Links that lead to links: the kernel's own bound. */
const MAX_LINKS = 40;
/** What goes up behind something that may be a link leads elsewhere than its text says. */
const GOES_BACK = /^(?:\.\.\/)*(?!\.\.(?:\/|$)).*\.\.(?:\/|$)/;

/** Takes note of what is asked of the disk, and says later whether the answers would be the same. */
export class Witness {
  readonly #seen = new Map<string, Seen | null>();
  /** What is being looked at. */
  readonly #open = new Set<string>();
  readonly #now: bigint;
  /** Something was asked of which no later look can tell. */
  #blind = false;

  /** @param now_ms the time, in ms since 1970 */
  constructor(now_ms: number) {
    this.#now = nanoseconds(now_ms);
  }

  /** Call it before the disk is asked, or a change in between is missed. `read`: the content counts, of a directory its names. */
  note(path: string, read: boolean): void {
    const seen = this.#end(this.#look(path));
    if (!read || seen === null) return;
    seen.read = true;
    if (!seen.settled) this.#blind = true;
  }

  /** What lies at a path, with everything on the way to it. */
  #look(path: string): Seen | null {
    const known = this.#seen.get(path);
    if (known !== undefined) return known;
    // Links that lead to each other in a circle.
    if (this.#open.has(path)) this.#blind = true;
    if (this.#blind) return null;
    this.#open.add(path);
    const seen = this.#lookAnew(path);
    this.#seen.set(path, seen);
    if (seen?.target) this.#look(seen.target);
    this.#open.delete(path);
    return seen;
  }

  #lookAnew(path: string): Seen | null {
    const parent = dirname(path);
    if (parent === path) return this.#found(path, null);
    const above = this.#end(this.#look(parent));
    if (above === null) return null;
    const own = join(above.path, basename(path));
    return own === path ? this.#found(path, above) : this.#look(own);
  }

  #found(path: string, above: Seen | null): Seen | null {
    const stat = statOf(path);
    if (stat === null) {
      above?.missing.add(path);
      return null;
    }
    const settled = isSettled(stat, this.#now);
    return { path, stat, target: this.#targetOf(path, stat), read: false, missing: new Set(), settled };
  }

  #targetOf(path: string, stat: BigIntStats): string | null {
    if (!stat.isSymbolicLink()) return null;
    const text = linkText(path);
    if (text === null || GOES_BACK.test(text)) this.#blind = true;
    return resolve(dirname(path), text ?? ".");
  }

  /** What a link leads to in the end. */
  #end(seen: Seen | null): Seen | null {
    let end = seen;
    for (let links = 0; end !== null && end.target !== null; links++) {
      if (links === MAX_LINKS) this.#blind = true;
      end = links === MAX_LINKS ? null : this.#look(end.target);
    }
    return end;
  }

  /** True when the disk would give the same answers. */
  holds(now_ms: number): boolean {
    if (this.#blind) return false;
    const now = nanoseconds(now_ms);
    for (const [path, seen] of this.#seen) if (seen?.path === path && !isSame(seen, now)) return false;
    return true;
  }
}

function isSame(seen: Seen, now: bigint): boolean {
  const { path, missing } = seen;
  const stat = statOf(path);
  if (stat === null || stat.ino !== seen.stat.ino || stat.dev !== seen.stat.dev) return false;
  if (kindOf(stat) !== kindOf(seen.stat)) return false;
  const unchanged = stat.ctimeNs === seen.stat.ctimeNs && stat.size === seen.stat.size;
  if ((seen.read || seen.target !== null) && !unchanged) return false;
  if (missing.size === 0 || (unchanged && seen.settled)) return true;
  for (const absent of missing) if (statOf(absent) !== null) return false;
  // What changed was something else in that directory.
  seen.stat = stat;
  seen.settled = isSettled(stat, now);
  return true;
}

function isSettled({ ctimeNs }: BigIntStats, now: bigint): boolean {
  return ctimeNs + (ctimeNs % SECOND_NS === 0n ? COARSE_TICK_NS : TICK_NS) < now;
}

const kindOf = ({ mode }: BigIntStats) => mode & BigInt(constants.S_IFMT);
const nanoseconds = (ms: number) => BigInt(Math.floor(ms)) * 1_000_000n;

function statOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function linkText(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Who takes note of what is asked at the moment. */
const watching: { witness: Witness | null } = { witness: null };

/** Says that a path is about to be looked at; `read`: what is in it, and not only what it is. */
export function noted(path: string, read = false): string {
  watching.witness?.note(path, read);
  return path;
}

/** Does a piece of work that asks the disk and waits for nothing, with a witness of its questions. */
export function witnessed<T>(witness: Witness, work: () => T): T {
  watching.witness = witness;
  try {
    return work();
  } finally {
    watching.witness = null;
  }
}
