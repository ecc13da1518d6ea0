import { keyNames } from "../config/index.ts";
import type { Reach } from "../sandbox/index.ts";
import type { Loaded } from "./contract.ts";

/** Variables that would change what a program's interpreter or its libraries do. */
const NOT_HANDED_ON = /^BUN_|^LD_|^DYLD_|^NODE_OPTIONS$/;

/** Where interpreters look for code, or files that they run at every start: handed on only as far as no command can write there. */
const SEARCHED =
  /^(?:PYTHON(?:PATH|HOME|STARTUP)|NODE_PATH|PERL5?LIB|PERL5DB|RUBYLIB|GEM_(?:PATH|HOME)|LUA_C?PATH|CLASSPATH|BASH_ENV|ENV|ZDOTDIR|GIT_(?:EXEC_PATH|TEMPLATE_DIR)|CDPATH)$/;

/**
 * The environment of the user's own programs that moat starts outside the sandbox (hooks, reviewers, `notify`): the user's,
 * without provider keys, under whatever name, and without places from which no program is taken.
 */
export async function outsideEnvironment(
  { config, keys }: Pick<Loaded, "config" | "keys">,
  env: Record<string, string | undefined>,
  reach: Reach,
): Promise<Record<string, string>> {
  const { isForeign, safePath } = await import("../sandbox/index.ts");
  const names = keyNames(config, env);
  const isSafe = (value: string) =>
    value.split(/[:;]/).every((place) => place.startsWith("/") && !isForeign(place, reach));
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || names.includes(name) || keys.holds(value) || NOT_HANDED_ON.test(name)) return [];
    if (name === "PATH") return [[name, safePath(value, reach)]];
    return SEARCHED.test(name) && !isSafe(value) ? [] : [[name, value]];
  });
  return Object.fromEntries(kept);
}
