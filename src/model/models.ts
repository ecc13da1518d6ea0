import type { Failure, Json } from "../protocol/index.ts";
import { type ModelInfo, modelInfo } from "./catalog.ts";
import type { Env, ProviderSettings } from "./contract.ts";
import { failureOfStatus, StatusError, StreamError } from "./failure.ts";
import { createFetch } from "./fetch.ts";
import { at, numberIn, string } from "./json.ts";
import { LOCAL_PROVIDERS, movedBase, PROVIDERS } from "./provider-table.ts";
import { failureOfThrown } from "./transport.ts";

/** Longest time that a list of models may take. */
const LIST_TIMEOUT_MS = 15_000;
/** A local server answers within a few milliseconds or is not there. */
const DETECT_TIMEOUT_MS = 500;

export type ModelList = { ok: true; models: ModelInfo[] } | { ok: false; error: Failure };

/**
 * Asks the provider what it offers, and adds what is known of each model. `now`: ms since 1970. `overrides`: fields by
 * model, from the configuration.
 */
export async function listModels(
  provider: ProviderSettings,
  now: number,
  signal: AbortSignal,
  overrides: Record<string, Partial<ModelInfo>> = {},
): Promise<ModelList> {
  try {
    const response = await request(provider, AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]));
    const data = at((await response.json()) as Json, "data");
    const models = (Array.isArray(data) ? data : []).flatMap((entry) => readModel(entry, overrides));
    return { ok: true, models: models.sort((a, b) => a.id.localeCompare(b.id)) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StreamError) return { ok: false, error: error.failure };
    if (error instanceof StatusError) return { ok: false, error: failureOfStatus(error, now) };
    return { ok: false, error: failureOfThrown(error, provider.base_url) };
  }
}

/** Whether the provider can be reached: any answer counts, whatever its status. `date`: the server's own clock. */
export async function probeEndpoint(
  provider: ProviderSettings,
  signal: AbortSignal,
): Promise<{ ok: true; status: number; date: string | null } | { ok: false; error: Failure }> {
  try {
    const { status, headers, body } = await request(provider, signal);
    await body?.cancel();
    return { ok: true, status, date: headers.get("date") };
  } catch (error) {
    if (error instanceof StatusError) return { ok: true, status: error.status, date: error.headers.get("date") };
    if (error instanceof StreamError) return { ok: false, error: error.failure };
    return { ok: false, error: failureOfThrown(error, provider.base_url) };
  }
}

function request(provider: ProviderSettings, signal: AbortSignal): Promise<Response> {
  const { api_key, base_url, query_params, http_headers, user_agent } = provider;
  const anthropic = provider.wire_api === "anthropic";
  const root = anthropic ? `${base_url.replace(/\/v1$/, "")}/v1` : base_url;
  const query = new URLSearchParams(anthropic ? { limit: "1000", ...query_params } : query_params).toString();
  const key: Record<string, string> =
    api_key === null ? {} : anthropic ? { "x-api-key": api_key } : { authorization: `Bearer ${api_key}` };
  const version: Record<string, string> = anthropic ? { "anthropic-version": "2023-06-01" } : {};
  const headers = { ...key, ...version, "user-agent": user_agent, ...http_headers };
  return createFetch(provider, fetch)(`${root}/models${query ? `?${query}` : ""}`, { headers, signal });
}

/** The id, and the context window under the names that OpenRouter, LM Studio, vLLM, Groq and Mistral give it. */
function readModel(entry: Json, overrides: Record<string, Partial<ModelInfo>>): ModelInfo[] {
  const id = string(at(entry, "id"));
  if (!id) return [];
  const names = ["context_length", "max_context_length", "max_model_len", "context_window"];
  const served = names.map((name) => numberIn(at(entry, name))).find((value) => value !== undefined);
  const known = modelInfo(id, overrides);
  return [{ ...known, context_window: overrides[id]?.context_window ?? served ?? known.context_window }];
}

/** A model server on this machine. */
export interface LocalServer {
  /** Name for `model_provider`. */
  id: string;
  base_url: string;
  models: string[];
}

/** Where model servers of this machine are looked for, by provider: at their usual ports, unless a variable moves them. */
export function localAddresses(env: Env): Record<string, string> {
  return Object.fromEntries(LOCAL_PROVIDERS.map((id) => [id, movedBase(id, env) ?? PROVIDERS[id]?.base_url ?? ""]));
}

/**
 * Looks for model servers of this machine, all at once, for at most half a second. It costs a connection to each, so it is
 * for when nothing else is configured. Those that have a model that can talk, in the order of the table.
 * `allowed`: whether this provider may be asked at this address; `servers`: where to look, by provider.
 */
export async function findLocalServers(
  signal: AbortSignal,
  allowed: (id: string, base_url: string) => boolean,
  servers: Record<string, string>,
): Promise<LocalServer[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DETECT_TIMEOUT_MS)]);
  const places = Object.entries(servers).filter(([id, base_url]) => allowed(id, base_url));
  const found = await Promise.all(places.map(([id, base_url]) => probe(id, base_url, limit)));
  signal.throwIfAborted();
  return found.filter((server) => server !== null);
}

/** Names of models that do not talk, as the catalogues of Ollama, LM Studio and Hugging Face have them: they embed, rank, hear, speak or paint. */
const MUTE =
  /embed|rerank|minilm|mpnet|whisper|paraphrase|sentence-t|colbert|diffusion|(^|[-_/])(bge|bce|gte|e5|m3e|uae|sfr|stella|tts|clip|siglip|flux|parakeet|kokoro|bark)([-_.:]|\d|$)/i;

async function probe(id: string, base_url: string, signal: AbortSignal): Promise<LocalServer | null> {
  try {
    const response = await fetch(`${base_url}/models`, { signal });
    const data = at((await response.json()) as Json, "data");
    const ids = (Array.isArray(data) ? data : []).flatMap((entry) => string(at(entry, "id")) ?? []);
    const models = ids.filter((model) => !MUTE.test(model));
    return models.length > 0 ? { id, base_url, models } : null;
  } catch {
    // Nothing listens there, or it is something else.
    return null;
  }
}
