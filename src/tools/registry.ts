import type { Tool } from "./contract.ts";

/** Every name that is understood when the model calls it. Implementations are loaded at their first call. */
const loaders: Record<string, () => Promise<Tool>> = {
  exec_command: async () => (await import("./exec-command.ts")).execCommand as Tool,
  apply_patch: async () => (await import("./apply-patch.ts")).applyPatch as Tool,
  update_plan: async () => (await import("./update-plan.ts")).updatePlan as Tool,
  view_image: async () => (await import("./view-image.ts")).viewImage as Tool,
  // The seed's tool under both of its names: not offered, because newer models are trained on exec_command.
  shell: async () => (await import("./shell.ts")).shell as Tool,
  "container.exec": async () => (await import("./shell.ts")).shell as Tool,
};

/** The tool of that name; null when nothing of ours is called that. */
export async function loadTool(name: string): Promise<Tool | null> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  return load ? await load() : null;
}
