import {
  type EventBody,
  type Failure,
  type HistoryItem,
  NO_USAGE,
  promptText,
  SCHEMA_VERSION,
} from "../../protocol/index.ts";
import { cwdOf, difference, UNKNOWN_CONTEXT, usageOf } from "./codex-context.ts";
import { historyItem, plain } from "./codex-history.ts";
import { shownCall, shownItem } from "./codex-items.ts";
import { type CodexLine, type Foreign, isObject, listOf, readCodexLines, stringOf } from "./codex-lines.ts";
import { TurnSettings } from "./codex-settings.ts";

/** A Codex thread in our events. */
export interface ImportedThread {
  thread_id: string;
  /** ISO 8601. */
  started: string;
  events: { timestamp: string; body: EventBody }[];
  turns: number;
  /** Kinds of lines and items that we have no use for, with how often each came. */
  skipped: Record<string, number>;
  warnings: string[];
}

/** Reads a rollout of the Codex CLI; null when the file is none. Throws when it cannot be unpacked. */
export function readCodexThread(path: string, bytes: Buffer, moat_version: string): ImportedThread | null {
  const { lines, damaged } = readCodexLines(path, bytes);
  const meta = lines.find(({ type }) => type === "session_meta");
  const thread_id = stringOf(meta?.payload.id) ?? "";
  // The id becomes part of a file's name.
  if (!meta || !/^[0-9A-Za-z-]{8,64}$/.test(thread_id)) return null;
  const converter = new Converter(thread_id, meta, lines, moat_version);
  for (const line of lines) converter.take(line);
  return converter.finish(damaged);
}

/** Goes through the lines once and says in our events what each means. */
class Converter {
  readonly #thread: ImportedThread;
  readonly #settings: TurnSettings;
  /** From here on the file says where turns begin and end; until then each prompt begins one. */
  #explicit = false;
  #timestamp: string;
  #turn: string | null = null;
  #history: HistoryItem[] = [];
  #calls = new Map<string, Extract<HistoryItem, { type: "function_call" | "custom_tool_call" }>>();
  #items = 0;
  #usage = NO_USAGE;
  #usageBefore = NO_USAGE;

  constructor(thread_id: string, meta: CodexLine, lines: CodexLine[], moat_version: string) {
    const started = stringOf(meta.payload.timestamp) ?? meta.timestamp ?? "1970-01-01T00:00:00.000Z";
    this.#timestamp = started;
    const cwd = stringOf(meta.payload.cwd) ?? cwdOf(lines) ?? "/";
    const model_provider = stringOf(meta.payload.model_provider) ?? "openai";
    this.#settings = new TurnSettings({ ...UNKNOWN_CONTEXT, cwd, model_provider });
    this.#thread = { thread_id, started, events: [], turns: 0, skipped: {}, warnings: [] };
    const forked = stringOf(meta.payload.forked_from_id);
    const origin = forked ? { forked_from: forked } : {};
    this.#emit({ type: "thread.started", thread_id, schema_version: SCHEMA_VERSION, cwd, moat_version, ...origin });
    if (isObject(meta.payload.history_base)) {
      const base = stringOf(meta.payload.history_base.thread_id);
      this.#thread.warnings.push(`what was said before the fork is in thread ${base}: import that one too`);
    }
  }

  finish(damaged: number): ImportedThread {
    this.#endTurn(null);
    this.#settings.finish();
    if (damaged > 0) this.#thread.warnings.push(`${damaged} lines are damaged and left out`);
    return this.#thread;
  }

  take({ timestamp, type, payload }: CodexLine): void {
    this.#timestamp = timestamp ?? this.#timestamp;
    if (type === "response_item") this.#takeItem(payload);
    else if (type === "event_msg") this.#takeEvent(payload);
    else if (type === "turn_context") this.#settings.tell(payload);
    else if (type === "compacted") this.#compact(payload);
    else if (type === "token_usage_record") this.#usage = usageOf(payload.thread_token_usage) ?? this.#usage;
    else if (type !== "session_meta") this.#skip(type);
  }

  #takeItem(payload: Foreign): void {
    const item = historyItem(payload);
    if (!item) {
      this.#skip(String(payload.type));
      return;
    }
    const prompt = promptText(item);
    if (prompt !== null && !this.#explicit) this.#endTurn(null);
    const context = item.type === "message" && item.role !== "assistant" && prompt === null;
    if (!context) this.#beginTurn();
    // An item comes before its history, as it does when the core writes it.
    this.#show(item);
    this.#history.push(item);
    this.#emit({ type: "history.added", item });
  }

  #show(item: HistoryItem): void {
    if (item.type === "function_call" || item.type === "custom_tool_call") this.#calls.set(item.call_id, item);
    const output = item.type === "function_call_output" || item.type === "custom_tool_call_output" ? item : null;
    const call = output ? this.#calls.get(output.call_id) : undefined;
    const body = output && call ? shownCall(call, plain(output.output), this.#settings.now.cwd) : shownItem(item);
    if (body) this.#emit({ type: "item.completed", item: { id: `item_${this.#items++}`, ...body } });
  }

  #takeEvent(event: Foreign): void {
    const type = String(event.type);
    if (TURN_START.has(type)) {
      this.#explicit = true;
      this.#endTurn(null);
    } else if (TURN_END.has(type)) {
      this.#endTurn(null);
    } else if (type === "thread_settings_applied") {
      if (isObject(event.thread_settings)) this.#settings.change(event.thread_settings);
    } else if (type === "turn_aborted") {
      this.#endTurn(stringOf(event.reason) ?? "interrupted");
    } else if (type === "token_count") {
      this.#usage = usageOf(isObject(event.info) ? event.info.total_token_usage : null) ?? this.#usage;
    } else if (type === "thread_rolled_back") {
      this.#rollBack(Number(event.num_turns) || 0);
    }
  }

  #beginTurn(): void {
    if (this.#turn !== null) return;
    this.#turn = `${this.#thread.thread_id}:${++this.#thread.turns}`;
    const started = { type: "turn.started" as const, turn_id: this.#turn, context: this.#settings.now };
    this.#settings.begin(started);
    this.#emit(started);
  }

  #endTurn(failed: string | null): void {
    const turn_id = this.#turn;
    this.#settings.end();
    if (turn_id === null) return;
    this.#turn = null;
    const counts = { usage: this.#usage, turn_usage: difference(this.#usage, this.#usageBefore) };
    this.#usageBefore = this.#usage;
    if (failed === null) this.#emit({ type: "turn.completed", turn_id, ...counts });
    else {
      const error: Failure = { kind: "interrupted", message: failed, retryable: false };
      this.#emit({ type: "turn.failed", turn_id, error, ...counts });
    }
  }

  /** Before replacements were written down, a compaction left the user's messages and the summary. */
  #compact(payload: Foreign): void {
    const inline = listOf(payload.replacement_history_entries).flatMap((entry) => {
      if (isObject(entry.item)) return [historyItem(entry.item)];
      return [this.#history.find((item) => "id" in item && item.id === entry.item_id) ?? null];
    });
    const given = listOf(payload.replacement_history).map(historyItem);
    const replacement = [...given, ...inline].filter((item) => item !== null);
    const text = stringOf(payload.message) ?? "";
    const summary: HistoryItem = { type: "message", role: "user", content: [{ type: "input_text", text }] };
    const spoken = this.#history.filter((item) => item.type === "message" && item.role !== "assistant");
    this.#replace("compacted", replacement.length > 0 ? replacement : [...spoken, summary]);
  }

  #rollBack(turns: number): void {
    let left = turns;
    const at = this.#history.findLastIndex((item) => promptText(item) !== null && --left <= 0);
    if (turns > 0) this.#replace("rewound", at === -1 ? [] : this.#history.slice(0, at));
  }

  #replace(why: "compacted" | "rewound", history: HistoryItem[]): void {
    this.#history = [...history];
    this.#emit({ type: "history.replaced", why, history, tokens_before: 0, tokens_after: 0 });
  }

  #emit(body: EventBody): void {
    this.#thread.events.push({ timestamp: this.#timestamp, body });
  }

  #skip(type: string): void {
    this.#thread.skipped[type] = (this.#thread.skipped[type] ?? 0) + 1;
  }
}

const TURN_START = new Set(["task_started", "turn_started"]);
const TURN_END = new Set(["task_complete", "turn_complete"]);
