import { dirname } from "node:path";
import { checkConfigText } from "./check.ts";
import { readText } from "./files.ts";
import { parseKey, showKey } from "./key.ts";
import { readLayer } from "./layer.ts";
import { assign, nest } from "./override.ts";
import { errorText } from "./problem.ts";
import { setToml, unsetToml } from "./toml/edit.ts";
import { writeWhole } from "./write-file.ts";

/** How an edit ended; `changed` is false when the file says so already. */
export type EditResult = { ok: true; key: string; changed: boolean } | { ok: false; message: string };

/**
 * Sets one key of a configuration file to a typed value, checked against the schema. The file is created when it is missing.
 * A relative path is meant from `cwd`, so it is written in full.
 */
export async function setInFile(
  file: string,
  key: string,
  value: string,
  { home, cwd }: { home: string; cwd: string },
): Promise<EditResult> {
  const keys = parseKey(key.trim());
  if (keys === null)
    return { ok: false, message: `"${key}" is not a key. Keys are parts joined by dots, as in tui.theme.` };
  const context = { base: dirname(file), home };
  const assignment = assign(keys, value, context);
  const { entries, issues } = readLayer(nest(assignment), context);
  const issue = issues[0];
  if (issue !== undefined) return { ok: false, message: issue.message.replace(", so it is ignored", "") };
  if (entries.length === 0) return { ok: false, message: `"${key}" is a table; set its keys one by one.` };
  const from_cwd = readLayer(nest(assignment), { base: cwd, home }).entries[0]?.value;
  const written = Bun.deepEquals(from_cwd, entries[0]?.value) ? assignment.value : from_cwd;
  return change(file, home, keys, (text) => setToml(text, keys, written));
}

/** Removes a key, or a table with all that is in it, from a configuration file. */
export async function unsetInFile(file: string, key: string, home: string): Promise<EditResult> {
  const keys = parseKey(key.trim());
  if (keys === null)
    return { ok: false, message: `"${key}" is not a key. Keys are parts joined by dots, as in tui.theme.` };
  return change(file, home, keys, (text) => unsetToml(text, keys));
}

/** Puts a whole text in place of the file, when moat could start with it. */
export async function replaceFile(file: string, text: string, home: string): Promise<EditResult> {
  const errors = await checkConfigText(text, file, home);
  if (errors.length > 0) return { ok: false, message: errors.map(errorText).join("\n") };
  const before = readText(file);
  const changed = !before.ok || before.text !== text;
  if (changed) writeWhole(file, text);
  return { ok: true, key: "", changed };
}

async function change(
  file: string,
  home: string,
  keys: readonly string[],
  edit: (text: string) => ReturnType<typeof setToml>,
): Promise<EditResult> {
  const source = readText(file);
  if (!source.ok && !source.absent) return { ok: false, message: errorText(source.error) };
  const text = source.ok ? source.text : "";
  const errors = await checkConfigText(text, file, home);
  // A wrong value may be the very one that is being replaced; text that is no TOML cannot be edited.
  const broken = errors.find(({ key }) => key === null);
  if (broken !== undefined) return { ok: false, message: errorText(broken) };
  const edited = await edit(text);
  if (!edited.ok) return { ok: false, message: `${file}: ${edited.message}` };
  if (edited.text !== text) writeWhole(file, edited.text);
  return { ok: true, key: showKey(keys), changed: edited.text !== text };
}
