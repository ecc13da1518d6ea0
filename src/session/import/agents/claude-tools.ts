import { type Foreign, listOf, stringOf } from "../foreign.ts";
import { type CallKind, changeOf } from "../shown.ts";

/** Whose thinking it is: the provider that Claude Code speaks to, by the name that it has here. */
export const CLAUDE_PROVIDER = "anthropic";

/** What a call of a tool of Claude Code does; null: nothing that has a form of its own. */
export function claudeKind(name: string, input: Foreign, cwd: string): CallKind | null {
  const path = stringOf(input.file_path) ?? stringOf(input.notebook_path);
  switch (name) {
    case "Bash":
      return { type: "command", command: stringOf(input.command) ?? "" };
    case "Write":
      return path === null ? null : { type: "patch", changes: [changeOf(path, "add", cwd)] };
    case "Edit":
    case "MultiEdit":
    case "NotebookEdit":
      return path === null ? null : { type: "patch", changes: [changeOf(path, "update", cwd)] };
    case "TodoWrite":
      return {
        type: "plan",
        items: listOf(input.todos).map(({ content, status }) => ({
          text: stringOf(content) ?? "",
          completed: status === "completed",
        })),
      };
    default:
      return null;
  }
}
