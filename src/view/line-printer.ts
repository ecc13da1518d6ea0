import type { CommandExecution, Event, Item, TodoList, TurnContext } from "../protocol/index.ts";
import { type Printable, ProseStream, SafeText, type Style, safe } from "../term/index.ts";
import { contextText, denialLines, entryLines } from "./entry-lines.ts";
import { commandEnd, commandHead, itemLines, OUTPUT_LINES, refusalLines } from "./item-lines.ts";
import { type Markdown, MarkdownStream } from "./markdown.ts";
import { PlanTagStream } from "./plan-tags.ts";
import { type Entry, emptyTranscript, reduce, type Transcript } from "./transcript.ts";

/** How a printer shows a thread. */
export interface PrinterOptions {
  style: Style;
  /** Shows what the model says as it comes; else whole items, and the last message is left to the caller. */
  stream: boolean;
  /** Lines of a command's output that are shown, the last ones; a dozen when left out. */
  output_lines?: number;
  /** Shows what the user said, too: where nobody has just typed it. */
  said?: boolean;
  /** What happened before; nothing when left out. */
  past?: Transcript;
  /** Draws Markdown: a terminal is there. Left out: prose is shown as it was written. */
  markdown?: Markdown | null;
}

/** Text that is being streamed. */
interface Streaming {
  id: string;
  item_type: string;
  open_line: boolean;
  prose: ProseStream | MarkdownStream;
}

const isOfItem = (event: Event): event is Extract<Event, { type: `item.${string}`; item: Item }> =>
  event.type === "item.started" || event.type === "item.updated" || event.type === "item.completed";

/** Items that are prose of the model. */
const SAID: ReadonlySet<Item["type"]> = new Set<Item["type"]>(["agent_message", "reasoning", "plan"]);

type ItemEntry = Extract<Entry, { type: "item" }>;

/**
 * Turns what a transcript gets into text that is only ever appended: no cursor, no repainting, right on a dumb terminal, in a
 * pipe and for a screen reader. Each call gives the text that follows what was given before.
 */
export class LinePrinter {
  readonly #style: Style;
  readonly #stream: boolean;
  readonly #output_lines: number;
  readonly #said: boolean;
  #transcript: Transcript;
  /** The settings as they were last shown. */
  #shown = "";
  /** The command whose first line was the last thing that was shown. */
  #running: string | null = null;
  /** The item whose text is being streamed, and whether its last line is still open. */
  #streaming: Streaming | null = null;
  /** Items whose text was streamed: they complete later, and not always in their order. */
  readonly #streamed = new Set<string>();
  readonly #markdown: Markdown | null;
  #tags = new PlanTagStream();
  /** What the model writes at present. */
  #growing: "agent_message" | "reasoning" | null = null;
  /** The plan as it was last shown. */
  #plan: Transcript["plan"];
  /** A message that is shown once it is known not to be the last. */
  #held: Item | null = null;

  constructor(options: PrinterOptions) {
    this.#style = options.style;
    this.#stream = options.stream;
    this.#output_lines = options.output_lines ?? OUTPUT_LINES;
    this.#said = options.said ?? false;
    this.#markdown = options.markdown ?? null;
    this.#transcript = options.past ?? emptyTranscript;
    this.#plan = this.#transcript.plan;
  }

  /** What has happened, without text that is still growing: that was printed as it came. */
  get transcript(): Transcript {
    return this.#transcript;
  }

  /** What the model writes at present; null: nothing, or what it calls. */
  get growing(): "agent_message" | "reasoning" | null {
    return this.#growing;
  }

  print(event: Event): SafeText {
    // Nobody looks at half an item here, and these are most of all events.
    if (event.type === "item.delta") return this.#delta(event);
    const before = this.#transcript;
    this.#transcript = reduce(before, event);
    if (this.#transcript.children !== before.children) return this.#child(before, event.thread_id ?? "");
    this.#growing = null;
    if (event.type === "stream.reset") for (const id of event.item_ids) this.#streamed.delete(id);
    if (isOfItem(event) && event.item.type === "todo_list") return this.#planned(event.item, event);
    const held = this.#held;
    const [entry] = this.#transcript.entries.since(before.entries.length);
    const lines = entry ? this.#entry(entry) : event.type === "item.started" ? this.#started(event.item) : null;
    if (lines === null) return safe``;
    const end = this.#endStream();
    if (event.type !== "item.started") this.#running = null;
    return SafeText.join([end, ...[...this.#release(held, event), ...lines].map((line) => safe`${line}\n`)], "");
  }

  /** What a child thread did, set in: whole items, when they are done. */
  #child(before: Transcript, thread_id: string): SafeText {
    const known = before.children.get(thread_id)?.entries.length ?? 0;
    const entries = this.#transcript.children.get(thread_id)?.entries.since(known) ?? [];
    const lines = entries.flatMap((entry) => entryLines(entry, this.#style, this.#output_lines));
    if (lines.length === 0) return safe``;
    this.#running = null;
    const indented = lines.map((line) => (String(line) === "" ? "\n" : safe`    ${line}\n`));
    return SafeText.join([this.#endStream(), ...indented], "");
  }

  #delta({ item_id, item_type, delta, thread_id }: Extract<Event, { type: "item.delta" }>): SafeText {
    if (item_type === "command_execution" || thread_id !== undefined) return safe``;
    this.#growing = item_type;
    if (!this.#stream) return safe``;
    const fresh = this.#streaming?.id !== item_id;
    const apart = this.#streaming === null ? "" : "\n";
    const before = fresh ? safe`${this.#endStream()}${apart}` : safe``;
    if (fresh) this.#tags = new PlanTagStream();
    const prose = (!fresh && this.#streaming?.prose) || this.#proseStream();
    const text = prose.push(this.#tags.push(delta));
    this.#running = null;
    this.#streamed.add(item_id);
    this.#streaming = { id: item_id, item_type, open_line: this.#markdown === null && !delta.endsWith("\n"), prose };
    return safe`${before}${this.#inStyle(text, item_type)}`;
  }

  #proseStream(): ProseStream | MarkdownStream {
    return this.#markdown === null ? new ProseStream() : new MarkdownStream(this.#markdown);
  }

  /** A plan is shown as it changes; that it is over at the end of the turn says nothing new. */
  #planned(item: TodoList, event: Event): SafeText {
    const same = JSON.stringify(this.#plan) === JSON.stringify(item.items);
    this.#plan = item.items;
    if (same) return safe``;
    this.#running = null;
    // At the end of the turn the message that is held may be the final answer.
    const before = event.type === "item.completed" ? [] : this.#release(this.#held, event);
    const lines = [...before, ...itemLines(item, this.#style), ""];
    return SafeText.join([this.#endStream(), ...lines.map((line) => safe`${line}\n`)], "");
  }

  /** Prose of the model: with a terminal as Markdown. */
  #itemLines(item: Item): readonly Printable[] {
    if (this.#markdown === null) return itemLines(item, this.#style);
    if (item.type === "agent_message") return this.#markdown.lines(item.text);
    if (item.type === "reasoning") return this.#markdown.lines(item.text).map(this.#style.dim);
    if (item.type === "plan") return [this.#style.bold("Plan"), ...this.#markdown.lines(item.text)];
    return itemLines(item, this.#style);
  }

  /** On a terminal words stay whole. What is exact (commands, what they print, patches) is left to it. */
  #wrapped(lines: readonly Printable[]): Printable[] {
    const markdown = this.#markdown;
    return markdown === null ? [...lines] : lines.flatMap((line) => markdown.wrap(line));
  }

  /** What was held back of the text that is being streamed, and the end of its line. */
  #endStream(): SafeText {
    const streaming = this.#streaming;
    if (streaming === null) return safe``;
    this.#streaming = null;
    const last = safe`${streaming.prose.push(this.#tags.end())}${streaming.prose.end()}`;
    return safe`${this.#inStyle(last, streaming.item_type)}${streaming.open_line ? "\n" : ""}`;
  }

  #inStyle(text: SafeText, item_type: string): SafeText {
    return item_type === "reasoning" ? this.#style.dim(text) : text;
  }

  /** The message held before this event, unless the event ends the turn: then it is the final answer, the caller's. */
  #release(held: Item | null, event: Event): Printable[] {
    if (held === null) return [];
    if (this.#held === held) this.#held = null;
    return event.type === "turn.completed" ? [] : [...this.#itemLines(held), ""];
  }

  /** null: it is not shown here, and interrupts nothing. */
  #entry(entry: Entry): Printable[] | null {
    if (entry.type === "item") return this.#item(entry);
    if (entry.type === "user" && !this.#said) return null;
    // The same settings need not be shown again.
    if ("context" in entry && this.context(entry.context) === null) return entry.type === "turn.started" ? [] : null;
    const lines = this.#wrapped(entryLines(entry, this.#style, this.#output_lines));
    return lines.length > 0 ? lines : null;
  }

  #item(entry: ItemEntry): Printable[] | null {
    const { item, denial } = entry;
    if (this.#streamed.delete(item.id)) return item.id === this.#streaming?.id ? [""] : null;
    if (!this.#stream && (item.type === "agent_message" || item.type === "plan")) {
      this.#held = item;
      return [];
    }
    if (SAID.has(item.type)) return [...this.#itemLines(item), ""];
    const refused = this.#wrapped([...refusalLines(item, this.#style), ...denialLines(denial, this.#style)]);
    if (item.type === "error") return [...this.#wrapped(itemLines(item, this.#style)), ""];
    if (item.type !== "command_execution" || this.#running !== item.id)
      return [...itemLines(item, this.#style, this.#output_lines), ...refused, ""];
    return [...commandEnd(item, this.#style, this.#output_lines), ...refused, ""];
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
}
