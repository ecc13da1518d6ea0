import type { JsonObject } from "../../protocol/index.ts";
import type { ProviderSettings } from "../contract.ts";
import { createFetch } from "../fetch.ts";
import type { Hooks } from "../hooks.ts";
import { bodyBytes } from "./json-text.ts";

/** What of an SDK's client is there: the rest of it is not in the binary (scripts/build/sdk.ts). */
export interface HeadMaker {
  buildRequest(options: { method: "post"; path: string; body: object; headers: Record<string, string> }): Promise<Head>;
}

/** Where a request goes, and what comes before its body. */
interface Head {
  url: string;
  req: RequestInit;
}

/** Sends a body by POST. Resolves with a response that has status 2xx, whose body is a stream of events. */
export type Post = (
  path: string,
  body: JsonObject,
  headers: Record<string, string>,
  signal: AbortSignal,
) => Promise<Response>;

const TYPES = { accept: "text/event-stream", "content-type": "application/json" };

/**
 * Sends bodies as the SDK of a provider does. What comes before a body depends on path, headers and key alone, and takes the SDK longer to make than
 * the rest of a request takes: it is asked once for each. Bodies are made into bytes here: an SDK would make text of the whole history for each request.
 * @param open a client of the SDK that has this key
 */
export function createPost(
  provider: ProviderSettings,
  { keys, fetch }: Pick<Hooks, "keys" | "fetch">,
  open: (key: string) => HeadMaker,
): Post {
  const send = createFetch(provider, fetch);
  // The SDKs insist on a key; where there is none, they are told to leave its header out.
  const own = provider.api_key ?? "none";
  let opened = { key: own, client: open(own), heads: new Map<string, Head>() };
  return async (path, body, headers, signal) => {
    const key = keys ? await keys.current() : own;
    if (key !== opened.key) opened = { key, client: open(key), heads: new Map() };
    const { client, heads } = opened;
    const name = JSON.stringify([path, headers]);
    const { url, req } =
      heads.get(name) ??
      (await client.buildRequest({ method: "post", path, body: {}, headers: { ...headers, ...TYPES } }));
    heads.set(name, { url, req });
    return send(url, { ...req, body: bodyBytes(body), signal });
  };
}
