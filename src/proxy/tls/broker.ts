// Speaks for single hosts in their place: it ends TLS itself, adds the credential, and talks to the real host over a connection of its
// own. The command has a tunnel to it and never the credential; what the host sends back passes a filter that knows it.
import { join } from "node:path";
import { SecretStream, Secrets } from "../../base/index.ts";
import { isIP } from "../net.ts";
import type { CertificateAuthority } from "./certificate.ts";

/** What is added to requests to one host. */
export interface HostCredential {
  /** The host by name, as it is connected to. */
  host: string;
  port: number;
  /** Name of the header. */
  header: string;
  /** Its value now, with what of it is secret. Rejects with an Error whose message says why there is none. */
  current(): Promise<{ value: string; secret: string }>;
  /** The host did not take it: the next one is asked for anew. */
  refused(): void;
}

/** What a broker is made of. */
export interface BrokerOptions {
  credentials: readonly HostCredential[];
  authority: CertificateAuthority;
  /** A directory for its sockets that no command can reach. */
  directory: string;
  /** Certificates that are trusted besides the system's, in PEM. Absent: none. */
  trust?: string;
}

/** A broker that runs. */
interface Broker {
  /** The socket that speaks for a host; null: nothing is added there. `addresses`: where the host is, judged already. */
  intercept(host: string, port: number, addresses: readonly string[]): string | null;
  close(): void;
}

/** Headers that belong to one connection (RFC 9110, 7.6.1), and those that are made anew. */
const OF_CONNECTION = [
  ...[
    "connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ],
  ...["host", "content-length", "accept-encoding", "expect"],
];
/** Of an answer: its body is decoded, and may have become another one. */
const OF_BODY = ["connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"];
/** Bodies up to this are sent with their length, which some servers insist on; longer ones as they come. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

interface Served {
  path: string;
  server: { stop(closeActiveConnections?: boolean): unknown };
  addresses: readonly string[];
}

/** Starts nothing yet: each host gets its server when a command first goes there. */
export function makeBroker({ credentials, authority, directory, trust }: BrokerOptions): Broker {
  const served = new Map<HostCredential, Served>();
  const serve = (credential: HostCredential, addresses: readonly string[]): Served => {
    const known = served.get(credential);
    if (known) {
      known.addresses = addresses;
      return known;
    }
    const { certificate, key } = authority.issue(credential.host);
    const path = join(directory, `${process.pid}-${served.size}`);
    const server = Bun.serve({
      unix: path,
      tls: { cert: certificate, key },
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request) => forward(request, credential, addressOf(own, credential), trust),
      error: ({ message }) => failed(message),
    });
    const own: Served = { path, server, addresses };
    served.set(credential, own);
    return own;
  };
  return {
    intercept(host, port, addresses) {
      const credential = credentials.find((one) => one.host === host.toLowerCase() && one.port === port);
      return credential ? serve(credential, addresses).path : null;
    },
    close() {
      for (const { server } of served.values()) server.stop(true);
      served.clear();
    },
  };
}

/** One address is used: of two kinds the one that works everywhere. */
function addressOf({ addresses }: Served, { host }: HostCredential): string {
  return addresses.find((address) => isIP(address) === 4) ?? addresses[0] ?? host;
}

const failed = (why: string) => new Response(`moat: [credentials]: ${why}\n`, { status: 502 });

async function forward(
  request: Request,
  credential: HostCredential,
  address: string,
  trust: string | undefined,
): Promise<Response> {
  const { host, port } = credential;
  const named = port === 443 ? host : `${host}:${port}`;
  const asked = request.headers.get("host")?.toLowerCase();
  if (asked !== named && asked !== `${host}:${port}`)
    return new Response("moat: another host than the tunnel's\n", { status: 421 });
  const { value, secret } = await credential.current();
  const headers = without(request.headers, OF_CONNECTION);
  headers.set("host", named);
  headers.set("accept-encoding", "identity");
  headers.set(credential.header, value);
  const { pathname, search } = new URL(request.url);
  const at = address.includes(":") ? `[${address}]` : address;
  const answer = await fetch(`https://${at}:${port}${pathname}${search}`, {
    method: request.method,
    headers,
    body: await bodyOf(request),
    redirect: "manual",
    signal: request.signal,
    tls: { rejectUnauthorized: true, serverName: host, ...(trust === undefined ? {} : { ca: trust }) },
  } as BunFetchRequestInit);
  if (answer.status === 401) credential.refused();
  return withoutSecret(answer, new Secrets([secret, value]));
}

function without(headers: Headers, names: readonly string[]): Headers {
  const kept = new Headers(headers);
  for (const name of names) kept.delete(name);
  return kept;
}

async function bodyOf(request: Request): Promise<ArrayBuffer | ReadableStream | undefined> {
  if (request.body === null) return undefined;
  const length = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  return length <= MAX_HELD_BYTES ? request.arrayBuffer() : request.body;
}

/** A host may send back what it was sent. */
function withoutSecret(answer: Response, secrets: Secrets): Response {
  const headers = new Headers();
  for (const [name, value] of without(answer.headers, OF_BODY)) headers.append(name, secrets.redact(value));
  const { status } = answer;
  const statusText = secrets.redact(answer.statusText);
  if (answer.body === null) return new Response(null, { status, statusText, headers });
  const stream = new SecretStream(secrets);
  const passed = (text: string, to: TransformStreamDefaultController<Uint8Array>) => {
    if (text !== "") to.enqueue(Buffer.from(text, "latin1"));
  };
  const filter = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, to) => passed(stream.push(Buffer.from(chunk).toString("latin1")), to),
    flush: (to) => passed(stream.end(), to),
  });
  return new Response(answer.body.pipeThrough(filter), { status, statusText, headers });
}
