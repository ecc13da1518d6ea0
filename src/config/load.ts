import { join } from "node:path";
import { checkHome, readText } from "./files.ts";
import { showKey } from "./key.ts";
import { type Issue, type LayerContent, readLayer } from "./layer.ts";
import { buildConfig, type Layer, mergeLayers, type Origin, type Origins } from "./merge.ts";
import { readOverride } from "./override.ts";
import { type ConfigError, fileError, showError } from "./problem.ts";
import type { Config } from "./schema.ts";
import { parseToml } from "./toml.ts";
import type { ReadContext } from "./type.ts";

/** What the configuration depends on. Paths are absolute. */
export interface LoadInput {
  moat_home: string;
  home: string;
  cwd: string;
  env: Record<string, string | undefined>;
  /** `-c key=value` as typed, in order; the last one of a key wins. */
  overrides: readonly string[];
  /** `-p NAME`: MOAT_HOME/NAME.config.toml over the user's file. */
  profile: string | null;
  /** Unknown keys are errors. */
  strict: boolean;
  /** Leave the user's config.toml out. A profile that was asked for is still read. */
  ignore_user: boolean;
  /** Use the project's files of this run without asking for trust. */
  trust: boolean;
  /** Where the administrator's file is; /etc/moat/requirements.toml when left out. */
  requirements_path?: string;
}

export type ConfigResult =
  | { ok: true; config: Config; origins: Origins; warnings: string[] }
  | { ok: false; errors: ConfigError[] };

/** Collects layers and what is wrong with them while they are read. */
interface Gathered {
  layers: Layer[];
  errors: ConfigError[];
  warnings: ConfigError[];
}

/**
 * Reads every layer and gives the settings that are in force. Nothing is executed and no network is used. Costs about a
 * millisecond; smol-toml is loaded only when there is a file (or a `-c` value) that needs it.
 */
export async function loadConfig(input: LoadInput): Promise<ConfigResult> {
  const unusable = checkHome(input.moat_home);
  if (unusable !== null) return { ok: false, errors: [unusable] };
  const gathered: Gathered = { layers: [], errors: [], warnings: [] };
  readEnvironment(input, gathered);
  if (!input.ignore_user) await readFile(join(input.moat_home, "config.toml"), "user", input, gathered);
  if (input.profile !== null) await readProfile(input.profile, input, gathered);
  await readFlags(input, gathered);
  if (gathered.errors.length > 0) return { ok: false, errors: gathered.errors };
  const merged = mergeLayers(gathered.layers);
  const origins = new Map([...merged].map(([key, placed]) => [key, placed.origin]));
  return { ok: true, config: buildConfig(merged.values()), origins, warnings: gathered.warnings.map(showError) };
}

/** Variables that stand for a setting; each is weaker than a file, as a default is. */
function readEnvironment(input: LoadInput, gathered: Gathered): void {
  const model = input.env.OPENAI_DEFAULT_MODEL;
  if (model === undefined || model === "") return;
  const entries = [{ keys: ["model"], value: model }];
  gathered.layers.push({ origin: { layer: "environment", file: null }, entries });
}

async function readProfile(name: string, input: LoadInput, gathered: Gathered): Promise<void> {
  if (!/^[\w.-]+$/.test(name)) {
    const message = `-p ${name}: a profile's name has only letters, digits, dots, dashes and underscores.`;
    gathered.errors.push(fileError(null, message));
    return;
  }
  const file = join(input.moat_home, `${name}.config.toml`);
  if (await readFile(file, "profile", input, gathered)) return;
  const message = `-p ${name}: there is no profile of this name. Create ${file} with the settings that it should change.`;
  gathered.errors.push(fileError(null, message));
}

/** false when the file is not there. */
async function readFile(file: string, layer: Origin["layer"], input: LoadInput, gathered: Gathered): Promise<boolean> {
  const source = readText(file);
  if (!source.ok) {
    if (!source.absent) gathered.errors.push(source.error);
    return !source.absent;
  }
  const parsed = await parseToml(source.text, file);
  if (!parsed.ok) {
    gathered.errors.push(parsed.error);
    return true;
  }
  const context: ReadContext = { base: join(file, ".."), home: input.home };
  const content = readLayer(parsed.table, context);
  gathered.layers.push({ origin: { layer, file }, entries: content.entries });
  if (content.issues.length > 0) await fileIssues(content.issues, file, source.text, input.strict, gathered);
  return true;
}

async function fileIssues(
  issues: readonly Issue[],
  file: string,
  text: string,
  strict: boolean,
  gathered: Gathered,
): Promise<void> {
  const { locate } = await import("./toml-spans.ts");
  for (const issue of issues) {
    const at = locate(text, issue.keys, issue.kind === "wrong" ? "value" : "key");
    sort(issue, { file, ...at }, strict, gathered);
  }
}

async function readFlags(input: LoadInput, gathered: Gathered): Promise<void> {
  const context: ReadContext = { base: input.cwd, home: input.home };
  for (const source of input.overrides) {
    const read = await readOverride(source, context);
    if (read.ok) addFlag(source, read.content, input.strict, gathered);
    else gathered.errors.push(read.error);
  }
}

function addFlag(source: string, content: LayerContent, strict: boolean, gathered: Gathered): void {
  gathered.layers.push({ origin: { layer: "flag", file: null }, entries: content.entries });
  for (const issue of content.issues) {
    sort({ ...issue, message: `-c ${source}: ${issue.message}` }, { file: null }, strict, gathered);
  }
}

function sort(issue: Issue, at: Partial<ConfigError>, strict: boolean, gathered: Gathered): void {
  const { message, expected, nearest } = issue;
  const error: ConfigError = {
    line: null,
    column: null,
    file: null,
    ...at,
    message,
    expected,
    nearest,
    key: showKey(issue.keys),
  };
  const fatal = issue.kind === "wrong" || (strict && issue.kind === "unknown");
  (fatal ? gathered.errors : gathered.warnings).push(error);
}
