import { type ConfigError, fileError } from "../problem.ts";
import { masked } from "../secrets.ts";

export type ParsedToml = { ok: true; table: Record<string, unknown> } | { ok: false; error: ConfigError };

/**
 * Parses a TOML file's text; a mistake comes back with its line and column. Bun's parser is built in and 50 times as fast,
 * but says no place; so smol-toml is loaded only for a text that Bun refuses, and has the last word on it.
 */
export async function parseToml(text: string, file: string): Promise<ParsedToml> {
  const table = quickParse(text);
  if (table !== null) return { ok: true, table };
  const { parse, TomlError } = await import("smol-toml");
  try {
    return { ok: true, table: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.replace(/^Invalid TOML document: /, "").split("\n")[0] ?? "";
    const source = text.split("\n")[error.line - 1]?.trim() ?? "";
    const name = nameIn(source);
    const at = name === null ? "" : `, at \`${name.slice(0, 80)}\``;
    const message = `this is not TOML: ${why}${at}. Correct the line; nothing of the file was read.`;
    return { ok: false, error: fileError(file, message, { line: error.line, column: error.column }) };
  }
}

/** The name of a table, or what stands before the first `=`. */
const NAME = /^(\[[^\]=]*\]?|[^=]*?)\s*(=|$)/;

/** What a line sets, without its value: a text that is no TOML says of no value that it is no key. null: it names nothing. */
function nameIn(line: string): string | null {
  const [, name = "", equals] = NAME.exec(line) ?? [];
  if (equals === "=") return name === "" || masked(name) !== name ? null : `${name} = …`;
  return /^\[[\w.\s"'-]*\]?$/.test(name) && masked(name) === name ? name : null;
}

/** A word that is surely no TOML value: the common case of `-c model=o3`. */
const PLAIN_WORD = /^(?!(?:true|false|inf|nan)$)[A-Za-z/~][\w./:@~-]*$/;

/** The value that a piece of TOML stands for; undefined when it is not TOML. */
export function parseTomlValue(text: string): unknown {
  if (text === "" || PLAIN_WORD.test(text)) return undefined;
  const table = quickParse(`value = ${text}`);
  return table !== null && Object.keys(table).length === 1 ? table.value : undefined;
}

function quickParse(text: string): Record<string, unknown> | null {
  try {
    return Bun.TOML.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
