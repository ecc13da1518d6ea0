import type { Env, ProviderSettings } from "./contract.ts";
import { createKeySource, KeyError, type KeySource } from "./keys.ts";
import { Invalid, isLoopback, limits, NoKey, NoModel } from "./limits.ts";
import type { ProviderConfig } from "./provider-config.ts";
import { type BuiltInProvider, movedBase, PROVIDERS, variable } from "./provider-table.ts";

/** The part of the configuration that says which model is spoken to, and how. null is the same as left out. */
export interface ModelConfig {
  readonly model?: string | null;
  readonly model_provider?: string | null;
  readonly model_providers?: Readonly<Record<string, ProviderConfig>>;
  readonly openai_base_url?: string | null;
  readonly ca_file?: string | null;
  /** As in `ProviderSettings` (null: without end); left out: ten minutes. */
  readonly give_up_after_ms?: number | null;
  /** Keys that were saved by `moat login`, by provider. A key in the environment wins. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** How moat presents itself to servers. */
export interface Identity {
  version: string;
  /** `moat_exec`, `moat_tui` …; CODEX_INTERNAL_ORIGINATOR_OVERRIDE wins. */
  originator: string;
}

/** `nothing_configured`: neither a provider nor a key was found, so that a local server may be looked for; `no_model`: one may be asked for its models. */
export type Resolution =
  | {
      ok: true;
      provider: ProviderSettings;
      model: string;
      /** Set where a program gives the key: `createClient` takes it with its hooks. */
      keys: KeySource | null;
    }
  | { ok: false; reason: "nothing_configured" | "no_model" | "no_key" | "invalid"; message: string };

/** How long an outage may last when nobody watches. */
const GIVE_UP_AFTER_MS = 600_000;

/**
 * Finds the provider and the model that the configuration and the environment name. Reads no file and asks no server; a
 * provider's auth command is the only thing that it may run.
 */
export async function resolveProvider(config: ModelConfig, env: Env, identity: Identity): Promise<Resolution> {
  const fixture = env.MOAT_SSE_FIXTURE || env.CODEX_RS_SSE_FIXTURE;
  try {
    if (fixture) return offline(fixture, config, env, identity);
    const id = config.model_provider ?? (openAIKey(config, env) !== null || openAIBase(config, env) ? "openai" : null);
    if (id === null) return { ok: false, reason: "nothing_configured", message: nothingConfigured(env) };
    return await configured(id, config, env, identity);
  } catch (error) {
    if (error instanceof NoModel) return { ok: false, reason: "no_model", message: error.message };
    if (error instanceof Invalid || error instanceof KeyError)
      return { ok: false, reason: error instanceof NoKey ? "no_key" : "invalid", message: error.message };
    throw error;
  }
}

async function configured(id: string, config: ModelConfig, env: Env, identity: Identity): Promise<Resolution> {
  const own = providerConfig(id, config, env);
  const { base_url, query } = baseOf(own.base_url ?? "");
  if (!HTTP.test(base_url) || !URL.canParse(base_url)) {
    const wrong = base_url ? `no http:// or https:// address: ${withoutUser(base_url)}` : "missing";
    throw new Invalid(`model_providers.${id}.base_url is ${wrong} (${variable(id)}_BASE_URL sets it too)`);
  }
  const model = config.model ?? defaultModel(id, env);
  if (!model) throw new NoModel(`no model is named for the provider ${id}: say which with -m MODEL or \`model = "…"\``);
  const command = own.auth?.command;
  const keys = own.auth && command ? createKeySource({ ...own.auth, command }, env, () => performance.now()) : null;
  const api_key = keys ? await keys.current() : keyOf(id, own, config, env, base_url);
  const provider: ProviderSettings = {
    ...common(config, env, identity),
    id,
    name: own.name ?? id,
    base_url,
    wire_api: own.wire_api ?? "responses",
    api_key,
    http_headers: {
      ...keyHeader(PROVIDERS[id], api_key),
      ...own.http_headers,
      ...headersFromEnv(own.env_http_headers ?? {}, env),
    },
    query_params: { ...query, ...own.query_params },
    ...limits(own, env, base_url),
    ...(id === "openai" || own.requires_openai_auth ? openAIAccount(env) : {}),
  };
  return { ok: true, provider, model, keys };
}

/** As the configuration's own check of addresses: nothing else is spoken. */
const HTTP = /^https?:\/\/[^\s/]/i;

/** What is written before an `@` is a name and a password, also where the rest is no address. */
function withoutUser(written: string): string {
  return written.replace(/^([a-z][a-z0-9+.-]*:)?.*@/is, "$1//…@");
}

/** End points that people paste where only what is before them is wanted. */
const END_POINT = /\/+(chat\/completions|responses|v1\/messages|messages)\/*$/;

/** A base URL as it was meant: no blanks around it, no slash and no end point at its end, the query apart. */
function baseOf(written: string): { base_url: string; query: Record<string, string> } {
  const [place = "", query = ""] = written.trim().split("?", 2);
  const base_url = place.replace(END_POINT, "").replace(/\/+$/, "");
  return { base_url, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** OPENAI_DEFAULT_MODEL is for OpenAI and whatever speaks for it, not for the other built-in providers. */
function defaultModel(id: string, env: Env): string | null {
  const built_in = PROVIDERS[id];
  if (built_in && id !== "openai") return built_in.default_model;
  return env.OPENAI_DEFAULT_MODEL || (built_in?.default_model ?? null);
}

function keyHeader(built_in: BuiltInProvider | undefined, api_key: string | null): Record<string, string> {
  return built_in?.key_header && api_key !== null ? { [built_in.key_header]: api_key } : {};
}

/** What the configuration says of a provider, laid over the built-in entry of that name. */
function providerConfig(id: string, config: ModelConfig, env: Env): ProviderConfig {
  const table = config.model_providers?.[id];
  const own = table ? present(table) : undefined;
  const built_in = PROVIDERS[id];
  const moved = id === "openai" ? openAIBase(config, env) : movedBase(id, env);
  if (!own && !built_in && !moved) {
    const known = [...Object.keys(PROVIDERS), ...Object.keys(config.model_providers ?? {})].join(", ");
    const ways = `a table [model_providers.${id}], or ${variable(id)}_BASE_URL in the environment`;
    throw new Invalid(`no provider is called ${id}. Known: ${known}. Another needs ${ways}.`);
  }
  const from_env: ProviderConfig = moved ? { base_url: moved } : {};
  const base: ProviderConfig = built_in
    ? {
        name: built_in.name,
        wire_api: built_in.wire_api,
        ...(built_in.base_url ? { base_url: built_in.base_url } : {}),
      }
    : { ...(own ? {} : { wire_api: "chat" }) };
  return { ...base, ...from_env, ...own };
}

/** Without the fields that are null, so that they do not cover what lies below. */
function present(table: ProviderConfig): ProviderConfig {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== null && value !== undefined));
}

/** The base URL of OpenAI where it is moved. OPENAI_API_BASE is the older name, and was given without `/v1`. */
function openAIBase(config: ModelConfig, env: Env): string | undefined {
  const old = env.OPENAI_API_BASE?.replace(/\/+$/, "");
  const complete = old && URL.canParse(old) && new URL(old).pathname === "/" ? `${old}/v1` : old;
  return config.openai_base_url || env.OPENAI_BASE_URL || complete || undefined;
}

function openAIKey(config: ModelConfig, env: Env): string | null {
  return firstSet(PROVIDERS.openai?.env_keys ?? [], env) ?? config.keys?.openai ?? null;
}

function firstSet(names: string[], env: Env): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}

function keyOf(id: string, own: ProviderConfig, config: ModelConfig, env: Env, base_url: string): string | null {
  const saved = config.keys?.[id];
  if (own.env_key) {
    const key = env[own.env_key] || saved;
    if (key) return key;
    throw new NoKey(
      [`Missing environment variable: \`${own.env_key}\`.`, own.env_key_instructions].filter(Boolean).join(" "),
    );
  }
  if (own.experimental_bearer_token) return own.experimental_bearer_token;
  const names = own.requires_openai_auth ? PROVIDERS.openai?.env_keys : PROVIDERS[id]?.env_keys;
  const key = firstSet(names ?? [`${variable(id)}_API_KEY`], env) ?? saved;
  if (key) return key;
  if (!names || names.length === 0 || isLoopback(base_url)) return null;
  throw new NoKey(`${own.name ?? id} needs a key: set ${names.join(" or ")}, or run \`moat login\`.`);
}

function headersFromEnv(names: Record<string, string>, env: Env): Record<string, string> {
  const set = Object.entries(names).map(([header, name]) => [header, env[name]] as const);
  return Object.fromEntries(set.flatMap(([header, value]) => (value ? [[header, value]] : [])));
}

function common(config: ModelConfig, env: Env, identity: Identity) {
  return {
    organization: null,
    project: null,
    user_agent: `moat/${identity.version}`,
    originator: env.CODEX_INTERNAL_ORIGINATOR_OVERRIDE || identity.originator,
    ca_file: config.ca_file ?? null,
    give_up_after_ms: config.give_up_after_ms === undefined ? GIVE_UP_AFTER_MS : config.give_up_after_ms,
    waits_for_first: typeof config.give_up_after_ms === "number",
  };
}

function openAIAccount(env: Env) {
  return { organization: env.OPENAI_ORGANIZATION || null, project: env.OPENAI_PROJECT || null };
}

function offline(path: string, config: ModelConfig, env: Env, identity: Identity): Resolution {
  const provider: ProviderSettings = {
    ...common(config, env, identity),
    id: "fixture",
    name: "offline stream",
    base_url: Bun.pathToFileURL(path).href,
    wire_api: "responses",
    api_key: null,
    http_headers: {},
    query_params: {},
    ...limits({}, env, ""),
  };
  return { ok: true, provider, model: config.model ?? "fixture", keys: null };
}

function nothingConfigured(env: Env): string {
  const found = Object.entries(PROVIDERS).find(([, { env_keys }]) => firstSet(env_keys, env));
  const hint = found ? [`  - ${found[1].name}: its key is set, so choose it with -c model_provider=${found[0]}`] : [];
  return [
    "No model is configured. Any of these will do:",
    ...hint,
    "  - set OPENAI_API_KEY (or run `moat login`)",
    '  - name a provider in config.toml: model_provider = "…" with a table [model_providers.…]',
    "  - see it work without any of that: `moat demo`",
  ].join("\n");
}
