import type { Usage } from "../protocol/index.ts";

/** US dollars for a million tokens of a model. */
export interface TokenPrice {
  input: number;
  cached_input: number;
  cache_write: number;
  output: number;
}

/** Tokens that prices are given for. */
const MILLION = 1_000_000;

/** What this usage costs, in US dollars, where every request has the ordinary price. */
export function usageCost(usage: Usage, price: TokenPrice): number {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens } = usage;
  const plain = Math.max(0, input_tokens - cached_input_tokens - cache_write_input_tokens);
  return (
    (plain * price.input +
      cached_input_tokens * price.cached_input +
      cache_write_input_tokens * price.cache_write +
      output_tokens * price.output) /
    MILLION
  );
}
