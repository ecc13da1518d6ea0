/** A key as its parts: `["model_providers", "my.name", "base_url"]`. */
export type KeyPath = readonly string[];

const BARE = /^[A-Za-z0-9_-]+$/;

/** The dotted form, parts quoted where TOML needs it. */
export function showKey(keys: KeyPath): string {
  return keys.map((part) => (BARE.test(part) ? part : JSON.stringify(part))).join(".");
}

/**
 * Reads a dotted key: bare parts (any character but dots, quotes and `=` is taken, so that `projects./home/me` works), `"…"`
 * with JSON's escapes, `'…'` verbatim. null when it is not a key.
 */
export function parseKey(source: string): string[] | null {
  const part = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s."'=][^."'=]*))\s*(\.|$)/y;
  const keys: string[] = [];
  while (part.lastIndex < source.length) {
    const match = part.exec(source);
    if (match === null) return null;
    const [whole, quoted, literal, bare, end] = match;
    const text = quoted === undefined ? (literal ?? bare?.trim()) : unquote(quoted);
    if (text === undefined || text === null) return null;
    keys.push(text);
    if (end !== ".") return part.lastIndex === source.length || whole === "" ? keys : null;
  }
  return null;
}

function unquote(quoted: string): string | null {
  try {
    return JSON.parse(`"${quoted}"`) as string;
  } catch {
    return null;
  }
}
