import { type HistoryItem, promptText, type Usage } from "../../../protocol/index.ts";
import type { ImportBody, ImportRecord, ImportTask, SourceThread } from "../contract.ts";
import { countOf, type Foreign, isObject, kindName, listOf, stringOf } from "../foreign.ts";
import type { ForeignFile } from "../foreign-file.ts";
import type { Losses } from "../losses.ts";
import { compactedHistory } from "./codex-compaction.ts";
import { cwdOf, firstContext, usageOf } from "./codex-context.ts";
import { historyItem, plain } from "./codex-history.ts";
import { shownCodexCall, shownItem } from "./codex-items.ts";
import { CodexFile, type CodexLine } from "./codex-lines.ts";
import { TurnSettings } from "./codex-settings.ts";
import { asTheModelSaw, hasFreeformTools, JSON_OUTPUTS, versionOf } from "./codex-version.ts";

/** The thread of a rollout of the Codex CLI; null when the file is none. Throws when it cannot be read or unpacked. */
export function codexThread(file: ForeignFile, { losses, cwd: fallback }: ImportTask): SourceThread | null {
  const source = new CodexFile(file);
  const meta = source.meta();
  const thread_id = stringOf(meta?.payload.id) ?? "";
  // The id becomes part of a file's name.
  if (!meta || !/^[0-9A-Za-z-]{8,64}$/.test(thread_id)) return null;
  const { payload } = meta;
  const started = stringOf(payload.timestamp) ?? meta.timestamp ?? "1970-01-01T00:00:00.000Z";
  const cwd = stringOf(payload.cwd) ?? cwdOf(source.lines()) ?? fallback;
  const records = recordsOf(source, new CodexReader(payload, started, cwd, losses), losses);
  return { thread_id, started, cwd, forked_from: stringOf(payload.forked_from_id) || null, records };
}

function* recordsOf(source: CodexFile, reader: CodexReader, losses: Losses): Generator<ImportRecord> {
  for (const line of source.lines()) yield* reader.take(line);
  yield* reader.finish();
  source.tell(losses);
}

/** Goes through the lines once and says what each means. */
class CodexReader {
  readonly #losses: Losses;
  readonly #settings: TurnSettings;
  /** Who thought it; null: the file does not say. */
  readonly #provider: string | null;
  #version: number | null;
  /** From here on the file says where turns begin and end; until then each prompt begins one. */
  #explicit = false;
  #at: string;
  #running = false;
  #history: HistoryItem[] = [];
  /** Calls of the turn that have no output yet. */
  #calls = new Map<string, Extract<HistoryItem, { type: "function_call" | "custom_tool_call" }>>();
  /** The model has a tool whose input is plain text. */
  #freeform = false;
  #out: ImportRecord[] = [];

  constructor(meta: Foreign, started: string, cwd: string, losses: Losses) {
    this.#at = started;
    this.#losses = losses;
    this.#settings = new TurnSettings(firstContext(meta, cwd));
    this.#provider = stringOf(meta.model_provider);
    this.#version = versionOf(meta.cli_version);
    if (isObject(meta.history_base)) {
      const base = stringOf(meta.history_base.thread_id);
      losses.warn(`what was said before the fork is in thread ${base}: import that one too`);
    }
  }

  take({ timestamp, type, payload }: CodexLine): ImportRecord[] {
    this.#at = timestamp ?? this.#at;
    if (type === "response_item") this.#takeItem(payload);
    else if (type === "event_msg") this.#takeEvent(payload);
    else if (type === "turn_context") this.#settings.tell(payload);
    else if (type === "compacted") this.#compact(payload);
    else if (type === "token_usage_record") this.#use(usageOf(payload.thread_token_usage));
    else if (type === "session_meta") this.#version = versionOf(payload.cli_version) ?? this.#version;
    else this.#losses.skip(type);
    return this.#told();
  }

  finish(): ImportRecord[] {
    this.#endTurn(null);
    this.#settings.finish();
    return this.#told();
  }

  #told(): ImportRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #takeItem(payload: Foreign): void {
    const read = historyItem(payload, this.#provider);
    if (!read) {
      this.#losses.skip(kindName(payload.type));
      return;
    }
    const prompt = promptText(read);
    if (prompt !== null && !this.#explicit) this.#endTurn(null);
    const context = read.type === "message" && read.role !== "assistant" && prompt === null;
    if (context && read.type === "message") this.#settings.hint(plain(read.content));
    if (!context) this.#beginTurn();
    if (read.type === "custom_tool_call") this.#freeform = true;
    const item = this.#asSeen(read);
    // An item comes before its history, as it does when the core writes it.
    this.#show(read);
    this.#history.push(item);
    this.#tell({ type: "item", item });
  }

  /** What the model was shown of an output, where the file has it in another form. */
  #asSeen(item: HistoryItem): HistoryItem {
    const call = "call_id" in item ? this.#calls.get(item.call_id) : undefined;
    const freeform = this.#freeform || hasFreeformTools(this.#settings.now.model);
    return freeform && call && JSON_OUTPUTS.has(call.name) ? asTheModelSaw(item, this.#version) : item;
  }

  #show(item: HistoryItem): void {
    if (item.type === "function_call" || item.type === "custom_tool_call") this.#calls.set(item.call_id, item);
    const output = item.type === "function_call_output" || item.type === "custom_tool_call_output" ? item : null;
    const call = output ? this.#calls.get(output.call_id) : undefined;
    if (output) this.#calls.delete(output.call_id);
    const { cwd } = this.#settings.now;
    const body = output && call ? shownCodexCall(call, plain(output.output), cwd) : shownItem(item);
    if (body) this.#tell({ type: "shown", body });
  }

  #takeEvent(event: Foreign): void {
    const type = kindName(event.type);
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
      this.#use(usageOf(isObject(event.info) ? event.info.total_token_usage : null));
    } else if (type === "thread_rolled_back") {
      this.#rollBack(countOf(event.num_turns));
    }
  }

  #beginTurn(): void {
    if (this.#running) return;
    this.#running = true;
    const turn = { context: this.#settings.now };
    this.#settings.begin(turn);
    this.#tell({ type: "turn.begun", turn });
  }

  #endTurn(failed: string | null): void {
    this.#settings.end();
    for (const call of this.#calls.values())
      this.#tell({ type: "shown", body: shownCodexCall(call, null, this.#settings.now.cwd) });
    this.#calls.clear();
    if (!this.#running) return;
    this.#running = false;
    this.#tell({ type: "turn.ended", failed });
  }

  #use(usage: Usage | null): void {
    if (usage) this.#tell({ type: "usage", usage });
  }

  /** A compaction says what takes the history's place; before it did, that was made from what was said and the summary. */
  #compact(payload: Foreign): void {
    const inline = listOf(payload.replacement_history_entries).flatMap((entry) => {
      if (isObject(entry.item)) return [historyItem(entry.item, this.#provider)];
      return [this.#history.find((item) => "id" in item && item.id === entry.item_id) ?? null];
    });
    const given = listOf(payload.replacement_history).map((item) => historyItem(item, this.#provider));
    const replacement = [...given, ...inline].filter((item) => item !== null);
    const summary = stringOf(payload.message) ?? "";
    const made = () => compactedHistory(this.#history, summary, this.#version);
    this.#replace("compacted", replacement.length > 0 ? replacement : made());
  }

  #rollBack(turns: number): void {
    let left = turns;
    const at = this.#history.findLastIndex((item) => promptText(item) !== null && --left <= 0);
    if (turns > 0) this.#replace("rewound", at === -1 ? [] : this.#history.slice(0, at));
  }

  #replace(why: "compacted" | "rewound", history: HistoryItem[]): void {
    this.#history = [...history];
    this.#tell({ type: "history.replaced", why, history });
  }

  #tell(body: ImportBody): void {
    this.#out.push({ at: this.#at, ...body });
  }
}

const TURN_START = new Set(["task_started", "turn_started"]);
const TURN_END = new Set(["task_complete", "turn_complete"]);
