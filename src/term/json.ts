import { harmlessJson } from "./visible.ts";

/** Characters of a text from which on it is written in pieces of that many. */
const LONG_TEXT = 16 * 1024;

/** A value as JSON that is harmless on a terminal: what prose would show escaped is escaped as JSON does it. */
export function safeJson(value: unknown, indent?: number): string {
  return harmlessJson(JSON.stringify(value, null, indent));
}

/** Whether a value holds a text that is better written in pieces. */
export function holdsLongText(value: unknown): boolean {
  if (typeof value === "string") return value.length > LONG_TEXT;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsLongText);
}

/**
 * The JSON of plain data in pieces, so that no text is there several times over: what a command printed has up to six times its length
 * in JSON. Together they are what `safeJson` gives but for a picture that is cut, which is escaped.
 */
function* safeJsonPieces(value: unknown): Generator<string> {
  if (typeof value === "string" && value.length > LONG_TEXT) yield* piecesOfText(value);
  else if (Array.isArray(value))
    yield* inBrackets(
      "[",
      "]",
      value.map((one) => ["", one ?? null]),
    );
  else if (holdsLongText(value)) yield* inBrackets("{", "}", fieldsOf(value as object));
  else yield safeJson(value);
}

/** Characters of a long line that are written at once. */
const WRITTEN_AT_ONCE = 64 * 1024;

/** One line of JSON, as texts to be written one after the other: one text where nothing in it is long. */
export function* safeJsonLine(value: unknown): Generator<string> {
  if (!holdsLongText(value)) return yield `${safeJson(value)}\n`;
  let held = "";
  for (const piece of safeJsonPieces(value)) {
    held += piece;
    if (held.length < WRITTEN_AT_ONCE) continue;
    yield held;
    held = "";
  }
  yield `${held}\n`;
}

function fieldsOf(value: object): [string, unknown][] {
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  return fields.map(([name, one]) => [`${safeJson(name)}:`, one]);
}

function* inBrackets(open: string, close: string, parts: [string, unknown][]): Generator<string> {
  yield open;
  for (const [at, [name, one]] of parts.entries()) {
    yield at === 0 ? name : `,${name}`;
    yield* safeJsonPieces(one);
  }
  yield close;
}

function* piecesOfText(text: string): Generator<string> {
  yield '"';
  for (let at = 0; at < text.length; ) {
    // A character of two halves stays whole; half of one may stand alone before it.
    const end = at + LONG_TEXT + ((text.codePointAt(at + LONG_TEXT - 1) ?? 0) > 0xffff ? 1 : 0);
    yield safeJson(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield '"';
}
