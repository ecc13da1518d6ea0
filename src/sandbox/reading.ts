import type { SandboxPolicy } from "./contract.ts";
import { withoutLayer } from "./home/without.ts";

/**
 * The policy for a command that is known to only read: nothing that another command left in the layer leads it, and it has no unix sockets. None
 * of those commands speaks with a program outside, and to find and cover all sockets of a machine costs a tenth of such a command. A socket
 * that was opened by name stays open.
 */
export function forReading(policy: SandboxPolicy): SandboxPolicy {
  const plain = withoutLayer(policy);
  return policy.unix === "masked" && !policy.sockets?.length ? { ...plain, unix: "none" } : plain;
}
