import { commandEnvironment, gitEnvironment, readingEnvironment, type Sandbox } from "../../sandbox/index.ts";
import type { Part } from "../state.ts";
import type { Confinement } from "./confinement.ts";

/**
 * Under `untrusted`, `git status` runs without a question because it only reads. In a directory that only looks like a
 * repository, which anybody can put into a project, it would run the program that the planted config names.
 */
const ONLY_NAMED = [["safe.bareRepository", "explicit"]] as const;

type Variables = Record<string, string>;

/**
 * The environment of a command before anything is opened for it.
 * @param profile what a login profile makes of it
 */
export function environmentOf(
  { services, settings, thread_id }: Part<"services" | "settings" | "thread_id">,
  { policy, cache_env, reach, reads }: Confinement,
  tier: Sandbox["tier"],
  profile: (env: Variables) => Variables = (env) => env,
): Variables {
  const base = profile(
    commandEnvironment({
      env: services.env,
      policy: settings.shell_environment_policy,
      provider_key_names: settings.provider_key_names,
      holdsKey: (value) => services.keys.holds(value),
      thread_id,
      network: policy.net,
      tier,
      caches: cache_env,
      own_commands: services.ownCommands(),
    }),
  );
  if (settings.approval_policy !== "untrusted") return base;
  const named = { ...base, ...gitEnvironment(base, ONLY_NAMED) };
  return reads ? readingEnvironment(named, settings.cwd, reach) : named;
}
