import { quoteWord } from "../base/index.ts";
import type { CommandNeeds, Grant, Network } from "./sandbox.ts";

/**
 * The flags that open exactly this. Where nothing may be written the mode is one of them, and in the workspace all of it.
 * @param cwd the workspace; absolute
 */
export function grantFlags(opens: readonly Grant[], { read_only, cwd }: { read_only: boolean; cwd: string }): string {
  const flags = opens.flatMap((grant): string[] => {
    if ("network" in grant) return [networkFlag(grant.network)];
    if ("needs" in grant) return needsFlags(grant.needs);
    return read_only && grant.add_dir === cwd ? [] : [`--add-dir ${quoteWord(grant.add_dir)}`];
  });
  return [...(read_only ? ["-s workspace-write"] : []), ...new Set(flags)].join(" ");
}

function needsFlags({ hosts, sockets, read }: CommandNeeds): string[] {
  const list = (key: string, paths: string[]) =>
    paths.length === 0 ? [] : [`-c ${quoteWord(`sandbox_workspace_write.${key}=${JSON.stringify(paths)}`)}`];
  const network = hosts.length === 0 ? [] : [networkFlag({ hosts })];
  return [...network, ...list("allow_sockets", sockets), ...list("allow_reading", read)];
}

/** Lists of hosts add up, so this opens what it names and closes nothing. */
function networkFlag(network: Exclude<Network, "none">): string {
  if (network === "full") return "-c sandbox_workspace_write.network_access=true";
  return `-c ${quoteWord(`sandbox_workspace_write.network_hosts=${JSON.stringify([...new Set(network.hosts)])}`)}`;
}
