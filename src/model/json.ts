import type { Json } from "../protocol/index.ts";

/** The value under a key, or undefined when there is no object or no such key. For JSON whose shape nobody vouches for. */
export function at(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value[key] : undefined;
}

/** The value when it is text, else undefined. */
export function string(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The value when it is a number, else undefined. */
export function numberIn(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A count of tokens: 0 where there is none, also for what no count can be. */
export function countIn(value: Json | undefined): number {
  return Math.max(numberIn(value) ?? 0, 0);
}

/** Parses JSON; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
