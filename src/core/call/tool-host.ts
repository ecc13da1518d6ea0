import type { ToolHost } from "../../tools/index.ts";
import type { RunningThread } from "./run-command.ts";

/** What a set of tools may use of its thread. What starts programs is loaded when one is started. */
export function toolHost(state: RunningThread): ToolHost {
  return {
    start: async (program) => (await import("./start-server.ts")).startServer(state, program),
    confinement() {
      const { cwd, sandbox_mode, sandbox_workspace_write } = state.settings;
      return JSON.stringify([cwd, sandbox_mode, sandbox_workspace_write]);
    },
  };
}
