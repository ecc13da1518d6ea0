import type { ProviderSettings } from "../contract.ts";
import type { Hooks } from "../hooks.ts";
import { createChatDecoder } from "./chat-decoder.ts";
import { chatBody, quirksOf } from "./chat-request.ts";
import { openaiPost } from "./openai.ts";
import type { Wire } from "./wire.ts";

/** The Chat Completions wire, through the `openai` package. */
export async function createChatWire(provider: ProviderSettings, hooks: Hooks): Promise<Wire> {
  const post = await openaiPost(provider, hooks);
  const quirks = quirksOf(provider.base_url);
  return {
    capabilities: { custom_tools: false, images: true, output_schema: true },
    body: (request) => chatBody(request, quirks),
    open: (body, _request, signal) => post("/chat/completions", body, {}, signal),
    decoder: (request) => createChatDecoder(request.tools, hooks.now),
  };
}
