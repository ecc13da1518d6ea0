import { resolve } from "node:path";
import { type Config, hostAllowed } from "../config/index.ts";
import { builtInTools, type ToolSet } from "../core/index.ts";
import type { ServerConfig, ServerWorld } from "../mcp/index.ts";
import type { Loaded, OpenHost, Outside } from "./contract.ts";

type Entry = Config["mcp_servers"][string];

/** The tools of a thread: moat's own, and those of the servers that are configured. @param agents it may start agents */
export function threadTools(
  host: OpenHost,
  loaded: Loaded,
  cwd: string,
  outside: Outside | null,
  agents: boolean,
): ToolSet {
  const configs = serverConfigs(loaded.config, host.env, cwd).map((config) => held(config, outside));
  return configs.length === 0 ? builtInTools({ agents }) : lazily(() => serverTools(configs, host, loaded, agents));
}

/** A server without the sandbox is started as what it was when the thread began, and from nowhere that commands can write. */
function held(config: ServerConfig, outside: Outside | null): ServerConfig {
  const { place } = config;
  if (place.kind !== "stdio" || place.confined) return config;
  const command = outside?.command(place.argv);
  const prepare = () => {
    const found = command?.start(place.cwd) ?? { ok: false as const, message: "its program was not looked at" };
    return found.ok ? { ...found, PATH: outside?.env.PATH ?? "" } : found;
  };
  return { ...config, place: { ...place, prepare } };
}

/** Every server that is switched on. */
function serverConfigs(config: Config, env: OpenHost["env"], cwd: string): ServerConfig[] {
  const enabled = Object.entries(config.mcp_servers).filter(([, entry]) => entry.enabled);
  return enabled.map(([name, entry]) => serverConfig(name, entry, env, cwd));
}

/** A server as it is reached, whether it is switched on or not. */
export function serverConfig(name: string, entry: Entry, env: OpenHost["env"], cwd: string): ServerConfig {
  const { startup_timeout_sec, tool_timeout_sec, enabled_tools, disabled_tools, required } = entry;
  const approvals = Object.entries(entry.tools).map(([tool, { approval_mode }]) => [tool, approval_mode] as const);
  return {
    name,
    place: placeOf(entry, env, cwd),
    required,
    startup_timeout_ms: startup_timeout_sec * 1000,
    tool_timeout_ms: tool_timeout_sec * 1000,
    enabled_tools,
    disabled_tools,
    approval: entry.default_tools_approval_mode,
    approvals: Object.fromEntries(approvals),
    parallel: entry.supports_parallel_tool_calls,
  };
}

function placeOf(entry: Entry, env: OpenHost["env"], cwd: string): ServerConfig["place"] {
  const { command, url } = entry;
  if (command && url) return wrong("it has a command and a url; remove one of them");
  if (!command) return url ? addressOf(entry, url, env) : wrong("it has neither a command nor a url");
  const handed = entry.env_vars.flatMap((name): [string, string][] => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    kind: "stdio",
    argv: [command, ...entry.args],
    env: { ...Object.fromEntries(handed), ...entry.env },
    cwd: resolve(cwd, entry.cwd ?? "."),
    network: entry.network_access,
    confined: entry.sandbox_mode !== "danger-full-access",
  };
}

function addressOf(entry: Entry, url: string, env: OpenHost["env"]): ServerConfig["place"] {
  const { bearer_token_env_var: bearer, env_http_headers, scopes, oauth_client_id: client_id } = entry;
  const wanted = [...Object.values(env_http_headers), ...(bearer === null ? [] : [bearer])];
  const missing = wanted.find((name) => !env[name]);
  if (missing !== undefined)
    return wrong(`the variable ${missing} is not set, from which it has its token or a header`);
  const read = Object.entries(env_http_headers).map(([header, name]) => [header.toLowerCase(), env[name] ?? ""]);
  const given = Object.entries(entry.http_headers).map(([header, value]) => [header.toLowerCase(), value]);
  const token = bearer === null ? {} : { authorization: `Bearer ${env[bearer]}` };
  return {
    kind: "http",
    url,
    headers: { ...Object.fromEntries([...given, ...read]), ...token },
    scopes: [...scopes],
    client_id,
  };
}

const wrong = (message: string): ServerConfig["place"] => ({ kind: "wrong", message });

async function serverTools(
  configs: readonly ServerConfig[],
  host: OpenHost,
  loaded: Loaded,
  agents: boolean,
): Promise<ToolSet> {
  const { withServers } = await import("../mcp/index.ts");
  return withServers(builtInTools({ agents }), configs, serverWorld(host, loaded));
}

/** What servers are reached with. */
export function serverWorld(host: OpenHost, { requirements }: Pick<Loaded, "requirements">): ServerWorld {
  const { version, moat_home, secrets } = host;
  return {
    version,
    moat_home,
    fetch: (url, init) => fetch(url, init),
    learn: (secret) => secrets.learn([secret]),
    allows: (url) => hostAllowed(requirements, url),
    date: () => host.date().getTime(),
  };
}

/** The same tools, made when a model is first offered them: a start pays for none of it. */
function lazily(make: () => Promise<ToolSet>): ToolSet {
  let made: Promise<ToolSet> | null = null;
  let host: Parameters<NonNullable<ToolSet["attach"]>>[0] | null = null;
  const inner = () => {
    made ??= make().then((set) => {
      if (host !== null) set.attach?.(host);
      return set;
    });
    return made;
  };
  return {
    attach(own) {
      host = own;
    },
    problem: async (signal) => (await (await inner()).problem?.(signal)) ?? null,
    close() {
      made?.then((set) => set.close?.());
    },
    servers: {
      status: async () => (await (await inner()).servers?.status()) ?? [],
      connect: async (signal) => (await inner()).servers?.connect(signal),
      async prompt(...asked) {
        const { servers } = await inner();
        return servers ? servers.prompt(...asked) : { ok: false, message: "there is no MCP server" };
      },
    },
    specs: async (...model) => (await inner()).specs(...model),
    load: async (...call) => (await inner()).load(...call),
  };
}
