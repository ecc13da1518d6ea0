import { BYTES_PER_TOKEN } from "../base/index.ts";
import { AS_MODE, type Permit } from "../policy/index.ts";
import { truncateMiddle } from "../process/index.ts";
import type { Denial, HistoryItem, Item, ToolCallItem } from "../protocol/index.ts";
import { denialText, SandboxError } from "../sandbox/index.ts";
import { type ItemBody, loadTool, type Tool, type ToolOutcome } from "../tools/index.ts";
import { againId, questionId } from "./approvals.ts";
import { stopFor } from "./budget.ts";
import { CallRunner } from "./call-runner.ts";
import { TurnFailed } from "./failed.ts";
import { outputFor } from "./history.ts";
import { type Judged, judgeCall, judgeDenied } from "./judge.ts";
import type { TurnPlan } from "./plan.ts";
import { spill } from "./spill.ts";
import type { ThreadState } from "./state.ts";

/** A call that was read, judged and, where needed, approved. `run` answers it and never rejects but to end the turn. */
export interface PreparedCall {
  parallel: boolean;
  run(): Promise<HistoryItem>;
}

/** A call as a tool understood it. */
interface ReadCall {
  tool: Tool;
  args: unknown;
  cwd: string;
  /** Layout of the tool that the model called, when another one does the work. */
  frame: ((body: string) => string) | null;
}

/**
 * approve → sandbox → run → escalate, for every tool, in this one place. Reading and asking happen here, one call after
 * the other; what is returned only runs.
 */
export async function prepareCall(
  state: ThreadState,
  plan: TurnPlan,
  call: ToolCallItem,
  signal: AbortSignal,
): Promise<PreparedCall> {
  return prepare(state, plan, call, { times: 0, note: "" }, signal);
}

/** How often the user changed the command of a call, and what the model is told of it. */
interface Edits {
  times: number;
  note: string;
}

async function prepare(
  state: ThreadState,
  plan: TurnPlan,
  call: ToolCallItem,
  edits: Edits,
  signal: AbortSignal,
): Promise<PreparedCall> {
  const asked = await hookedCall(state, call, signal);
  const { read } = asked;
  if ("output" in read) return answered(call, edits.note + read.output);
  const { tool, args, cwd } = read;
  const effect = tool.effect(args, cwd);
  const judged: Judged = asked.denied
    ? { ok: false, message: asked.denied }
    : effect
      ? await judgeCall(state, questionId(call, edits.times), effect, asked.permission, signal)
      : { ok: true, permit: AS_MODE };
  if (judged.ok === "edited") {
    const { command } = judged;
    const note = `The user changed the command before it ran: ${command}\n`;
    return prepare(state, plan, edited(call, tool, command), { times: edits.times + 1, note }, signal);
  }
  if (!judged.ok) {
    showWhole(state, tool.declined(args, cwd));
    return answered(call, edits.note + judged.message);
  }
  const { permit } = judged;
  return { parallel: tool.parallel, run: () => runCall(state, plan, { call, read, permit, edits }, signal) };
}

/** The call as the model would have made it, with the user's command; it is read, shown to hooks and judged like any other. */
function edited(call: ToolCallItem, tool: Tool, command: string): ToolCallItem {
  return call.type === "function_call"
    ? { ...call, arguments: tool.withHookInput(call.arguments, { command }) }
    : { ...call, input: tool.withHookInput(call.input, { command }) };
}

const answered = (call: ToolCallItem, output: string): PreparedCall => ({
  parallel: true,
  run: async () => outputFor(call, output),
});

/** A call, and what hooks say of it: refused, another input, or an opinion on the question. */
interface HookedCall {
  read: ReadCall | { output: string };
  denied: string | null;
  permission: "allow" | "ask" | null;
}

async function hookedCall(state: ThreadState, call: ToolCallItem, signal: AbortSignal): Promise<HookedCall> {
  const read = await readCall(state, call);
  if (state.services.hooks === null || "output" in read) return { read, denied: null, permission: null };
  const { fire, refusal } = await import("./hooks.ts");
  const told = { ...read.tool.hook(read.args, read.cwd), tool_use_id: call.call_id };
  const verdict = await fire(state, { hook_event_name: "PreToolUse", ...told }, signal);
  // A guard that was ended with its turn has said nothing yet.
  if (signal.aborted) return { read, denied: "not run: the turn was interrupted", permission: null };
  if (verdict === null) return { read, denied: null, permission: null };
  if (verdict.permission === "deny") return { read, denied: refusal(verdict), permission: null };
  const { updated_input: input, permission } = verdict;
  if (input === null) return { read, denied: null, permission };
  const raw = read.tool.withHookInput(call.type === "function_call" ? call.arguments : call.input, input);
  const parsed = read.tool.parse(raw, read.cwd);
  if (parsed.ok === true) return { read: { ...read, args: parsed.args }, denied: null, permission };
  const why = parsed.ok === false ? parsed.message : `it is a call of ${parsed.tool} now`;
  return { read, denied: `not run: a hook changed it into something that cannot be run: ${why}`, permission: null };
}

async function readCall(state: ThreadState, call: ToolCallItem): Promise<ReadCall | { output: string }> {
  const { cwd } = state.settings;
  const namespace = call.type === "function_call" ? call.namespace : undefined;
  const tool = namespace ? null : await loadTool(call.name);
  if (!tool) {
    const output = `unsupported call: ${namespace ? `${namespace}.` : ""}${call.name}`;
    showWhole(state, { type: "error", message: output });
    return { output };
  }
  const parsed = tool.parse(call.type === "function_call" ? call.arguments : call.input, cwd);
  if (parsed.ok === true) return { tool, args: parsed.args, cwd, frame: null };
  if (parsed.ok === false) return refused(state, parsed.message, parsed.item);
  const other = await loadTool(parsed.tool);
  const directory = parsed.workdir ?? cwd;
  const inner = other?.parse(parsed.input, directory);
  if (!other || inner?.ok !== true) {
    const message = inner?.ok === false ? inner.message : `unsupported call: ${parsed.tool}`;
    return refused(state, parsed.frame(message), inner?.ok === false ? inner.item : undefined);
  }
  return { tool: other, args: inner.args, cwd: directory, frame: parsed.frame };
}

function refused(state: ThreadState, output: string, item: ItemBody | undefined): { output: string } {
  showWhole(state, item ?? { type: "error", message: output });
  return { output };
}

/** Shows an item that has no life of its own: it is there, and it is done. */
function showWhole(state: ThreadState, body: ItemBody | null): void {
  if (body) state.emit({ type: "item.completed", item: { id: state.newItemId(), ...body } as Item });
}

/** A call that may run. */
interface JudgedCall {
  call: ToolCallItem;
  read: ReadCall;
  permit: Permit;
  edits: Edits;
}

async function runCall(
  state: ThreadState,
  plan: TurnPlan,
  { call, read, permit, edits }: JudgedCall,
  signal: AbortSignal,
): Promise<HistoryItem> {
  const { tool, args, cwd } = read;
  if (tool.effect(args, cwd)?.kind === "command") {
    const stop = state.budget.beforeCommand();
    if (stop) throw stopFor(state, stop);
  }
  const begin = tool.begin(args, cwd);
  const id = state.newItemId();
  if (begin) state.emit({ type: "item.started", item: { id, ...begin } as Item });
  const { outcome, denial } = await attemptWider(state, id, { call, read, permit, edits }, signal);
  if (outcome.item && tool.item_lasts === "turn") plan.show(outcome.item);
  else if (outcome.item) state.emit({ type: "item.completed", item: { id, ...outcome.item } as Item });
  const body = edits.note + outcome.body;
  const total_bytes = Buffer.byteLength(edits.note) + outcome.total_bytes;
  const output = outputText(state, call, read, { ...outcome, body, total_bytes }, denial);
  const answer = (text: string) => outputFor(call, text, outcome.images);
  return state.services.hooks ? hookedOutput(state, { call, read, output, answer }, signal) : answer(output);
}

/** Runs a call; as long as the sandbox refuses something and the user grants it, once more with that. */
async function attemptWider(state: ThreadState, id: string, judged: JudgedCall, signal: AbortSignal) {
  const { call, read } = judged;
  const effect = read.tool.effect(read.args, read.cwd);
  let { permit } = judged;
  for (let again = 1; ; again++) {
    const tried = await attempt(state, id, read, permit, signal);
    if (!tried.denial) return tried;
    state.emit({ type: "sandbox.denied", item_id: id, denial: tried.denial });
    const question = againId(call, again);
    const wider = effect ? await judgeDenied(state, question, effect, tried.denial, permit, signal) : null;
    if (!wider) return tried;
    permit = wider;
  }
}

/** The output, with what hooks want the model to know about it. */
async function hookedOutput(
  state: ThreadState,
  done: { call: ToolCallItem; read: ReadCall; output: string; answer(text: string): HistoryItem },
  signal: AbortSignal,
): Promise<HistoryItem> {
  const { call, read, output, answer } = done;
  const { fire } = await import("./hooks.ts");
  const told = { ...read.tool.hook(read.args, read.cwd), tool_response: output, tool_use_id: call.call_id };
  try {
    const verdict = await fire(state, { hook_event_name: "PostToolUse", ...told }, signal);
    return answer(verdict?.block ? `${output}\n${verdict.reason ?? "a hook objects to this result"}` : output);
  } catch (error) {
    // A hook may end the turn here. The call has run all the same, and its output must not be lost.
    if (error instanceof TurnFailed) state.addHistory(answer(output));
    throw error;
  }
}

/** Runs a tool once under a permit. An error of the sandbox ends the turn: nothing may run without it. */
async function attempt(state: ThreadState, id: string, read: ReadCall, permit: Permit, signal: AbortSignal) {
  const runner = new CallRunner(state, id, permit, read.cwd, signal);
  try {
    const outcome = await read.tool.run(read.args, await runner.context());
    return { outcome, denial: runner.denial };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const begin = read.tool.begin(read.args, read.cwd);
    if (begin) state.emit({ type: "item.completed", item: { id, ...begin, exit_code: -1, status: "failed" } as Item });
    throw new TurnFailed({ kind: "sandbox_unavailable", message: error.message, retryable: false });
  }
}

/** The one cap before the model, then the tool's own layout, then what the sandbox had to say. */
function outputText(
  state: ThreadState,
  call: ToolCallItem,
  read: ReadCall,
  outcome: ToolOutcome,
  denial: Denial | null,
): string {
  const asked = Math.max(0, outcome.max_output_tokens ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(state.settings.tool_output_token_limit, asked);
  const total = { lines: outcome.total_lines, bytes: outcome.total_bytes };
  const { text, truncated } = truncateMiddle(outcome.body, limit * BYTES_PER_TOKEN, total);
  const notes = [truncated ? spillNote(state, call, outcome) : null, denial ? denialText(denial) : null];
  const body = notes.reduce<string>((whole, note) => (note === null ? whole : `${lineEnded(whole)}${note}`), text);
  return (read.frame ?? outcome.render)(body);
}

const lineEnded = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** Where the model finds what was cut; null when it could not be kept. */
function spillNote(state: ThreadState, call: ToolCallItem, { body, total_bytes }: ToolOutcome): string | null {
  const path = spill(state, call.call_id, body);
  if (path === null) return null;
  const lost =
    total_bytes > Buffer.byteLength(body) ? "its first and last parts, with the omission marked" : "all of it";
  return `[The output was ${total_bytes} bytes; ${lost}: ${path}]`;
}
