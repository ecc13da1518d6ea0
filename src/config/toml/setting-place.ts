import { readText } from "../files.ts";
import { type KeyPath, showKey } from "../key.ts";
import type { Origins } from "../merge.ts";

/**
 * Where a setting stands, for the start of a message: `FILE:LINE:COLUMN`, the file alone where the line is not known, `-c KEY`
 * for what was typed.
 * @param element of a list: the one that is meant, from 0
 */
export async function settingPlace(origins: Origins, keys: KeyPath, element: number | null): Promise<string> {
  const { layer, file } = origins.get(showKey(keys)) ?? { layer: "default", file: null };
  if (file === null) return layer === "flag" ? `-c ${showKey(keys)}` : showKey(keys);
  // The tables of a profile inside config.toml have other names there.
  const other = !file.endsWith(".toml") || (layer === "profile" && file.endsWith("/config.toml"));
  const source = other ? null : readText(file);
  if (!source?.ok) return file;
  const { locate } = await import("./spans.ts");
  const at = locate(source.text, keys, "value", element);
  return at === null ? file : `${file}:${at.line}:${at.column}`;
}
