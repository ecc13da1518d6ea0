import { Secrets } from "../base/index.ts";
import { enforce } from "./enforce.ts";
import { checkHome } from "./files.ts";
import { type Hook, oddMatchers } from "./hooks/hooks.ts";
import { showKey } from "./key.ts";
import type { LoadInput } from "./load-input.ts";
import { buildConfig, mergeLayers, type Origins, type PlacedEntry } from "./merge.ts";
import { type ConfigError, errorText } from "./problem.ts";
import { findProject, type Project } from "./project.ts";
import { type Gathered, readEnvironment, readFlags, readProfile, readUser } from "./read-layers.ts";
import { REQUIREMENTS_PATH, type Requirements, readRequirements } from "./requirements.ts";
import type { Config } from "./schema/schema.ts";
import { configSecrets, storedKeys } from "./secrets.ts";
import { loadProject } from "./trust/load-project.ts";
import type { ProjectTrust } from "./trust/trust.ts";
import { unusedSettings } from "./unused.ts";

export type ConfigResult =
  | {
      ok: true;
      config: Config;
      origins: Origins;
      /** One sentence or two each, with their place; for stderr or an error item. */
      warnings: string[];
      /** What the administrator allows; `restrict` applies it to values that do not come from here. */
      requirements: Requirements;
      /** Where the project is; `discoverInstructions` takes it, so that the disk is searched once. */
      project: Project;
      /** How the project stands; its `question` is for front ends that can ask. */
      trust: ProjectTrust;
      /** Everything that may run at an event, in order: the user's, then the project's. */
      hooks: readonly Hook[];
      /** Keys and tokens of moat's own, which no command and no other program gets, whatever variable holds a copy. */
      keys: Secrets;
      /** Files that hold one of them; absolute. */
      key_files: string[];
    }
  | { ok: false; errors: ConfigError[] };

/**
 * Reads every layer and gives the settings that are in force: defaults < variables < user < profile < project < `-c`, and
 * over all the administrator's rules. Nothing is executed and no network is used. Costs one or two milliseconds.
 */
export async function loadConfig(input: LoadInput): Promise<ConfigResult> {
  const unusable = checkHome(input.moat_home);
  if (unusable !== null) return { ok: false, errors: [unusable] };
  const rules = await readRequirements(input.requirements_path ?? REQUIREMENTS_PATH, input.home);
  if (!rules.ok) return rules;
  const { requirements } = rules;

  const below: Gathered = { layers: [], hooks: [], errors: [], warnings: [] };
  readEnvironment(input, below);
  if (!input.ignore_user) await readUser(input, below);
  if (input.profile !== null) await readProfile(input.profile, input, below);
  const flags: Gathered = { ...below, layers: [], hooks: [] };
  readFlags(input, flags);

  // What the user says decides where the project begins and whether it is trusted.
  const own = buildConfig(mergeLayers([...below.layers, ...flags.layers]).values());
  const place = findProject(input.cwd, own.project_root_markers);
  const project: Gathered = { ...below, layers: [], hooks: [] };
  const trust = await loadProject(place, own, requirements, input, project);

  const merged = mergeLayers([...below.layers, ...project.layers, ...flags.layers]);
  const enforced = enforce(requirements, merged);
  const config = buildConfig(merged.values());
  const known = configSecrets(config, input.env);
  const keys = [...known.keys, ...storedKeys(input.moat_home)];
  input.secrets.learn([...keys, ...known.others]);
  const errors = [...below.errors, ...enforced.errors];
  if (errors.length > 0) return { ok: false, errors };
  const hooks = [...below.hooks, ...flags.hooks, ...project.hooks];
  return {
    ok: true,
    config,
    keys: new Secrets(keys),
    key_files: keyFiles(merged.values(), new Secrets(keys)),
    origins: new Map([...merged.values()].map(({ keys, origin }) => [showKey(keys), origin])),
    warnings: [...below.warnings, ...oddMatchers(hooks), ...unusedSettings(merged.values()), ...enforced.warnings].map(
      errorText,
    ),
    requirements,
    project: place,
    trust,
    hooks,
  };
}

function keyFiles(placed: Iterable<PlacedEntry>, keys: Secrets): string[] {
  const files = [...placed].flatMap(({ value, origin }) =>
    origin.file !== null && keys.holds(JSON.stringify(value)) ? [origin.file] : [],
  );
  return [...new Set(files)];
}
