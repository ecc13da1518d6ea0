import type { Failure } from "../protocol/index.ts";
import { disconnected } from "./failure.ts";

/** What a code of the network layer means for a person. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there; is the server running?",
  ConnectionRefused: "nothing listens there; is the server running?",
  ECONNRESET: "the connection was reset",
  ConnectionClosed: "the connection was closed",
  ENOTFOUND: "the host name has no address; is the network up, and the name right?",
  EAI_AGAIN: "the host name could not be looked up; is the network up?",
  ETIMEDOUT: "no answer to the connection attempt",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** Codes of an address where nobody is. A network that is down has others. */
const NOBODY: ReadonlySet<string> = new Set(["ECONNREFUSED", "ConnectionRefused", "ENOTFOUND"]);

/** Whether `fetch` found nobody at the address. */
export const foundNobody = (error: unknown): boolean => NOBODY.has(innermost(error).code);

/** Codes of certificates that were not accepted, as OpenSSL and Bun name them. Trying again would not change them. */
const CERTIFICATE = /CERT|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED|ALTNAME/;

/**
 * Classifies what `fetch` or the body of its response threw: an SDK's wrapper is looked through for the first error that
 * has a code. Anything that is no known mistake of ours counts as a broken connection.
 */
export function failureOfThrown(error: unknown, base_url: string): Failure {
  const { code, message } = innermost(error);
  const host = hostOf(base_url);
  if (CERTIFICATE.test(code)) {
    const remedy = "set `ca_file` (or SSL_CERT_FILE) to the certificate that signed it, if you trust that server";
    return refused(`the certificate of ${host} was not accepted (${code}); ${remedy}`);
  }
  if (code === "UnsupportedProxyProtocol") {
    return refused("the proxy has a scheme that is not supported; use an http:// or https:// proxy");
  }
  if (code === "ERR_INVALID_URL") return refused(`base_url ${base_url} is not a URL`);
  return disconnected(`${host}: ${WORDS[code] ?? message}${code ? ` (${code})` : ""}`);
}

function refused(message: string): Failure {
  return { kind: "invalid_request", message, retryable: false };
}

/** The last error of a chain of causes that has a code, or the outermost one. */
function innermost(error: unknown): { code: string; message: string } {
  let found = { code: "", message: error instanceof Error ? error.message : String(error) };
  for (let next = error; next instanceof Error; next = next.cause) {
    if ("code" in next && typeof next.code === "string") found = { code: next.code, message: next.message };
  }
  return found;
}

function hostOf(base_url: string): string {
  return URL.canParse(base_url) ? new URL(base_url).host : base_url;
}
