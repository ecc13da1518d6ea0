import { parseKey } from "./key.ts";
import { type LayerContent, readLayer } from "./layer.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { leafAt } from "./schema/schema.ts";
import type { ReadContext } from "./schema/type.ts";
import { masked } from "./secrets.ts";
import { parseTomlValue } from "./toml/toml.ts";

/** A setting as somebody wrote it: not checked against the schema. */
export interface Assignment {
  keys: string[];
  value: unknown;
}

/** A setting with its value, from a flag of its own or from a stored thread. */
export interface Setting extends Assignment {
  /** Who says so, in front of a message about it: `--model`, `the stored thread`. */
  from: string;
  /** A value that cannot be used is left out and told about; what somebody just typed ends the start instead. */
  lenient?: boolean;
}

/** What stands above every file: `-c KEY=VALUE` as it was typed, or a setting. */
export type Override = string | Setting;

/** Reads an override; a setting needs no text to be understood. */
export function readOverride(
  override: Override,
  context: ReadContext,
): { ok: true; content: LayerContent } | { ok: false; error: ConfigError } {
  if (typeof override === "string") return readText(override, context);
  return { ok: true, content: readLayer(nest(override), context) };
}

/**
 * Reads `-c key=value`. The value is TOML; what is not TOML, or is TOML of a type that the key refuses, is taken as the plain
 * text it is, so that `-c model=o3` and `-c model=123` mean what they look like.
 */
function readText(
  source: string,
  context: ReadContext,
): { ok: true; content: LayerContent } | { ok: false; error: ConfigError } {
  const split = splitPair(source);
  if (split === null) {
    // What is behind a `=` may be a key, and so may a word alone that looks like one.
    const message = `-c ${masked(source.replace(/=.*$/s, "=…"))}: this is not KEY=VALUE. Write for example -c model="gpt-5" or -c tui.mouse=false.`;
    return { ok: false, error: fileError(null, message, { expected: "KEY=VALUE" }) };
  }
  const assignment = assign(split.keys, split.text, context);
  return { ok: true, content: readLayer(nest(assignment), context) };
}

/** The value that a typed text stands for, given what its key takes. */
export function assign(keys: string[], text: string, context: ReadContext): Assignment {
  const parsed = parseTomlValue(text);
  const value = parsed === undefined ? text : parsed;
  const leaf = leafAt(keys);
  const plain = leaf !== undefined && leaf.type.read(value, context) === undefined;
  return { keys, value: plain && leaf.type.read(text, context) !== undefined ? text : value };
}

/** The key and the text of the value: the first `=` outside quotes separates them. */
function splitPair(source: string): { keys: string[]; text: string } | null {
  const match = /^((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'=])+)=([\s\S]*)$/.exec(source);
  const keys = match?.[1] === undefined ? null : parseKey(match[1].trim());
  return keys === null || match?.[2] === undefined ? null : { keys, text: match[2].trim() };
}

/** The assignment as the table that a file would give. */
export function nest({ keys, value }: Assignment): Record<string, unknown> {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
}
