import { hostAndPort, type RemoteHost, readAuthority } from "../host.ts";

/** How much of a connection belongs to a request: a number of bytes, or chunks. */
export type Framing = { kind: "length"; bytes: number } | { kind: "chunked" };

/** What a client asks a proxy for. */
export type ProxyRequest =
  | { ok: true; tunnel: true; host: RemoteHost; port: number }
  | {
      ok: true;
      tunnel: false;
      host: RemoteHost;
      port: number;
      /** The head as it is sent to the server. */
      head: string;
      framing: Framing;
    }
  /** It can mean one thing to us and another to a server, or nothing: one sentence. */
  | { ok: false; message: string };

/** RFC 9110, token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Of a value: nothing that ends a line, or could to somebody. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** More than any client of the field sends; with MAX_HEAD it bounds what a head costs. */
const MAX_FIELDS = 128;

/** Between a client and the next one it speaks to (RFC 9110, 7.6.1): not sent on. */
const HOP_BY_HOP = new Set([
  ...["connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"],
  ...["te", "trailer", "upgrade"],
]);
/** What decides where a request ends or goes cannot be left out on demand. */
const NOT_NOMINATED = new Set(["content-length", "transfer-encoding", "host"]);

interface Field {
  name: string;
  value: string;
  line: string;
}

/**
 * Reads the head of a request to a proxy, without the empty line at its end. Strict: whatever two readers could understand differently is
 * refused.
 * @param head one character a byte
 */
export function readProxyHead(head: string): ProxyRequest {
  const fail = (message: string): ProxyRequest => ({ ok: false, message });
  const [first = "", ...lines] = head.split("\r\n");
  if (/[\r\n\0]/.test([first, ...lines].join(""))) return fail("a line of the request does not end in CR LF");
  const [method = "", target = "", version = "", ...rest] = first.split(" ");
  if (rest.length > 0 || !TOKEN.test(method) || !/^[\x21-\x7e]+$/.test(target) || !/^HTTP\/1\.[01]$/.test(version))
    return fail("the first line is no request of HTTP/1.1");
  if (lines.length > MAX_FIELDS) return fail(`there are more than ${MAX_FIELDS} header fields`);
  const fields = lines.map(readField);
  if (fields.some((field) => field === null)) return fail("a header field is folded, or no field of HTTP/1.1");
  const request = { method, target, version, fields: fields.filter((field) => field !== null) };
  return method === "CONNECT" ? readConnect(request) : readForward(request);
}

interface Request {
  method: string;
  target: string;
  version: string;
  fields: Field[];
}

function readField(line: string): Field | null {
  const colon = line.indexOf(":");
  const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
  return colon > 0 && TOKEN.test(name) && VALUE.test(value) ? { name: name.toLowerCase(), value, line } : null;
}

const valuesOf = (fields: Field[], name: string) =>
  fields.filter((field) => field.name === name).map(({ value }) => value);

function readConnect({ target, fields }: Request): ProxyRequest {
  const asked = readAuthority(target);
  if (asked === null || asked.port === null)
    return { ok: false, message: "CONNECT names no host and port in their usual form" };
  const { host, port } = asked;
  const framing = framingOf(fields, "HTTP/1.1");
  if (framing === null || framing.kind === "chunked" || framing.bytes > 0)
    return { ok: false, message: "a CONNECT has no body" };
  return sameHost(fields, host, port, port) ?? { ok: true, tunnel: true, host, port };
}

function readForward(request: Request): ProxyRequest {
  const { method, target, version, fields } = request;
  const [, authority = "", path = ""] = /^http:\/\/([^/?#\\@]*)([/?][^#\\]*)?$/i.exec(target) ?? [];
  const asked = readAuthority(authority);
  if (asked === null)
    return { ok: false, message: `the request names no http:// address in its usual form (HTTPS comes by CONNECT)` };
  const { host, port } = { host: asked.host, port: asked.port ?? 80 };
  const framing = framingOf(fields, version);
  if (framing === null)
    return { ok: false, message: "where the body of the request ends is not said in one clear way" };
  const nominated = valuesOf(fields, "connection").flatMap((value) =>
    value
      .toLowerCase()
      .split(",")
      .map((one) => one.trim()),
  );
  if (nominated.some((name) => NOT_NOMINATED.has(name)))
    return { ok: false, message: "Connection names a field that cannot be left out" };
  const kept = fields.filter(({ name }) => !HOP_BY_HOP.has(name) && !nominated.includes(name)).map(({ line }) => line);
  const shown = port === 80 ? hostAndPort(host.text, port).replace(/:80$/, "") : hostAndPort(host.text, port);
  const place = path.startsWith("/") ? path : method === "OPTIONS" && path === "" ? "*" : `/${path}`;
  const lines = [`${method} ${place} ${version}`, `Host: ${shown}`, ...kept, "Connection: close", "", ""];
  return sameHost(fields, host, port, 80) ?? { ok: true, tunnel: false, host, port, head: lines.join("\r\n"), framing };
}

/** Where Host says something else than the request's own target, one of the two would be believed. */
function sameHost(fields: Field[], host: RemoteHost, port: number, usual: number): ProxyRequest | null {
  const named = valuesOf(fields, "host");
  if (named.length === 0) return null;
  const read = named.length === 1 ? readAuthority(named[0] ?? "") : null;
  if (read !== null && read.host.text === host.text && (read.port ?? usual) === port) return null;
  return { ok: false, message: "the Host field is not the host of the request" };
}

/** RFC 9112, 6.3, without its ways to guess: one length in digits, or chunks alone, and nothing twice. */
function framingOf(fields: Field[], version: string): Framing | null {
  const [lengths, codings] = [valuesOf(fields, "content-length"), valuesOf(fields, "transfer-encoding")];
  if (codings.length > 0) {
    const chunked = codings.length === 1 && codings[0]?.toLowerCase() === "chunked";
    return chunked && lengths.length === 0 && version === "HTTP/1.1" ? { kind: "chunked" } : null;
  }
  if (lengths.length > 1 || !/^\d{1,15}$/.test(lengths[0] ?? "0")) return null;
  return { kind: "length", bytes: Number(lengths[0] ?? 0) };
}
