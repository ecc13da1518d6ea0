const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `90s`, `1.5m`, `2h`, `500ms` or a bare number of seconds; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const found = text.match(/^(\d+(?:\.\d+)?)(ms|s|m|h)?$/);
  if (!found) return null;
  return Math.round(Number(found[1]) * (UNITS[found[2] ?? "s"] ?? 0));
}
