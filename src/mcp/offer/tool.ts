import type { Effect, JsonObject } from "../../protocol/index.ts";
import { readCallJson, type Tool, type ToolContext } from "../../tools/index.ts";
import type { ServerTool } from "../server/lists.ts";
import type { ToolServer } from "../server/server.ts";
import { argumentHeaders } from "../wire/headers.ts";
import { elicitFrom } from "./elicit.ts";
import { callItem, callOutcome, failedCall, type ServerCall } from "./result.ts";

/** A tool of a server, by what is known of it; null: the server was never asked, so that everything about it counts as dangerous. */
export interface NamedTool {
  /** Under which a model calls it. */
  flat: string;
  server: ToolServer;
  name: string;
  known: ServerTool | null;
}

/** What a tool of a server would do, as far as anybody can know. */
export function effectOf({ config }: ToolServer, tool: string, read_only: boolean, input: JsonObject): Effect {
  const approval = Object.hasOwn(config.approvals, tool) ? config.approvals[tool] : config.approval;
  const asked = approval === undefined || approval === "auto" ? {} : { approval };
  const given = Object.keys(input).length === 0 ? {} : { arguments: input };
  return { kind: "mcp", server: config.name, tool, read_only, ...given, ...asked };
}

/** A tool of a server as the thread calls it. `sees`: the model takes pictures. */
export function serverTool(named: NamedTool, sees: () => boolean): Tool<JsonObject> {
  const { server, name, flat, known } = named;
  const call = (input: JsonObject): ServerCall => ({ server: server.config.name, tool: name, input });
  return {
    parallel: server.config.parallel,
    item_lasts: "call",
    spec: () => null,
    parse: async (raw) => readArguments(raw),
    effect: (input) => effectOf(server, name, known?.read_only ?? false, input),
    item: (input, _cwd, status) => callItem(call(input), status),
    hook: (input) => ({ tool_name: flat, tool_input: input }),
    withHookInput: (_raw, input) => JSON.stringify(input),
    async run(input, context) {
      const ready = await server.ready(context.signal);
      if (!ready.ok) return failedCall(call(input), ready.message);
      const now = ready.lists.tools.find((one) => one.name === name);
      if (!now) return failedCall(call(input), `the MCP server ${server.config.name} has no tool ${name} (any more)`);
      const refused = await askedAnew(named, now, input, context);
      if (refused !== null) return failedCall(call(input), refused);
      const headers = argumentHeaders(now.headers, input);
      const elicit = elicitFrom(server.config.name, (questions) => context.input(questions));
      const limits = { signal: context.signal, headers };
      const answer = await server.request("tools/call", { name, arguments: input }, limits, elicit);
      return callOutcome(call(input), answer, sees());
    },
  };
}

/** A tool that only read the last time and says something else now is asked about. */
async function askedAnew(
  { server, name, known }: NamedTool,
  now: ServerTool,
  input: JsonObject,
  { ask }: ToolContext,
): Promise<string | null> {
  if (now.read_only || known === null || !known.read_only) return null;
  const answer = await ask(effectOf(server, name, false, input));
  return answer.ok ? null : answer.message;
}

/** The arguments of a call, in JSON that may be as odd as models write it. */
export function readArguments(raw: string): { ok: true; args: JsonObject } | { ok: false; message: string } {
  const read = readCallJson(raw);
  if (read.ok) return { ok: true, args: read.value };
  return { ok: false, message: `failed to parse function arguments: ${read.message}` };
}
