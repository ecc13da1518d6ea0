import type { PrefixRule } from "./rule.ts";

/** Every rule that was loaded. */
export interface Rules {
  prefix: readonly PrefixRule[];
}

/** No rules at all. */
export const NO_RULES: Rules = { prefix: [] };
