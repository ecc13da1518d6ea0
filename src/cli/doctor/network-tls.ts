import type { PeerCertificate, TLSSocket } from "node:tls";
import { readRegular } from "../../base/index.ts";
import type { ProviderSettings } from "../../model/index.ts";

/** Longest time for a handshake, in ms. */
const TIMEOUT_MS = 10_000;
/** Days before its end from which a certificate is worth a word. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/** What was found, as `NetworkCheck` has it. */
interface Found {
  ok: boolean | null;
  what: string;
  remedy: string | null;
}

/** Looks at the server's certificate. null: there is none, because the address is http. */
export async function checkCertificate(
  { base_url, ca_file }: ProviderSettings,
  through_proxy: boolean,
  now: Date,
  signal: AbortSignal,
): Promise<Found | null> {
  const { hostname, port, protocol } = new URL(base_url);
  if (protocol !== "https:") return null;
  if (through_proxy)
    return { ok: null, what: "the certificate is seen by the proxy; the endpoint check covers it", remedy: null };
  try {
    const ca = ca_file === null ? [] : [readCertificates(ca_file)];
    const socket = await handshake(hostname.replace(/^\[|\]$/g, ""), Number(port || 443), ca, signal);
    const certificate = socket.getPeerCertificate();
    const problem = socket.authorized ? null : String(socket.authorizationError);
    socket.destroy();
    return judge(certificate, problem, now);
  } catch (error) {
    return {
      ok: false,
      what: `no TLS connection: ${(error as Error).message}`,
      remedy: "check base_url and the network",
    };
  }
}

/** The certificates that moat trusts: Bun's, the system's and `ca_file`. */
async function handshake(host: string, port: number, extra: string[], signal: AbortSignal): Promise<TLSSocket> {
  const { connect, getCACertificates } = await import("node:tls");
  const ca = [...getCACertificates("default"), ...getCACertificates("system"), ...extra];
  return new Promise((resolve, reject) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({ host, port, ca, ...name, rejectUnauthorized: false }, () => resolve(socket));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    limit.addEventListener("abort", () => socket.destroy(new Error("the handshake took too long")), { once: true });
    socket.once("error", reject);
  });
}

function judge({ issuer, valid_to }: PeerCertificate, problem: string | null, now: Date): Found {
  const signer = [issuer?.O ?? issuer?.CN].flat()[0] ?? "nobody who is named";
  const days = Math.floor((Date.parse(valid_to) - now.getTime()) / DAY_MS);
  if (problem !== null) {
    const remedy = "if a company's proxy signs it, set ca_file (or SSL_CERT_FILE) to that proxy's root certificate";
    return { ok: false, what: `the certificate, signed by ${signer}, is not trusted (${problem})`, remedy };
  }
  const what = `the certificate is signed by ${signer} and valid for ${days} more days`;
  return days > SOON_DAYS ? { ok: true, what, remedy: null } : { ok: true, what, remedy: "tell the server's operator" };
}

/** Bytes of `ca_file` that are read: all authorities of the web together have a tenth. */
const MAX_CA_BYTES = 4 * 1024 * 1024;

function readCertificates(ca_file: string): string {
  const read = readRegular(ca_file, MAX_CA_BYTES);
  if (!read.ok) throw new Error(`ca_file ${ca_file}: ${read.why}`);
  return read.bytes.toString("utf8");
}
