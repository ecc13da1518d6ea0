import { isIP } from "./net.ts";

/** A host as a client or a list names it: a name in lower case and ASCII, or an address in its usual form. */
export interface RemoteHost {
  kind: "name" | "address";
  text: string;
}

/** A label of a name that machines are looked up by (RFC 1123), and the underscore that some services use. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What a resolver may take for a number: `127.1`, `0x7f000001`, `2130706433`. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;
/** RFC 1035, in the form with dots. */
const MAX_NAME = 253;

/**
 * Reads a host; null for everything that has another meaning to somebody else: percent-encodings, other scripts than ASCII, numbers that
 * are no address in its usual form, zones, empty labels. One dot at the end of a name is left out.
 */
export function readHost(given: string): RemoteHost | null {
  const text = given.toLowerCase();
  if (isIP(text) === 4) return { kind: "address", text };
  const bare = /^\[(.+)\]$/.exec(text)?.[1];
  if (bare !== undefined)
    return isIP(bare) === 6 && !bare.includes("%") ? { kind: "address", text: shortest(bare) } : null;
  const name = text.replace(/\.$/, "");
  const labels = name.split(".");
  const sound = name.length <= MAX_NAME && labels.every((label) => LABEL.test(label));
  return sound && !NUMBER.test(labels.at(-1) ?? "") ? { kind: "name", text: name } : null;
}

/** The one spelling of an IPv6 address. */
function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** `HOST:PORT` with IPv6 addresses in brackets, as the two are written together. */
export function hostAndPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `HOST` or `HOST:PORT`, whose port is null where none is named; null for anything else. */
export function readAuthority(text: string): { host: RemoteHost; port: number | null } | null {
  const [, name = "", digits] = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = readHost(name);
  const port = digits === undefined ? null : Number(digits);
  return host !== null && (port === null || (port > 0 && port < 65536)) ? { host, port } : null;
}

/** This machine itself, under the names that every system has for it (RFC 6761). */
export function isThisMachine({ kind, text }: RemoteHost): boolean {
  return kind === "name" ? /(?:^|\.)localhost$/.test(text) : text === "127.0.0.1" || text === "::1";
}
