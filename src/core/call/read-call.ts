import type { HookVerdict } from "../../config/index.ts";
import type { ToolCallItem } from "../../protocol/index.ts";
import type { ItemBody, Tool } from "../../tools/index.ts";
import { type Emitter, showItem } from "../emitter.ts";
import type { HookedThread } from "../hooks.ts";
import { callText, namespaceOf } from "../request/history.ts";
import type { Part } from "../state.ts";
import type { Edits, HookSays, ReadCall } from "./call.ts";

/** A call that was understood; or why not, for the model; or one that a hook refused. */
export type Reading =
  | { ok: true; call: ReadCall }
  | { ok: false; output: string }
  | { ok: "refused"; call: ReadCall; message: string };

/** Reads a call through its tool, and tells hooks of it: they may refuse it, or put other arguments in its place. */
export async function readCall(
  state: HookedThread,
  made: ToolCallItem,
  edits: Edits,
  signal: AbortSignal,
): Promise<Reading> {
  const understood = await understand(state, made);
  if ("output" in understood) return { ok: false, output: understood.output };
  const asked = { made, ...understood, hook: null, edits };
  return state.services.hooks === null ? { ok: true, call: withEffect(asked) } : hooked(state, asked, signal);
}

type Understood = Pick<ReadCall, "tool" | "args" | "cwd" | "frame">;

/** What a call would do is found out once, when its arguments are final. */
function withEffect(call: Omit<ReadCall, "effect">): ReadCall {
  return { ...call, effect: call.tool.effect(call.args, call.cwd) };
}

async function hooked(state: HookedThread, asked: Omit<ReadCall, "effect">, signal: AbortSignal): Promise<Reading> {
  const { made, tool, args, cwd } = asked;
  const refused = (message: string): Reading => ({ ok: "refused", call: withEffect(asked), message });
  const { fire, refusal } = await import("../hooks.ts");
  const told = { ...tool.hook(args, cwd), tool_use_id: made.call_id };
  const verdict = await fire(state, { hook_event_name: "PreToolUse", ...told }, signal);
  // A guard that was ended with its turn has said nothing yet.
  if (signal.aborted) return refused("not run: the turn was interrupted");
  if (verdict?.permission === "deny") return refused(refusal(verdict));
  const hook = saysOf(verdict);
  const input = verdict?.updated_input ?? null;
  if (input === null) return { ok: true, call: withEffect({ ...asked, hook }) };
  const parsed = await tool.parse(tool.withHookInput(callText(made), input), cwd);
  if (parsed.ok === true) return { ok: true, call: withEffect({ ...asked, args: parsed.args, hook }) };
  const why = parsed.ok === false ? parsed.message : `it is a call of ${parsed.tool} now`;
  return refused(`not run: a hook changed it into something that cannot be run: ${why}`);
}

function saysOf(verdict: HookVerdict | null): HookSays {
  if (verdict?.permission === "ask") return { type: "ask", reason: verdict.reason };
  return verdict?.permission === "allow" ? { type: "allow" } : null;
}

/** Reads a call through its tool. What is not understood is shown, and told to the model. */
export async function understand(
  state: Emitter & Part<"settings" | "services">,
  made: ToolCallItem,
): Promise<Understood | { output: string }> {
  const { cwd } = state.settings;
  const { tools } = state.services;
  const namespace = namespaceOf(made);
  const tool = await tools.load(made.name, namespace);
  if (!tool) return failed(state, `unsupported call: ${namespace ? `${namespace}.` : ""}${made.name}`, undefined);
  const parsed = await tool.parse(callText(made), cwd);
  if (parsed.ok === true) return { tool, args: parsed.args, cwd, frame: null };
  if (parsed.ok === false) return failed(state, parsed.message, parsed.item);
  const other = await tools.load(parsed.tool, null);
  const directory = parsed.workdir ?? cwd;
  const inner = await other?.parse(parsed.input, directory);
  if (!other || inner?.ok !== true) {
    const message = inner?.ok === false ? inner.message : `unsupported call: ${parsed.tool}`;
    return failed(state, parsed.frame(message), inner?.ok === false ? inner.item : undefined);
  }
  return { tool: other, args: inner.args, cwd: directory, frame: parsed.frame };
}

function failed(emitter: Emitter, output: string, item: ItemBody | undefined): { output: string } {
  showItem(emitter, item ?? { type: "error", message: output });
  return { output };
}

/** The call as the model would have made it, with the user's command; it is read, shown to hooks and judged like any other. */
export function withCommand({ made, tool }: { made: ToolCallItem; tool: Tool }, command: string): ToolCallItem {
  const text = tool.withHookInput(callText(made), { command });
  return made.type === "function_call" ? { ...made, arguments: text } : { ...made, input: text };
}
