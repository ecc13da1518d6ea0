import type { Failure, JsonObject, Usage } from "../../protocol/index.ts";
import type { ModelClient, ModelEvent, ModelRequest } from "../contract.ts";

/** What ends a response: it completed, or the server said why it did not. */
export type ResponseEnd = Extract<ModelEvent, { type: "completed" }> | { type: "failed"; error: Failure };

/** Turns the events of one response into ours. One for each attempt; synchronous, so that a delta costs no promise. */
export interface Decoder {
  /** Takes one event and appends to `out` what it means. Returns the end of the response when this was it. */
  event(data: string, name: string | undefined, out: ModelEvent[]): ResponseEnd | null;
  /** The body ended. Returns the end where a wire may leave out its last event, else null: the stream was cut. */
  finish(out: ModelEvent[]): ResponseEnd | null;
  /** What the server has counted so far; null when it has not said. */
  usage(): Usage | null;
  /** What must come before a response counts as complete, for the message when it did not. */
  readonly terminal: string;
}

/** One way of speaking to models, bound to a provider. */
export interface Wire {
  readonly capabilities: ModelClient["capabilities"];
  /** The body that a request has on this wire. */
  body(request: ModelRequest): JsonObject;
  /** Sends a body. Resolves with a response that has status 2xx; throws what the SDK throws otherwise. */
  open(body: JsonObject, request: ModelRequest, signal: AbortSignal): Promise<Response>;
  decoder(request: ModelRequest): Decoder;
}
