import type { ToolServers } from "../../core/index.ts";
import { builtInTools } from "../../core/index.ts";
import { storedLogin, withServers } from "../../mcp/index.ts";
import { type Loaded, serverConfig, serverWorld } from "../../open/index.ts";
import type { Host } from "../contract.ts";
import { type McpCall, noServer, readServersConfig } from "./shared.ts";

type Status = Awaited<ReturnType<ToolServers["status"]>>[number];

/** `moat mcp list`. Starts nothing: what is known of tools is from the last time. */
export async function listServers({ host, flags }: McpCall): Promise<number> {
  const read = await readServersConfig(host, flags);
  if (!read.ok) return read.exit;
  const all = await describeAll(host, read.loaded);
  if (flags.json)
    host.json(
      all.map(({ facts }) => facts),
      2,
    );
  else if (all.length === 0) host.stdout("no MCP server is configured; `moat mcp add` adds one\n");
  else for (const one of all) host.stdout(`${summaryLine(one)}\n`);
  return 0;
}

/** `moat mcp get NAME`. */
export async function getServer({ host, flags, name }: McpCall): Promise<number> {
  const read = await readServersConfig(host, flags);
  if (!read.ok) return read.exit;
  const found = (await describeAll(host, read.loaded)).find(({ status }) => status.name === name);
  if (!found) return noServer(host, name);
  if (flags.json) {
    const { tools, prompts } = found.status;
    host.json({ ...found.facts, tools, prompts }, 2);
    return 0;
  }
  const { status, file } = found;
  host.stdout(`${summaryLine(found)}\n  set in ${file ?? "the command line"}\n`);
  if (status.version) host.stdout(`  speaks MCP ${status.version}\n`);
  for (const { name: tool, description, read_only } of status.tools)
    host.stdout(`  ${read_only ? "reads" : "acts "}  ${tool}: ${description.split("\n")[0] ?? ""}\n`);
  for (const { name: prompt, description } of status.prompts)
    host.stdout(`  prompt ${prompt}: ${description.split("\n")[0] ?? ""}\n`);
  return 0;
}

/** A server with all that is known of it, as programs get it. */
interface Described {
  status: Status;
  facts: Record<string, unknown>;
  /** The file that names it; null: a flag. */
  file: string | null;
  enabled: boolean;
}

async function describeAll(host: Host, loaded: Loaded): Promise<Described[]> {
  const entries = Object.entries(loaded.config.mcp_servers);
  const configs = entries.map(([name, entry]) => serverConfig(name, entry, host.env, host.cwd));
  const { servers } = withServers(builtInTools(), configs, serverWorld(host, loaded));
  const all = (await servers?.status()) ?? [];
  return entries.flatMap(([name, entry], at) => {
    const status = all[at];
    if (!status) return [];
    const { command, args, env, env_vars, cwd, url, bearer_token_env_var, http_headers, env_http_headers } = entry;
    const transport = command
      ? { type: "stdio", command, args, env, env_vars, cwd }
      : { type: "streamable_http", url, bearer_token_env_var, http_headers, env_http_headers };
    const { enabled, required, startup_timeout_sec, tool_timeout_sec, enabled_tools, disabled_tools } = entry;
    const limits = { startup_timeout_sec, tool_timeout_sec, enabled_tools, disabled_tools };
    const facts = {
      name,
      enabled,
      required,
      transport,
      ...limits,
      auth_status: authOf(host, name, entry),
      problem: status.problem,
      known_tools: status.version === null ? null : status.tools.length,
    };
    return [{ status, facts, enabled, file: fileOf(loaded, name) }];
  });
}

function authOf(
  host: Host,
  name: string,
  { url, bearer_token_env_var }: Loaded["config"]["mcp_servers"][string],
): string {
  if (url === null) return "unsupported";
  if (bearer_token_env_var !== null) return "bearer_token";
  return storedLogin(host.moat_home, name, url) ? "o_auth" : "not_logged_in";
}

function fileOf({ origins }: Loaded, name: string): string | null {
  const place = ["command", "url"]
    .map((key) => origins.get(`mcp_servers.${name}.${key}`))
    .find((one) => one !== undefined);
  return place?.file ?? null;
}

function summaryLine({ status, enabled }: Described): string {
  const { name, place, problem, version, tools } = status;
  const known = version === null ? "not asked yet" : `${tools.length} tools`;
  const state = !enabled ? "switched off" : problem === null ? known : `${known}; ${problem}`;
  return `${name}  ${place}  (${state})`;
}
