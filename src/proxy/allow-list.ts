import { domainToASCII } from "node:url";
import { hostAndPort, isThisMachine, type RemoteHost, readAuthority } from "./host.ts";
import { isPublic } from "./public.ts";

/** What is meant where no port is named: the web. */
const WEB_PORTS = [80, 443];

interface Entry {
  /** `below`: every name below this one. `local`: a port of this machine. */
  kind: "name" | "below" | "address" | "local";
  host: string;
  ports: readonly number[];
}

/** An entry, or why it is none. */
type ReadEntry = { ok: true; entry: Entry } | { ok: false; message: string };

/** Why an entry cannot stand in a list of hosts, as a sentence; null when it can. */
export function hostProblem(text: string): string | null {
  const read = readEntry(text);
  return read.ok ? null : read.message;
}

/** Hosts as people and models name them, addresses of pages included, as entries of a list; null when one of them is none. */
export function hostEntries(named: readonly string[]): string[] | null {
  const entries = named.map((text) => text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[/?#].*$/, ""));
  return entries.length > 0 && entries.every((entry) => hostProblem(entry) === null) ? entries : null;
}

/** `example.com`, `*.example.com`, an address, each with `:PORT` or for the ports 80 and 443; `localhost:PORT`. */
function readEntry(text: string): ReadEntry {
  const fail = (why: string): ReadEntry => ({
    ok: false,
    message: `"${text}" names no host that can be opened: ${why}`,
  });
  const below = text.startsWith("*.");
  const read = readAuthority(asciiName(below ? text.slice(2) : text));
  if (read === null)
    return fail("write a name (example.com, *.example.com), or an address, and :PORT for other ports than 80 and 443");
  const { host, port } = read;
  const ports = port === null ? WEB_PORTS : [port];
  if (below && host.kind === "address") return fail("there are no names below an address");
  if (below && !host.text.includes(".")) return fail("that would be a whole top-level domain");
  if (isThisMachine(host)) {
    if (below || port === null) return fail("of this machine name single ports, as localhost:5432");
    return { ok: true, entry: { kind: "local", host: "localhost", ports } };
  }
  if (host.kind === "address" && /^(?:0\.|::$|::ffff:)/.test(host.text))
    return fail("write the address that is meant in its usual form");
  return { ok: true, entry: { kind: below ? "below" : host.kind, host: host.text, ports } };
}

/** A name of another script in the form that is looked up; everything else as it is. */
function asciiName(text: string): string {
  if (/^[\x21-\x7e]*$/.test(text)) return text;
  const [, name = "", port = ""] = /^([^:]*)(:\d+)?$/.exec(text) ?? [];
  return `${domainToASCII(name)}${port}`;
}

/** Which hosts may be reached. Pure: nothing is looked up here. */
export class AllowList {
  readonly #entries: Entry[];
  /** What stays closed, whatever opens it. */
  readonly #closed: Entry[];

  /** @param list entries that `hostProblem` has nothing against; others open nothing */
  constructor(list: readonly string[]) {
    this.#entries = entriesOf(list.filter((text) => !text.startsWith("!")));
    this.#closed = entriesOf(list.filter((text) => text.startsWith("!")).map((text) => text.slice(1)));
  }

  /** The host is listed for this port, as it was named. */
  names(host: RemoteHost, port: number): boolean {
    const speaks = (entry: Entry) => entry.ports.includes(port) && matches(entry, host);
    return this.#entries.some(speaks) && !this.#closed.some(speaks);
  }

  /** A name that is listed may lead to this address: one of the public internet, or one that is listed itself. */
  leadsTo(address: string, port: number): boolean {
    return isPublic(address) || this.names({ kind: "address", text: address }, port);
  }

  /** The ports of this machine that are open. */
  localPorts(): number[] {
    return [...new Set(this.#entries.flatMap(({ kind, ports }) => (kind === "local" ? ports : [])))];
  }
}

function entriesOf(list: readonly string[]): Entry[] {
  return list.flatMap((text) => {
    const read = readEntry(text);
    return read.ok ? [read.entry] : [];
  });
}

function matches({ kind, host }: Entry, asked: RemoteHost): boolean {
  if (kind === "local") return isThisMachine(asked);
  if (kind === "below") return asked.kind === "name" && asked.text.endsWith(`.${host}`);
  return kind === asked.kind && host === asked.text;
}

/** The entry that opens exactly this. */
export function entryFor(host: RemoteHost, port: number): string {
  if (isThisMachine(host)) return `localhost:${port}`;
  if (!WEB_PORTS.includes(port)) return hostAndPort(host.text, port);
  return host.text.includes(":") ? `[${host.text}]` : host.text;
}
