import { hostsOf, type Network } from "../protocol/index.ts";

/** True when everything that `needed` reaches is open under `given`. Hosts are compared as they are written. */
export function networkCovers(given: Network, needed: Network): boolean {
  if (given === "full" || needed === "none") return true;
  return given !== "none" && needed !== "full" && needed.hosts.every((host) => given.hosts.includes(host));
}

/** What either gives. */
export function eitherNetwork(a: Network, b: Network): Network {
  if (networkCovers(a, b)) return a;
  if (networkCovers(b, a)) return b;
  return { hosts: [...new Set([...hostsOf(a), ...hostsOf(b)])] };
}

/** What both give. */
export function bothNetworks(a: Network, b: Network): Network {
  if (networkCovers(a, b)) return b;
  if (networkCovers(b, a)) return a;
  const hosts = hostsOf(a).filter((host) => hostsOf(b).includes(host));
  return hosts.length > 0 ? { hosts } : "none";
}

/** For people: `the network`, or the hosts by name. Empty for none. */
export function networkText(network: Network): string {
  return network === "full" ? "the network" : hostsOf(network).join(", ");
}
