import { BYTES_PER_TOKEN } from "../../base/index.ts";
import { truncateMiddle } from "../../process/index.ts";
import type { HistoryItem } from "../../protocol/index.ts";
import { denialText } from "../../sandbox/index.ts";
import type { ToolOutcome } from "../../tools/index.ts";
import { TurnFailed } from "../failed.ts";
import type { HookedThread } from "../hooks.ts";
import { outputFor } from "../request/history.ts";
import type { Part } from "../state.ts";
import type { DoneCall, RanCall } from "./call.ts";
import { resultOf } from "./result.ts";
import { spill } from "./spill.ts";

/** What the model gets for a call that has run, with what hooks want it to know about it. */
export async function answerOf(state: HookedThread, done: DoneCall, signal: AbortSignal): Promise<HistoryItem> {
  const { output } = done;
  const answer = (text: string) => outputFor(done.made, text, done.outcome.images);
  if (state.services.hooks === null) return answer(output);
  const { fireAfter } = await import("../hooks.ts");
  const told = { ...done.tool.hook(done.args, done.cwd), tool_use_id: done.made.call_id };
  try {
    const objections = await fireAfter(state, told, resultOf(done, output), signal);
    return answer([output, ...objections].join("\n"));
  } catch (error) {
    // A hook may end the turn here. The call has run all the same, and its output must not be lost.
    if (error instanceof TurnFailed) state.conversation.add(answer(output));
    throw error;
  }
}

/** The one cap before the model, then the tool's own layout, then what the sandbox had to say. The item of a command learns what is left. */
export function withOutput(state: Part<"settings" | "services" | "thread_id">, call: RanCall): DoneCall {
  const { made, frame, edits, outcome } = call;
  const whole = edits.note + outcome.body;
  const total = { lines: outcome.total_lines, bytes: Buffer.byteLength(edits.note) + outcome.total_bytes };
  const asked = Math.max(0, outcome.max_output_tokens ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(state.settings.tool_output_token_limit, asked);
  const { text, truncated } = truncateMiddle(whole, limit * BYTES_PER_TOKEN, total);
  const spilled = truncated ? spillNote(state, made.call_id, whole, total.bytes) : null;
  const notes = [spilled, outcome.denial ? denialText(outcome.denial) : null];
  const body = notes.reduce<string>((shown, note) => (note === null ? shown : `${lineEnded(shown)}${note}`), text);
  const shown_bytes = Buffer.byteLength(text) - (truncated ? 0 : Buffer.byteLength(edits.note));
  return { ...call, outcome: told(outcome, shown_bytes), output: (frame ?? outcome.render)(body) };
}

function told(outcome: ToolOutcome, shown_bytes: number): ToolOutcome {
  const { item } = outcome;
  if (item?.type !== "command_execution" || item.process === undefined) return outcome;
  return { ...outcome, item: { ...item, process: { ...item.process, shown_bytes } } };
}

const lineEnded = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** Where the model finds what was cut; null when it could not be kept. */
function spillNote(
  state: Part<"services" | "thread_id">,
  call_id: string,
  body: string,
  total_bytes: number,
): string | null {
  const path = spill(state, call_id, body);
  if (path === null) return null;
  const lost =
    total_bytes > Buffer.byteLength(body) ? "its first and last parts, with the omission marked" : "all of it";
  return `[The output was ${total_bytes} bytes; ${lost}: ${path}]`;
}
