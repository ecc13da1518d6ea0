import { span } from "../../base/index.ts";
import type { HistoryItem, ToolCallItem } from "../../protocol/index.ts";
import { SandboxError } from "../../sandbox/index.ts";
import { countCommand } from "../budget.ts";
import { showItem } from "../emitter.ts";
import { TurnFailed } from "../failed.ts";
import { ItemLife } from "../item-life.ts";
import { outputFor } from "../request/history.ts";
import type { Part } from "../state.ts";
import { againId, questionId } from "./approvals.ts";
import type { DoneCall, Edits, JudgedCall, RanCall, StartedCall } from "./call.ts";
import { type CallingThread, callContext } from "./call-context.ts";
import { judge, judgeDenied } from "./judge.ts";
import { answerOf, withOutput } from "./output.ts";
import { readCall, withCommand } from "./read-call.ts";
import { declinedItem } from "./refusal.ts";

/** A call that was read, judged and, where needed, approved. `run` answers it and never rejects but to end the turn. */
export interface PreparedCall {
  parallel: boolean;
  run(): Promise<AnsweredCall>;
}

/** What the model gets for a call, and whether its turn is over with that. */
export interface AnsweredCall {
  output: HistoryItem;
  ends_turn: boolean;
}

/**
 * approve → sandbox → run → escalate, for every tool, in this one place. Reading and asking happen here, one call after
 * the other; what is returned only runs.
 */
export async function prepareCall(
  state: CallingThread,
  plan: ItemLife,
  made: ToolCallItem,
  signal: AbortSignal,
  edits: Edits = { times: 0, note: "" },
): Promise<PreparedCall> {
  const prepared = span("prepare call");
  const reading = await readCall(state, made, edits, signal);
  prepared();
  if (reading.ok === false) return answered(made, edits.note + reading.output);
  const { call } = reading;
  const asking = { question: questionId(made, edits.times), effect: call.effect, hook: call.hook, editable: true };
  const judging = span("judge");
  const judged = reading.ok === "refused" ? reading.refusal : await judge(state, asking, signal);
  judging();
  if (judged.ok === "edited") {
    const note = `The user changed the command before it ran: ${judged.command}\n`;
    return prepareCall(state, plan, withCommand(call, judged.command), signal, { times: edits.times + 1, note });
  }
  if (judged.ok !== true) {
    const declined = call.tool.item(call.args, call.cwd, "declined");
    if (declined) showItem(state, declinedItem(declined, judged.declined));
    return answered(made, edits.note + judged.message);
  }
  return { parallel: call.tool.parallel, run: () => runCall(state, plan, { ...call, ...judged.confinement }, signal) };
}

const answered = (made: ToolCallItem, output: string): PreparedCall => ({
  parallel: true,
  run: async () => ({ output: outputFor(made, output), ends_turn: false }),
});

async function runCall(
  state: CallingThread,
  plan: ItemLife,
  judged: JudgedCall,
  signal: AbortSignal,
): Promise<AnsweredCall> {
  countCommand(state, judged.effect);
  const done = await runToEnd(state, plan, judged, signal);
  return { output: await answerOf(state, done, signal), ends_turn: done.outcome.ends_turn ?? false };
}

/** Runs what was judged, under an item of its own. */
export async function runToEnd(
  state: CallingThread,
  plan: ItemLife,
  judged: JudgedCall,
  signal: AbortSignal,
): Promise<DoneCall> {
  const { tool, args, cwd } = judged;
  // Every call takes a number, also one that shows the item of its turn: the numbers are part of the public stream.
  const item = new ItemLife(state, state.newItemId());
  const begin = tool.item(args, cwd, "in_progress");
  if (begin) item.show(begin);
  const shown = tool.item_lasts === "turn" ? plan : item;
  const ended = span("call", judged.made.name);
  const ran = await attemptWider(state, { ...judged, item, shown }, signal).finally(() => {
    state.files.ended(item.id);
    ended();
  });
  const done = withOutput(state, ran);
  leave(state, done);
  return done;
}

/** Completes the item, unless it lives longer than the call. */
function leave({ lasting }: Part<"lasting">, { tool, args, cwd, shown, outcome }: DoneCall): void {
  const goes_on = tool.item_lasts === "turn" || (tool.item_lasts === "thread" && outcome.status === "in_progress");
  if (!goes_on) shown.close(outcome.item);
  else if (outcome.item) shown.show(outcome.item);
  if (goes_on && tool.item_lasts === "thread") lasting.addItem(shown, tool.item(args, cwd, "failed"));
}

/** Runs a call; as long as the sandbox refuses something and the user grants it, once more with that. */
async function attemptWider(state: CallingThread, started: StartedCall, signal: AbortSignal): Promise<RanCall> {
  for (let call = started, again = 1; ; again++) {
    const outcome = await attempt(state, call, signal);
    const { denial } = outcome;
    if (!denial) return { ...call, outcome };
    state.emit({ type: "sandbox.denied", item_id: call.item.id, denial });
    // It came to a good end without what was refused: that is told, and nobody is asked to run it once more.
    if (outcome.status === "completed") return { ...call, outcome };
    const wider = await judgeDenied(state, call, againId(call.made, again), denial, signal);
    if (!wider) return { ...call, outcome };
    call = { ...call, ...wider };
  }
}

/** Runs a tool once, under what was judged. An error of the sandbox ends the turn: nothing may run without it. */
async function attempt(state: CallingThread, call: StartedCall, signal: AbortSignal) {
  const { tool, args, cwd, item } = call;
  try {
    return await tool.run(args, callContext(state, call, signal));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    item.close(tool.item(args, cwd, "failed"));
    throw new TurnFailed({ kind: "sandbox_unavailable", message: error.message, retryable: false });
  }
}
