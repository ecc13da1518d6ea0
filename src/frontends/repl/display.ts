import type { AppThread } from "../../app/index.ts";
import type { Event, TurnContext } from "../../protocol/index.ts";
import { LinePrinter, standingLines, type Transcript, transcriptOf, workingText } from "../../view/index.ts";
import type { ReplOptions } from "./options.ts";
import type { ReplScreen } from "./screen.ts";

/** What the repl shows of the thread that it is at. */
export class Display {
  readonly #options: Pick<ReplOptions, "style" | "source" | "full_output" | "version" | "markdown" | "now">;
  readonly #screen: ReplScreen;
  readonly #warned = new Set<string>();
  #printer: LinePrinter;
  /** When the turn began. */
  #since = 0;

  constructor(options: ReplOptions, screen: ReplScreen) {
    this.#options = options;
    this.#screen = screen;
    this.#printer = this.#printerOf(options.first);
  }

  get transcript(): Transcript {
    return this.#printer.transcript;
  }

  /** A printer that goes on from what a stored thread holds. Nobody looks at a pipe's past. */
  #printerOf({ past }: AppThread): LinePrinter {
    const { style, source, full_output, markdown } = this.#options;
    const output_lines = full_output ? { output_lines: Number.POSITIVE_INFINITY } : {};
    return new LinePrinter({
      style,
      stream: true,
      markdown,
      past: transcriptOf(source === "piped" ? [] : past),
      ...output_lines,
    });
  }

  greet({ thread, warnings }: AppThread): void {
    const { style, source, version } = this.#options;
    this.#warn(warnings);
    if (source === "piped") return;
    this.#screen.line(style.bold(`moat ${version}`));
    this.settings(thread.settings);
    this.#screen.line(style.dim("/help lists commands, Tab completes, q quits."));
    this.#standing();
  }

  /** How to go on later, where something was said. */
  farewell(thread_id: string): void {
    if (this.transcript.entries.length > 0) this.#screen.line(this.#options.style.dim(`moat resume ${thread_id}`));
  }

  /** Goes on with another thread. */
  enter(next: AppThread): void {
    this.#printer = this.#printerOf(next);
    this.#warn(next.warnings);
    this.#screen.line(`thread ${next.thread.thread_id}`);
    this.#standing();
  }

  /** Where a thread that was resumed stands. */
  #standing(): void {
    for (const line of standingLines(this.transcript, this.#options.style)) this.#screen.line(line);
  }

  /** Each is said once, whatever thread it is about. */
  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (!this.#warned.has(warning)) this.#screen.line(this.#options.style.yellow(`warning: ${warning}`));
      this.#warned.add(warning);
    }
  }

  /** The settings of the next turn, when they are not those that were shown last. */
  settings(settings: TurnContext): void {
    const facts = this.#printer.context(settings);
    if (facts !== null) this.#screen.line(facts);
  }

  /** What goes on, in a line; null: nothing. */
  working(): string | null {
    return workingText(this.transcript, this.#printer.growing, this.#options.now() - this.#since);
  }

  event(event: Event): void {
    if (event.type === "turn.started") {
      this.#since = this.#options.now();
      this.#screen.freshLine();
    }
    this.#screen.write(this.#printer.print(event));
  }
}
