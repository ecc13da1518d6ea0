import type { Json, JsonObject } from "../../protocol/index.ts";
import { type Tool, type ToolContext, textOutcome } from "../../tools/index.ts";
import type { ToolServer } from "../server/server.ts";
import { asText, isJsonObject, type RpcAnswer } from "../wire/message.ts";
import { elicitFrom } from "./elicit.ts";
import { RESOURCES } from "./resource-specs.ts";
import { callItem, failedCall, resourceText, type ServerCall } from "./result.ts";
import { effectOf, readArguments } from "./tool.ts";

/** A tool that reads from servers; which one, its arguments say. */
export function resourceTool(name: keyof typeof RESOURCES, servers: readonly ToolServer[]): Tool<JsonObject> {
  const serverOf = (input: JsonObject) => servers.find(({ config }) => config.name === input.server) ?? null;
  const call = (input: JsonObject): ServerCall => ({ server: asText(input.server), tool: RESOURCES[name], input });
  return {
    parallel: true,
    item_lasts: "call",
    spec: () => null,
    async parse(raw) {
      const read = readArguments(raw);
      if (!read.ok || serverOf(read.args)) return read;
      const known = servers.map(({ config }) => config.name).join(", ");
      return { ok: false, message: `there is no MCP server ${asText(read.args.server)}; there are: ${known}` };
    },
    effect(input) {
      const found = serverOf(input);
      return found && effectOf(found, RESOURCES[name], true, input);
    },
    item: (input, _cwd, status) => callItem(call(input), status),
    hook: (input) => ({ tool_name: RESOURCES[name], tool_input: input }),
    withHookInput: (_raw, input) => JSON.stringify(input),
    async run(input, context) {
      const found = serverOf(input);
      if (!found) return failedCall(call(input), "there is no such server");
      const answer = await (name === "list" ? list(found, input, context) : read(found, input, context));
      if (!answer.ok) return failedCall(call(input), answer.message);
      const text = name === "list" ? JSON.stringify(answer.result) : contentsText(answer.result);
      const result = { content: [{ type: "text", text: text.slice(0, MAX_SHOWN) }], structured_content: null };
      return textOutcome(text, {
        status: "completed",
        item: { ...callItem(call(input), "failed"), status: "completed", result } as never,
      });
    },
  };
}

/** Characters of an answer that its item keeps, as of a command's output. */
const MAX_SHOWN = 1024 * 1024;

async function list(found: ToolServer, { cursor }: JsonObject, { signal }: ToolContext): Promise<RpcAnswer> {
  const params: JsonObject = typeof cursor === "string" && cursor !== "" ? { cursor } : {};
  const answer = await found.request("resources/list", params, { signal }, null);
  if (!answer.ok || params.cursor !== undefined) return answer;
  const patterns = await found.request("resources/templates/list", {}, { signal }, null);
  const { resources = [], nextCursor } = answer.result;
  const templates: Json = patterns.ok ? (patterns.result.resourceTemplates ?? []) : [];
  return {
    ok: true,
    result: { resources, templates, ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }) },
  };
}

function read(found: ToolServer, { uri }: JsonObject, { signal, input }: ToolContext): Promise<RpcAnswer> {
  const elicit = elicitFrom(found.config.name, (questions) => input(questions));
  return found.request("resources/read", { uri: asText(uri) }, { signal }, elicit);
}

function contentsText({ contents }: JsonObject): string {
  const parts = Array.isArray(contents) ? contents.filter(isJsonObject) : [];
  return parts.map(resourceText).join("\n") || "(the resource is empty)";
}
