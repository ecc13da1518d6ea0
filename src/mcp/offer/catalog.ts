import { BYTES_PER_TOKEN } from "../../base/index.ts";
import type { ToolSpec } from "../../protocol/index.ts";
import type { ServerTool } from "../server/lists.ts";
import { flatName, marked, plainName } from "../server/names.ts";
import type { ToolServer } from "../server/server.ts";
import type { NamedTool } from "./tool.ts";

/** Tools, and tokens of what is said of them, up to which all of it goes along with every request. More is looked up. */
const MOST_TOOLS = 40;
const MOST_TOKENS = 10_000;

/** A tool that is known well enough to be offered. */
export type KnownTool = NamedTool & { known: ServerTool };

/** Every known tool under its own name, in the order of servers and lists. */
export function knownTools(servers: readonly ToolServer[]): KnownTool[] {
  const taken = new Set<string>();
  return servers.flatMap((server) =>
    (server.lists?.tools ?? []).map((known) => {
      const name = flatName(server.config.name, known.name);
      const flat = taken.has(name) ? marked(name, server.config.name, known.name) : name;
      taken.add(flat);
      return { flat, server, name: known.name, known };
    }),
  );
}

/** How a model is offered a tool. */
export function specOf({ flat, known }: KnownTool): ToolSpec {
  return { type: "function", name: flat, description: known.description, parameters: known.parameters };
}

/** So many that they are looked up before they are called. */
export function areMany(tools: readonly KnownTool[]): boolean {
  if (tools.length > MOST_TOOLS) return true;
  const bytes = tools.reduce((sum, tool) => sum + JSON.stringify(specOf(tool)).length, 0);
  return bytes > MOST_TOKENS * BYTES_PER_TOKEN;
}

/**
 * The tool that a call means, under its own name or as `namespace` and name; null: none of a server. What a server offers that was
 * never asked cannot be known: its name decides.
 */
export function findTool(servers: readonly ToolServer[], name: string, namespace: string | null): NamedTool | null {
  const known = knownTools(servers);
  const whole = namespace ? `${namespace}__${name}` : name;
  const same = (server: string, tool: string) =>
    [`mcp__${server}__${tool}`, `${server}__${tool}`].some((one) => plainName(one) === plainName(whole));
  const found =
    known.find(({ flat }) => flat === whole || flat === name) ??
    known.find((one) => same(one.server.config.name, one.name));
  if (found) return found;
  const [, of = "", tool = ""] = whole.match(/^mcp__(.+?)__(.+)$/) ?? [];
  const server = servers.find(({ config, lists }) => lists === null && plainName(config.name) === of);
  return server ? { flat: whole, server, name: tool, known: null } : null;
}
