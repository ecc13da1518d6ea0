import type { ToolSpec } from "../../protocol/index.ts";
import { numberParameter, parameters, textParameter } from "../../tools/index.ts";
import type { KnownTool } from "./catalog.ts";

/** Tools that one search gives, unless it asks for others. */
export const FOUND = 8;
export const MOST_FOUND = 25;
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
