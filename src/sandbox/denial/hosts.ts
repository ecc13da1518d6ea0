// What a command's proxy refused, as denials: these are known for sure, and no output has to be read for them.
import { type Denial, grantFlags } from "../../protocol/index.ts";
import type { HostRefusal } from "../../proxy/index.ts";

/** One denial for each host that a command did not reach. @param cwd the workspace; absolute */
export function hostDenials(refused: readonly HostRefusal[], cwd: string): Denial[] {
  return refused.map(({ target, message, hosts }) => {
    const opens = hosts === null ? null : { network: { hosts } };
    return {
      rule: "network_hosts",
      kind: "network",
      target,
      explanation: `The sandbox opens single hosts only: ${message}.`,
      opens,
      grant: opens && grantFlags([opens], { read_only: false, cwd }),
    };
  });
}

/** The one that an end is explained by: the last for which there is a grant, else the last. */
export function lastDenial(denials: readonly Denial[]): Denial | null {
  return denials.findLast(({ opens }) => opens !== null) ?? denials.at(-1) ?? null;
}
