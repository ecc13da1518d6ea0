import { nearest } from "../base/index.ts";
import { parseKey, showKey } from "./key.ts";
import type { Origin, Origins } from "./merge.ts";
import { listKeys } from "./schema/keys-list.ts";
import { type Config, SCHEMA } from "./schema/schema.ts";
import type { SchemaNode } from "./schema/type.ts";
import { isSecret } from "./secrets.ts";
import { tomlValue } from "./toml/value.ts";

export { isSecret, listKeys, tomlValue };

/** A setting as it is in force. */
export interface Shown {
  key: string;
  /** null: it has no value. */
  value: unknown;
  origin: Origin;
}

const DEFAULT: Origin = { layer: "default", file: null };

/** Every setting, in the order of the schema; names that were chosen stand where the schema has NAME. */
export function showConfig(config: Config, origins: Origins): Shown[] {
  const shown: Shown[] = [];
  const visit = (node: SchemaNode, keys: readonly string[], value: unknown): void => {
    if (node.node === "leaf") {
      const key = showKey(keys);
      shown.push({ key, value, origin: origins.get(key) ?? DEFAULT });
      return;
    }
    const table = value as Record<string, unknown>;
    for (const name of node.node === "named" ? Object.keys(table) : Object.keys(node.keys)) {
      const child = node.node === "named" ? node.each : node.keys[name];
      if (child !== undefined) visit(child, [...keys, name], table[name]);
    }
  };
  visit(SCHEMA, [], config);
  return shown;
}

/** The settings at or below a dotted key; a message when there is no such key. */
export function selectKey(
  all: readonly Shown[],
  key: string,
): { ok: true; shown: Shown[] } | { ok: false; message: string } {
  const keys = parseKey(key.trim());
  const wanted = keys === null ? key : showKey(keys);
  const shown = all.filter((one) => one.key === wanted || one.key.startsWith(`${wanted}.`));
  if (shown.length > 0) return { ok: true, shown };
  const rows = listKeys().map((row) => row.key);
  if (rows.some((row) => pattern(row).test(wanted))) return { ok: true, shown: [] };
  const near = nearest(wanted, rows);
  return {
    ok: false,
    message: `there is no setting "${wanted}".${near === null ? " `moat config list --all` names them." : ` Did you mean "${near}"?`}`,
  };
}

/** Matches the keys and tables that a row of the reference stands for. */
function pattern(row: string): RegExp {
  const parts = row.split(".").map((part) => (part === "NAME" ? '(?:[\\w-]+|"(?:[^"\\\\]|\\\\.)*")' : part));
  return new RegExp(`^${parts.reduceRight((rest, part) => `${part}(?:\\.${rest})?`)}$`);
}

/** A line of TOML, with secrets covered. */
export function showLine({ key, value }: Shown): string {
  return `${key} = ${tomlValue(isSecret(key) ? "********" : value)}`;
}
