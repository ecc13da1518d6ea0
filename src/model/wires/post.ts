import type { JsonObject } from "../../protocol/index.ts";
import { bodyBytes } from "./json-text.ts";

/** The longest timer that an SDK can hold. 0 fails at once, and so does anything longer. */
export const NO_TIMEOUT_MS = 2_147_483_647;

/** What of an SDK's client is there: the rest of it is not in the binary (scripts/build/sdk.ts). */
export interface Poster {
  post(path: string, options: PostOptions): { asResponse(): Promise<Response> };
}

interface PostOptions {
  body: Uint8Array;
  stream: true;
  signal: AbortSignal;
  headers: Record<string, string>;
}

/** Sends a body by POST. Resolves with a response that has status 2xx, whose body is a stream of events. */
export type Post = (
  path: string,
  body: JsonObject,
  headers: Record<string, string>,
  signal: AbortSignal,
) => Promise<Response>;

const TYPES = { accept: "text/event-stream", "content-type": "application/json" };

/** Sends by a client of an SDK. It gets a body as bytes: it would make the whole history into text for each request. */
export function postBy(client: Poster): Post {
  return (path, body, headers, signal) =>
    client.post(path, { body: bodyBytes(body), stream: true, signal, headers: { ...headers, ...TYPES } }).asResponse();
}
