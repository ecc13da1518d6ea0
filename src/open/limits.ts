import { FAILED, USAGE } from "../base/index.ts";
import type { BudgetLimits } from "../core/index.ts";
import { readConfigured } from "./configured-file.ts";
import type { Loaded, OpenHost, Refusal } from "./contract.ts";
import type { CatalogOverrides } from "./model-catalog.ts";

/** What a thread may use up, and what is known of models; or why it cannot start, with the exit code that fits. */
export type LimitsRead = { ok: true; budget: BudgetLimits; catalog: CatalogOverrides } | Refusal;

/** What `model_catalog_json` says. The file is rare, and its schema costs more than the rest of the start. */
export async function catalogOf(
  loaded: Loaded,
  host: Pick<OpenHost, "signal">,
): Promise<{ ok: true; overrides: CatalogOverrides } | Refusal> {
  const path = loaded.config.model_catalog_json;
  const source = await readConfigured("model_catalog_json", path, loaded, host);
  if (!source.ok) return source;
  if (path === null || source.text === null) return { ok: true, overrides: {} };
  const { readCatalog } = await import("./model-catalog.ts");
  const read = readCatalog(path, source.text);
  return read.ok ? read : { ...read, exit: FAILED };
}

/** Reads `model_catalog_json`. A limit on money needs a price. */
export async function readLimits(
  budget: BudgetLimits,
  loaded: Loaded,
  model: string,
  host: Pick<OpenHost, "signal">,
): Promise<LimitsRead> {
  const catalog = await catalogOf(loaded, host);
  if (!catalog.ok) return catalog;
  if (budget.cost !== null) {
    const { modelInfo } = await import("../model/index.ts");
    if (modelInfo(model, catalog.overrides).price === null) return { ok: false, message: noPrice(model), exit: USAGE };
  }
  return { ok: true, budget, catalog: catalog.overrides };
}

function noPrice(model: string): string {
  const entry = `{"${model}": {"price": {"input": 1, "cached_input": 0.1, "cache_write": 1, "output": 4}}}`;
  return `--max-cost needs a price, and none is known for ${model}: name a file with model_catalog_json that holds ${entry} (US dollars for a million tokens), or use --max-tokens`;
}
