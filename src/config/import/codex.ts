import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText } from "../files.ts";
import { type LayerContent, readLayer } from "../layer.ts";
import { isTable } from "../schema/type.ts";
import { parseToml } from "../toml/toml.ts";
import { readTypeScriptConfig } from "../typescript-config.ts";
import { type Import, newImport, takeSettings } from "./plan.ts";

export interface ImportInput {
  codex_home: string;
  moat_home: string;
  home: string;
}

/**
 * Plans the import of a Codex configuration: config.toml with its `[profiles.X]`, the `NAME.config.toml` profiles, or the
 * config.json or config.yaml of the TypeScript CLI (there or in MOAT_HOME). Keys that moat's own file sets already win, so
 * a second import changes nothing.
 */
export async function planImport(
  input: ImportInput,
): Promise<{ ok: true; plan: Import } | { ok: false; message: string }> {
  const plan = newImport();
  const sources = await findSources(input, plan);
  if (!sources.ok) return sources;
  if (sources.list.length === 0) {
    return {
      ok: false,
      message: `there is no config.toml, config.json or config.yaml in ${input.codex_home}. Set CODEX_HOME if it lies elsewhere.`,
    };
  }
  for (const { content, target, label } of sources.list) {
    const failed = await takeSettings(content, target, plan, label);
    if (failed !== null) return { ok: false, message: failed };
  }
  plan.hints.push(...hintsFor(input));
  return { ok: true, plan };
}

interface Source {
  content: LayerContent;
  /** File of ours that gets the settings. */
  target: string;
  /** Put before a key in what is said. */
  label: string;
}

type Sources = { ok: true; list: Source[] } | { ok: false; message: string };

async function findSources(input: ImportInput, plan: Import): Promise<Sources> {
  const list: Source[] = [];
  const ours = (name: string): string => join(input.moat_home, name);
  const read = (table: Record<string, unknown>, file: string): LayerContent =>
    readLayer(table, { base: dirname(file), home: input.home });
  for (const name of tomlNames(input.codex_home)) {
    const file = join(input.codex_home, name);
    const source = readText(file);
    if (!source.ok) return { ok: false, message: `${file}: ${source.error.message}` };
    const parsed = await parseToml(source.text, file);
    if (!parsed.ok)
      return { ok: false, message: `${file}:${parsed.error.line}:${parsed.error.column}: ${parsed.error.message}` };
    const { profiles, profile, ...table } = parsed.table;
    if (profile !== undefined)
      plan.dropped.push({ key: "profile", why: `"profile" has no effect: start moat with -p ${profile}.` });
    list.push({ content: read(table, file), target: ours(name), label: name === "config.toml" ? "" : `${name}: ` });
    for (const [id, settings] of Object.entries(isTable(profiles) ? profiles : {})) {
      if (!isTable(settings) || !/^[\w.-]+$/.test(id)) continue;
      list.push({ content: read(settings, file), target: ours(`${id}.config.toml`), label: `profiles.${id}.` });
    }
  }
  if (list.length > 0) return { ok: true, list };
  return typeScriptSource(input, plan);
}

function typeScriptSource(input: ImportInput, plan: Import): Sources {
  for (const directory of [input.codex_home, input.moat_home]) {
    for (const name of ["config.json", "config.yaml", "config.yml"]) {
      const file = join(directory, name);
      const source = readText(file);
      if (!source.ok) continue;
      const config = readTypeScriptConfig(source.text, name.endsWith(".json") ? "json" : "yaml");
      if (!config.ok) return { ok: false, message: `${file}: ${config.message}` };
      plan.dropped.push(...config.dropped.map(({ key, why }) => ({ key, why: `"${key}" has no effect: ${why}.` })));
      const content = readLayer(config.table, { base: directory, home: input.home });
      return { ok: true, list: [{ content, target: join(input.moat_home, "config.toml"), label: "" }] };
    }
  }
  return { ok: true, list: [] };
}

function tomlNames(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name === "config.toml" || /^[\w.-]+\.config\.toml$/.test(name))
      .sort();
  } catch {
    return [];
  }
}

function hintsFor({ codex_home, moat_home }: ImportInput): string[] {
  const exists = (name: string): boolean => readText(join(codex_home, name)).ok;
  const ours = (name: string): boolean => readText(join(moat_home, name)).ok;
  const hints: string[] = [];
  for (const name of ["AGENTS.md", "hooks.json"]) {
    if (exists(name) && !ours(name))
      hints.push(`${join(codex_home, name)} is not copied; copy it to ${moat_home} if moat should use it.`);
  }
  if (exists("instructions.md")) {
    const file = join(codex_home, "instructions.md");
    hints.push(
      `${file} took the place of the system prompt in older versions; to keep that: moat config set model_instructions_file ${file}`,
    );
  }
  return hints;
}
