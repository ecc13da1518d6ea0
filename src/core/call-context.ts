import { join } from "node:path";
import type { ToolContext } from "../tools/index.ts";
import type { StartedCall } from "./call.ts";
import { holdPlaces } from "./confinement.ts";
import { runCommand } from "./run-command.ts";
import type { ThreadState } from "./state.ts";

/** The world of one call: what it may touch, and commands under what was judged. */
export function callContext(state: ThreadState, call: StartedCall, signal: AbortSignal): ToolContext {
  const { permit, policy, cwd } = call;
  // The call may have waited for a person, or for its neighbours.
  holdPlaces(state, permit);
  const full = policy.mode === "danger-full-access" || policy.mode === "external";
  return {
    cwd,
    run: (command) => runCommand(state, call, command, signal),
    writable: full ? { roots: ["/"], protected: [] } : { roots: policy.writable, protected: policy.protected },
    hidden: policy.hidden,
    state_dir: join(state.services.moat_home, "journal"),
    now: state.services.now,
    signal,
  };
}
