import { isTable } from "../../../config/editing.ts";
import { stringsIn, type Table, textsIn } from "./source.ts";

/** One server of tools in the keys of `mcp_servers`, from the keys that Claude Code and gemini-cli share. */
export function importedServer(server: Table): Table {
  const url = [server.httpUrl, server.url].find((one) => typeof one === "string");
  const kept: Table = {};
  for (const key of ["command", "cwd"] as const) if (typeof server[key] === "string") kept[key] = server[key];
  if (Array.isArray(server.args)) kept.args = textsIn(server.args);
  if (isTable(server.env)) kept.env = Object.fromEntries(stringsIn(server.env));
  if (url !== undefined) kept.url = url;
  if (isTable(server.headers)) kept.http_headers = Object.fromEntries(stringsIn(server.headers));
  if (server.disabled === true || server.enabled === false) kept.enabled = false;
  if (Array.isArray(server.includeTools)) kept.enabled_tools = textsIn(server.includeTools);
  if (Array.isArray(server.excludeTools)) kept.disabled_tools = textsIn(server.excludeTools);
  return kept;
}

/** All of them; what is no table is left out. */
export const serversOf = (servers: unknown, read = importedServer): Table =>
  Object.fromEntries(
    Object.entries(isTable(servers) ? servers : {}).flatMap(([name, server]) =>
      isTable(server) ? [[name, read(server)]] : [],
    ),
  );
