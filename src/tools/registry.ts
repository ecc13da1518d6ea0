import { applyPatch } from "./apply-patch.ts";
import type { Tool, ToolSet } from "./contract.ts";
import { execCommand } from "./exec-command.ts";
import { shell } from "./shell.ts";
import { updatePlan } from "./update-plan.ts";
import { viewImage } from "./view-image.ts";

/** Every name that is understood when the model calls it, in the order in which models are offered them. */
const TOOLS: Record<string, Tool> = {
  exec_command: execCommand,
  apply_patch: applyPatch,
  update_plan: updatePlan,
  view_image: viewImage,
  // The seed's tool under both of its names.
  shell,
  "container.exec": shell,
};

/** The tools that every thread has. */
export function builtInTools(): ToolSet {
  return {
    specs: async (model) =>
      Object.values(TOOLS)
        .map((tool) => tool.spec(model))
        .filter((spec) => spec !== null),
    load: async (name, namespace) => (namespace === null && Object.hasOwn(TOOLS, name) ? (TOOLS[name] ?? null) : null),
  };
}
