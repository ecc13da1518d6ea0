import { FAILED, USAGE } from "../../base/index.ts";
import { load } from "../config/shared.ts";
import type { CommandRun, Host } from "../contract.ts";

/** `moat debug models`: what moat knows of models by name, with `model_catalog_json` over it, as JSON. Nobody is asked. */
export const run: CommandRun = async (call) => {
  const { args, host } = call;
  if (args.length > 0) return fail(host, "takes no more words; `moat models` asks the provider", USAGE);
  const loaded = await load(call);
  if (loaded === null) return FAILED;
  const file = loaded.config.model_catalog_json;
  const own = file === null ? null : (await import("../../open/model-catalog.ts")).readCatalog(file);
  if (own?.ok === false) return fail(host, own.message, FAILED);
  const { CATALOG_DATE, knownModels } = await import("../../model/index.ts");
  const models = knownModels(own?.overrides ?? {});
  host.stdout(`${JSON.stringify({ compared_on: CATALOG_DATE, catalog_file: file, models }, null, 2)}\n`);
  return 0;
};

function fail(host: Host, message: string, exit: number): number {
  host.stderr(`moat debug models: ${message}\n`);
  return exit;
}
