import type { Config } from "../config/index.ts";
import { keyNames } from "./settings.ts";

/** Variables that would change what a program's interpreter or its libraries do. */
const NOT_HANDED_ON = /^BUN_|^LD_|^DYLD_|^NODE_OPTIONS$/;

/**
 * The environment of the user's own programs that moat starts outside the sandbox (hooks, reviewers, `notify`): the user's,
 * without provider keys.
 */
export function outsideEnvironment(config: Config, env: Record<string, string | undefined>): Record<string, string> {
  const keys = keyNames(config, env);
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || keys.includes(name) || NOT_HANDED_ON.test(name) ? [] : [[name, value]],
  );
  return Object.fromEntries(kept);
}
