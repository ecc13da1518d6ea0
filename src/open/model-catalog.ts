import { z } from "zod/mini";
import type { ModelInfo } from "../model/index.ts";

const amount = z.number().check(z.nonnegative());
const count = z.nullable(z.int().check(z.positive()));
const price = z.strictObject({
  input: amount,
  cached_input: amount,
  cache_write: amount,
  output: amount,
  long: z.optional(
    z.strictObject({ above_tokens: z.int().check(z.positive()), input_factor: amount, output_factor: amount }),
  ),
});
const model = z.partial(
  z.strictObject({
    context_window: count,
    max_output_tokens: count,
    price: z.nullable(price),
    custom_tools: z.boolean(),
    reasoning: z.boolean(),
    images: z.boolean(),
  }),
);
const catalog = z.record(z.string(), model);

/** What the user knows of models, by their names; it wins over the built-in table. */
export type CatalogOverrides = Record<string, Partial<ModelInfo>>;

/**
 * Reads `model_catalog_json`: `{"MODEL": {"context_window": 32768, "price": {"input": 1, "cached_input": 0.1,
 * "cache_write": 1.25, "output": 5}, …}}`, with the fields of `ModelInfo` and prices in US dollars for a million tokens.
 */
export function readCatalog(
  path: string,
  text: string,
): { ok: true; overrides: CatalogOverrides } | { ok: false; message: string } {
  try {
    const read = catalog.safeParse(JSON.parse(text));
    if (read.success) return { ok: true, overrides: read.data as CatalogOverrides };
    const [issue] = read.error.issues;
    return { ok: false, message: `model_catalog_json ${path}: ${issue?.path.join(".")}: ${issue?.message}` };
  } catch (error) {
    return { ok: false, message: `model_catalog_json ${path}: ${(error as Error).message}` };
  }
}
