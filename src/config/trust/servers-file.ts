import type { Config } from "../schema/schema.ts";
import { isTable } from "../schema/type.ts";
import { keyNames } from "../secrets.ts";

/** A `.mcp.json` as a table with our keys; `notes`: sentences about what was left out. */
export type ServersFile =
  | { ok: true; table: Record<string, unknown>; notes: string[] }
  | { ok: false; message: string };

/** Fields that mean the same under another name. */
const SAME: Record<string, string> = {
  command: "command",
  args: "args",
  env: "env",
  cwd: "cwd",
  url: "url",
  headers: "http_headers",
};

/** `${NAME}` and `${NAME:-else}`, as the peers write them. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/**
 * Reads the servers of tools that a repository names. Servers that the user has under the same name stay the user's: nothing of a
 * repository is mixed into them. Variables are filled in, but for keys of moat's own.
 */
export function readServers(text: string, own: Config, env: Readonly<Record<string, string | undefined>>): ServersFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `this is not JSON, so it is left out: ${(error as Error).message}.` };
  }
  const named = isTable(value) ? value.mcpServers : undefined;
  if (!isTable(named)) return { ok: false, message: "there is no table mcpServers in it, so it is left out." };
  const keys = new Set(keyNames(own, env));
  const notes: string[] = [];
  const servers: Record<string, unknown> = {};
  for (const [name, server] of Object.entries(named)) {
    const mine = Object.hasOwn(own.mcp_servers, name) ? own.mcp_servers[name] : undefined;
    if (mine?.command || mine?.url)
      notes.push(`${name}: your own configuration has an MCP server of this name, which is used.`);
    else if (!isTable(server)) notes.push(`${name}: this is no server.`);
    else if (server.type === "sse")
      notes.push(`${name}: moat does not speak the old HTTP+SSE; ask for a streamable HTTP address.`);
    else {
      const refused = new Set<string>();
      servers[name] = filled(translated(server), keys, env, refused);
      for (const key of refused)
        notes.push(
          `${name}: ${key} is a key, which no repository gets; mcp_servers.${name} in your config.toml can hand it on.`,
        );
    }
  }
  return { ok: true, table: { mcp_servers: servers }, notes };
}

function translated(server: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(SAME).flatMap(([name, key]) =>
    server[name] === undefined ? [] : [[key, server[name]]],
  );
  return { ...Object.fromEntries(entries), ...(server.disabled === true ? { enabled: false } : {}) };
}

function filled(
  value: unknown,
  keys: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
  refused: Set<string>,
): unknown {
  const inner = (one: unknown) => filled(one, keys, env, refused);
  if (Array.isArray(value)) return value.map(inner);
  if (isTable(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
  if (typeof value !== "string") return value;
  return value.replace(VARIABLE, (_, name: string, other: string | undefined) => {
    if (!keys.has(name)) return env[name] || (other ?? "");
    refused.add(name);
    return other ?? "";
  });
}
