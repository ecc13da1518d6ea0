import { isIP, networks } from "./net.ts";

/**
 * Networks that are not the public internet: this machine, the local network, addresses of clouds' own services, documentation,
 * multicast, and what is reserved (IANA's registries of special-purpose addresses).
 */
const NOT_PUBLIC: [network: string, bits: number, family: "ipv4" | "ipv6"][] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  // Of IPv6 only 2000::/3 is given out; what of it is not public, or holds an IPv4 address, follows.
  ["::", 3, "ipv6"],
  ["4000::", 2, "ipv6"],
  ["8000::", 1, "ipv6"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["3fff::", 20, "ipv6"],
];

/** Those of a family: an IPv4 address is held against IPv6 networks, too. */
function notPublic(wanted: "ipv4" | "ipv6") {
  const list = networks();
  for (const [network, bits, family] of NOT_PUBLIC) if (family === wanted) list.addSubnet(network, bits, family);
  return list;
}

/** Whether an IP address belongs to the public internet; what is no address does not. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  const family = version === 4 ? "ipv4" : "ipv6";
  return version !== 0 && !notPublic(family).check(address, family);
}
