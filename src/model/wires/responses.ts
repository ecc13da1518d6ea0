import type { ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import type { ProviderSettings } from "../contract.ts";
import type { Hooks } from "../hooks.ts";
import { createOpenAI } from "./openai.ts";
import { createResponsesDecoder } from "./responses-decoder.ts";
import { responsesBody } from "./responses-request.ts";
import type { Wire } from "./wire.ts";

/** The Responses wire, through the `openai` package: it builds and sends the request, its raw answer is read by us. */
export async function createResponsesWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  const client = await createOpenAI(provider, hooks);
  return {
    capabilities: { custom_tools: true, images: true, output_schema: true },
    body: responsesBody,
    open(body, request, signal) {
      const params = body as unknown as ResponseCreateParamsStreaming;
      const headers = { "session-id": request.cache_key, "thread-id": request.cache_key, accept: "text/event-stream" };
      return client.responses.create(params, { signal, headers }).asResponse();
    },
    decoder: (request) => createResponsesDecoder(request.tools, hooks.now),
  };
}
