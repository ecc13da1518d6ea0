import type { CommandExecution, Event, Item, TurnContext } from "../protocol/index.ts";
import { type Printable, ProseStream, SafeText, type Style, safe } from "../term/index.ts";
import { commandEnd, commandHead, itemLines, OUTPUT_LINES } from "./item-lines.ts";
import { retryText } from "./retry-text.ts";

/** How a printer shows a thread. */
export interface PrinterOptions {
  style: Style;
  /** Shows what the model says as it comes; else whole items, and the last message is left to the caller. */
  stream: boolean;
  /** Lines of a command's output that are shown, the last ones; a dozen when left out. */
  output_lines?: number;
}

/** What a turn runs with, in one line. */
export function contextText(context: TurnContext): string {
  const { model, model_provider, effort, sandbox_mode, approval_policy, cwd } = context;
  const thinks = effort === null ? "" : `, effort ${effort}`;
  return `${model} (${model_provider}${thinks}) · sandbox ${sandbox_mode} · approvals ${approval_policy} · ${cwd}`;
}

/**
 * Turns events into text that is only ever appended: no cursor, no repainting, right on a dumb terminal, in a pipe and
 * for a screen reader. Each call gives the text that follows what was given before.
 */
export class LinePrinter {
  readonly #style: Style;
  readonly #stream: boolean;
  readonly #output_lines: number;
  /** The settings as they were last shown. */
  #shown = "";
  /** The command whose first line was the last thing that was shown. */
  #running: string | null = null;
  /** The item whose text is being streamed, and whether its last line is still open. */
  #streaming: { id: string; item_type: string; open_line: boolean; prose: ProseStream } | null = null;
  /** A message that is shown once it is known not to be the last. */
  #held: Item | null = null;
  /** What the sandbox refused to an item that is still running: said below it, once it is shown. */
  readonly #denials = new Map<string, string>();

  constructor(options: PrinterOptions) {
    this.#style = options.style;
    this.#stream = options.stream;
    this.#output_lines = options.output_lines ?? OUTPUT_LINES;
  }

  print(event: Event): SafeText {
    if (event.type === "item.delta") return this.#delta(event);
    const held = this.#held;
    const lines = this.#lines(event);
    if (lines === null) return safe``;
    const before = this.#endStream();
    if (event.type !== "item.started") this.#running = null;
    return SafeText.join([before, ...[...this.#release(held, event), ...lines].map((line) => safe`${line}\n`)], "");
  }

  #delta({ item_id, item_type, delta }: Extract<Event, { type: "item.delta" }>): SafeText {
    if (!this.#stream || item_type === "command_execution") return safe``;
    const fresh = this.#streaming?.id !== item_id;
    const before = fresh ? this.#endStream() : safe``;
    const prose = (!fresh && this.#streaming?.prose) || new ProseStream();
    const text = prose.push(delta);
    this.#running = null;
    this.#streaming = { id: item_id, item_type, open_line: !delta.endsWith("\n"), prose };
    return safe`${before}${this.#inStyle(text, item_type)}`;
  }

  /** What was held back of the text that is being streamed, and the end of its line. */
  #endStream(): SafeText {
    const streaming = this.#streaming;
    if (streaming === null) return safe``;
    this.#streaming = null;
    return safe`${this.#inStyle(streaming.prose.end(), streaming.item_type)}${streaming.open_line ? "\n" : ""}`;
  }

  #inStyle(text: SafeText, item_type: string): SafeText {
    return item_type === "reasoning" ? this.#style.dim(text) : text;
  }

  /** The message held before this event, unless the event ends the turn: then it is the final answer, the caller's. */
  #release(held: Item | null, event: Event): Printable[] {
    if (held === null) return [];
    if (this.#held === held) this.#held = null;
    return event.type === "turn.completed" ? [] : [...itemLines(held, this.#style), ""];
  }

  /** null: the event is not shown at all, and interrupts nothing. */
  #lines(event: Event): Printable[] | null {
    if (event.type === "turn.started") {
      const facts = this.context(event.context);
      return facts === null ? [] : [facts, ""];
    }
    if (event.type === "item.started") return this.#started(event.item);
    if (event.type === "item.completed") return this.#item(event.item);
    if (event.type === "sandbox.denied") {
      this.#denials.set(event.item_id, event.denial.explanation);
      return null;
    }
    if (event.type === "stream.retrying")
      return [this.#style.yellow(retryText(event.attempt, event.max, event.delay_ms, event.error))];
    if (event.type === "stream.reset") return [this.#style.dim("(what was said since the last line is void)")];
    if (event.type === "error") return [this.#style.yellow(event.message)];
    if (event.type === "history.replaced") return [this.#compacted(event)];
    if (event.type === "turn.failed") return [this.#style.red(`moat: ${event.error.message}`)];
    if (event.type === "turn.completed") return [this.#usage(event)];
    return null;
  }

  #item(item: Item): Printable[] {
    if (this.#stream && item.id === this.#streaming?.id) return [""];
    if (!this.#stream && item.type === "agent_message") {
      this.#held = item;
      return [];
    }
    const denial = this.#denials.get(item.id);
    const refused = denial === undefined ? [] : [this.#style.yellow(`  sandbox: ${denial}`)];
    const lines =
      item.type === "command_execution" && this.#running === item.id
        ? commandEnd(item, this.#style, this.#output_lines)
        : itemLines(item, this.#style, this.#output_lines);
    return [...lines, ...refused, ""];
  }

  /** Where text is shown as it comes, a command is shown as it starts: it may take long. */
  #started(item: Item): SafeText[] | null {
    if (!this.#stream || item.type !== "command_execution") return null;
    this.#running = item.id;
    return commandHead(item satisfies CommandExecution, this.#style);
  }

  /** The settings in one line; null when they are those that were shown last. */
  context(context: TurnContext): SafeText | null {
    const facts = contextText(context);
    if (facts === this.#shown) return null;
    this.#shown = facts;
    return this.#style.dim(facts);
  }

  #compacted({ why, tokens_before, tokens_after }: Extract<Event, { type: "history.replaced" }>): SafeText {
    return this.#style.dim(`the conversation was ${why}: about ${tokens_before} → ${tokens_after} tokens`);
  }

  #usage({ turn_usage }: Extract<Event, { type: "turn.completed" }>): SafeText {
    const { input_tokens, cached_input_tokens, output_tokens } = turn_usage;
    return this.#style.dim(`tokens: ${input_tokens} in (${cached_input_tokens} cached), ${output_tokens} out`);
  }
}
