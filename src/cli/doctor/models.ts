import { FAILED } from "../../base/index.ts";
import type { ModelInfo } from "../../model/index.ts";
import { catalogOf } from "../../open/index.ts";
import type { CommandRun } from "../contract.ts";
import { findInsight } from "./insight.ts";

/** `moat models`: what the provider offers, with what is known of each. */
export const run: CommandRun = async ({ flags, host }) => {
  const fail = (message: string, exit: number) => {
    host.stderr(`moat: ${message}\n`);
    return exit;
  };
  const found = await findInsight(host, flags);
  if (!found.ok) return fail(found.message, found.exit);
  const { provider } = found.resolved;
  const catalog = await catalogOf(found.loaded, host);
  if (!catalog.ok) return fail(catalog.message, catalog.exit);
  const { CATALOG_DATE, directLoopback, listModels } = await import("../../model/index.ts");
  Object.assign(process.env, directLoopback(host.env));
  const listed = await listModels(provider, Date.now(), host.signal, catalog.overrides);
  if (!listed.ok) return fail(listed.error.message, FAILED);
  const { models } = listed;
  if (flags.json) {
    const rows = models.map((model) => ({ ...model, current: model.id === found.model }));
    host.json({ provider: provider.id, catalog_date: CATALOG_DATE, models: rows }, 2);
    return 0;
  }
  if (models.length === 0) return fail(`${provider.name} lists no models`, FAILED);
  host.stdout(table(models, found.model));
  if (models.some(({ price }) => price !== null))
    host.stdout(`\nUS dollars for a million tokens (in, cached in, out), as of ${CATALOG_DATE}; * is in use here.\n`);
  return 0;
};

function table(models: ModelInfo[], current: string | null): string {
  const rows = models.map((model) => [
    `${model.id === current ? "*" : " "} ${model.id}`,
    model.context_window === null ? "-" : tokens(model.context_window),
    model.price === null ? "-" : `${model.price.input} / ${model.price.cached_input} / ${model.price.output}`,
  ]);
  const all = [["  MODEL", "CONTEXT", "PRICE"], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  return all
    .map(([id = "", context = "", price = ""]) => `${id.padEnd(first)}  ${context.padStart(second)}  ${price}\n`)
    .join("");
}

/** `1050000` → `1.05M`, `200000` → `200k`. */
function tokens(count: number): string {
  return count >= 1_000_000 ? `${Number((count / 1_000_000).toFixed(2))}M` : `${Math.round(count / 1000)}k`;
}
