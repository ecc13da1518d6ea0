import { configuredNetwork, hostsOf, type SandboxMode, type SandboxReport } from "../protocol/index.ts";
import { SandboxError } from "../sandbox/index.ts";
import { inPlan } from "./plan-mode.ts";
import type { Part } from "./state.ts";

/** What the sandbox of a thread comes to on this machine, as far as that is known before a command runs. */
export interface Enforced {
  mode: SandboxMode;
  /** `none`: nothing is confined; null: nothing can be, so that no command runs. */
  tier: SandboxReport["tier"] | null;
  /** It is off, cannot be had, or some of it is only looked after and not closed by the kernel. */
  weak: boolean;
  /** What is open, for a status line: `workspace, no net`, `read-only, no net`, `off`. */
  open: string;
  /** How it is held: `namespaces + Landlock + seccomp`. */
  how: string;
}

const HOW: Record<SandboxReport["tier"], string> = {
  ns: "namespaces + Landlock + seccomp",
  landlock: "Landlock + seccomp, without namespaces: protected places are put right after each command",
  "ns-only": "namespaces + seccomp, without Landlock",
  seatbelt: "Seatbelt",
  external: "the container around moat",
  none: "nothing",
};

/** Asks the machine once; no command is started. */
export async function enforcedIn(state: Part<"settings" | "services" | "sandbox">): Promise<Enforced> {
  const { sandbox_mode: mode } = state.settings;
  if (mode === "danger-full-access") return { mode, tier: "none", weak: true, open: "off", how: HOW.none };
  if (mode === "external") return { mode, tier: "external", weak: false, open: "external", how: HOW.external };
  const open = openText(state);
  try {
    const { tier } = await state.sandbox();
    if (tier === "none") return { mode, tier: null, weak: true, open, how: "nothing: no command can be confined here" };
    return { mode, tier, weak: tier !== "ns" && tier !== "seatbelt", open, how: HOW[tier] };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { mode, tier: null, weak: true, open, how: error.message };
  }
}

function openText({ settings, services }: Part<"settings" | "services">): string {
  const { sandbox_mode, sandbox_workspace_write } = settings;
  if (inPlan(settings) || sandbox_mode === "read-only") return "read-only, no net";
  const { writable_roots } = sandbox_workspace_write;
  const more = writable_roots.length > 0 ? ` + ${writable_roots.length}` : "";
  const network = services.administrator.no_network === null ? configuredNetwork(sandbox_workspace_write) : "none";
  const hosts = hostsOf(network).length;
  const net = network === "full" ? "net" : hosts === 0 ? "no net" : hosts === 1 ? "1 host" : `${hosts} hosts`;
  return `workspace${more}, ${net}`;
}
