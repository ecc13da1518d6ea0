import { type ConfigError, fileError } from "./problem.ts";

export type Parsed = { ok: true; table: Record<string, unknown> } | { ok: false; error: ConfigError };

/** Parses a TOML file's text; a mistake comes back with its line and column. */
export async function parseToml(text: string, file: string): Promise<Parsed> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return { ok: true, table: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.replace(/^Invalid TOML document: /, "").split("\n")[0] ?? "";
    const source = text.split("\n")[error.line - 1]?.trim() ?? "";
    const message = `this is not TOML: ${why}${source === "" ? "" : `, at \`${source.slice(0, 80)}\``}. Correct the line; nothing of the file was read.`;
    return { ok: false, error: fileError(file, message, { line: error.line, column: error.column }) };
  }
}

/** A word that is surely no TOML value: the common case of `-c model=o3`, answered without loading the parser. */
const PLAIN_WORD = /^(?!(?:true|false|inf|nan)$)[A-Za-z/~][\w./:@~-]*$/;

/** The value that a piece of TOML stands for; undefined when it is not TOML. */
export async function parseTomlValue(text: string): Promise<unknown> {
  if (text === "true" || text === "false") return text === "true";
  if (text === "" || PLAIN_WORD.test(text)) return undefined;
  const { parse, TomlError } = await import("smol-toml");
  try {
    const table = parse(`value = ${text}`);
    return Object.keys(table).length === 1 ? table.value : undefined;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return undefined;
  }
}
