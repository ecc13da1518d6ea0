import type { JsonObject } from "../../protocol/index.ts";
import { type Tool, textOutcome } from "../../tools/index.ts";
import type { ToolServer } from "../server/server.ts";
import { asText } from "../wire/message.ts";
import { type KnownTool, knownTools, specOf } from "./catalog.ts";
import { FOUND, LOOKUP, MOST_FOUND } from "./lookup-specs.ts";
import { readArguments } from "./tool.ts";

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
