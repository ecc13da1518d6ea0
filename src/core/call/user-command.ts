import { AS_MODE } from "../../policy/index.ts";
import type { HistoryItem, ToolCallItem } from "../../protocol/index.ts";
import type { ItemLife } from "../item-life.ts";
import type { CallingThread } from "./call-context.ts";
import { confine } from "./confinement.ts";
import { runToEnd } from "./dispatch.ts";
import { understand } from "./read-call.ts";

/** ms: as long as any command may run; a person sees it and can stop it. */
const TIMEOUT_MS = 3_600_000;

/**
 * Runs a command of the person under the thread's sandbox, as one of the model's would run, and adds it to what the model sees. No
 * rule is asked about it; what the sandbox refuses may become a question. Nothing is sent to the model.
 */
export async function runUserCommand(
  state: CallingThread,
  plan: ItemLife,
  command: string,
  signal: AbortSignal,
): Promise<void> {
  const input = JSON.stringify({ cmd: command, timeout_ms: TIMEOUT_MS });
  const made: ToolCallItem = { type: "function_call", call_id: "user_command", name: "exec_command", arguments: input };
  const understood = await understand(state, made);
  if ("output" in understood) return;
  const { tool, args, cwd } = understood;
  const call = { made, ...understood, effect: tool.effect(args, cwd), hook: null, edits: { times: 0, note: "" } };
  const done = await runToEnd(state, plan, { ...call, ...(await confine(state, AS_MODE)) }, signal);
  state.conversation.add(told(command, done.output));
}

function told(command: string, output: string): HistoryItem {
  const text = `<user_shell_command>\nThe user ran this command themselves:\n${command}\n\n${output}\n</user_shell_command>`;
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}
