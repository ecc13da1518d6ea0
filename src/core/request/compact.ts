import { BYTES_PER_TOKEN } from "../../base/index.ts";
import { truncateMiddle } from "../../process/index.ts";
import type { ContentPart, EventBody, HistoryItem, MessageItem } from "../../protocol/index.ts";
import { type StreamEmitter, showError } from "../emitter.ts";
import { TurnFailed } from "../failed.ts";
import type { HookedThread } from "../hooks.ts";
import prompt from "./compact.md" with { type: "text" };
import { isCall, isOutput } from "./history.ts";
import { isEnvironment, isInstructions } from "./instructions.ts";
import { contextLimit, contextWindow, infoOf, overheadOf, requestFrame, type SendingThread, send } from "./request.ts";
import type { ResponseResult } from "./response.ts";
import { historyTokens, itemTokens } from "./tokens.ts";

/** The user's own messages that stay word for word beside the notes: the figure of the Codex CLI. */
const KEPT_TOKENS = 20_000;
/** Where the context is small, they may fill no more than this part of it. */
const KEPT_SHARE = 1 / 8;
/** Of the window, what the request for the notes may fill: the rest is for the notes. */
const ASKED_SHARE = 0.95;
/** How often half of it is left out when even the request for the notes is too long. */
const MOST_CUTS = 4;

const SUMMARY_TAG = "<context_summary>";
const SUMMARY_HEAD =
  "The earlier part of this conversation was replaced to make room. These are the notes that you wrote about it; take the work up from them, and do not repeat what is done.";

/** A history by what compaction does with it. */
interface Parts {
  /** Instructions, AGENTS.md and environment: they stay as they are. */
  opening: HistoryItem[];
  /** What is replaced. */
  body: HistoryItem[];
  /** What the user said that nobody has answered yet: it stays, behind the notes. */
  tail: HistoryItem[];
}

/** Cuts a history into its parts. Pure. */
export function splitHistory(items: readonly HistoryItem[]): Parts {
  const start = openingLength(items);
  let end = items.length;
  while (end > start && isInput(items[end - 1])) end--;
  return { opening: items.slice(0, start), body: items.slice(start, end), tail: items.slice(end) };
}

/** The opening ends with the first environment; where there is none, with the developer's messages. */
function openingLength(items: readonly HistoryItem[]): number {
  const environment = items.findIndex(isEnvironment);
  const inputs = items.findIndex((item) => !isInput(item));
  if (environment !== -1 && (inputs === -1 || environment < inputs)) return environment + 1;
  const other = items.findIndex((item) => item.type !== "message" || item.role !== "developer");
  return other === -1 ? items.length : other;
}

function isInput(item: HistoryItem | undefined): boolean {
  return item?.type === "message" && item.role !== "assistant";
}

/** Why the history is compacted: the user asked for it (and maybe for what to keep), or it is full. */
export type Trigger = { by: "user"; focus: string | null } | { by: "limit" | "overflow" };

/** Who writes the notes, and whose hooks are asked about it. */
export type CompactedThread = SendingThread & HookedThread & StreamEmitter;

/**
 * Lets the model write notes and puts them in the place of what was said so far. False when there is nothing to replace or
 * a hook forbids it. Throws TurnFailed when there are no notes; the history is then as it was.
 */
export async function compactHistory(state: CompactedThread, trigger: Trigger, signal: AbortSignal): Promise<boolean> {
  const parts = splitHistory(state.conversation.items);
  if (parts.body.length === 0 || !(await hooksAgree(state, trigger, signal))) return false;
  const overhead = overheadOf(await requestFrame(state));
  const before = state.conversation.meter.tokens(overhead);
  const info = await infoOf(state);
  const room = (contextWindow(state.settings, info) ?? Number.POSITIVE_INFINITY) * ASKED_SHARE;
  const body = fitting(parts.body, before + itemTokens(question(state, trigger)) - room);
  const notes = await writeNotes(state, { ...parts, body }, trigger, signal);
  const limit = contextLimit(state.settings, info);
  const history = compacted(parts, notes, Math.min(KEPT_TOKENS, (limit ?? Number.POSITIVE_INFINITY) * KEPT_SHARE));
  state.conversation.replace("compacted", history, before, historyTokens(history) + overhead);
  if (state.services.hooks !== null) {
    const { firePostCompact } = await import("../hooks.ts");
    await firePostCompact(state, trigger.by === "user" ? "manual" : "auto", notes, signal);
  }
  return true;
}

/** What of the body is asked about: some servers cut what is too long, or answer to its end alone, without a word. */
function fitting(body: HistoryItem[], excess: number): HistoryItem[] {
  const rest = excess > 0 ? withoutOldest(body, excess) : body;
  return rest.length > 0 ? rest : body;
}

/** Asks the hooks; the user is told why one does not want it. */
async function hooksAgree(state: CompactedThread, trigger: Trigger, signal: AbortSignal): Promise<boolean> {
  if (state.services.hooks === null) return true;
  const { firePreCompact } = await import("../hooks.ts");
  const manual = trigger.by === "user";
  const why = await firePreCompact(state, manual ? "manual" : "auto", manual ? (trigger.focus ?? "") : "", signal);
  if (why === null) return true;
  showError(state, `not compacted: ${why}`);
  return false;
}

async function writeNotes(
  state: CompactedThread,
  parts: Parts,
  trigger: Trigger,
  signal: AbortSignal,
): Promise<string> {
  let body = parts.body;
  for (let cuts = 0; ; cuts++) {
    const result = await ask(state, [...parts.opening, ...body, question(state, trigger)], signal);
    if (result.ok) return notesOf(result.items);
    if (result.error.kind !== "context_overflow" || cuts === MOST_CUTS) throw new TurnFailed(result.error);
    const newer = withoutOldest(body, historyTokens(body) / 2);
    const shorter = newer.length > 0 ? newer : halfOutputs(body);
    if (historyTokens(shorter) >= historyTokens(body)) throw new TurnFailed(result.error);
    body = shorter;
  }
}

/** The request differs from the last one of the turn only at its end, so that the provider finds all of it in its cache. */
async function ask(state: CompactedThread, input: HistoryItem[], signal: AbortSignal): Promise<ResponseResult> {
  const frame = await requestFrame(state);
  const sink = {
    // Notes are no message of the thread: only what the user has to know about the connection and its server is passed on.
    emit: (event: EventBody) => (event.type === "stream.retrying" || event.type === "error") && state.emit(event),
    emitDelta: () => {},
    newItemId: () => "",
    ready: () => state.ready(),
  };
  return send(state, { ...frame, input, output_schema: null }, sink, signal);
}

function question({ settings }: CompactedThread, trigger: Trigger): MessageItem {
  const focus =
    trigger.by === "user" && trigger.focus ? `\n\nThe user wants you to keep above all: ${trigger.focus}` : "";
  return userMessage(`${settings.compact_prompt ?? prompt.trim()}${focus}`);
}

const userMessage = (text: string): MessageItem => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});

function notesOf(items: HistoryItem[]): string {
  const messages = items.filter((item) => item.type === "message");
  const text = messages.flatMap(({ content }) => content.map((part) => ("text" in part ? part.text : ""))).join("");
  if (text.trim() !== "") return text.trim();
  const message = "the conversation could not be compacted: the model answered without notes; try another model";
  throw new TurnFailed({ kind: "incomplete", message, retryable: false });
}

/**
 * All but the oldest `tokens` or more, cut where a response or a message begins, so that no call is parted from its output. Earlier
 * notes stay: they are all that is left of what they stand for.
 */
function withoutOldest(body: HistoryItem[], tokens: number): HistoryItem[] {
  let passed = 0;
  const at = body.findIndex((item, index) => {
    passed += itemTokens(body[index - 1] ?? item);
    const before = body[index - 1];
    const starts = before !== undefined && (isOutput(before) || isInput(before) || isInput(item));
    return passed > tokens && starts && !isOutput(item);
  });
  if (at === -1) return [];
  const notes = body.slice(0, at).filter((item) => item.type === "message" && isSummary(item));
  return [...notes, ...withoutOrphans(body.slice(at))];
}

/** What has nothing older that could be left out: the outputs of its calls, each cut in its middle. */
function halfOutputs(body: HistoryItem[]): HistoryItem[] {
  const half = (text: string) => truncateMiddle(text, Buffer.byteLength(text) / 2).text;
  return body.map((item): HistoryItem => {
    if (item.type === "custom_tool_call_output") return { ...item, output: half(item.output) };
    if (item.type !== "function_call_output") return item;
    const { output } = item;
    if (typeof output === "string") return { ...item, output: half(output) };
    const texts = output.filter((part) => part.type === "input_text");
    return { ...item, output: texts.map((part) => ({ ...part, text: half(part.text) })) };
  });
}

function withoutOrphans(items: HistoryItem[]): HistoryItem[] {
  const calls = new Set(items.filter(isCall).map(({ call_id }) => call_id));
  return items.filter((item) => !isOutput(item) || calls.has(item.call_id));
}

/** The new history: opening, the last changes of instructions and environment, the user's words, the notes, what is unanswered. */
function compacted({ opening, body, tail }: Parts, notes: string, kept_tokens: number): HistoryItem[] {
  const changes = [isInstructions, isEnvironment].map((kind) => body.findLast(kind));
  return [
    ...opening,
    ...changes.filter((item) => item !== undefined),
    ...wordsOfUser(body, kept_tokens),
    userMessage(`${SUMMARY_TAG}\n${SUMMARY_HEAD}\n\n${notes}\n</context_summary>`),
    ...tail,
  ];
}

/** The user's messages, the newest first to be kept; the one that no longer fits is cut in its middle. */
function wordsOfUser(body: HistoryItem[], budget: number): HistoryItem[] {
  const kept: HistoryItem[] = [];
  let left = Math.floor(budget);
  for (const item of body.toReversed()) {
    if (item.type !== "message" || item.role !== "user" || isSummary(item)) continue;
    if (isEnvironment(item) || isInstructions(item)) continue;
    const tokens = itemTokens(item);
    if (tokens > left) {
      if (kept.length === 0) kept.unshift({ ...item, content: item.content.map((part) => cut(part, left)) });
      break;
    }
    left -= tokens;
    kept.unshift(item);
  }
  return kept;
}

function cut(part: ContentPart, tokens: number): ContentPart {
  if (part.type !== "input_text") return part;
  return { ...part, text: truncateMiddle(part.text, tokens * BYTES_PER_TOKEN).text };
}

function isSummary({ content }: MessageItem): boolean {
  const [first] = content;
  return first?.type === "input_text" && first.text.startsWith(SUMMARY_TAG);
}
