import { keyNames } from "../config/index.ts";
import type { Loaded } from "./contract.ts";

/** Variables that would change what a program's interpreter or its libraries do. */
const NOT_HANDED_ON = /^BUN_|^LD_|^DYLD_|^NODE_OPTIONS$/;

/**
 * The environment of the user's own programs that moat starts outside the sandbox (hooks, reviewers, `notify`): the user's,
 * without provider keys, under whatever name.
 */
export function outsideEnvironment(
  { config, keys }: Pick<Loaded, "config" | "keys">,
  env: Record<string, string | undefined>,
): Record<string, string> {
  const names = keyNames(config, env);
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || names.includes(name) || keys.holds(value) || NOT_HANDED_ON.test(name) ? [] : [[name, value]],
  );
  return Object.fromEntries(kept);
}
