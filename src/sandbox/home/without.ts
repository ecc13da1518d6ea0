import type { SandboxPolicy } from "../contract.ts";

/** For a command that is not to be led by what another one left in the layer: it sees the home directory as it is. */
export function withoutLayer({ layer: _, ...policy }: SandboxPolicy): SandboxPolicy {
  return policy;
}
