import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** Variables that tools take the certificates from which they trust; each wants a file with all of them. */
const VARIABLES = [
  "SSL_CERT_FILE", // OpenSSL's programs, Go, Ruby, uv
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "NODE_EXTRA_CA_CERTS",
  "npm_config_cafile",
  "DENO_CERT",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "CARGO_HTTP_CAINFO",
  "AWS_CA_BUNDLE",
];

/** The files of distributions. */
const SYSTEM = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** What leads tools to a file of certificates. */
export function trustVariables(file: string): Record<string, string> {
  return Object.fromEntries(VARIABLES.map((name) => [name, file]));
}

/**
 * What a command would trust outside, and one more certificate; in PEM.
 * @param env that of the user, which may name files of its own
 */
export function bundleWith(certificate: string, env: Readonly<Record<string, string | undefined>>): string {
  const { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS } = env;
  const system = [...(SSL_CERT_FILE ? [SSL_CERT_FILE] : []), ...SYSTEM].map(textOf).find((text) => text !== null);
  const more = NODE_EXTRA_CA_CERTS ? (textOf(NODE_EXTRA_CA_CERTS) ?? "") : "";
  return [system ?? rootCertificates.join("\n"), more, certificate]
    .map((text) => text.trim())
    .join("\n")
    .concat("\n");
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
