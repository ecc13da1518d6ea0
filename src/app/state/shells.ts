import type { Item } from "../../protocol/index.ts";
import { withBlocks } from "./blocks.ts";
import type { AppState } from "./state.ts";

/** Characters of a running command's output that are kept to be shown; the end comes whole with the last word. */
const SHOWN = 64 * 1024;

/** More output of a command of the person's own. */
export function shellOutput(state: AppState, id: number, text: string): AppState {
  const shells = state.shells.map((shell) =>
    shell.id === id ? { ...shell, output: (shell.output + text).slice(-SHOWN) } : shell,
  );
  return { ...state, shells };
}

/** The command has ended: it becomes a block like those of the model. */
export function shellEnded(state: AppState, ended: { id: number; exit: number | null; text: string }): AppState {
  const shell = state.shells.find(({ id }) => id === ended.id);
  if (!shell) return state;
  const item: Item = {
    id: `shell ${shell.id}`,
    type: "command_execution",
    command: shell.command,
    aggregated_output: ended.text,
    exit_code: ended.exit ?? -1,
    status: ended.exit === 0 ? "completed" : "failed",
  };
  return {
    ...state,
    shells: state.shells.filter((other) => other !== shell),
    conversation: withBlocks(state.conversation, [
      { type: "entry", entry: { type: "item", item, denial: null }, took_ms: state.now - shell.since },
    ]),
  };
}
