import type { JsonObject } from "../protocol/index.ts";
import type { ModelRequest, ProviderSettings } from "./contract.ts";

/** The body that a request has on the provider's wire. Nothing is sent. */
export async function wireBody(provider: ProviderSettings, request: ModelRequest): Promise<JsonObject> {
  switch (provider.wire_api) {
    case "responses":
      return (await import("./wires/responses-request.ts")).responsesBody(request);
    case "chat": {
      const { chatBody, quirksOf } = await import("./wires/chat-request.ts");
      return chatBody(request, quirksOf(provider.base_url));
    }
    case "anthropic":
      return (await import("./wires/messages-request.ts")).messagesBody(request);
  }
}
