import { USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";
import type { CommandSpec } from "../spec.ts";
import { bareFlags, type CompletedCommand, type CompletedFlag, completedCommands } from "./model.ts";

/** `moat completion SHELL`: a script that completes commands and flags, made from the command table. `app`: moat without a command. */
export const completion =
  (commands: CommandSpec[], app: CommandSpec): CommandRun =>
  async ({ args, host }) => {
    const [shell, ...more] = args;
    const script = more.length === 0 ? await scriptFor(shell, completedCommands(commands), bareFlags(app)) : null;
    if (script === null) {
      host.stderr("moat: say for which shell: moat completion bash, zsh, fish or powershell\n");
      return USAGE;
    }
    host.data(script);
    return 0;
  };

async function scriptFor(
  shell: string | undefined,
  table: CompletedCommand[],
  bare: CompletedFlag[],
): Promise<string | null> {
  if (shell === "bash") return (await import("./bash.ts")).bashCompletion(table, bare);
  if (shell === "zsh") return (await import("./zsh.ts")).zshCompletion(table);
  if (shell === "fish") return (await import("./fish.ts")).fishCompletion(table);
  if (shell === "powershell") return (await import("./powershell.ts")).powershellCompletion(table);
  return null;
}
