import type { Effect, ToolSpec } from "../protocol/index.ts";
import { argumentObject, argumentReader } from "./arguments.ts";
import {
  commandEffect,
  commandItem,
  finishedCommand,
  reportedExit,
  shownOutput,
  unfinishedCommand,
} from "./command.ts";
import type { CommandCall, Tool, ToolContext, ToolOutcome } from "./contract.ts";
import { textOutcome } from "./outcome.ts";
import { numberParameter, parameters, textParameter } from "./spec.ts";
import description from "./web-fetch.md" with { type: "text" };

/** As it stands on the PATH of commands, and in questions. */
const PROGRAM = "web_fetch";
/** Longer than a slow page takes, in ms. */
const TIMEOUT_MS = 60_000;

const spec: ToolSpec = {
  type: "function",
  name: PROGRAM,
  description: description.trim(),
  parameters: parameters(
    { url: textParameter("Address of the page."), max_output_tokens: numberParameter("Smaller cap on the output.") },
    ["url"],
  ),
};

const readArguments = argumentReader(
  (z) => z.object({ url: z.string(), max_output_tokens: z.optional(z.nullable(z.number())) }),
  { aliases: { url: ["uri", "address", "link", "href"] } },
);

/** Runs moat's own program, wherever a program of that name lies on the PATH: nothing else gets the network by it. */
async function fetchPage(call: CommandCall, context: ToolContext): Promise<ToolOutcome> {
  const program = context.ownCommand(PROGRAM);
  if (program === null) {
    const item = commandItem(call, { aggregated_output: "", exit_code: -1, status: "failed" });
    return textOutcome("web_fetch is not to be had here: use curl in exec_command", { status: "failed", item });
  }
  const result = await context.run({ ...call, argv: [program, ...call.argv.slice(1)] });
  const exit_code = reportedExit(result);
  return {
    ...shownOutput(result),
    status: exit_code === 0 ? "completed" : "failed",
    max_output_tokens: call.max_output_tokens,
    render: (body) => (exit_code === 0 ? body : `web_fetch failed with exit code ${exit_code}\n${body}`),
    item: finishedCommand(call, result),
    denial: result.denial,
  };
}

export const webFetch: Tool<CommandCall> = {
  parallel: true,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw, cwd) {
    const parsed = await readArguments(raw);
    if (!parsed.ok) return parsed;
    const { url: named, max_output_tokens = null } = parsed.args;
    const url = URL.parse(named.trim());
    if (url === null || !/^https?:$/.test(url.protocol))
      return { ok: false, message: `${named} is no http or https URL: give the whole address` };
    return {
      ok: true,
      args: {
        argv: [PROGRAM, url.href],
        cwd,
        timeout_ms: TIMEOUT_MS,
        max_output_tokens,
        escalation: { want: "network", target: url.hostname, justification: "to read this page", prefix_rule: null },
      },
    };
  },
  effect: (call): Effect => commandEffect(call),
  item: unfinishedCommand,
  // The name that the peers' hooks know.
  hook: ({ argv }) => ({ tool_name: "WebFetch", tool_input: { url: argv[1] ?? "" } }),
  withHookInput: (raw, { url }) => JSON.stringify({ ...argumentObject(raw), url }),
  run: fetchPage,
};
