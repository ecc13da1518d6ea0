import type { RulePlace } from "./rule.ts";

/** A problem in a rule file, at its place. */
export interface RuleError {
  place: RulePlace;
  message: string;
}

/** A token of the Starlark subset that rule files are written in. */
export interface RuleToken {
  kind: "name" | "string" | "punctuation" | "end";
  text: string;
  place: RulePlace;
}

const SKIPPED = /(?:[ \t\r\n]|\\\n|#[^\n]*)+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const STRING =
  /[rR]?(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y;
const PUNCTUATION = /[()[\],=+]/y;

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** Splits a rule file. Strings come without quotes and with their escapes resolved. The last token is `end`. */
export function tokenize(
  text: string,
  file: string,
): { ok: true; tokens: RuleToken[] } | { ok: false; error: RuleError } {
  const tokens: RuleToken[] = [];
  const placeOf = placesOf(text, file);
  let pos = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = pos;
    return pattern.exec(text)?.[0] ?? null;
  };
  for (;;) {
    pos += take(SKIPPED)?.length ?? 0;
    const place = placeOf(pos);
    if (pos >= text.length) {
      tokens.push({ kind: "end", text: "", place });
      return { ok: true, tokens };
    }
    const string = take(STRING);
    const other = string ?? take(NAME) ?? take(PUNCTUATION);
    if (other === null) return { ok: false, error: { place, message: unreadable(text[pos] ?? "") } };
    const kind = string !== null ? "string" : /^\w/.test(other) ? "name" : "punctuation";
    tokens.push({ kind, text: string === null ? other : unquote(string), place });
    pos += other.length;
  }
}

function unreadable(character: string): string {
  if (character === '"' || character === "'") return "a string does not end";
  return `${JSON.stringify(character)} is not part of a rule file`;
}

/** Line and column of offsets, both from 1; each offset lies behind the one before, so that the text is looked through once. */
function placesOf(text: string, file: string): (offset: number) => RulePlace {
  let line = 1;
  let start = 0;
  return (offset) => {
    for (let end = text.indexOf("\n", start); end >= 0 && end < offset; end = text.indexOf("\n", start)) {
      line++;
      start = end + 1;
    }
    return { file, line, column: offset - start + 1 };
  };
}

function unquote(token: string): string {
  const raw = /^[rR]/.test(token);
  const body = raw ? token.slice(1) : token;
  const length = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1;
  const inner = body.slice(length, -length);
  if (raw) return inner;
  return inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, hex?: string, unicode?: string, c?: string) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return c === "\n" ? "" : (ESCAPES[c ?? ""] ?? c ?? "");
    },
  );
}
