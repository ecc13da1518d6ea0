import type { Network } from "./sandbox.ts";

/** What a configuration gives commands of the network: all of it, the hosts that it lists, or nothing. */
export function configuredNetwork({
  network_access,
  network_hosts = [],
}: {
  network_access: boolean;
  network_hosts?: readonly string[];
}): Network {
  if (network_access) return "full";
  return network_hosts.length > 0 ? { hosts: [...network_hosts] } : "none";
}

/** The hosts that are named; none where nothing or everything is open. */
export function hostsOf(network: Network): string[] {
  return typeof network === "string" ? [] : network.hosts;
}
