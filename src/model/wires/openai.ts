import type { OpenAI } from "openai/client";
import type { JsonObject } from "../../protocol/index.ts";
import type { ProviderSettings } from "../contract.ts";
import { createFetch } from "../fetch.ts";
import type { Hooks } from "../hooks.ts";
import { bodyBytes } from "./json-text.ts";

/** The longest timer that the SDK can hold. 0 fails at once, and so does anything longer. */
export const NO_TIMEOUT_MS = 2_147_483_647;

/** Headers of the SDK that describe the machine; a server that we talk to needs none of them. */
export const NO_TELEMETRY = Object.fromEntries(
  ["Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout"].map((name) => [
    `X-Stainless-${name}`,
    null,
  ]),
);

/** What of an SDK's client is there: the rest of it is not in the binary (scripts/build/sdk.ts). */
export type Poster<Client extends { post: unknown }> = Pick<Client, "post">;

/**
 * The `openai` client for a provider. Retries, timeouts and limits are ours, so all of the SDK's are off; everything it
 * would read from the environment is given, so that a stray variable changes nothing.
 */
export async function createOpenAI(
  provider: ProviderSettings,
  hooks: Pick<Hooks, "keys" | "fetch">,
): Promise<Poster<OpenAI>> {
  const { keys } = hooks;
  const { OpenAI } = await import("openai/client");
  return new OpenAI({
    // The SDK insists on a key; where there is none, the header is left out below.
    apiKey: keys ? () => keys.current() : (provider.api_key ?? "none"),
    adminAPIKey: null,
    baseURL: provider.base_url,
    organization: provider.organization,
    project: provider.project,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: "off",
    fetch: createFetch(provider, hooks.fetch),
    defaultQuery: provider.query_params,
    defaultHeaders: {
      ...NO_TELEMETRY,
      "User-Agent": provider.user_agent,
      originator: provider.originator,
      ...(provider.api_key === null ? { Authorization: null } : {}),
      ...provider.http_headers,
    },
  });
}

/** Sends a body whose answer is a stream. The SDK gets it as bytes: it would make the whole history into text for each request. */
export function post(
  client: Poster<OpenAI>,
  path: string,
  body: JsonObject,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const types = { accept: "text/event-stream", "content-type": "application/json" };
  return client
    .post(path, { body: bodyBytes(body), stream: true, signal, headers: { ...headers, ...types } })
    .asResponse();
}
