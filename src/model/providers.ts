import { pathToFileURL } from "node:url";
import type { ProviderSettings } from "./contract.ts";
import { PROVIDERS } from "./provider-table.ts";

/** The table `[model_providers.NAME]` of the configuration. */
export interface ProviderConfig {
  name?: string;
  base_url?: string;
  env_key?: string;
  /** Said when `env_key` is not set: how to get one. */
  env_key_instructions?: string;
  experimental_bearer_token?: string;
  wire_api?: ProviderSettings["wire_api"];
  query_params?: Record<string, string>;
  http_headers?: Record<string, string>;
  /** Header → the environment variable that holds its value; left out when that is not set. */
  env_http_headers?: Record<string, string>;
  request_max_retries?: number;
  stream_max_retries?: number;
  stream_idle_timeout_ms?: number;
  /** Uses OpenAI's key, organization and project. */
  requires_openai_auth?: boolean;
}

/** The part of the configuration that says which model is spoken to, and how. */
export interface ModelConfig {
  model?: string;
  model_provider?: string;
  model_providers?: Record<string, ProviderConfig>;
  openai_base_url?: string;
  ca_file?: string;
  /** As in `ProviderSettings`; left out: ten minutes. */
  give_up_after_ms?: number | null;
  /** Keys that were saved by `moat login`, by provider. A key in the environment wins. */
  keys?: Record<string, string>;
}

/** How moat presents itself to servers. */
export interface Identity {
  version: string;
  /** `moat_exec`, `moat_tui` …; CODEX_INTERNAL_ORIGINATOR_OVERRIDE wins. */
  originator: string;
}

export type Env = Record<string, string | undefined>;

/** `nothing_configured`: neither a provider nor a key was found, so that a local server may be looked for. */
export type Resolution =
  | { ok: true; provider: ProviderSettings; model: string }
  | { ok: false; reason: "nothing_configured" | "invalid"; message: string };

/** Silence that counts as a broken stream: the number of the seed's pull request on reliability. */
const IDLE_TIMEOUT_MS = 300_000;
/** How long an outage may last when nobody watches. */
const GIVE_UP_AFTER_MS = 600_000;

/** A problem with the configuration, on its way to the `Resolution`. */
class Invalid extends Error {}

/** Finds the provider and the model that the configuration and the environment name. Reads no file, asks no server. */
export async function resolveProvider(config: ModelConfig, env: Env, identity: Identity): Promise<Resolution> {
  const fixture = env.MOAT_SSE_FIXTURE || env.CODEX_RS_SSE_FIXTURE;
  try {
    if (fixture) return offline(fixture, config, env, identity);
    const id = config.model_provider ?? (openAIKey(config, env) !== null || openAIBase(config, env) ? "openai" : null);
    if (id === null) return { ok: false, reason: "nothing_configured", message: nothingConfigured(env) };
    return configured(id, config, env, identity);
  } catch (error) {
    if (error instanceof Invalid) return { ok: false, reason: "invalid", message: error.message };
    throw error;
  }
}

function configured(id: string, config: ModelConfig, env: Env, identity: Identity): Resolution {
  const own = providerConfig(id, config, env);
  const base_url = own.base_url ?? "";
  if (!URL.canParse(base_url)) {
    throw new Invalid(`model_providers.${id}.base_url is ${base_url ? `no URL: ${base_url}` : "missing"}`);
  }
  const model = config.model ?? env.OPENAI_DEFAULT_MODEL ?? PROVIDERS[id]?.default_model;
  if (!model) throw new Invalid(`no model is named for the provider ${id}: say which with -m MODEL or \`model = "…"\``);
  const provider: ProviderSettings = {
    ...common(config, env, identity),
    id,
    name: own.name ?? id,
    base_url: base_url.replace(/\/+$/, ""),
    wire_api: own.wire_api ?? "responses",
    api_key: keyOf(id, own, config, env, base_url),
    http_headers: { ...own.http_headers, ...headersFromEnv(own.env_http_headers ?? {}, env) },
    query_params: own.query_params ?? {},
    ...limits(own, env, base_url),
    ...(id === "openai" || own.requires_openai_auth ? openAIAccount(env) : {}),
  };
  return { ok: true, provider, model };
}

/** What the configuration says of a provider, laid over the built-in entry of that name. */
function providerConfig(id: string, config: ModelConfig, env: Env): ProviderConfig {
  const own = config.model_providers?.[id];
  const built_in = PROVIDERS[id];
  const moved = id === "openai" ? openAIBase(config, env) : env[`${variable(id)}_BASE_URL`];
  if (!own && !built_in && !moved) {
    const known = [...Object.keys(PROVIDERS), ...Object.keys(config.model_providers ?? {})].join(", ");
    const ways = `a table [model_providers.${id}], or ${variable(id)}_BASE_URL in the environment`;
    throw new Invalid(`no provider is called ${id}. Known: ${known}. Another needs ${ways}.`);
  }
  const from_env: ProviderConfig = moved ? { base_url: moved } : {};
  const base: ProviderConfig = built_in
    ? { name: built_in.name, base_url: built_in.base_url, wire_api: built_in.wire_api }
    : { ...(own ? {} : { wire_api: "chat" }) };
  return { ...base, ...from_env, ...own };
}

/** `open-router` → `OPEN_ROUTER`, the prefix of its variables. */
function variable(id: string): string {
  return id.toUpperCase().replace(/[^A-Z0-9]/g, "_");
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
    throw new Invalid(
      [`Missing environment variable: \`${own.env_key}\`.`, own.env_key_instructions].filter(Boolean).join(" "),
    );
  }
  if (own.experimental_bearer_token) return own.experimental_bearer_token;
  const names = own.requires_openai_auth ? PROVIDERS.openai?.env_keys : PROVIDERS[id]?.env_keys;
  const key = firstSet(names ?? [`${variable(id)}_API_KEY`], env) ?? saved;
  if (key) return key;
  if (!names || names.length === 0 || isLoopback(base_url)) return null;
  throw new Invalid(`${own.name ?? id} needs a key: set ${names.join(" or ")}, or run \`moat login\`.`);
}

function headersFromEnv(names: Record<string, string>, env: Env): Record<string, string> {
  const set = Object.entries(names).map(([header, name]) => [header, env[name]] as const);
  return Object.fromEntries(set.flatMap(([header, value]) => (value ? [[header, value]] : [])));
}

/** Retries and time limits: the provider's own, else the environment's, else the defaults. */
function limits(own: ProviderConfig, env: Env, base_url: string) {
  const idle = own.stream_idle_timeout_ms ?? fromEnv(env, "OPENAI_STREAM_IDLE_TIMEOUT_MS") ?? IDLE_TIMEOUT_MS;
  return {
    request_max_retries: own.request_max_retries ?? fromEnv(env, "OPENAI_REQUEST_MAX_RETRIES"),
    stream_max_retries: own.stream_max_retries ?? fromEnv(env, "OPENAI_STREAM_MAX_RETRIES"),
    stream_idle_timeout_ms: idle,
    header_timeout_ms: fromEnv(env, "OPENAI_TIMEOUT_MS") ?? (isLoopback(base_url) ? null : idle),
  };
}

function fromEnv(env: Env, name: string): number | null {
  const text = env[name];
  if (text === undefined || text === "") return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Invalid(`${name} must be a whole number, not \`${text}\``);
}

function common(config: ModelConfig, env: Env, identity: Identity) {
  return {
    organization: null,
    project: null,
    user_agent: `moat/${identity.version}`,
    originator: env.CODEX_INTERNAL_ORIGINATOR_OVERRIDE || identity.originator,
    ca_file: config.ca_file ?? null,
    give_up_after_ms: config.give_up_after_ms === undefined ? GIVE_UP_AFTER_MS : config.give_up_after_ms,
  };
}

function openAIAccount(env: Env) {
  return { organization: env.OPENAI_ORGANIZATION || null, project: env.OPENAI_PROJECT || null };
}

/** True for a server on this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(hostname);
}

function offline(path: string, config: ModelConfig, env: Env, identity: Identity): Resolution {
  const provider: ProviderSettings = {
    ...common(config, env, identity),
    id: "fixture",
    name: "offline stream",
    base_url: pathToFileURL(path).href,
    wire_api: "responses",
    api_key: null,
    http_headers: {},
    query_params: {},
    ...limits({}, env, ""),
  };
  return { ok: true, provider, model: config.model ?? "fixture" };
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
