import { readText } from "../files.ts";
import { showKey } from "../key.ts";
import type { LayerContent } from "../layer.ts";
import { isTable } from "../schema/type.ts";
import { setToml } from "../toml/edit.ts";
import { parseToml } from "../toml/toml.ts";

/** What an import would write and what it says. Nothing is on disk yet. */
export interface Import {
  /** Absolute path → its new text; only files that change. */
  files: Record<string, string>;
  /** Keys that were taken over, per file. */
  taken: { file: string; key: string }[];
  /** Keys that moat's file already sets, which stay as they are. */
  kept: { file: string; key: string }[];
  /** Keys that are not taken over, each with the reason. */
  dropped: { key: string; why: string }[];
  /** What else the user may want to bring along. */
  hints: string[];
}

/** An import that does nothing yet. */
export const newImport = (): Import => ({ files: {}, taken: [], kept: [], dropped: [], hints: [] });

/** Puts a file of ours into the plan, when it is not what it should be. */
export function planFile(file: string, text: string, key: string, plan: Import): void {
  const source = readText(file);
  if (source.ok && source.text === text) plan.kept.push({ file, key });
  else {
    plan.files[file] = text;
    plan.taken.push({ file, key });
  }
}

/** Whether a file of ours sets one of these keys. */
export async function setsAny(file: string, keys: readonly string[]): Promise<boolean> {
  const source = readText(file);
  const parsed = source.ok ? await parseToml(source.text, file) : null;
  return parsed?.ok === true && keys.some((key) => isSet(parsed.table, [key]));
}

/**
 * Sets in a file of ours what it does not set yet; the reason when an edit is impossible.
 * @param label put before a key in what is said of those that are dropped
 */
export async function takeSettings(
  content: LayerContent,
  target: string,
  plan: Import,
  label = "",
): Promise<string | null> {
  for (const issue of content.issues) plan.dropped.push({ key: `${label}${showKey(issue.keys)}`, why: issue.message });
  let text = plan.files[target];
  if (text === undefined) {
    const source = readText(target);
    if (!source.ok && !source.absent) return `${target}: ${source.error.message}`;
    text = source.ok ? source.text : "";
  }
  const parsed = await parseToml(text, target);
  if (!parsed.ok) return `${target}:${parsed.error.line}:${parsed.error.column}: ${parsed.error.message}`;
  const before = text;
  for (const { keys, value } of content.entries) {
    const key = showKey(keys);
    if (isSet(parsed.table, keys)) {
      plan.kept.push({ file: target, key });
      continue;
    }
    const edited = await setToml(text, keys, value);
    if (!edited.ok) return `${target}: ${edited.message}`;
    text = edited.text;
    plan.taken.push({ file: target, key });
  }
  if (text !== before) plan.files[target] = text;
  return null;
}

function isSet(table: Record<string, unknown>, keys: readonly string[]): boolean {
  let at: unknown = table;
  for (const key of keys) {
    if (!isTable(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return true;
}
