import { FAILED } from "../../base/index.ts";
import { type Loaded, readConfig } from "../../open/index.ts";
import type { Flags, Host, Invocation } from "../contract.ts";
import { fail } from "../exits.ts";

/** One call of a verb: the name of the server, where it takes one. */
export interface McpCall extends Invocation {
  name: string;
}

/** The configuration as a thread here would have it; or the exit code, when it was told why there is none. */
export async function readServersConfig(
  host: Host,
  flags: Flags,
): Promise<{ ok: true; loaded: Loaded } | { ok: false; exit: number }> {
  const loaded = await readConfig(host, {
    cwd: host.cwd,
    overrides: Array.isArray(flags.config) ? flags.config : [],
    profile: typeof flags.profile === "string" ? flags.profile : null,
    strict: flags["strict-config"] === true,
    trust: flags.trust === true,
  });
  if (!loaded.ok) return { ok: false, exit: fail(host, loaded.message, loaded.exit) };
  for (const warning of loaded.warnings) host.stderr(`moat: warning: ${warning}\n`);
  return { ok: true, loaded };
}

/** Says that no server is called that. */
export function noServer(host: Host, name: string): number {
  return fail(host, `there is no MCP server ${name}; \`moat mcp list\` shows those there are`, FAILED);
}
