import type { JsonObject, ToolSpec } from "../../protocol/index.ts";
import { numberParameter, parameters, type Tool, textOutcome, textParameter } from "../../tools/index.ts";
import type { ToolServer } from "../server/server.ts";
import { asText } from "../wire/message.ts";
import { type KnownTool, knownTools, specOf } from "./catalog.ts";
import { readArguments } from "./tool.ts";

/** Tools that one search gives, unless it asks for others. */
const FOUND = 8;
const MOST_FOUND = 25;
/** Characters of a one-liner, and of all of them: a tenth of what schemas of as many tools would be. */
const ONE_LINER = 100;
const MAX_LINES = 16_000;

/** The tool that finds tools, and the one that calls what it found. */
export const LOOKUP = { search: "tool_search", call: "mcp_call" } as const;

/** How a model is offered both. `tools`: all that are known. `waiting`: servers that were never asked. */
export function lookupSpecs(tools: readonly KnownTool[], waiting: readonly string[]): ToolSpec[] {
  const more =
    waiting.length === 0 ? "" : `\nServers that are starting, whose tools a search waits for: ${waiting.join(", ")}.`;
  const search: ToolSpec = {
    type: "function",
    name: LOOKUP.search,
    description: `Finds tools of MCP servers by words of their names and descriptions, and gives their parameters. Call what you found with ${LOOKUP.call}.${more}${oneLiners(tools)}`,
    parameters: parameters(
      {
        query: textParameter("Words to look for, or names of tools; empty: all of them."),
        limit: numberParameter(`How many to give; ${FOUND} by default, ${MOST_FOUND} at most.`),
      },
      ["query"],
    ),
  };
  const call: ToolSpec = {
    type: "function",
    name: LOOKUP.call,
    description: `Calls a tool of an MCP server that ${LOOKUP.search} found.`,
    parameters: {
      type: "object",
      properties: {
        tool: textParameter("Its whole name, as in mcp__server__tool."),
        arguments: { type: "object", description: "As its parameters say.", additionalProperties: true },
      },
      required: ["tool", "arguments"],
    },
  };
  return [search, call];
}

function oneLiners(tools: readonly KnownTool[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const { flat, known } of tools) {
    const line = `${flat}: ${(known.description.split("\n")[0] ?? "").slice(0, ONE_LINER)}`;
    length += line.length;
    if (length > MAX_LINES) {
      lines.push(`… and ${tools.length - lines.length} more`);
      break;
    }
    lines.push(line);
  }
  return lines.length === 0 ? "" : `\nTools:\n${lines.join("\n")}`;
}

/** Finds tools of servers; those that were never asked are waited for. */
export function searchTool(servers: readonly ToolServer[]): Tool<JsonObject> {
  return {
    parallel: true,
    item_lasts: "call",
    spec: () => null,
    parse: async (raw) => readArguments(raw),
    effect: () => null,
    item: () => null,
    hook: (input) => ({ tool_name: LOOKUP.search, tool_input: input }),
    withHookInput: (_raw, input) => JSON.stringify(input),
    async run({ query, limit }, { signal }) {
      const unknown = servers.filter(({ lists }) => lists === null);
      const asked = await Promise.all(unknown.map((server) => server.ready(signal)));
      const missing = asked.flatMap((one) => (one.ok ? [] : [one.message]));
      const wanted = typeof limit === "number" ? Math.min(Math.max(1, limit), MOST_FOUND) : FOUND;
      const found = best(knownTools(servers), asText(query)).slice(0, wanted);
      const text = found.map((tool) => JSON.stringify(specOf(tool))).join("\n") || "no tool fits these words";
      return textOutcome([text, ...missing].join("\n"), { status: "completed", item: null });
    },
  };
}

/** Those whose names or descriptions have most of the words, names before descriptions. */
function best(tools: readonly KnownTool[], query: string): KnownTool[] {
  const words = query
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  if (words.length === 0) return [...tools];
  const score = ({ flat, known }: KnownTool) => {
    const [name, text] = [flat.toLowerCase(), known.description.toLowerCase()];
    return words.reduce((sum, word) => sum + (name.includes(word) ? 3 : 0) + (text.includes(word) ? 1 : 0), 0);
  };
  const scored = tools.map((tool) => ({ tool, points: score(tool) })).filter(({ points }) => points > 0);
  return scored.sort((a, b) => b.points - a.points).map(({ tool }) => tool);
}

/** Calls a tool by its name: what is judged, shown and run is that tool. */
export const callTool: Tool<JsonObject> = {
  parallel: true,
  item_lasts: "call",
  spec: () => null,
  async parse(raw) {
    const read = readArguments(raw);
    if (!read.ok) return read;
    const { tool, arguments: input = {} } = read.args;
    if (asText(tool) === "" || Object.values(LOOKUP).includes(tool as "mcp_call"))
      return { ok: false, message: `${LOOKUP.call} needs the name of a tool that ${LOOKUP.search} found` };
    const text = typeof input === "string" ? input : JSON.stringify(input);
    return { ok: "delegate", tool: asText(tool), input: text, workdir: null, frame: (body) => body };
  },
  effect: () => null,
  item: () => null,
  hook: (input) => ({ tool_name: LOOKUP.call, tool_input: input }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  run: async () => textOutcome("this call names no tool", { status: "failed", item: null }),
};
