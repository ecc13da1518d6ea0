import type { ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentReader } from "./arguments.ts";
import type { Tool } from "./contract.ts";
import description from "./exit-plan-mode.md" with { type: "text" };
import { textOutcome } from "./outcome.ts";
import { parameters, textParameter } from "./spec.ts";

/** Name and parameter are those that most models know, from Claude Code, Gemini CLI and Qwen Code; the texts are ours. */
const spec: ToolSpec = {
  type: "function",
  name: "exit_plan_mode",
  description: description.trim(),
  parameters: parameters({ plan: textParameter("The whole plan, in Markdown.") }, ["plan"]),
};

const readArguments = argumentReader((z) => z.object({ plan: z.string() }), {
  aliases: { plan: ["text", "markdown", "content"] },
});

type Handover = ArgumentsOf<typeof readArguments>;

export const exitPlanMode: Tool<Handover> = {
  parallel: false,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw) {
    const parsed = await readArguments(raw);
    if (!parsed.ok || parsed.args.plan.trim() !== "") return parsed;
    return { ok: false, message: "plan is empty: give the whole plan, in Markdown" };
  },
  effect: () => null,
  item: () => null,
  hook: ({ plan }) => ({ tool_name: "ExitPlanMode", tool_input: { plan } }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  async run({ plan }, { plan_mode }) {
    if (!plan_mode)
      return textOutcome("The thread is not in plan mode: go on with the work.", { status: "failed", item: null });
    return textOutcome("The plan was handed to the user, who decides what comes next.", {
      status: "completed",
      item: { type: "plan", text: plan },
      ends_turn: true,
    });
  },
};
