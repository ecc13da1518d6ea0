// Tools for tests: each does what the test says.
import type { CommandExecution, ToolSpec } from "../../protocol/index.ts";
import type { ItemBody, Tool, ToolContext, ToolOutcome, ToolSet } from "../../tools/index.ts";
import { textOutcome } from "../../tools/outcome.ts";

const spec = (name: string): ToolSpec => ({ type: "function", name, description: "", parameters: { type: "object" } });

/** An item of such a tool. */
export const shown = (text: string, status: CommandExecution["status"], exit_code: number | null = null): ItemBody => ({
  type: "command_execution",
  command: "work",
  aggregated_output: text,
  exit_code,
  status,
});

/** What a call came to. */
export const said = (text: string, more: Partial<ToolOutcome> = {}): ToolOutcome =>
  textOutcome(text, { status: "completed", item: null, ...more });

/** A tool that does what the test says. */
export const tool = (
  name: string,
  run: (args: string, context: ToolContext) => Promise<ToolOutcome>,
  more: Partial<Tool<string>> = {},
): Tool<string> => ({
  spec: () => spec(name),
  parallel: false,
  item_lasts: "call",
  parse: async (args) => ({ ok: true, args }),
  effect: () => null,
  item: (_args, _cwd, status) => shown("", status, status === "failed" ? -1 : null),
  hook: () => ({ tool_name: name, tool_input: {} }),
  withHookInput: (raw) => raw,
  run,
  ...more,
});

/** A set of them. Named as in `load`: `NAME`, or `SERVER.NAME`. */
export const setOf = (tools: Record<string, Tool<string>>): ToolSet => ({
  specs: async (model) =>
    Object.values(tools)
      .map((one) => one.spec(model))
      .filter((one) => one !== null),
  load: async (name, namespace) => tools[namespace === null ? name : `${namespace}.${name}`] ?? null,
});
