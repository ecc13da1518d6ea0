import type { ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import type { ProviderSettings } from "../contract.ts";
import type { Hooks } from "../hooks.ts";
import { createChatDecoder } from "./chat-decoder.ts";
import { chatBody, quirksOf } from "./chat-request.ts";
import { createOpenAI } from "./openai.ts";
import type { Wire } from "./wire.ts";

/** The Chat Completions wire, through the `openai` package. */
export async function createChatWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  const client = await createOpenAI(provider, hooks);
  const quirks = quirksOf(provider.base_url);
  return {
    capabilities: { custom_tools: false, images: true, output_schema: true },
    body: (request) => chatBody(request, quirks),
    open(body, _request, signal) {
      const params = body as unknown as ChatCompletionCreateParamsStreaming;
      return client.chat.completions.create(params, { signal, headers: { accept: "text/event-stream" } }).asResponse();
    },
    decoder: (request) => createChatDecoder(request.tools, hooks.now),
  };
}
