import type { JsonObject } from "../protocol/index.ts";
import type { ModelRequest, ProviderSettings } from "./contract.ts";
import { adjusted, nothingLearned } from "./dialect/adjust.ts";

/** The body that a request has on the provider's wire, before anything was learned of the server. Nothing is sent. */
export async function wireBody(provider: ProviderSettings, request: ModelRequest): Promise<JsonObject> {
  const replayed = adjusted(request, nothingLearned(provider), provider.id);
  switch (provider.wire_api) {
    case "responses":
      return (await import("./wires/responses-request.ts")).responsesBody(replayed);
    case "chat": {
      const { chatBody, quirksOf } = await import("./wires/chat-request.ts");
      return chatBody(replayed, quirksOf(provider.base_url));
    }
    case "anthropic":
      return (await import("./wires/messages-request.ts")).messagesBody(replayed);
  }
}
