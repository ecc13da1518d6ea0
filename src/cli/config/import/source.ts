import { readRegular } from "../../../base/index.ts";
import { type Import, isTable } from "../../../config/editing.ts";
import type { Host } from "../../contract.ts";

/** What an importer needs of the machine. */
export type ImportHost = Pick<Host, "home" | "moat_home" | "env" | "secrets">;

/** A plan, or why there is none. */
export type Planned = { ok: true; plan: Import } | { ok: false; message: string };

export type Table = Record<string, unknown>;

/** Bytes of a file of settings that are read. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Settings as the peers write them: JSON, with comments and commas at ends. null: there is no such file. */
export function readSettings(file: string): { ok: true; table: Table } | { ok: false; message: string } | null {
  const read = readRegular(file, MAX_BYTES);
  if (!read.ok) return read.code === "ENOENT" ? null : { ok: false, message: `${file} cannot be read: ${read.why}.` };
  try {
    const value: unknown = Bun.JSONC.parse(read.bytes.toString("utf8"));
    return isTable(value) ? { ok: true, table: value } : { ok: false, message: `${file} holds no settings.` };
  } catch (error) {
    return { ok: false, message: `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The strings of a list; nothing for anything else. */
export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** The entries of a table whose values are strings. */
export const stringsIn = (value: unknown): [string, string][] =>
  Object.entries(isTable(value) ? value : {}).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : []));
