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
