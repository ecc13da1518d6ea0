import type { AfterPlan, ThreadSettings } from "./settings.ts";

/** What is in force in plan mode, whatever held before: the kernel lets nothing be written, and nobody is asked for more. */
const PLANNING: AfterPlan = {
  approval_policy: "never",
  granular: null,
  free_patches: false,
  sandbox_mode: "read-only",
};

/** The settings in plan mode, or as they are without it. */
export function withPlan(settings: ThreadSettings, plan: boolean): ThreadSettings {
  const { after_plan, ...rest } = settings;
  const plain = { ...rest, ...after_plan };
  if (!plan) return plain;
  const { approval_policy, granular, free_patches, sandbox_mode } = plain;
  return { ...plain, ...PLANNING, after_plan: { approval_policy, granular, free_patches, sandbox_mode } };
}

/** A thread with these settings is in plan mode. */
export function inPlan({ after_plan }: Pick<ThreadSettings, "after_plan">): boolean {
  return after_plan !== undefined;
}
