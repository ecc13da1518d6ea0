import type { SandboxReport } from "../../protocol/index.ts";
import type { AppConversation } from "../state/state.ts";

/** Heads the answer to a question beside the thread. */
export const besideText = (question: string) => `beside: ${question} (not kept)`;

/** What is open to commands, in a few words. */
export function moatText({ context, network }: Pick<AppConversation, "context" | "network">): string {
  switch (context.sandbox_mode) {
    case "danger-full-access":
      return "off";
    case "external":
      return "left to the container";
    case "read-only":
      return "reads only, no net";
    case "workspace-write":
      return network ? "workspace, net" : "workspace, no net";
  }
}

/** It is off, or what was enforced is less than was asked for. */
export function weakened({ context, weak, report }: Pick<AppConversation, "context" | "weak" | "report">): boolean {
  if (context.sandbox_mode === "danger-full-access") return true;
  if (context.sandbox_mode === "external") return false;
  return report === null ? weak : isWeak(report, weak);
}

/** A command that a person let out of the sandbox says nothing of those that are in it. */
function isWeak({ tier, hidden, ipc, tree_kill, carve }: SandboxReport, before: boolean): boolean {
  return tier === "none" ? before : !(hidden && ipc && tree_kill && carve);
}
