import { resolve } from "node:path";
import type { FileUpdateChange, Item, Json, TodoList } from "../../protocol/index.ts";

/** An item without its id. */
export type ShownBody<T extends Item = Item> = T extends Item ? Omit<T, "id"> : never;

/** What a call does, as a person should see it. */
export type CallKind =
  | { type: "command"; command: string }
  | { type: "patch"; changes: FileUpdateChange[] }
  | { type: "plan"; items: TodoList["items"] }
  /** `server`: whose tool it is. */
  | { type: "tool"; server: string; tool: string; arguments: Json };

/** What came of a call. `exit_code`: of a command; null: it has none, or was still running. */
export interface ShownResult {
  text: string;
  exit_code: number | null;
  failed: boolean;
}

const NO_OUTPUT = "it has no output: the session ended while it ran";

/** What a person should see of a call; null: nothing ever came of it. */
export function shownCall(kind: CallKind, result: ShownResult | null): ShownBody {
  const status = result === null || result.failed ? "failed" : "completed";
  switch (kind.type) {
    case "command": {
      const { text, exit_code } = result ?? { text: "", exit_code: null };
      return { type: "command_execution", command: kind.command, aggregated_output: text, exit_code, status };
    }
    case "patch":
      return { type: "file_change", changes: kind.changes, status };
    case "plan":
      return { type: "todo_list", items: kind.items };
    case "tool": {
      const { server, tool, arguments: args } = kind;
      const failed = result === null ? NO_OUTPUT : result.failed ? result.text : null;
      const content = [{ type: "text", text: result?.text ?? "" }];
      return {
        type: "mcp_tool_call",
        server,
        tool,
        arguments: args,
        result: failed === null ? { content, structured_content: null } : null,
        error: failed === null ? null : { message: failed },
        status,
      };
    }
  }
}

/** A change of one file, at a path as it was given. The diff is left out: the state that it was made against is gone. */
export function changeOf(path: string, kind: FileUpdateChange["kind"], cwd: string): FileUpdateChange {
  return { path: resolve(cwd, path), kind };
}
