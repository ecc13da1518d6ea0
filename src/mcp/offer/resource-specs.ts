import type { ToolSpec } from "../../protocol/index.ts";
import { parameters, textParameter } from "../../tools/index.ts";

/** Names that the Codex CLI gives these tools. */
export const RESOURCES = { list: "list_mcp_resources", read: "read_mcp_resource" } as const;

const server = textParameter("Name of the MCP server.");

/** How a model is offered what servers have to read. */
export function resourceSpecs(names: readonly string[]): ToolSpec[] {
  return [
    {
      type: "function",
      name: RESOURCES.list,
      description: `Lists what MCP servers have to read, and patterns for more of it. Servers with resources: ${names.join(", ")}.`,
      parameters: parameters({ server, cursor: textParameter("From the last answer, for what follows it.") }, [
        "server",
      ]),
    },
    {
      type: "function",
      name: RESOURCES.read,
      description: "Reads a resource of an MCP server.",
      parameters: parameters({ server, uri: textParameter("As the list gives it.") }, ["server", "uri"]),
    },
  ];
}
