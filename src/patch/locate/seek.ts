import { LEVELS, type Level } from "./levels.ts";

/** Where lines of a patch stand in a file. All positions are 0-based line indices. */
export interface Match {
  at: number;
  level: Level;
}

/**
 * Finds sequences of lines. Only lines that occur in the patch are indexed, one pass over the file for each level that is
 * needed; a sequence is then looked up by its rarest line. So many hunks in a large file cost one pass, not one pass each.
 */
export class LineFinder {
  readonly lines: readonly string[];
  readonly #wanted: ReadonlySet<string>;
  readonly #indices = new Map<Level, Map<string, number[]>>();

  /** `wanted`: every line that will be looked for. */
  constructor(lines: readonly string[], wanted: Iterable<string>) {
    this.lines = lines;
    this.#wanted = new Set(wanted);
  }

  /** First place at or after `from`, at the first level that has one. `nearest` prefers the place closest to it instead. */
  find(pattern: readonly string[], from: number, nearest: number | null = null): Match | null {
    for (const level of LEVELS) {
      const at =
        nearest === null
          ? first(this.places(pattern, level, from))
          : closest(this.places(pattern, level, from), nearest);
      if (at !== null) return { at, level };
    }
    return null;
  }

  /** Whether the pattern stands exactly at a place, at any level. */
  matchesAt(pattern: readonly string[], at: number): Level | null {
    return LEVELS.find((level) => this.#agrees(pattern.map(level), at, level)) ?? null;
  }

  /** All places at or after `from` where the pattern stands at this level, in order. */
  *places(pattern: readonly string[], level: Level, from: number): Generator<number> {
    const normalised = pattern.map(level);
    const rarest = this.#rarest(normalised, level);
    if (rarest === null) return;
    const { positions, offset } = rarest;
    for (let i = lowerBound(positions, from + offset); i < positions.length; i++) {
      const at = (positions[i] ?? 0) - offset;
      if (this.#agrees(normalised, at, level)) yield at;
    }
  }

  /** Places of one wanted line. */
  positions(line: string, level: Level): readonly number[] {
    return this.#index(level).get(level(line)) ?? [];
  }

  #rarest(normalised: readonly string[], level: Level): { positions: readonly number[]; offset: number } | null {
    const index = this.#index(level);
    let best: { positions: readonly number[]; offset: number } | null = null;
    for (const [offset, line] of normalised.entries()) {
      const positions = index.get(line);
      if (positions === undefined) return null;
      if (best === null || positions.length < best.positions.length) best = { positions, offset };
    }
    return best;
  }

  #agrees(normalised: readonly string[], at: number, level: Level): boolean {
    if (at < 0 || at + normalised.length > this.lines.length) return false;
    for (let i = 0; i < normalised.length; i++) {
      if (level(this.lines[at + i] ?? "") !== normalised[i]) return false;
    }
    return true;
  }

  #index(level: Level): Map<string, number[]> {
    const known = this.#indices.get(level);
    if (known) return known;
    const index = new Map<string, number[]>();
    const wanted = new Set([...this.#wanted].map(level));
    for (let i = 0; i < this.lines.length; i++) {
      const line = level(this.lines[i] ?? "");
      if (!wanted.has(line)) continue;
      const positions = index.get(line);
      if (positions) positions.push(i);
      else index.set(line, [i]);
    }
    this.#indices.set(level, index);
    return index;
  }
}

function first(places: Iterable<number>): number | null {
  for (const at of places) return at;
  return null;
}

function closest(places: Iterable<number>, to: number): number | null {
  let best: number | null = null;
  for (const at of places) {
    if (best !== null && Math.abs(at - to) >= Math.abs(best - to)) break;
    best = at;
  }
  return best;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
