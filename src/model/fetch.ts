import { readRegular } from "../base/index.ts";
import type { ProviderSettings } from "./contract.ts";
import { StatusError, StreamError } from "./failure.ts";

/** Most of an error's body that is read; a real message is far shorter. */
const MAX_ERROR_CHARS = 64 * 1024;

/** `fetch`, of which a recording has its own. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * The `fetch` of every wire. Bun's own timeout is off (it would cut a silent stream; silence is watched by
 * us), an answer that is not 2xx becomes a `StatusError` with its body, and the certificates of `ca_file` are trusted beside those that Bun trusts anyway.
 */
export function createFetch({ ca_file }: Pick<ProviderSettings, "ca_file">, send: Fetch): Fetch {
  const options = { timeout: false, tls: undefined as { ca: string } | undefined };
  return async (input, init) => {
    if (ca_file !== null) options.tls ??= { ca: await withOwnCertificates(ca_file) };
    const { tls, timeout } = options;
    const response = await send(input, { ...init, timeout, ...(tls ? { tls } : {}) } as RequestInit);
    if (response.ok) return response;
    throw new StatusError(response.status, response.headers, await readStart(response), response.url);
  };
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
