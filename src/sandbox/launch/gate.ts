import { type HostRefusal, PROXY_PORT, startProxy } from "../../proxy/index.ts";
import { SandboxError, type SandboxPolicy } from "../contract.ts";
import type { NetworkGate, Orders } from "../control.ts";
import { Ways } from "./ways.ts";

/** The way of one command out of its network: a proxy that reaches its hosts, and the sockets by which it is reached. */
export interface CommandGate extends NetworkGate {
  /** Ports inside: the proxy's, then those of this machine that the list opens. */
  ports: readonly number[];
  refused(): readonly HostRefusal[];
  close(): void;
}

/** null where the policy names no hosts. */
export function gateFor({ net, intercept }: SandboxPolicy): CommandGate | null {
  if (typeof net === "string") return null;
  const proxy = startProxy({ allow: net.hosts, onRefused: () => {}, ...(intercept ? { intercept } : {}) });
  const ports = [PROXY_PORT, ...proxy.local_ports];
  let ways: Ways | null = null;
  return {
    ports,
    sendOver(fd, orders) {
      ways = new Ways();
      return ways.sendOver(fd, orders);
    },
    listening() {
      const found = ways?.take() ?? [];
      // With any of them missing the launcher hears no answer, and starts nothing.
      for (const [index, fd] of found.entries()) proxy.serve({ fd }, index === 0 ? null : (ports[index] ?? null));
      ways?.close();
    },
    refused: () => proxy.refused,
    close() {
      proxy.close();
      ways?.close();
    },
  };
}

/**
 * The policy as far as a tier can hold it: single hosts can be opened only out of a network of the command's own. Elsewhere nothing is
 * opened, which is less than was asked for; where the network's policy was required, that is refused instead.
 */
export function withinTier(policy: SandboxPolicy, tier: Orders["tier"]): SandboxPolicy {
  if (typeof policy.net === "string" || tier === "ns" || tier === "ns-only") return policy;
  if (policy.require.includes("net"))
    throw new SandboxError(
      `single hosts cannot be opened in the tier ${tier}, which has no networks of its own: choose none or full`,
    );
  return { ...policy, net: "none" };
}
