import type { ProviderSettings } from "../contract.ts";
import { createFetch } from "../fetch.ts";
import type { Hooks } from "../hooks.ts";
import { createMessagesDecoder } from "./messages-decoder.ts";
import { messagesBody } from "./messages-request.ts";
import { NO_TELEMETRY } from "./openai.ts";
import { NO_TIMEOUT_MS, type Poster, postBy } from "./post.ts";
import type { Wire } from "./wire.ts";

/** The Anthropic Messages wire, through the official SDK, with all that it does on its own turned off. */
export async function createMessagesWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  const { Anthropic } = await import("@anthropic-ai/sdk/client");
  const { keys } = hooks;
  const client: Poster = new Anthropic({
    // A key that is given keeps the SDK from looking for credentials in files of its own.
    apiKey: keys ? () => keys.current() : (provider.api_key ?? "none"),
    // The SDK adds `/v1` itself; a base URL is accepted with and without.
    baseURL: provider.base_url.replace(/\/v1$/, ""),
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: "off",
    fetch: createFetch(provider, hooks.fetch),
    defaultQuery: provider.query_params,
    defaultHeaders: {
      ...NO_TELEMETRY,
      "User-Agent": provider.user_agent,
      originator: provider.originator,
      ...(provider.api_key === null ? { "X-Api-Key": null, Authorization: null } : {}),
      ...provider.http_headers,
    },
  });
  const post = postBy(client);
  return {
    capabilities: { custom_tools: false, images: true, output_schema: true },
    body: messagesBody,
    open: (body, _request, signal) => post("/v1/messages", body, {}, signal),
    decoder: (request) => createMessagesDecoder(request.tools, hooks.now),
  };
}
