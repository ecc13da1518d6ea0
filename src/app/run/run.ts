import { FAILED, signalExit } from "../../base/index.ts";
import { contextOf } from "../../core/index.ts";
import type { Event } from "../../protocol/index.ts";
import { loadTerminal } from "../../term/index.ts";
import { type App, createApp } from "../app.ts";
import { promptNames } from "../commands/prompt-files.ts";
import type { AppThread } from "../contract.ts";
import { allOf, lastOf } from "../past/fold.ts";
import type { PastSource } from "../past/past.ts";
import type { AppEffect } from "../state/effect.ts";
import type { InputBody, OpenedThread, ShownThread } from "../state/input.ts";
import type { AppState, Step } from "../state/state.ts";
import { Doer } from "./doer.ts";
import type { AppOptions, Opening } from "./options.ts";
import { Painter } from "./painter.ts";
import type { AppTerminal } from "./terminal.ts";

/** A terminal that is asked what it is says so by then, in ms; those that do not know the question say nothing. */
const SILENT_MS = 50;

/** Runs the app to its end, on the terminal. Resolves to the exit code. */
export async function runApp(options: AppOptions): Promise<number> {
  return new Running(options, await loadTerminal()).run();
}

/** The running app: everything that happens becomes an input, one after another, and what the state wants done is done. */
class Running {
  readonly #options: AppOptions;
  readonly #app: App;
  readonly #terminal: AppTerminal;
  readonly #painter: Painter;
  readonly #doer: Doer;
  readonly #exit = Promise.withResolvers<number>();
  /** The terminal has said something. */
  readonly #heard = Promise.withResolvers<void>();
  #state: AppState;
  /** Inputs that came while another was taken. */
  #queue: InputBody[] = [];
  #taking = false;
  #timer: Timer | null = null;
  /** null: the first one is being opened. */
  #thread: AppThread | null = null;
  /** The thread that is being opened; null: none is. */
  #opening: Opening | null = null;
  /** Resolves when the thread has ended and everything that it said was taken. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: AppOptions, term: Awaited<ReturnType<typeof loadTerminal>>) {
    const { first, kit, screen, keymap, notifications, home, theme, words, vim, text, input, now } = options;
    this.#options = options;
    this.#app = createApp(kit);
    this.#terminal = options.terminal;
    const begin = {
      setup: { home, keymap, notifications },
      shown: this.#shown(first),
      screen,
      theme,
      words,
      vim,
      text,
      first_op: input.length > 0 ? ({ type: "user_turn", input } as const) : null,
    };
    const started = this.#app.start({ ...begin, size: this.#terminal.size }, now());
    this.#state = started.state;
    this.#painter = new Painter(this.#terminal, screen, () => this.#app.picture(this.#state), now);
    this.#doer = new Doer({
      options,
      terminal: this.#terminal,
      painter: this.#painter,
      term,
      state: () => this.#state,
      thread: () => this.#open,
      send: (input) => this.#take(input),
      listen: () => this.#listen(),
      enter: (opening) => this.#enter(opening),
      quiet: () => this.#quiet(),
      quit: (exit) => this.#exit.resolve(exit),
      wake: (at) => this.#wake(at),
    });
    this.#effects(started.effects);
  }

  async run(): Promise<number> {
    const { signal, process, first } = this.#options;
    const undo = [
      process.onResize(() => this.#resized()),
      process.onContinue(() => this.#continued()),
      process.atExit(() => this.#terminal.modes.restore()),
    ];
    const stop = () => this.#exit.resolve(signalExit(signal.reason) ?? FAILED);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    // The first picture is on the screen before a key is read or the terminal is asked anything.
    this.#painter.enter();
    this.#listen();
    this.#terminal.ask();
    this.#begin(first).catch((error: unknown) => this.#exit.reject(error));
    const exit = await this.#exit.promise.catch((error: unknown) => {
      this.#close();
      throw error;
    });
    signal.removeEventListener("abort", stop);
    this.#close();
    this.#opening?.cancel();
    // A turn that runs is stopped, its programs with it, and kept as stopped, before the process ends.
    this.#thread?.thread.submit({ type: "shutdown" });
    await this.#ended;
    for (const off of undo) off();
    return exit;
  }

  /** Gives the terminal back; says how to go on. */
  #close(): void {
    this.#wake(null);
    this.#doer.end();
    this.#terminal.deaf();
    this.#painter.leave(this.#app.farewell(this.#state));
    this.#terminal.close();
  }

  #listen(): void {
    this.#terminal.listen({
      take: (events, burst) => {
        this.#take(...events.map((event) => ({ type: "term", event, burst }) as const));
        this.#heard.resolve();
      },
      ended: () => this.#exit.resolve(signalExit("SIGHUP") ?? FAILED),
    });
  }

  /** What comes together is shown together; what one input leads to is taken before the next one. */
  #take(...inputs: InputBody[]): void {
    if (this.#taking) {
      this.#queue.push(...inputs);
      return;
    }
    this.#taking = true;
    const shown = this.#state;
    for (const input of inputs) {
      this.#queue.push(input);
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#reduce(next);
    }
    this.#taking = false;
    const typed = inputs.some(({ type }) => type === "term" || type === "resized");
    if (this.#state !== shown) this.#painter.wanted(typed);
  }

  #reduce(input: InputBody): void {
    const { state, effects }: Step = this.#app.reduce(this.#state, { ...input, at: this.#options.now() });
    this.#state = state;
    this.#effects(effects);
  }

  #effects(effects: readonly AppEffect[]): void {
    for (const effect of effects) this.#doer.perform(effect);
  }

  /** What is only good to know waits until what was typed at once is on the screen: until the terminal has said something, or says nothing. */
  async #quiet(): Promise<void> {
    await Promise.race([this.#heard.promise, new Promise((resolve) => setTimeout(resolve, SILENT_MS))]);
    await this.#options.pause();
  }

  /** The kernel is asked what holds. */
  async #learn({ thread }: AppThread): Promise<void> {
    const { number } = this.#state.conversation;
    await this.#quiet();
    const { how, weak } = await thread.enforced();
    if (number === this.#state.conversation.number) this.#take({ type: "enforced", enforced: how, weak });
  }

  /** The thread that is talked to. */
  get #open(): AppThread {
    // The state hands nothing in before it was told of a thread.
    if (this.#thread === null) throw new Error("no thread is open yet");
    return this.#thread;
  }

  /** Without its first thread the app has nothing to go back to. */
  async #begin(first: Opening): Promise<void> {
    await this.#enter(first);
    if (this.#thread === null) this.#exit.resolve(FAILED);
  }

  /** Shows what is known of a thread that is being opened, and goes on with it once it is. */
  async #enter(opening: Opening): Promise<void> {
    const before = this.#thread;
    this.#opening = opening;
    if (before !== null && opening.past !== null) this.#take({ type: "shown", shown: this.#shown(opening) });
    const found = await opening.ready;
    this.#opening = null;
    if (!found.ok) return this.#take({ type: "not opened", message: found.message });
    this.#entered(opening, found);
    this.#readPast(opening);
    before?.thread.submit({ type: "shutdown" });
  }

  /** What the state hands in once it knows of the thread is for that thread already. */
  #entered({ past }: Opening, thread: AppThread): void {
    this.#thread = thread;
    this.#take({ type: "opened", opened: this.#opened(thread, past) });
    this.#follow(thread);
  }

  #shown({ thread_id, cwd, start, past }: Opening): ShownThread {
    const { kit } = this.#options;
    // As many blocks as the window has rows are some windows full.
    const { rows } = this.#terminal.size;
    return { thread_id, cwd, start, past: past === null ? null : lastOf(past, rows, kit) };
  }

  /** Reads what is not known yet of what happened before, while other things go on. */
  async #readPast({ past }: Opening): Promise<void> {
    const { number, past: known } = this.#state.conversation;
    if (past === null || known?.whole !== false) return;
    const reading = allOf(past, this.#options.kit);
    for (let next = reading.next(); ; next = reading.next()) {
      if (number !== this.#state.conversation.number) return;
      if (next.done) {
        this.#take({ type: "past", thread: number, past: next.value });
        // Reading leaves more behind than is kept, 20 MB of 10,000 items, and an app that waits makes nothing that would have it collected.
        return void Bun.gc(true);
      }
      await this.#options.pause();
    }
  }

  /** Reads what a thread says until it has ended; of a thread that was left nothing is taken any more. */
  #follow(thread: AppThread): void {
    const { number } = this.#state.conversation;
    this.#learn(thread).catch((error: unknown) => this.#take({ type: "failed", message: messageOf(error) }));
    const read = async () => {
      for await (const event of thread.thread.events) {
        this.#options.record("event", event);
        this.#take({ type: "event", thread: number, event });
      }
    };
    this.#ended = read().catch((error: unknown) => this.#take({ type: "failed", message: messageOf(error) }));
  }

  #opened(thread: AppThread, past: PastSource | null): OpenedThread {
    const { start, price, tools } = this.#options;
    const { settings, thread_id, busy } = thread.thread;
    return {
      thread_id,
      context: contextOf(settings),
      late: past === null ? [] : cutOff(past),
      busy,
      start: start(thread),
      weak: false,
      network: settings.sandbox_workspace_write.network_access,
      prompt_files: promptNames(thread.facts, tools),
      price: price(settings.model),
    };
  }

  #wake(at: number | null): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (at === null) return;
    this.#timer = setTimeout(() => this.#take({ type: "tick" }), Math.max(0, at - this.#options.now()));
  }

  #resized(): void {
    const size = this.#terminal.size;
    this.#painter.screen.resized(size);
    this.#take({ type: "resized", size });
  }

  /** Back from a stop: the terminal may be another's, and of another size. */
  #continued(): void {
    this.#painter.leave();
    this.#resized();
    this.#painter.enter();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A turn that the end of its process cut off is closed in the file when the thread is opened. */
function cutOff(past: PastSource): Event[] {
  const later = past.later();
  const end = later.findIndex(({ type }) => type !== "turn.failed");
  return later.slice(0, end === -1 ? later.length : end);
}
