import { FAILED } from "../../base/index.ts";
import { logIn, storeLogin } from "../../mcp/index.ts";
import { serverConfig, serverWorld } from "../../open/index.ts";
import { fail } from "../exits.ts";
import { type McpCall, noServer, readServersConfig } from "./shared.ts";

/** `moat mcp login NAME`: shows the page to log in at, and waits until it leads back. */
export async function loginAt({ host, flags, name }: McpCall): Promise<number> {
  const read = await readServersConfig(host, flags);
  if (!read.ok) return read.exit;
  const { config } = read.loaded;
  const entry = Object.hasOwn(config.mcp_servers, name) ? config.mcp_servers[name] : undefined;
  if (!entry) return noServer(host, name);
  const { place } = serverConfig(name, entry, host.env, host.cwd);
  if (!entry.enabled) return fail(host, `the MCP server ${name} is switched off`, FAILED);
  if (place.kind === "wrong") return fail(host, `the MCP server ${name}: ${place.message}`, FAILED);
  if (place.kind === "stdio") return fail(host, `the MCP server ${name} is a program, which has no login`, FAILED);
  if ("authorization" in place.headers)
    return fail(host, `the MCP server ${name} has a token in the configuration already`, FAILED);
  const show = (address: string) => host.stderr(`Open this page in a browser of this machine to log in:\n${address}\n`);
  const done = await logIn(name, place, serverWorld(host, read.loaded), show, host.signal);
  if (!done.ok) return fail(host, `no login at ${name}: ${done.message}`, FAILED);
  if (flags.json) host.json({ name, logged_in: true }, 2);
  else host.stdout(`logged in at ${name}\n`);
  return 0;
}

/** `moat mcp logout NAME`: forgets the tokens of a login. */
export async function logoutAt({ host, flags, name }: McpCall): Promise<number> {
  const gone = storeLogin(host.moat_home, name, null);
  if (flags.json) host.json({ name, forgotten: gone }, 2);
  else host.stdout(gone ? `forgotten: the login at ${name}\n` : `there was no login at ${name}\n`);
  return 0;
}
