import { resolve } from "node:path";
import type { FileUpdateChange, HistoryItem, Json, ToolCallItem } from "../../../protocol/index.ts";
import { isObject, listOf, parseObject, stringOf } from "../foreign.ts";
import { type CallKind, type ShownBody, shownCall } from "../shown.ts";
import { plain } from "./codex-history.ts";

/** What the Codex CLI called the tools that run a command. */
const COMMAND_TOOLS = new Set(["shell", "container.exec", "local_shell", "shell_command", "exec_command"]);

/** What a person should see of an item that is complete in itself; null when that is nothing, or comes with its output. */
export function shownItem(item: HistoryItem): ShownBody | null {
  if (item.type === "message" && item.role === "assistant") return { type: "agent_message", text: plain(item.content) };
  if (item.type === "reasoning") {
    const text = item.summary.map((part) => part.text).join("\n\n");
    return text ? { type: "reasoning", text } : null;
  }
  if (item.type !== "web_search_call") return null;
  const query = isObject(item.action) ? stringOf(item.action.query) : null;
  return { type: "web_search", query: query ?? "", action: (item.action ?? null) as Json };
}

/** What a person should see of a call and its output; null: nothing ever came of it. */
export function shownCodexCall(call: ToolCallItem, output: string | null, cwd: string): ShownBody {
  const kind = kindOf(call, cwd);
  if (output === null) return shownCall(kind, null);
  const { aggregated_output: text, exit_code } = readOutput(output);
  // The tool of a server has no code that its text would tell.
  if (kind.type === "tool") return shownCall(kind, { text: output, exit_code: null, failed: false });
  return shownCall(kind, { text, exit_code, failed: exit_code !== 0 && exit_code !== null });
}

function kindOf(call: ToolCallItem, cwd: string): CallKind {
  const args = call.type === "function_call" ? (parseObject(call.arguments) ?? {}) : {};
  const argv = commandOf(args.command ?? args.cmd);
  const patch = patchOf(call, argv);
  if (patch !== null) return { type: "patch", changes: changesOf(patch, cwd) };
  if (COMMAND_TOOLS.has(call.name)) return { type: "command", command: argv.map(quote).join(" ") };
  if (call.name === "update_plan") {
    const items = listOf(args.plan).map((step) => ({
      text: stringOf(step.step) ?? "",
      completed: step.status === "completed",
    }));
    return { type: "plan", items };
  }
  const input = call.type === "function_call" ? args : { input: call.input };
  const namespace = call.type === "function_call" ? call.namespace : undefined;
  const server = namespace?.replace(/^mcp__/, "") ?? "codex";
  return { type: "tool", server, tool: call.name, arguments: input as Json };
}

/** argv, or a shell line as `bash -lc` would get it. */
function commandOf(command: unknown): string[] {
  if (typeof command === "string") return ["bash", "-lc", command];
  return Array.isArray(command) ? command.filter((word) => typeof word === "string") : [];
}

const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The patch that a call applies: of the patch tool, of `apply_patch PATCH`, or of a heredoc in a shell line. */
function patchOf(call: ToolCallItem, argv: string[]): string | null {
  if (call.type === "custom_tool_call") return call.name === "apply_patch" ? call.input : null;
  if (call.name === "apply_patch") return stringOf(parseObject(call.arguments)?.input) ?? "";
  const [program = "", , script = ""] = argv;
  if (/^apply_?patch$/.test(program)) return argv[1] ?? "";
  const heredoc = script.match(/^\s*apply_?patch\s*<<[\s\S]*?(\*\*\* Begin Patch[\s\S]*)/);
  return heredoc?.[1] ?? null;
}

const KINDS = { Add: "add", Update: "update", Delete: "delete" } as const;

/** The files that a patch names. The diff is left out: the state that it was resolved against is gone. */
function changesOf(patch: string, cwd: string): FileUpdateChange[] {
  const changes: FileUpdateChange[] = [];
  for (const [, kind, path = "", target = ""] of patch.matchAll(
    /^\*\*\* (?:(Add|Update|Delete) File: (.+)|Move to: (.+))$/gm,
  )) {
    const last = changes.at(-1);
    if (target && last) last.move_path = resolve(cwd, target.trim());
    else if (kind) changes.push({ path: resolve(cwd, path.trim()), kind: KINDS[kind as keyof typeof KINDS] });
  }
  return changes;
}

/**
 * Output and exit code out of what the model was given: JSON `{output, metadata: {exit_code}}` of the first versions, or
 * the lines of later ones that end with `Output:`. A command that was still running has no code.
 */
function readOutput(text: string): { aggregated_output: string; exit_code: number | null } {
  const json = text.startsWith("{") ? parseObject(text) : null;
  if (json && typeof json.output === "string") {
    const code = isObject(json.metadata) ? json.metadata.exit_code : null;
    return { aggregated_output: json.output, exit_code: typeof code === "number" ? code : 0 };
  }
  const at = text.search(/^Output:$/m);
  const head = at === -1 ? text.slice(0, 500) : text.slice(0, at);
  const code = head.match(/^(?:Process exited with code|Exit code:) (-?\d+)$/m)?.[1];
  const running = /^Process running with session ID/m.test(head);
  const exit_code = code !== undefined ? Number(code) : running ? null : at === -1 && FAILED.test(text) ? -1 : 0;
  return { aggregated_output: at === -1 ? text : text.slice(at + "Output:\n".length), exit_code };
}

/** Beginnings of outputs of calls that never ran. */
const FAILED = /^(?:failed|error|unsupported|exec_command failed|execution error|apply_patch verification failed)/i;
