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
 * @param named the file that the user's environment names; read first
 */
export function bundleWith(certificate: string, named: string | undefined): string {
  const system = [...(named === undefined ? [] : [named]), ...SYSTEM].map(textOf).find((text) => text !== null);
  return `${(system ?? rootCertificates.join("\n")).trimEnd()}\n${certificate}`;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
