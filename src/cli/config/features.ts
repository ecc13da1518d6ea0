import { FAILED, USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";
import { load } from "./shared.ts";

/**
 * `moat features list [--json]`: the switches of unfinished parts. There is none at the moment, so what is listed are those
 * that somebody set, with the word that they have no effect.
 */
export const run: CommandRun = async (call) => {
  const { args, flags, host } = call;
  if (args.length !== 1 || args[0] !== "list") {
    host.stderr("moat features: say what to do.\nUsage: moat features list [--json]\n");
    return USAGE;
  }
  const loaded = await load(call);
  if (loaded === null) return FAILED;
  const without_effect = Object.entries(loaded.config.features).map(([name, enabled]) => ({ name, enabled }));
  if (flags.json) {
    host.json({ features: [], without_effect }, 2);
    return 0;
  }
  host.stdout("Nothing is behind a switch at the moment: what is in moat is on.\n");
  for (const { name, enabled } of without_effect)
    host.stdout(`features.${name} = ${enabled} has no effect: there is no such switch\n`);
  return 0;
};
