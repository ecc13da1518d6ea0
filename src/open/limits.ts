import { FAILED, USAGE } from "../base/index.ts";
import type { BudgetLimits } from "../core/index.ts";
import type { Loaded, Refusal } from "./contract.ts";
import type { CatalogOverrides } from "./model-catalog.ts";

/** What a thread may use up, and what is known of models; or why it cannot start, with the exit code that fits. */
export type LimitsRead = { ok: true; budget: BudgetLimits; catalog: CatalogOverrides } | Refusal;

/** The file is rare, and its schema costs more than the rest of the start. */
export async function catalogOf(path: string | null) {
  if (path === null) return { ok: true, overrides: {} } as const;
  const { readCatalog } = await import("./model-catalog.ts");
  return readCatalog(path);
}

/** Reads `model_catalog_json`. A limit on money needs a price. */
export async function readLimits(budget: BudgetLimits, { config }: Loaded, model: string): Promise<LimitsRead> {
  const catalog = await catalogOf(config.model_catalog_json);
  if (!catalog.ok) return { ...catalog, exit: FAILED };
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
