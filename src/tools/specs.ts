import type { JsonSchema, ToolSpec } from "../protocol/index.ts";
import applyPatchGrammar from "./apply-patch.lark" with { type: "text" };
import applyPatchText from "./apply-patch.md" with { type: "text" };
import execCommandText from "./exec-command.md" with { type: "text" };
import updatePlanText from "./update-plan.md" with { type: "text" };

const text = (description: string): JsonSchema => ({ type: "string", description });
const number = (description: string): JsonSchema => ({ type: "number", description });

function parameters(properties: Record<string, JsonSchema>, required: string[]): JsonSchema {
  return { type: "object", properties, required, additionalProperties: false };
}

/** Names and parameters are those of the Codex CLI, because models are trained on them; the texts are ours. */
const execCommand: ToolSpec = {
  type: "function",
  name: "exec_command",
  description: execCommandText.trim(),
  parameters: parameters(
    {
      cmd: text("Shell command to run."),
      workdir: text("Directory to run it in; the project's by default."),
      shell: text("Shell binary; bash by default."),
      login: { type: "boolean", description: "Whether the shell reads the login profile; true by default." },
      yield_time_ms: number("Accepted for compatibility."),
      timeout_ms: number("Milliseconds until the command is stopped; 120000 by default, 3600000 at most."),
      max_output_tokens: number("Smaller cap on the output."),
      sandbox_permissions: {
        type: "string",
        enum: ["use_default", "require_escalated"],
        description: "`require_escalated` asks the user to run this command outside the sandbox.",
      },
      justification: text("With `require_escalated`: one question for the user that says why it is needed."),
      prefix_rule: {
        type: "array",
        items: { type: "string" },
        description: "With `require_escalated`: first words of similar commands that the user may allow for good.",
      },
    },
    ["cmd"],
  ),
};

const applyPatch: ToolSpec = {
  type: "custom",
  name: "apply_patch",
  description: applyPatchText.trim(),
  format: { type: "grammar", syntax: "lark", definition: applyPatchGrammar },
  fallback_argument: "input",
};

const updatePlan: ToolSpec = {
  type: "function",
  name: "update_plan",
  description: updatePlanText.trim(),
  parameters: parameters(
    {
      explanation: text("Why the plan changed."),
      plan: {
        type: "array",
        items: parameters(
          { step: text("A few words."), status: { type: "string", enum: ["pending", "in_progress", "completed"] } },
          ["step", "status"],
        ),
      },
    },
    ["plan"],
  ),
};

/** The tools that every model is offered. */
export const toolSpecs: ToolSpec[] = [execCommand, applyPatch, updatePlan];
