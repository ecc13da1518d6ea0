import type { ProviderSettings } from "../contract.ts";
import type { Hooks } from "../hooks.ts";
import { openaiPost } from "./openai.ts";
import { createResponsesDecoder } from "./responses-decoder.ts";
import { responsesBody } from "./responses-request.ts";
import type { Wire } from "./wire.ts";

/** The Responses wire, through the `openai` package: it builds and sends the request, its raw answer is read by us. */
export async function createResponsesWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  const post = await openaiPost(provider, hooks);
  return {
    capabilities: { custom_tools: true, images: true, output_schema: true },
    body: responsesBody,
    open(body, request, signal) {
      const headers = { "session-id": request.cache_key, "thread-id": request.cache_key };
      return post("/responses", body, headers, signal);
    },
    decoder: (request) => createResponsesDecoder(request.tools, hooks.now),
  };
}
