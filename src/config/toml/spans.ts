import type { KeyPath } from "../key.ts";

/** A statement of a TOML file and where it stands: offsets in UTF-16 units, ends exclusive. */
export interface Span {
  /** `[a.b]`, `[[a.b]]`, `a.b = 1`, or a pair inside an inline table. */
  kind: "table" | "array" | "pair" | "inline";
  /** From the root of the file. */
  keys: KeyPath;
  start: number;
  end: number;
  /** Of a pair; the same as `end` for headers. */
  value_start: number;
}

/**
 * Finds every key of a TOML text that a parser accepted. It does not validate: it only knows where strings, comments and
 * brackets end (TOML 1.0, https://toml.io/en/v1.0.0), which is what positions of errors and edits of single values need.
 */
export function scanToml(text: string): Span[] {
  const spans: Span[] = [];
  let table: KeyPath = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    if (text[at] === "[") {
      const array = text[at + 1] === "[";
      const key = scanKey(text, at + (array ? 2 : 1));
      const end = skipSpace(text, key.end) + (array ? 2 : 1);
      table = key.keys;
      spans.push({ kind: array ? "array" : "table", keys: table, start: at, end, value_start: end });
      at = skipBlank(text, end);
    } else {
      at = skipBlank(text, scanPair(text, at, table, "pair", spans));
    }
  }
  return spans;
}

/**
 * The place of a key or of its value (an enclosing table's when the key itself has none); 1-based.
 * @param element of a list that is the value: the one that is meant, from 0
 */
export function locate(
  text: string,
  keys: KeyPath,
  what: "key" | "value",
  element: number | null = null,
): { line: number; column: number } | null {
  const spans = scanToml(text);
  for (let length = keys.length; length > 0; length--) {
    const found = spans.find((s) => s.keys.length === length && s.keys.every((key, i) => key === keys[i]));
    const deeper = spans.find(
      (s) => s.keys.length > length && keys.slice(0, length).every((key, i) => key === s.keys[i]),
    );
    const span = found ?? deeper;
    if (span === undefined) continue;
    const pair = span === found && (span.kind === "pair" || span.kind === "inline");
    const value = pair ? elementStart(text, span.value_start, element) : span.start;
    return place(text, pair && what === "value" ? value : span.start);
  }
  return null;
}

/** Where an element of the list at `start` begins; the list itself where it has no such element. */
function elementStart(text: string, start: number, element: number | null): number {
  if (element === null || text[start] !== "[") return start;
  let at = skipSeparators(text, start + 1);
  for (let index = 0; index < element && at < text.length && text[at] !== "]"; index++)
    at = skipSeparators(text, scanValue(text, at, [], []));
  return at < text.length && text[at] !== "]" ? at : start;
}

function place(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

function scanPair(text: string, start: number, table: KeyPath, kind: "pair" | "inline", spans: Span[]): number {
  const key = scanKey(text, start);
  const value_start = skipSpace(text, skipSpace(text, key.end) + 1);
  const keys = [...table, ...key.keys];
  const span: Span = { kind, keys, start, end: value_start, value_start };
  spans.push(span);
  span.end = scanValue(text, value_start, keys, spans);
  return span.end;
}

function scanKey(text: string, from: number): { keys: string[]; end: number } {
  const keys: string[] = [];
  let at = skipSpace(text, from);
  for (;;) {
    const quote = text[at];
    const end = quote === '"' || quote === "'" ? skipString(text, at) : skipWhile(text, at, /[A-Za-z0-9_-]/);
    if (end === at) return { keys, end: Math.max(end, from + 1) };
    const raw = text.slice(at, end);
    keys.push(quote === '"' ? unescapeKey(raw) : quote === "'" ? raw.slice(1, -1) : raw);
    const dot = skipSpace(text, end);
    if (text[dot] !== ".") return { keys, end };
    at = skipSpace(text, dot + 1);
  }
}

function scanValue(text: string, at: number, keys: KeyPath, spans: Span[]): number {
  const first = text[at];
  if (first === '"' || first === "'") return skipString(text, at);
  if (first === "[") {
    let next = skipSeparators(text, at + 1);
    while (next < text.length && text[next] !== "]") next = skipSeparators(text, scanValue(text, next, keys, spans));
    return next + 1;
  }
  if (first === "{") {
    let next = skipSeparators(text, at + 1);
    while (next < text.length && text[next] !== "}") {
      next = skipSeparators(text, scanPair(text, next, keys, "inline", spans));
    }
    return next + 1;
  }
  const end = skipWhile(text, at, /[^,\]}#\r\n]/);
  return Math.max(at + 1, at + text.slice(at, end).trimEnd().length);
}

/** From an opening quote to behind the closing one, single or triple. */
function skipString(text: string, at: number): number {
  const quote = text[at] ?? "";
  const triple = text.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  let next = at + close.length;
  while (next < text.length && !text.startsWith(close, next)) next += quote === '"' && text[next] === "\\" ? 2 : 1;
  next += close.length;
  // A triple-quoted string may end in one or two quotes of its own.
  while (triple && text[next] === quote) next++;
  return Math.min(next, text.length);
}

function skipSpace(text: string, at: number): number {
  return skipWhile(text, at, /[ \t]/);
}

/** White space, line ends and comments. */
function skipBlank(text: string, at: number): number {
  let next = skipWhile(text, at, /[\s\uFEFF]/);
  while (text[next] === "#") next = skipWhile(text, skipWhile(text, next, /[^\n]/), /\s/);
  return next;
}

function skipSeparators(text: string, at: number): number {
  let next = skipBlank(text, at);
  while (text[next] === ",") next = skipBlank(text, next + 1);
  return next;
}

function skipWhile(text: string, at: number, set: RegExp): number {
  let next = at;
  while (next < text.length && set.test(text[next] ?? "")) next++;
  return next;
}

function unescapeKey(raw: string): string {
  const escapes = /\\(?:U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|e|[\s\S])/g;
  try {
    const text = raw.replace(escapes, (all, long?: string, short?: string) => {
      const code = long ?? short ?? (all === "\\e" ? "1b" : null);
      return code === null ? all : JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1);
    });
    return JSON.parse(text) as string;
  } catch {
    return raw;
  }
}
