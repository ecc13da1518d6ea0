import { isTable } from "../schema/type.ts";

const BARE = /^[A-Za-z0-9_-]+$/;

/** A value on one line of TOML. Dates are not needed here: no setting is one. */
export function tomlValue(value: unknown): string {
  if (typeof value === "string") return tomlString(value);
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : `${value}`.replace("Infinity", "inf").replace("NaN", "nan");
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (isTable(value)) {
    const pairs = Object.entries(value).filter(([, v]) => v !== null && v !== undefined);
    return pairs.length === 0 ? "{}" : `{ ${pairs.map(([k, v]) => `${tomlKey([k])} = ${tomlValue(v)}`).join(", ")} }`;
  }
  return String(value);
}

export function tomlKey(keys: readonly string[]): string {
  return keys.map((key) => (BARE.test(key) ? key : tomlString(key))).join(".");
}

/** JSON's escapes are TOML's but for DEL, which TOML wants escaped, and half surrogates, which it cannot hold. */
function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(/\u007f/g, "\\u007f");
}
