/** A stream of choices that is the same for the same seed. */
export interface Random {
  /** A whole number below `end`. */
  below(end: number): number;
  /** True in one of `n` cases. */
  oneIn(n: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** As many results as a number between the two. */
  some<T>(least: number, most: number, make: () => T): T[];
}

/** Mulberry32: small, and even enough to choose by. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[below(list.length)];
    if (chosen === undefined) throw new Error("nothing to pick from");
    return chosen;
  };
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick,
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}
