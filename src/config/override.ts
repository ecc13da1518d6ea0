import { parseKey, showKey } from "./key.ts";
import { type LayerContent, readLayer } from "./layer.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { leafAt } from "./schema.ts";
import { parseTomlValue } from "./toml.ts";
import type { ReadContext } from "./type.ts";

/**
 * Reads `-c key=value`. The value is TOML; what is not TOML, or is TOML of a type that the key refuses, is taken as the plain
 * text it is, so that `-c model=o3` and `-c model=123` mean what they look like.
 */
export async function readOverride(
  source: string,
  context: ReadContext,
): Promise<{ ok: true; content: LayerContent } | { ok: false; error: ConfigError }> {
  const split = splitPair(source);
  if (split === null) {
    const message = `-c ${source}: this is not KEY=VALUE. Write for example -c model="gpt-5" or -c tui.animations=false.`;
    return { ok: false, error: fileError(null, message, { expected: "KEY=VALUE" }) };
  }
  const { keys, text } = split;
  const parsed = await parseTomlValue(text);
  const value = parsed === undefined ? text : parsed;
  const leaf = leafAt(keys);
  const plain = leaf !== undefined && leaf.type.read(value, context) === undefined;
  const chosen = plain && leaf.type.read(text, context) !== undefined ? text : value;
  return { ok: true, content: readLayer(nest(keys, chosen), context) };
}

/** The key and the text of the value: the first `=` outside quotes separates them. */
function splitPair(source: string): { keys: string[]; text: string } | null {
  const match = /^((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^"'=])+)=([\s\S]*)$/.exec(source);
  const keys = match?.[1] === undefined ? null : parseKey(match[1].trim());
  return keys === null || match?.[2] === undefined ? null : { keys, text: match[2].trim() };
}

function nest(keys: readonly string[], value: unknown): Record<string, unknown> {
  const [first, ...rest] = keys;
  if (first === undefined) throw new Error(`empty key ${showKey(keys)}`);
  return { [first]: rest.length === 0 ? value : nest(rest, value) };
}
