import type { RulePlace } from "./rule.ts";
import { type RuleError, type RuleToken, tokenize } from "./tokens.ts";

/** A value in a rule file. Names that are not variables of the file stay names, such as ARG_RFILE. */
export type StarlarkValue =
  | { kind: "string"; text: string; place: RulePlace }
  | { kind: "list"; items: StarlarkValue[]; place: RulePlace }
  | { kind: "bool"; value: boolean; place: RulePlace }
  | { kind: "none"; place: RulePlace }
  | { kind: "name"; text: string; place: RulePlace }
  | Call;

/** A function call with its arguments by position and by name. */
export interface Call {
  kind: "call";
  name: string;
  positional: StarlarkValue[];
  named: Map<string, StarlarkValue>;
  place: RulePlace;
}

interface Parser {
  readonly tokens: RuleToken[];
  at: number;
  /** Brackets that are open. */
  depth: number;
  readonly variables: Map<string, StarlarkValue>;
  error: RuleError | null;
}

/**
 * Reads a rule file: calls, assignments and doc strings at the top, and in them strings, lists, `+`, True, False, None and
 * names. That is the part of Starlark that rule files use; there are no loops, conditions or definitions.
 */
export function readCalls(text: string, file: string): { ok: true; calls: Call[] } | { ok: false; error: RuleError } {
  const read = tokenize(text, file);
  if (!read.ok) return read;
  const p: Parser = { tokens: read.tokens, at: 0, depth: 0, variables: new Map(), error: null };
  const calls: Call[] = [];
  while (p.error === null && current(p).kind !== "end") readStatement(p, calls);
  return p.error === null ? { ok: true, calls } : { ok: false, error: p.error };
}

function current(p: Parser, ahead = 0): RuleToken {
  const last = p.tokens.at(-1) as RuleToken;
  return p.tokens[p.at + ahead] ?? last;
}

function fail(p: Parser, token: RuleToken, message: string): void {
  p.error ??= { place: token.place, message };
}

function isPunctuation(token: RuleToken, text: string): boolean {
  return token.kind === "punctuation" && token.text === text;
}

function accept(p: Parser, text: string): boolean {
  if (!isPunctuation(current(p), text)) return false;
  p.at++;
  return true;
}

function expect(p: Parser, text: string): void {
  const token = current(p);
  if (!accept(p, text)) fail(p, token, `\`${text}\` is missing before ${describe(token)}`);
}

function describe(token: RuleToken): string {
  return token.kind === "end" ? "the end of the file" : token.kind === "string" ? "a string" : `\`${token.text}\``;
}

function readStatement(p: Parser, calls: Call[]): void {
  const start = current(p);
  if (start.kind === "name" && isPunctuation(current(p, 1), "=")) {
    p.at += 2;
    p.variables.set(start.text, readValue(p));
  } else {
    const value = readValue(p);
    if (value.kind === "call") calls.push(value);
    else if (value.kind !== "string")
      fail(p, start, `a rule such as prefix_rule(…) is missing before ${describe(start)}`);
  }
  const next = current(p);
  const lastLine = p.tokens[p.at - 1]?.place.line ?? 0;
  if (next.kind !== "end" && next.place.line === lastLine)
    fail(p, next, `a new line is missing before ${describe(next)}`);
}

function readValue(p: Parser): StarlarkValue {
  let value = readTerm(p);
  while (p.error === null && isPunctuation(current(p), "+")) {
    const plus = current(p);
    p.at++;
    const right = readTerm(p);
    if (value.kind === "list" && right.kind === "list") value = { ...value, items: [...value.items, ...right.items] };
    else if (value.kind === "string" && right.kind === "string") value = { ...value, text: value.text + right.text };
    else fail(p, plus, "only two lists or two strings can be added");
  }
  return value;
}

const CONSTANTS: Record<string, (place: RulePlace) => StarlarkValue> = {
  True: (place) => ({ kind: "bool", value: true, place }),
  False: (place) => ({ kind: "bool", value: false, place }),
  None: (place) => ({ kind: "none", place }),
};

/** Rules have lists in lists in calls; the reader calls itself for each level, and its own stack has an end. */
const MAX_NESTING = 50;

function readTerm(p: Parser): StarlarkValue {
  const token = current(p);
  if (p.depth >= MAX_NESTING) {
    fail(p, token, `brackets are nested deeper than ${MAX_NESTING} levels`);
    return { kind: "none", place: token.place };
  }
  p.depth++;
  const value = readInside(p, token);
  p.depth--;
  return value;
}

function readInside(p: Parser, token: RuleToken): StarlarkValue {
  p.at++;
  const { place, text } = token;
  if (token.kind === "string") return { kind: "string", text, place };
  if (token.kind === "name") return isPunctuation(current(p), "(") ? readCall(p, token) : readName(p, token);
  if (isPunctuation(token, "[")) return { kind: "list", items: readItems(p, "]"), place };
  if (isPunctuation(token, "(")) {
    const value = readValue(p);
    expect(p, ")");
    return value;
  }
  fail(p, token, `a value is missing before ${describe(token)}`);
  return { kind: "none", place };
}

function readName(p: Parser, { text, place }: RuleToken): StarlarkValue {
  const constant = Object.hasOwn(CONSTANTS, text) ? CONSTANTS[text] : undefined;
  return constant?.(place) ?? p.variables.get(text) ?? { kind: "name", text, place };
}

function readItems(p: Parser, close: string): StarlarkValue[] {
  const items: StarlarkValue[] = [];
  while (p.error === null && !accept(p, close)) {
    items.push(readValue(p));
    if (!isPunctuation(current(p), close)) expect(p, ",");
  }
  return items;
}

function readCall(p: Parser, { text, place }: RuleToken): Call {
  const call: Call = { kind: "call", name: text, positional: [], named: new Map(), place };
  expect(p, "(");
  while (p.error === null && !accept(p, ")")) {
    const start = current(p);
    if (start.kind === "name" && isPunctuation(current(p, 1), "=")) {
      p.at += 2;
      if (call.named.has(start.text)) fail(p, start, `\`${start.text}\` is given twice`);
      call.named.set(start.text, readValue(p));
    } else call.positional.push(readValue(p));
    if (!isPunctuation(current(p), ")")) expect(p, ",");
  }
  return call;
}
