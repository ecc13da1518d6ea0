import type { FileChange, JsonObject } from "../../protocol/index.ts";
import type { CallResult } from "../hooks.ts";
import type { DoneCall } from "./call.ts";

/**
 * What hooks are told of a call that has run, as the scripts of each peer expect it: those of codex what a command printed, byte for
 * byte, those of Claude Code its object. Both had output and errors of a command in one stream, as moat has.
 * @param text what the model gets: all that is told of calls that run nothing and change nothing
 */
export function resultOf({ outcome }: Pick<DoneCall, "outcome">, text: string): CallResult {
  const { item, status } = outcome;
  const failed = status === "failed";
  if (item?.type === "command_execution") {
    const stdout = item.aggregated_output.replace(/\n+$/, "");
    const claude = { stdout, stderr: "", interrupted: false, isImage: false, noOutputExpected: false };
    const error = `Exit code ${item.exit_code}\n${stdout}`.trimEnd();
    // Codex tells of a command when it has ended.
    const codex = status === "in_progress" ? null : item.aggregated_output;
    return { codex, claude: failed ? null : claude, error: failed ? error : null };
  }
  const claude = item?.type === "file_change" ? changeOf(item) : text;
  return { codex: text, claude: failed ? null : claude, error: failed ? text : null };
}

/** The first file, as Claude Code tells of the one that it wrote; the others beside it. */
function changeOf({ changes }: Pick<FileChange, "changes">): JsonObject {
  const [first] = changes;
  const files = changes.map(({ path }) => path);
  return { type: first?.kind === "add" ? "create" : "update", filePath: first?.path ?? null, files };
}
