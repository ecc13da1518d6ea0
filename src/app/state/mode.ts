import type { SettingsChange, TurnContext } from "../../protocol/index.ts";
import type { StatusFacts } from "../../view/index.ts";

/** What Shift-Tab goes through. The only file that knows which settings a mode is. */
export type ModeName = Exclude<StatusFacts["mode"], "custom">;

const MODES: readonly ModeName[] = ["auto", "ask", "plan"];

/** The settings by mode: confined commands run and more is asked; whatever does not only read is asked; nothing is written. */
const CHANGES: Record<ModeName, SettingsChange> = {
  auto: { plan: false, approval_policy: "on-request", sandbox_mode: "workspace-write", free_patches: false },
  ask: { plan: false, approval_policy: "untrusted", sandbox_mode: "workspace-write", free_patches: false },
  plan: { plan: true },
};

export function changesFor(mode: ModeName): SettingsChange {
  return CHANGES[mode];
}

/** Which mode these settings are. */
export function modeOf(
  context: Pick<TurnContext, "after_plan" | "sandbox_mode" | "approval_policy">,
): StatusFacts["mode"] {
  if (context.after_plan !== undefined) return "plan";
  if (context.sandbox_mode !== "workspace-write") return "custom";
  if (context.approval_policy === "on-request") return "auto";
  return context.approval_policy === "untrusted" ? "ask" : "custom";
}

/** The mode after this one. */
export function nextMode(mode: StatusFacts["mode"]): ModeName {
  return MODES[(MODES.indexOf(mode as ModeName) + 1) % MODES.length] ?? "auto";
}
