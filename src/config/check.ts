import { dirname } from "node:path";
import { showKey } from "./key.ts";
import { readLayer } from "./layer.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { locate } from "./toml/spans.ts";
import { parseToml } from "./toml/toml.ts";

/** What would keep moat from starting with this text as a configuration file: each with its place. */
export async function checkConfigText(text: string, file: string, home: string): Promise<ConfigError[]> {
  const parsed = await parseToml(text, file);
  if (!parsed.ok) return [parsed.error];
  const { issues } = readLayer(parsed.table, { base: dirname(file), home });
  return issues
    .filter(({ kind }) => kind === "wrong")
    .map(({ keys, message, expected, nearest }) => {
      const at = locate(text, keys, "value");
      return fileError(file, message, { key: showKey(keys), expected, nearest, ...at });
    });
}
