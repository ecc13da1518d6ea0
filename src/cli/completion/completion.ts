import { USAGE } from "../../base/index.ts";
import type { CommandRun } from "../contract.ts";
import type { CommandSpec } from "../spec.ts";
import { bareFlags, type CompletedCommand, type CompletedFlag, completedCommands } from "./model.ts";

/**
 * `moat completion SHELL`: a script that completes commands, flags and what is named, made from the command table. `app`: moat
 * without a command. `moat completion list WHAT` is what the scripts ask.
 */
export const completion =
  (commands: CommandSpec[], app: CommandSpec): CommandRun =>
  async (invocation) => {
    const { args, host } = invocation;
    const [shell, ...more] = args;
    if (shell === "list") {
      const { isListed, printList } = await import("./list.ts");
      const [what] = more;
      if (more.length === 1 && isListed(what)) return printList(what, invocation);
    }
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
  if (shell === "zsh") return (await import("./zsh.ts")).zshCompletion(table, bare);
  if (shell === "fish") return (await import("./fish.ts")).fishCompletion(table, bare);
  if (shell === "powershell") return (await import("./powershell.ts")).powershellCompletion(table);
  return null;
}
