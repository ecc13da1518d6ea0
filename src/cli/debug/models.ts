import { FAILED, USAGE } from "../../base/index.ts";
import { catalogOf } from "../../open/index.ts";
import { load } from "../config/shared.ts";
import type { CommandRun, Host } from "../contract.ts";

/** `moat debug models`: what moat knows of models by name, with `model_catalog_json` over it, as JSON. Nobody is asked. */
export const run: CommandRun = async (call) => {
  const { args, host } = call;
  if (args.length > 0) return fail(host, "takes no more words; `moat models` asks the provider", USAGE);
  const loaded = await load(call);
  if (loaded === null) return FAILED;
  const own = await catalogOf(loaded, host);
  if (!own.ok) return fail(host, own.message, own.exit);
  const { CATALOG_DATE, knownModels } = await import("../../model/index.ts");
  const models = knownModels(own.overrides);
  host.json({ compared_on: CATALOG_DATE, catalog_file: loaded.config.model_catalog_json, models }, 2);
  return 0;
};

function fail(host: Host, message: string, exit: number): number {
  host.stderr(`moat debug models: ${message}\n`);
  return exit;
}
