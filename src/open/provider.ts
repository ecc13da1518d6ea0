import { existsSync } from "node:fs";
import { join } from "node:path";
import { hostAllowed } from "../config/index.ts";
import type { Identity, ModelConfig, Resolution } from "../model/index.ts";
import type { Loaded, OpenHost, OpenOptions, Outside } from "./contract.ts";
import { type FoundServer, serversFor } from "./local-servers.ts";
import { openOutside, type PlaceOptions } from "./outside.ts";
import { modelConfig } from "./settings.ts";

/** What of a thread's options says who answers. */
export type ProviderOptions = PlaceOptions & Pick<OpenOptions, "oss" | "overrides" | "review" | "give_up_after_ms">;

/** `others`: further servers of this machine that would have done. Absent: none was looked for. */
export type ChosenProvider = Resolution & { others?: FoundServer[] };

const NO_LOCAL_SERVER: Resolution = {
  ok: false,
  reason: "nothing_configured",
  message:
    "--oss: no model server answers on this machine (ollama, LM Studio and llama.cpp were looked for at their usual ports); start one, or name yours with -c oss_provider=…",
};

/**
 * The provider that is configured. When nothing is, and nobody said where to look, a server on one of the usual ports of
 * this machine will do; `--oss` asks for such a one. Whatever led to it (a file, a variable, a search), the
 * administrator's rules come last.
 */
export async function findProvider(
  loaded: Loaded,
  host: OpenHost,
  options: ProviderOptions,
  outside?: Outside | null,
): Promise<ChosenProvider> {
  const resolved = await find(loaded, host, options, outside);
  const key = resolved.ok ? resolved.provider.api_key : null;
  // A keyring or a program may have given it: no list knew of it before.
  if (key !== null) for (const known of [host.secrets, loaded.keys]) known.learn([key]);
  return resolved;
}

async function find(
  loaded: Loaded,
  host: OpenHost,
  options: ProviderOptions,
  outside: Outside | null | undefined,
): Promise<ChosenProvider> {
  const identity = { version: host.version, originator: "moat" };
  const { give_up_after_ms, oss } = options;
  const give_up = give_up_after_ms === undefined ? {} : { give_up_after_ms };
  const named = oss ? loaded.config.oss_provider : null;
  const config = {
    ...withHeldPrograms(modelConfig(loaded.config), outside ?? (await openOutside(loaded, host, options)), host),
    ...give_up,
    ...reviewModel(loaded, options),
    ...(named === null ? {} : { model_provider: named }),
  };
  const resolved = oss && named === null ? NO_LOCAL_SERVER : await withKeys(config, host, identity);
  const provider = oss ? named : (config.model_provider ?? null);
  const [local, ...others] = await serversFor(resolved, provider, loaded, host);
  if (local === undefined) return resolved.ok ? allowed(resolved, loaded) : withRules(resolved, loaded);
  const found = { model_provider: local.id, model: modelOf(loaded, local, oss ?? false) };
  return { ...allowed(await withKeys({ ...config, ...found }, host, identity), loaded), others };
}

/** --oss means a model of that server: one that a file names for another provider does only where the server has it. */
function modelOf({ config, origins }: Loaded, { models }: FoundServer, oss: boolean): string | null {
  const { model } = config;
  const first = models[0] ?? null;
  if (model === null) return first;
  return !oss || models.includes(model) || origins.get("model")?.layer === "flag" ? model : first;
}

/** Programs that print keys are started as they were when moat looked at them first, and from nowhere else. */
function withHeldPrograms(config: ModelConfig, outside: Outside | null, host: OpenHost): ModelConfig {
  if (outside === null) return config;
  const providers = Object.entries(config.model_providers ?? {}).map(([id, own]) => {
    const { command, args = [] } = own.auth ?? {};
    if (!own.auth || !command) return [id, own] as const;
    const held = outside.command([command, ...args]);
    const prepare = () => ({ ...held.start(host.cwd), PATH: outside.env.PATH });
    return [id, { ...own, auth: { ...own.auth, prepare } }] as const;
  });
  return { ...config, model_providers: Object.fromEntries(providers) };
}

/** The keyring is asked only where the environment has no key: that can take a while, or a dialog. */
async function withKeys(config: ModelConfig, host: OpenHost, identity: Identity): Promise<Resolution> {
  const { resolveProvider } = await import("../model/index.ts");
  const resolved = await resolveProvider(config, host.env, identity);
  if (resolved.ok && resolved.provider.api_key !== null) return resolved;
  if (!existsSync(join(host.moat_home, "auth.json"))) return resolved;
  const { readSavedKeys, SavedKeyError } = await import("./saved-keys.ts");
  try {
    const keys = await readSavedKeys(host.moat_home, Bun.secrets);
    return await resolveProvider({ ...config, keys }, host.env, identity);
  } catch (error) {
    if (!(error instanceof SavedKeyError)) throw error;
    return resolved.ok ? resolved : { ok: false, reason: "invalid", message: error.message };
  }
}

/** `review_model`, unless a person named a model. */
function reviewModel({ config }: Loaded, { review, overrides = [] }: ProviderOptions): { model?: string } {
  const named = overrides.some((one) => typeof one !== "string" && one.keys.join(".") === "model");
  return review && config.review_model !== null && !named ? { model: config.review_model } : {};
}

/** Where the administrator's rules may be why no server of this machine was found, they are named. */
function withRules(resolved: Resolution & { ok: false }, { requirements }: Loaded): Resolution {
  if (resolved.reason !== "nothing_configured") return resolved;
  const { file, allowed_hosts, allowed_model_providers } = requirements;
  const rules = Object.entries({ allowed_hosts, allowed_model_providers }).filter(([, list]) => list !== null);
  if (rules.length === 0) return resolved;
  const said = rules.map(([name, list]) => `${name} = ${JSON.stringify(list)}`).join(", ");
  return {
    ...resolved,
    message: `${resolved.message}\n(servers of this machine are asked only where ${file} allows it: ${said})`,
  };
}

function allowed(resolved: Resolution, { requirements }: Loaded): Resolution {
  if (!resolved.ok) return resolved;
  const { id, base_url } = resolved.provider;
  const refuse = (rule: string): Resolution => {
    const message = `the provider ${id} (${base_url}) is not allowed here: ${requirements.file} says ${rule}`;
    return { ok: false, reason: "invalid", message };
  };
  const providers = requirements.allowed_model_providers;
  if (providers !== null && !providers.includes(id))
    return refuse(`allowed_model_providers = ${JSON.stringify(providers)}`);
  if (!hostAllowed(requirements, base_url))
    return refuse(`allowed_hosts = ${JSON.stringify(requirements.allowed_hosts)}`);
  return resolved;
}
