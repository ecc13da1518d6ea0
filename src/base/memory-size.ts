const UNITS: Record<string, number> = { mb: 1e6, m: 1e6, mib: 2 ** 20, gb: 1e9, g: 1e9, gib: 2 ** 30 };

/** Below this hardly a program starts: node needs it all. */
const LEAST = 64e6;

/** Bytes of `512MB`, `4GB` or `1.5GiB`; null when it is none of these, or less than 64 MB. */
export function parseMemory(text: string): number | null {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([mg](?:i?b)?)$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit.toLowerCase()] ?? 0));
  return bytes >= LEAST && Number.isSafeInteger(bytes) ? bytes : null;
}

/** What such a text may look like, for messages. */
export const MEMORY_FORM = "a size of 64MB or more, such as 512MB or 4GB";
