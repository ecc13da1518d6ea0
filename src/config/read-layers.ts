import { dirname, join } from "node:path";
import { readText } from "./files.ts";
import type { HookForm } from "./hooks/events.ts";
import { type Hook, parseHooks, toHooks } from "./hooks/hooks.ts";
import { showKey } from "./key.ts";
import { type KeyIssue, type LayerContent, readLayer } from "./layer.ts";
import type { LoadInput } from "./load-input.ts";
import type { Layer, Origin } from "./merge.ts";
import { type Override, readOverride } from "./override.ts";
import { type ConfigError, fileError } from "./problem.ts";
import { isTable } from "./schema/type.ts";
import type { HookGroup } from "./schema/type-hooks.ts";
import { parseToml } from "./toml/toml.ts";
import { readTypeScriptConfig } from "./typescript-config.ts";

/** Collects layers, weakest first, and what is wrong with them while they are read. */
export interface Gathered {
  layers: Layer[];
  hooks: Hook[];
  errors: ConfigError[];
  warnings: ConfigError[];
}

/** Variables that stand for a setting; weaker than a file, as a default is. */
export function readEnvironment(input: LoadInput, gathered: Gathered): void {
  const model = input.env.OPENAI_DEFAULT_MODEL;
  if (model === undefined || model === "") return;
  const entries = [{ keys: ["model"], value: model }];
  gathered.layers.push({ origin: { layer: "environment", file: null }, entries });
}

/** The user's config.toml, else the config.json, .yaml or .yml of the TypeScript CLI; and the user's hooks. */
export async function readUser(input: LoadInput, gathered: Gathered): Promise<void> {
  const file = join(input.moat_home, "config.toml");
  const source = readText(file);
  if (source.ok) await readTomlText(source.text, { layer: "user", file }, input, gathered);
  else if (!source.absent) gathered.errors.push(source.error);
  else readTypeScript(input, gathered);
  readUserHooks("hooks.json", "codex", input, gathered);
  readUserHooks(CLAUDE_HOOKS, "claude", input, gathered);
}

/** Hooks of the user's that came from Claude Code (`moat config import-claude`) and are told what they were told there. */
export const CLAUDE_HOOKS = "claude-hooks.json";

function readUserHooks(name: string, form: HookForm, input: LoadInput, gathered: Gathered): void {
  const file = join(input.moat_home, name);
  const source = readText(file);
  if (!source.ok) {
    if (!source.absent) gathered.errors.push(source.error);
    return;
  }
  const parsed = parseHooks(source.text);
  if (parsed === null) {
    const message = `this is not a hooks file, so no hook of it can guard anything. It must be JSON: {"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command", "command": "…"}]}]}}.`;
    gathered.errors.push(fileError(file, message));
    return;
  }
  for (const note of parsed.notes) gathered.warnings.push(fileError(file, `${note}; that part is left out.`));
  gathered.hooks.push(...toHooks(parsed.groups, { file, form, project: false, project_dir: input.cwd }));
}

function readTypeScript(input: LoadInput, gathered: Gathered): void {
  for (const name of ["config.json", "config.yaml", "config.yml"]) {
    const file = join(input.moat_home, name);
    const source = readText(file);
    if (!source.ok) continue;
    const read = readTypeScriptConfig(source.text, name.endsWith(".json") ? "json" : "yaml");
    if (!read.ok) {
      gathered.errors.push(fileError(file, read.message));
      return;
    }
    const content = readLayer(read.table, { base: input.moat_home, home: input.home });
    gathered.layers.push({ origin: { layer: "user", file }, entries: content.entries });
    const message =
      "this is a configuration of the TypeScript CLI. It is read; `moat config import-codex` writes it as config.toml.";
    gathered.warnings.push(fileError(file, message));
    for (const { key, why } of read.dropped)
      gathered.warnings.push(fileError(file, `"${key}" is not used: ${why}.`, { key }));
    for (const issue of content.issues) sortIssue(issue, { file }, input.strict, gathered);
    return;
  }
}

/** `-p NAME`: its file, else a legacy `[profiles.NAME]` in the user's config.toml. */
export async function readProfile(name: string, input: LoadInput, gathered: Gathered): Promise<void> {
  if (!/^[\w.-]+$/.test(name)) {
    const message = `-p ${name}: a profile's name has only letters, digits, dots, dashes and underscores.`;
    gathered.errors.push(fileError(null, message));
    return;
  }
  const file = join(input.moat_home, `${name}.config.toml`);
  const source = readText(file);
  if (source.ok) await readTomlText(source.text, { layer: "profile", file }, input, gathered);
  else if (!source.absent) gathered.errors.push(source.error);
  else if (!(await readLegacyProfile(name, file, input, gathered))) {
    const message = `-p ${name}: there is no profile of this name. Create ${file} with the settings that it should change.`;
    gathered.errors.push(fileError(null, message));
  }
}

async function readLegacyProfile(name: string, wanted: string, input: LoadInput, gathered: Gathered): Promise<boolean> {
  const file = join(input.moat_home, "config.toml");
  const source = readText(file);
  const parsed = source.ok ? await parseToml(source.text, file) : null;
  const profiles = parsed?.ok ? parsed.table.profiles : undefined;
  const table = isTable(profiles) && Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!isTable(table)) return false;
  const content = readLayer(table, { base: input.moat_home, home: input.home });
  gathered.layers.push({ origin: { layer: "profile", file }, entries: content.entries });
  const message = `"profiles.${name}" is the old form of a profile. It is read; move its settings to ${wanted}.`;
  gathered.warnings.push(fileError(file, message, { key: showKey(["profiles", name]) }));
  for (const issue of content.issues) sortIssue(issue, { file }, input.strict, gathered);
  return true;
}

async function readTomlText(
  text: string,
  origin: Origin & { file: string },
  input: LoadInput,
  gathered: Gathered,
): Promise<void> {
  const parsed = await parseToml(text, origin.file);
  if (!parsed.ok) {
    gathered.errors.push(parsed.error);
    return;
  }
  const content = readLayer(parsed.table, { base: dirname(origin.file), home: input.home });
  addLayer(content, origin, input, gathered);
  await reportIssues(content.issues, origin.file, text, input.strict, gathered);
}

/** `-c key=value` and settings from elsewhere, in order; and what a variable of the TypeScript CLI switches off. */
export function readFlags(input: LoadInput, gathered: Gathered): void {
  if ((input.env.CODEX_DISABLE_PROJECT_DOC ?? "") === "1") {
    const entries = [{ keys: ["project_doc_max_bytes"], value: 0 }];
    gathered.layers.push({ origin: { layer: "environment", file: null }, entries });
  }
  for (const override of input.overrides) {
    const read = readOverride(override, { base: input.cwd, home: input.home });
    if (!read.ok) gathered.errors.push(read.error);
    else addOverride(override, read.content, input, gathered);
  }
}

function addOverride(override: Override, content: LayerContent, input: LoadInput, gathered: Gathered): void {
  addLayer(content, { layer: "flag", file: null }, input, gathered);
  const from = typeof override === "string" ? `-c ${nameOf(override)}` : override.from;
  const lenient = typeof override !== "string" && override.lenient === true;
  for (const issue of content.issues) {
    const message = `${from}: ${issue.message}`;
    if (lenient) gathered.warnings.push(fileError(null, `${message} It is left out.`));
    else sortIssue({ ...issue, message }, { file: null }, input.strict, gathered);
  }
}

/** What a typed setting sets; what it is set to may hold a key, and the issue says of it what may be said. */
const nameOf = (typed: string) => typed.replace(/=.*$/s, "");

function addLayer(content: LayerContent, origin: Origin, input: LoadInput, gathered: Gathered): void {
  gathered.layers.push({ origin, entries: content.entries });
  const source = { file: origin.file, form: "codex" as const, project: false, project_dir: input.cwd };
  gathered.hooks.push(...toHooks(hookEntries(content), source));
}

/** The `hooks.EVENT` settings of a layer. */
export function hookEntries(content: LayerContent): [string, HookGroup[]][] {
  return content.entries
    .filter(({ keys }) => keys[0] === "hooks")
    .map(({ keys, value }) => [keys[1] ?? "", value as HookGroup[]]);
}

/** Gives each issue its place in the file and sorts it into errors and warnings. */
export async function reportIssues(
  issues: readonly KeyIssue[],
  file: string,
  text: string,
  strict: boolean,
  gathered: Gathered,
): Promise<void> {
  if (issues.length === 0) return;
  const { locate } = await import("./toml/spans.ts");
  for (const issue of issues) {
    const at = locate(text, issue.keys, issue.kind === "wrong" ? "value" : "key");
    sortIssue(issue, { file, ...at }, strict, gathered);
  }
}

function sortIssue(issue: KeyIssue, at: Partial<ConfigError>, strict: boolean, gathered: Gathered): void {
  const { message, expected, nearest } = issue;
  const error = { ...fileError(null, message, { key: showKey(issue.keys), expected, nearest }), ...at };
  const fatal = issue.kind === "wrong" || (strict && issue.kind === "unknown");
  (fatal ? gathered.errors : gathered.warnings).push(error);
}
