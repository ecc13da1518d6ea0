import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Import, isSecret, readLayer, setsAny, takeSettings } from "../../../config/editing.ts";
import type { ImportHost, Table } from "./source.ts";

/** Sets settings in the user's config.toml; the reason when that cannot be. */
export async function planSettings(table: Table, host: ImportHost, plan: Import): Promise<string | null> {
  const content = readLayer(table, { base: host.home, home: host.home });
  // What is written is shown before; keys of servers are not.
  const secret = content.entries.filter(({ keys }) => isSecret(keys.join(".")));
  host.secrets.learn(secret.map(({ value }) => String(value)));
  return takeSettings(content, join(host.moat_home, "config.toml"), plan);
}

/** A model and its provider go together: where one of them is set already, both stay as they are. */
export async function modelOf(provider: string, model: string, host: ImportHost, plan: Import): Promise<Table> {
  const file = join(host.moat_home, "config.toml");
  if (!(await setsAny(file, ["model", "model_provider"]))) return { model, model_provider: provider };
  plan.kept.push({ file, key: "model, model_provider" });
  return {};
}

/** Variables for commands, without those that hold a key: commands never get one. */
export function variablesOf(variables: readonly [string, string][], label: string, plan: Import): Table {
  const kept = variables.filter(([name]) => {
    const secret = isSecret(`shell_environment_policy.set.${name}`);
    if (secret) plan.dropped.push({ key: `${label}.${name}`, why: "it looks like a key, and commands get none" });
    return !secret;
  });
  return kept.length === 0 ? {} : { shell_environment_policy: { set: Object.fromEntries(kept) } };
}

/** Names every key that nothing was made of. */
export function dropOthers(table: Table, known: readonly string[], plan: Import, label = ""): void {
  for (const key of Object.keys(table))
    if (!known.includes(key)) plan.dropped.push({ key: `${label}${key}`, why: "moat has nothing that it would set" });
}

/** Names what lies beside the settings and is not copied. */
export function hintAt(file: string, what: string, plan: Import): void {
  if (existsSync(file)) plan.hints.push(`${file} is not copied: ${what}`);
}
