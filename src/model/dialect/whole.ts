import type { Json, JsonObject } from "../../protocol/index.ts";
import type { ProviderSettings } from "../contract.ts";
import { at, string } from "../json.ts";

/**
 * The events that a stream would have had, for a gateway that cannot stream and sends the whole answer as one document. null:
 * the document is no answer of this wire.
 */
export function wholeEvents(wire_api: ProviderSettings["wire_api"], document: Json | undefined): string[] | null {
  switch (wire_api) {
    case "chat":
      return Array.isArray(at(document, "choices")) ? [JSON.stringify(document), "[DONE]"] : null;
    case "responses":
      return Array.isArray(at(document, "output")) ? [JSON.stringify(responseEvent(document as Json))] : null;
    case "anthropic":
      return Array.isArray(at(document, "content"))
        ? messageEvents(document as Json).map((one) => JSON.stringify(one))
        : null;
  }
}

function responseEvent(response: Json): JsonObject {
  const status = string(at(response, "status"));
  const type = status === "failed" || status === "incomplete" ? status : "completed";
  return { type: `response.${type}`, response };
}

function messageEvents(message: Json): JsonObject[] {
  const blocks = at(message, "content");
  return [
    { type: "message_start", message },
    ...(Array.isArray(blocks) ? blocks : []).flatMap((content_block, index): JsonObject[] => [
      { type: "content_block_start", index, content_block },
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason: at(message, "stop_reason") ?? null } },
    { type: "message_stop" },
  ];
}
