import { isTooNested, MAX_LEVELS } from "../base/index.ts";
import type { Json, JsonObject } from "../protocol/index.ts";

// Small models write arguments that are nearly right. What is unmistakable is understood; nothing is completed or guessed, so
// that a call whose end is missing is never run.

/** What a schema says is wrong with a value: the part of zod's issues that is read here. */
export interface SchemaIssue {
  code?: string | undefined;
  path: PropertyKey[];
  /** The type that was wanted. */
  expected?: string;
  /** The values that are possible. */
  values?: unknown[];
}

/** Arguments as an object, or why they are none. */
export type ReadJson = { ok: true; value: JsonObject } | { ok: false; message: string };

/** Reads the JSON of a call: also in a fence, encoded twice, or with bare line ends in its texts. */
export function readJson(raw: string): ReadJson {
  const text = raw.trim() === "" ? "{}" : withoutFence(raw);
  let value = parse(text);
  if (value === undefined) value = parse(escapedControls(text));
  if (typeof value === "string") value = parse(value);
  if (value === undefined) return { ok: false, message: "they are no JSON" };
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return { ok: false, message: `expected an object, got ${shown(value)}` };
  if (isTooNested(value)) return { ok: false, message: `they have more than ${MAX_LEVELS} levels` };
  return { ok: true, value };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;
}

const ESCAPES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Line ends and tabs inside of texts as JSON wants them. */
function escapedControls(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/gs, (literal) => literal.replace(/[\n\r\t]/g, (c) => ESCAPES[c] ?? c));
}

/** Names under which models put all the arguments once more. */
const WRAPPERS = new Set(["arguments", "parameters", "args", "params", "input"]);

/** The arguments, where they are the only field of an object around them. */
export function unwrapped(value: JsonObject): JsonObject {
  const [[name, inner] = ["", null], ...others] = Object.entries(value);
  if (others.length > 0 || !WRAPPERS.has(name)) return value;
  const object = typeof inner === "string" ? parse(inner) : inner;
  return typeof object === "object" && object !== null && !Array.isArray(object) ? object : value;
}

const lettersOf = (name: string) => name.toLowerCase().replaceAll("_", "");

/**
 * Gives arguments under the names that the tool has for them: `aliases` maps a name to others that models use for it. Capitals
 * and underscores make no other name.
 */
export function underOwnNames(value: JsonObject, aliases: Readonly<Record<string, readonly string[]>>): JsonObject {
  const result = { ...value };
  for (const [name, others] of Object.entries(aliases)) {
    if (name in result) continue;
    const meant = [name, ...others].map(lettersOf);
    const other = Object.keys(result).find((one) => meant.includes(lettersOf(one)));
    if (other === undefined) continue;
    result[name] = result[other] ?? null;
    delete result[other];
  }
  return result;
}

/** The value with each field that is wrong turned into what was wanted, where only one thing can have been meant. */
export function mended(value: JsonObject, issues: readonly SchemaIssue[]): JsonObject {
  const copy = structuredClone(value);
  for (const issue of issues) {
    const place = holderOf(copy, issue.path);
    if (!place) continue;
    const { holder, key } = place;
    const wrong = holder[key];
    const meant = meantBy(wrong, issue);
    if (meant !== undefined) holder[key] = meant;
    // Nothing at all, where something may be left out.
    else if (wrong === null || wrong === "") delete holder[key];
  }
  return copy;
}

function holderOf(value: Json, path: readonly PropertyKey[]): { holder: JsonObject; key: string } | null {
  let holder: Json | undefined = value;
  for (const step of path.slice(0, -1)) holder = (holder as JsonObject | undefined)?.[String(step)];
  const key = path.at(-1);
  return typeof holder === "object" && holder !== null && key !== undefined
    ? { holder: holder as JsonObject, key: String(key) }
    : null;
}

function meantBy(wrong: Json | undefined, { code, expected, values }: SchemaIssue): Json | undefined {
  if (code === "invalid_value") return oneOf(wrong, values ?? []);
  if (expected === "number" && typeof wrong === "string" && /^-?\d+(\.\d+)?$/.test(wrong.trim())) return Number(wrong);
  if (expected === "boolean" && (typeof wrong === "string" || typeof wrong === "number"))
    return { true: true, false: false, 1: true, 0: false }[String(wrong).trim().toLowerCase()];
  if (expected === "string" && (typeof wrong === "number" || typeof wrong === "boolean")) return String(wrong);
  if (expected === "array" && typeof wrong === "string" && wrong !== "") return listOf(wrong);
  if (expected === "array" && typeof wrong === "object" && wrong !== null) return [wrong];
  return undefined;
}

/** A list that was written as text, or the one thing that was to be in it. */
function listOf(text: string): Json[] {
  const list = parse(text);
  return Array.isArray(list) ? list : [text];
}

/** `in progress`, `In-Progress` and, where nothing else ends so, `default` for `use_default`. */
function oneOf(wrong: Json | undefined, values: readonly unknown[]): string | undefined {
  if (typeof wrong !== "string" || wrong.trim() === "") return undefined;
  const plain = wrong
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  const known = values.filter((value): value is string => typeof value === "string");
  const near = known.filter((value) => value.endsWith(`_${plain}`));
  return known.find((value) => value === plain) ?? (near.length === 1 ? near[0] : undefined);
}

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** What is wrong, for the model: the field, what it should be, and what came. */
export function issueText(value: JsonObject, issue: SchemaIssue): string {
  const { path, code, expected, values } = issue;
  const place = holderOf(value, path);
  const came = shown(place?.holder[place.key]);
  const wanted =
    code === "invalid_value"
      ? `one of ${(values ?? []).join(", ")}`
      : (TYPES[expected ?? ""] ?? (code === "too_small" ? "more than nothing" : "something else"));
  return `${path.join(".") || "arguments"}: expected ${wanted}, got ${came}`;
}

/** Longest text that is repeated in a message. */
const MAX_SHOWN = 40;

function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
