import { z } from "zod/mini";
import { parseArguments } from "./arguments.ts";
import type { ItemBody, Tool, ToolOutcome } from "./contract.ts";

const schema = z.object({
  explanation: z.optional(z.nullable(z.string())),
  plan: z.array(z.object({ step: z.string(), status: z.enum(["pending", "in_progress", "completed"]) })),
});

type Plan = z.infer<typeof schema>;

function todoList(plan: Plan): ItemBody {
  const items = plan.plan.map(({ step, status }) => ({ text: step, completed: status === "completed" }));
  return { type: "todo_list", items };
}

export const updatePlan: Tool<Plan> = {
  parallel: false,
  item_lasts: "turn",
  parse: (raw) => parseArguments(schema, raw),
  effect: () => null,
  begin: () => null,
  declined: () => null,
  hook: ({ plan }) => ({ tool_name: "update_plan", tool_input: { plan } }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  async run(plan): Promise<ToolOutcome> {
    return {
      status: "completed",
      body: "Plan updated",
      total_lines: 1,
      total_bytes: "Plan updated".length,
      max_output_tokens: null,
      render: (body) => body,
      item: todoList(plan),
    };
  },
};
