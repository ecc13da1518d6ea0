import type { Json, JsonObject, ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentReader } from "./arguments.ts";
import type { ItemBody, Tool } from "./contract.ts";
import { underOwnNames } from "./near-miss.ts";
import { textOutcome } from "./outcome.ts";
import { parameters, textParameter } from "./spec.ts";
import description from "./update-plan.md" with { type: "text" };

const STATUS = ["pending", "in_progress", "completed"] as const;

const spec: ToolSpec = {
  type: "function",
  name: "update_plan",
  description: description.trim(),
  parameters: parameters(
    {
      explanation: textParameter("Why the plan changed."),
      plan: {
        type: "array",
        items: parameters({ step: textParameter("A few words."), status: { type: "string", enum: [...STATUS] } }, [
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
  {
    aliases: { plan: ["steps", "todos", "items"] },
    understand: ({ plan, ...more }) => (plan === undefined ? more : { ...more, plan: stepsOf(plan) }),
  },
);

function stepsOf(plan: Json): Json {
  const list = isObject(plan) ? [plan] : plan;
  return Array.isArray(list) ? list.map(stepOf) : list;
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A step that is only named is still to be done. */
function stepOf(step: Json): Json {
  if (typeof step === "string") return { step, status: "pending" };
  if (!isObject(step)) return step;
  return { status: "pending", ...underOwnNames(step, { step: ["content", "text", "title", "task", "description"] }) };
}

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
