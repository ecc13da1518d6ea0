import { type AllowList, entryFor } from "./allow-list.ts";
import type { HostRefusal } from "./contract.ts";
import { hostAndPort, isThisMachine, type RemoteHost } from "./host.ts";

/** Where a connection may go: addresses that were judged, which are the only ones that are connected to. */
export type HostRoute =
  | { ok: true; addresses: string[] }
  | { ok: false; refusal: HostRefusal }
  /** Nobody refused it: there is no such name. */
  | { ok: false; refusal: null; message: string };

/** Where nobody is to be let in for the asking: a cloud's own service hands out keys there, and no server has the others. */
const NEVER_OFFERED = /^(?:169\.254\.|fe[89ab]|f[f]|0\.|22[4-9]\.|2[345]\d\.|::|fd00:ec2:)/i;

/** All addresses of a name, as the system looks it up. */
export async function systemAddresses(name: string): Promise<string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/** Judges where a host leads. A name is looked up once, and one bad address is enough: which of them is used, others would decide. */
export async function routeTo(
  allowed: AllowList,
  host: RemoteHost,
  port: number,
  resolve: (name: string) => Promise<string[]>,
): Promise<HostRoute> {
  const target = hostAndPort(host.text, port);
  if (!allowed.names(host, port)) return { ok: false, refusal: unlisted(host, port, target) };
  if (isThisMachine(host)) return { ok: true, addresses: ["127.0.0.1", "::1"] };
  if (host.kind === "address") return { ok: true, addresses: [host.text] };
  const addresses = await resolve(host.text).catch((): string[] => []);
  if (addresses.length === 0) return { ok: false, refusal: null, message: `${host.text} has no address` };
  const inner = addresses.find((address) => !allowed.leadsTo(address, port));
  return inner === undefined ? { ok: true, addresses } : { ok: false, refusal: inside(host, port, target, inner) };
}

function unlisted(host: RemoteHost, port: number, target: string): HostRefusal {
  const offered = host.kind === "name" || isThisMachine(host) || !NEVER_OFFERED.test(host.text);
  const what = host.kind === "address" && !isThisMachine(host) ? "an address that is not on" : "not on";
  return {
    target,
    message: `${target} is ${what} the list of hosts that may be reached`,
    hosts: offered ? [entryFor(host, port)] : null,
  };
}

function inside(host: RemoteHost, port: number, target: string, address: string): HostRefusal {
  const listed = entryFor({ kind: "address", text: address }, port);
  return {
    target,
    message: `${host.text} leads to ${address}, which is no address of the public internet and not on the list of hosts itself`,
    hosts: NEVER_OFFERED.test(address) ? null : [entryFor(host, port), listed],
  };
}
