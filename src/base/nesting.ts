/** Levels of JSON that others wrote: real ones have a dozen, and whatever walks through one must come to its end. */
export const MAX_LEVELS = 200;

/** A value has more levels than that; found without going deeper. */
export function isTooNested(value: unknown, levels = MAX_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isTooNested(one, levels - 1));
}
