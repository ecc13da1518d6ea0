import { type KeyPath, showKey } from "../key.ts";
import { isTable } from "../schema/type.ts";
import { type Span, scanToml } from "./spans.ts";
import { parseToml } from "./toml.ts";
import { tomlKey, tomlValue } from "./value.ts";

export type EditedToml = { ok: true; text: string } | { ok: false; message: string };

/**
 * Sets one key of a TOML text (that parses) and touches nothing else: comments, order, spacing and line ends stay. The result
 * is parsed and compared with what was meant; an edit that cannot be made in place is refused.
 */
export async function setToml(text: string, keys: KeyPath, value: unknown): Promise<EditedToml> {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const next = place(text, scanToml(text), keys, tomlValue(value), end);
  return verify(text, next, keys, (table) => plant(table, keys, value));
}

/** Removes a key, or a table with all that is in it. The same text comes back when there is no such key. */
export async function unsetToml(text: string, keys: KeyPath): Promise<EditedToml> {
  return verify(text, cut(text, scanToml(text), keys), keys, (table) => uproot(table, keys));
}

function place(text: string, spans: readonly Span[], keys: KeyPath, value: string, end: string): string {
  const same = spans.find((s) => (s.kind === "pair" || s.kind === "inline") && equal(s.keys, keys));
  if (same !== undefined) return text.slice(0, same.value_start) + value + text.slice(same.end);
  const inline = spans.findLast((s) => isPair(s) && startsWith(keys, s.keys) && text[s.value_start] === "{");
  if (inline !== undefined) return intoInline(text, inline, `${tomlKey(keys.slice(inline.keys.length))} = ${value}`);

  const headers = spans.filter((s) => s.kind === "table" && s.keys.length < keys.length && startsWith(keys, s.keys));
  const header = headers.toSorted((a, b) => b.keys.length - a.keys.length)[0];
  const depth = header?.keys.length ?? 0;
  const body = bodyOf(spans, header);
  const dotted = body.some((s) => s.kind === "pair" && s.keys.length > depth + 1 && s.keys[depth] === keys[depth]);
  if (keys.length - depth > 1 && !dotted) {
    const gap = text === "" ? "" : text.endsWith("\n") ? end : end + end;
    return `${text}${gap}[${tomlKey(keys.slice(0, -1))}]${end}${tomlKey(keys.slice(-1))} = ${value}${end}`;
  }
  const line = `${tomlKey(keys.slice(depth))} = ${value}`;
  const last = body.findLast((s) => s.kind === "pair");
  if (last !== undefined) return afterLine(text, last.end, line, end);
  if (header !== undefined) return afterLine(text, header.end, line, end);
  return atTop(text, spans, line, end);
}

/** The pairs that stand under a header (without one: above all headers). */
function bodyOf(spans: readonly Span[], header: Span | undefined): Span[] {
  const from = header === undefined ? 0 : spans.indexOf(header) + 1;
  const rest = spans.slice(from);
  const to = rest.findIndex((s) => s.kind === "table" || s.kind === "array");
  return to === -1 ? rest : rest.slice(0, to);
}

function intoInline(text: string, span: Span, pair: string): string {
  const inside = text.slice(span.value_start + 1, span.end - 1).trimEnd();
  const at = span.value_start + 1 + inside.length;
  const separator = inside.trim() === "" ? " " : inside.endsWith(",") ? " " : ", ";
  const tail = text.slice(at).startsWith("}") ? " " : "";
  return `${text.slice(0, at)}${separator}${pair}${tail}${text.slice(at)}`;
}

function afterLine(text: string, offset: number, line: string, end: string): string {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return `${text}${end}${line}${end}`;
  return `${text.slice(0, newline + 1)}${line}${end}${text.slice(newline + 1)}`;
}

/** Before the first header and the comment that stands directly above it. */
function atTop(text: string, spans: readonly Span[], line: string, end: string): string {
  const first = spans[0];
  if (first === undefined) return `${text}${text === "" || text.endsWith("\n") ? "" : end}${line}${end}`;
  let at = text.lastIndexOf("\n", first.start - 1) + 1;
  for (let above = at; above > 0; ) {
    above = text.lastIndexOf("\n", above - 2) + 1;
    if (!text.slice(above, at).trimStart().startsWith("#")) break;
    at = above;
  }
  return `${text.slice(0, at)}${line}${end}${end}${text.slice(at)}`;
}

function cut(text: string, spans: readonly Span[], keys: KeyPath): string {
  let next = text;
  const gone = spans.filter((s) => startsWith(s.keys, keys));
  const outermost = gone.filter(
    (s) => !gone.some((o) => o !== s && isPair(o) && o.value_start <= s.start && s.end <= o.end),
  );
  for (const span of outermost.toReversed())
    next = span.kind === "inline" ? cutInline(next, span) : cutLines(next, span);
  return next;
}

/** The lines of a statement; of two blank lines that would meet, one. */
function cutLines(text: string, span: Span): string {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const newline = text.indexOf("\n", span.end);
  const rest = newline === -1 ? "" : text.slice(newline + 1);
  const before = text.slice(0, start);
  if (rest === "") return before.replace(/\n\r?\n$/, "\n");
  const blank_above = before === "" || /\n\r?\n$/.test(before);
  return before + (blank_above ? rest.replace(/^\r?\n/, "") : rest);
}

function cutInline(text: string, span: Span): string {
  const before = text.slice(0, span.start);
  const after = text.slice(span.end);
  if (/^\s*,/.test(after)) return before + after.replace(/^\s*,\s*/, "");
  return before.replace(/\s*,?\s*$/, "") + after;
}

async function verify(
  before: string,
  after: string,
  keys: KeyPath,
  change: (table: Table) => void,
): Promise<EditedToml> {
  const [was, is] = [await parseToml(before, ""), await parseToml(after, "")];
  if (was.ok && is.ok) {
    change(was.table);
    if (Bun.deepEquals(prune(is.table), prune(was.table))) return { ok: true, text: after };
  }
  const message = `"${showKey(keys)}" cannot be changed without rewriting what stands around it. Change it by hand: moat config edit.`;
  return { ok: false, message };
}

type Table = Record<string, unknown>;

function plant(table: Table, keys: KeyPath, value: unknown): void {
  let at = table;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    const child: Table = isTable(next) ? next : {};
    define(at, key, child);
    at = child;
  }
  define(at, keys.at(-1) ?? "", value);
}

function define(table: Table, key: string, value: unknown): void {
  Object.defineProperty(table, key, { value, writable: true, enumerable: true, configurable: true });
}

function uproot(table: Table, keys: KeyPath): void {
  let at = table;
  for (const key of keys.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    if (!isTable(next)) return;
    at = next;
  }
  delete at[keys.at(-1) ?? ""];
}

/** Without empty tables: a header that lost its last key means the same as none. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (!isTable(value)) return value;
  const pairs = Object.entries(value).map(([key, child]) => [key, prune(child)] as const);
  return Object.fromEntries(pairs.filter(([, child]) => !isTable(child) || Object.keys(child).length > 0));
}

const isPair = (span: Span): boolean => span.kind === "pair" || span.kind === "inline";
const startsWith = (keys: KeyPath, start: KeyPath): boolean => start.every((key, i) => keys[i] === key);
const equal = (a: KeyPath, b: KeyPath): boolean => a.length === b.length && startsWith(a, b);
