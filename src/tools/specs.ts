import type { JsonSchema, ToolSpec } from "../protocol/index.ts";
import applyPatchGrammar from "./apply-patch.lark" with { type: "text" };
import applyPatchText from "./apply-patch.md" with { type: "text" };
import execCommandText from "./exec-command.md" with { type: "text" };
import updatePlanText from "./update-plan.md" with { type: "text" };
import viewImageText from "./view-image.md" with { type: "text" };

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
      shell: text("A shell of the system, such as `zsh`; bash by default."),
      login: { type: "boolean", description: "Whether the shell reads the login profile; true by default." },
      yield_time_ms: number("Accepted for compatibility."),
      timeout_ms: number("Milliseconds until the command is stopped; 120000 by default, 3600000 at most."),
      max_output_tokens: number("Smaller cap on the output."),
      sandbox_permissions: {
        type: "string",
        enum: ["use_default", "with_write", "with_network", "require_escalated"],
        description:
          "Asks the user for more than the sandbox gives, for this command: `with_write` one more writable directory, " +
          "`with_network` the network, `require_escalated` to run outside the sandbox. Ask for the least that is enough.",
      },
      permission_target: text(
        "With `with_write`: that directory, which must exist. With `with_network`: the host to reach.",
      ),
      justification: text("With any of these: one question for the user that says why it is needed."),
      prefix_rule: {
        type: "array",
        items: { type: "string" },
        description: "With any of these: first words of similar commands that the user may allow for good.",
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

const viewImage: ToolSpec = {
  type: "function",
  name: "view_image",
  description: viewImageText.trim(),
  parameters: parameters({ path: text("Path of the file; relative ones start at the project.") }, ["path"]),
};

/** The tools that a model is offered, always in this order. `images`: it can see. */
export function toolSpecs({ images }: { images: boolean }): ToolSpec[] {
  return [execCommand, applyPatch, updatePlan, ...(images ? [viewImage] : [])];
}
