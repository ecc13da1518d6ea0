import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Loaded } from "../../open/index.ts";
import type { Host } from "../contract.ts";
import { checksOf, type DoctorCheck } from "./check.ts";

/** Servers of tools that are configured: what keeps one from starting, as far as that is seen without starting it. */
export async function serverChecks(loaded: Loaded, host: Host): Promise<DoctorCheck[]> {
  const { ok, detail, problem } = checksOf("configuration");
  const entries = Object.entries(loaded.config.mcp_servers);
  if (entries.length === 0) return [detail("MCP servers", "none")];
  const [{ withServers }, { builtInTools }, { serverConfig, serverWorld }] = await Promise.all([
    import("../../mcp/index.ts"),
    import("../../core/index.ts"),
    import("../../open/index.ts"),
  ]);
  const configs = entries.map(([name, entry]) => serverConfig(name, entry, host.env, host.cwd));
  const statuses = (await withServers(builtInTools(), configs, serverWorld(host, loaded)).servers?.status()) ?? [];
  return configs.map(({ name, place }, at) => {
    const { [at]: status } = statuses;
    const row = `MCP ${name}`;
    if (!entries[at]?.[1].enabled) return detail(row, "switched off");
    if (place.kind === "wrong") return problem(row, place.message, `\`moat mcp add ${name}\` names it anew`);
    const missing = place.kind === "stdio" ? whyMissing(place.argv[0] ?? "", place.cwd, host) : null;
    if (missing !== null) return problem(row, missing, "install it, or correct its command");
    const known = status?.version ? `${status.tools.length} tools, MCP ${status.version}` : "not asked yet";
    return ok(row, `${status?.place ?? ""} (${known})`);
  });
}

/** null: there is such a program. */
function whyMissing(program: string, cwd: string, { env }: Host): string | null {
  if (program.includes("/")) return existsSync(resolve(cwd, program)) ? null : `there is no ${resolve(cwd, program)}`;
  return Bun.which(program, { PATH: env.PATH ?? "" }) === null ? `${program} is not on the PATH` : null;
}
