import { readRegular } from "../base/index.ts";
import type { ProviderSettings } from "./contract.ts";
import { StatusError, StreamError } from "./failure.ts";

/** Most of an error's body that is read; a real message is far shorter. */
const MAX_ERROR_CHARS = 64 * 1024;

/** `fetch` as the SDKs take it. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The `fetch` that both SDKs are given. Bun's own timeout is off (it would cut a silent stream; silence is watched by
 * us), an answer that is not 2xx becomes a `StatusError` with its body, before an SDK reads its own meaning into it, and
 * the certificates of `ca_file` are trusted beside those that Bun trusts anyway.
 * A redirection is followed within the origin only: another server is to get neither the conversation nor headers of the configuration.
 */
export function createFetch({ ca_file }: Pick<ProviderSettings, "ca_file">, send: Fetch): Fetch {
  const options = { timeout: false, tls: undefined as { ca: string } | undefined };
  return async (input, init) => {
    if (ca_file !== null) options.tls ??= { ca: await withOwnCertificates(ca_file) };
    const { tls, timeout } = options;
    const request = { ...init, timeout, redirect: "manual", ...(tls ? { tls } : {}) } as RequestInit;
    const response = await sendOn(send, input instanceof Request ? input.url : String(input), request);
    if (response.ok) return response;
    throw new StatusError(response.status, response.headers, await readStart(response), response.url);
  };
}

/** Redirections that are followed: servers that add or take a slash need one. */
const MOST_HOPS = 3;

/** Those that repeat the request as it is; the others would ask without its body. */
const REPEATING = new Set([307, 308]);

async function sendOn(send: Fetch, url: string, init: RequestInit): Promise<Response> {
  let at = url;
  for (let hops = 0; ; hops++) {
    const response = await send(at, init);
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null || !URL.canParse(location, at)) return response;
    const target = new URL(location, at);
    const repeats = init.body === undefined || REPEATING.has(response.status);
    if (target.origin !== new URL(at).origin || !repeats || hops === MOST_HOPS)
      throw sentOn(at, target, response.status);
    at = target.href;
  }
}

function sentOn(from: string, { origin, pathname }: URL, status: number): StreamError {
  const asked = new URL(from);
  const message = `${asked.origin}${asked.pathname} redirects to ${origin}${pathname} (status ${status}), which is not followed. Name that address in base_url where it is the right one; a login page of the network in between looks like this, too`;
  return new StreamError({ kind: "invalid_request", message, retryable: false }, "request");
}

/** A list that is given replaces Bun's own, so all of that has to be in it. */
async function withOwnCertificates(ca_file: string): Promise<string> {
  const { getCACertificates } = await import("node:tls");
  return [...getCACertificates("default"), ...getCACertificates("system"), readCertificates(ca_file)].join("\n");
}

/** Bytes of `ca_file` that are read: all authorities of the web together have a tenth. */
const MAX_CA_BYTES = 4 * 1024 * 1024;

function readCertificates(ca_file: string): string {
  const read = readRegular(ca_file, MAX_CA_BYTES);
  if (read.ok) return read.bytes.toString("utf8");
  const message = `ca_file ${ca_file} cannot be read: ${read.why}`;
  throw new StreamError({ kind: "invalid_request", message, retryable: false }, "request");
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= MAX_ERROR_CHARS) break;
    }
  } catch {
    // The status says enough; the rest of the message is lost with its connection.
  }
  return text.slice(0, MAX_ERROR_CHARS);
}
