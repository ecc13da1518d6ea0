/** A JSON object of a foreign file: every field has to be looked at before it is used. */
export type Foreign = Record<string, unknown>;

export function parseObject(text: string): Foreign | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Foreign {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function listOf(value: unknown): Foreign[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The object, or an empty one: for fields of fields. */
export function objectOf(value: unknown): Foreign {
  return isObject(value) ? value : {};
}

/** A count; 0 for anything else. */
export function countOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}

/** ISO 8601 from such a text, or from ms since 1970; null for anything else. */
export function timeOf(value: unknown): string | null {
  const date = typeof value === "string" || typeof value === "number" ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** What a kind of thing is called, for a person; a value that is no name has none. */
export function kindName(value: unknown): string {
  return typeof value === "string" ? value.slice(0, LONGEST_KIND) : "of no kind";
}

/** Characters of a kind that are said: no program has longer ones. */
const LONGEST_KIND = 60;

/** An image that is written down as its type and its bytes in base64, as an address; null: it is none. */
export function imageUrl(type: unknown, data: unknown): string | null {
  const image = typeof type === "string" && type.startsWith("image/") && typeof data === "string";
  return image ? `data:${type};base64,${data}` : null;
}

/** ISO 8601 of a time that may be out of any calendar: then of the first one. */
export const foreignStart = (value: unknown): string => timeOf(value) ?? new Date(0).toISOString();
