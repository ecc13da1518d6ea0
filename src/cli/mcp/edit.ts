import { FAILED, USAGE } from "../../base/index.ts";
import { setInFile, unsetInFile } from "../../config/editing.ts";
import { configFile } from "../config/shared.ts";
import { fail } from "../exits.ts";
import { type McpCall, readServersConfig } from "./shared.ts";

/** `moat mcp add NAME [--env K=V]… [--network] -- COMMAND…`, or `--url URL`. */
export async function addServer(call: McpCall): Promise<number> {
  const { name, host, flags } = call;
  const read = settingsOf(call);
  if ("problem" in read) return fail(host, read.problem, USAGE);
  const file = configFile(call);
  const table = `mcp_servers.${name}`;
  // What stood there before was another server.
  const gone = await unsetInFile(file, table, host.home);
  if (!gone.ok) return fail(host, gone.message, FAILED);
  for (const [key, value] of read.settings) {
    const set = await setInFile(file, `${table}.${key}`, JSON.stringify(value), host);
    if (!set.ok) return fail(host, set.message, FAILED);
  }
  const done = { name, file, replaced: gone.changed };
  if (flags.json) host.json(done, 2);
  else host.stdout(`${gone.changed ? "replaced" : "added"} ${name} in ${file}; \`moat mcp list\` shows it\n`);
  return 0;
}

/** `moat mcp remove NAME`. */
export async function removeServer(call: McpCall): Promise<number> {
  const { name, host, flags } = call;
  const file = configFile(call);
  const gone = await unsetInFile(file, `mcp_servers.${name}`, host.home);
  if (!gone.ok) return fail(host, gone.message, FAILED);
  if (flags.json) host.json({ name, file, removed: gone.changed }, 2);
  if (gone.changed) {
    if (!flags.json) host.stdout(`removed ${name} from ${file}\n`);
    return 0;
  }
  const read = await readServersConfig(host, flags);
  const elsewhere = read.ok && Object.hasOwn(read.loaded.config.mcp_servers, name);
  const why = elsewhere ? "another file has it; `moat mcp get` says which" : "`moat mcp list` shows those there are";
  return fail(host, `${file} has no MCP server ${name}: ${why}`, FAILED);
}

type Settings = [key: string, value: unknown][];

function settingsOf({ rest, flags }: McpCall): { settings: Settings } | { problem: string } {
  const { url, network, "bearer-token-env-var": bearer } = flags;
  const env = pairs(flags.env);
  const headers = pairs(flags.header);
  if (env === null || headers === null) return { problem: "mcp add: --env and --header take NAME=VALUE" };
  const [command, ...args] = rest;
  if ((command === undefined) === (url === undefined))
    return { problem: "mcp add needs a command behind --, or --url, and not both" };
  if (command !== undefined && (bearer !== undefined || headers.length > 0))
    return { problem: "mcp add: --bearer-token-env-var and --header are for --url" };
  if (url !== undefined && (network === true || env.length > 0))
    return { problem: "mcp add: --env and --network are for a command" };
  if (command === undefined) {
    const token: Settings = bearer === undefined ? [] : [["bearer_token_env_var", bearer]];
    return { settings: [["url", url], ...token, ...inTable("http_headers", headers)] };
  }
  const more: Settings = network === true ? [["network_access", true]] : [];
  const words: Settings = args.length > 0 ? [["args", args]] : [];
  return { settings: [["command", command], ...words, ...more, ...inTable("env", env)] };
}

const inTable = (table: string, entries: [string, string][]): Settings =>
  entries.map(([name, value]) => [`${table}.${JSON.stringify(name)}`, value]);

function pairs(given: McpCall["flags"][string]): [string, string][] | null {
  const list = Array.isArray(given) ? given : typeof given === "string" ? [given] : [];
  const read = list.map((text): [string, string] => [
    text.slice(0, text.indexOf("=")),
    text.slice(text.indexOf("=") + 1),
  ]);
  return list.every((text) => text.indexOf("=") > 0) ? read : null;
}
