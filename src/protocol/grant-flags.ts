import { quoteWord } from "../base/index.ts";
import type { Grant, Network } from "./sandbox.ts";

/**
 * The flags that open exactly this. Where nothing may be written the mode is one of them, and in the workspace all of it.
 * @param cwd the workspace; absolute
 */
export function grantFlags(opens: readonly Grant[], { read_only, cwd }: { read_only: boolean; cwd: string }): string {
  const flags = opens.flatMap((grant) => {
    if ("network" in grant) return [networkFlag(grant.network)];
    return read_only && grant.add_dir === cwd ? [] : [`--add-dir ${quoteWord(grant.add_dir)}`];
  });
  return [...(read_only ? ["-s workspace-write"] : []), ...new Set(flags)].join(" ");
}

/** Lists of hosts add up, so this opens what it names and closes nothing. */
function networkFlag(network: Exclude<Network, "none">): string {
  if (network === "full") return "-c sandbox_workspace_write.network_access=true";
  return `-c ${quoteWord(`sandbox_workspace_write.network_hosts=${JSON.stringify([...new Set(network.hosts)])}`)}`;
}
