import type { ProviderSettings } from "../contract.ts";
import { createFetch } from "../fetch.ts";
import type { Hooks } from "../hooks.ts";
import { NO_TIMEOUT_MS, type Post, type Poster, postBy } from "./post.ts";

/** Headers of the SDK that describe the machine; a server that we talk to needs none of them. */
export const NO_TELEMETRY = Object.fromEntries(
  ["Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout"].map((name) => [
    `X-Stainless-${name}`,
    null,
  ]),
);

/**
 * Requests by the `openai` client, for a provider. Retries, timeouts and limits are ours, so all of the SDK's are off; everything it
 * would read from the environment is given, so that a stray variable changes nothing.
 */
export async function openaiPost(provider: ProviderSettings, hooks: Pick<Hooks, "keys" | "fetch">): Promise<Post> {
  const { OpenAI } = await import("openai/client");
  const { keys } = hooks;
  const client: Poster = new OpenAI({
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
  return postBy(client);
}
