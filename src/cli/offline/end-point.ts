/** The one address that a moat without a network may reach. */
export interface EndPoint {
  host: string;
  port: number;
  /** It is on this very machine: then moat connects to it without a proxy. */
  loopback: boolean;
}

/** Reads `--offline-except URL`; null when it is no http:// or https:// address. */
export function parseEndPoint(text: string): EndPoint | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return null;
  const host = hostname.replace(/^\[|\]$/g, "");
  const usual = protocol === "https:" ? 443 : 80;
  return { host, port: Number(port || usual), loopback: /^(localhost|127\.[\d.]+|::1)$/.test(host) };
}

/** Where a request to a proxy wants to go, and what is sent there in its place. */
export type Route = { ok: true; tunnel: boolean; head: string } | { ok: false };

/**
 * Reads the head of a request to the proxy inside, up to the empty line. A tunnel (CONNECT) carries TLS from end to end; a plain
 * request becomes one that a server takes, and its connection serves no second one. Anything for another address is refused.
 */
export function route(head: string, { host, port }: EndPoint): Route {
  const [line = "", ...fields] = head.split("\r\n");
  const [method = "", target = "", version = ""] = line.split(" ");
  if (method === "CONNECT") {
    const wanted = target.replace(/^\[(.+)\]/, "$1");
    return wanted === `${host}:${port}` ? { ok: true, tunnel: true, head: "" } : { ok: false };
  }
  const url = URL.canParse(target) ? new URL(target) : null;
  if (url?.protocol !== "http:" || url.hostname.replace(/^\[|\]$/g, "") !== host) return { ok: false };
  if (Number(url.port || 80) !== port) return { ok: false };
  const kept = fields.filter((field) => field !== "" && !/^(proxy-|connection:)/i.test(field));
  const lines = [`${method} ${url.pathname}${url.search} ${version}`, ...kept, "Connection: close", "", ""];
  return { ok: true, tunnel: false, head: lines.join("\r\n") };
}
