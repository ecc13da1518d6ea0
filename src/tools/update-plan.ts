import type { ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentReader } from "./arguments.ts";
import type { ItemBody, Tool } from "./contract.ts";
import { textOutcome } from "./outcome.ts";
import { parameters, text } from "./spec.ts";
import description from "./update-plan.md" with { type: "text" };

const STATUS = ["pending", "in_progress", "completed"] as const;

const spec: ToolSpec = {
  type: "function",
  name: "update_plan",
  description: description.trim(),
  parameters: parameters(
    {
      explanation: text("Why the plan changed."),
      plan: {
        type: "array",
        items: parameters({ step: text("A few words."), status: { type: "string", enum: [...STATUS] } }, [
          "step",
          "status",
        ]),
      },
    },
    ["plan"],
  ),
};

const readArguments = argumentReader(
  (z) =>
    z.object({
      explanation: z.optional(z.nullable(z.string())),
      plan: z.array(z.object({ step: z.string(), status: z.enum(STATUS) })),
    }),
  { aliases: { plan: ["steps", "todos", "items"] } },
);

type Plan = ArgumentsOf<typeof readArguments>;

function todoList(plan: Plan): ItemBody {
  const items = plan.plan.map(({ step, status }) => ({ text: step, completed: status === "completed" }));
  return { type: "todo_list", items };
}

export const updatePlan: Tool<Plan> = {
  parallel: false,
  item_lasts: "turn",
  spec: () => spec,
  parse: readArguments,
  effect: () => null,
  item: () => null,
  hook: ({ plan }) => ({ tool_name: "update_plan", tool_input: { plan } }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  run: async (plan) => textOutcome("Plan updated", { status: "completed", item: todoList(plan) }),
};
