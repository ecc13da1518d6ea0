import type { McpServer } from "@agentclientprotocol/sdk";
import type { Override } from "../../config/index.ts";

/**
 * The servers of tools that an editor offers for a session, as settings; under names of their own, so that none mixes with one that the person
 * configured. They are confined like any other. `left_out`: what cannot be used, in sentences.
 */
export function editorServers(servers: readonly McpServer[]): { settings: Override[]; left_out: string[] } {
  const usable = servers.flatMap((server) => (tableOf(server) === null ? [] : [server]));
  const settings = usable.map((server) => ({
    keys: ["mcp_servers", `editor-${server.name.replace(/[^\w-]+/g, "-")}`],
    value: tableOf(server),
    from: "the editor",
    lenient: true,
  }));
  const others = servers.filter((server) => tableOf(server) === null).map(({ name }) => name);
  const left_out =
    others.length === 0
      ? []
      : [`MCP servers that are reached in a way that moat does not know are left out: ${others.join(", ")}`];
  return { settings, left_out };
}

const named = (list: readonly { name: string; value: string }[]) =>
  Object.fromEntries(list.map(({ name, value }) => [name, value]));

/** A server as `mcp_servers.NAME` has it; null: moat has no such way. */
function tableOf(server: McpServer): Record<string, unknown> | null {
  if ("command" in server) return { command: server.command, args: server.args, env: named(server.env) };
  return server.type === "http" ? { url: server.url, http_headers: named(server.headers) } : null;
}
