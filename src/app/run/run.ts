import { FAILED, signalExit } from "../../base/index.ts";
import { contextOf } from "../../core/index.ts";
import { loadTerminal } from "../../term/index.ts";
import { type App, createApp } from "../app.ts";
import type { AppThread } from "../contract.ts";
import type { AppEffect } from "../state/effect.ts";
import type { InputBody, OpenedThread } from "../state/input.ts";
import type { AppState, Step } from "../state/state.ts";
import { Doer } from "./doer.ts";
import type { AppOptions } from "./options.ts";
import { Painter } from "./painter.ts";
import type { AppTerminal } from "./terminal.ts";

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
  #state: AppState;
  /** Inputs that came while another was taken. */
  #queue: InputBody[] = [];
  #taking = false;
  /** What is typed while a thread is being opened; null: none is. */
  #early: InputBody[] | null = null;
  #timer: Timer | null = null;
  #thread: AppThread;
  /** Resolves when the thread has ended and everything that it said was taken. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: AppOptions, term: Awaited<ReturnType<typeof loadTerminal>>) {
    const { first, kit, screen, keymap, notifications, home, theme, words, vim, text, now } = options;
    this.#options = options;
    this.#thread = first;
    this.#app = createApp(kit);
    this.#terminal = options.terminal;
    this.#terminal.mouse = options.mouse;
    const begin = {
      setup: { home, keymap, notifications },
      opened: this.#opened(first),
      screen,
      theme,
      words,
      vim,
      text,
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
      thread: () => this.#thread,
      send: (input) => this.#take(input),
      listen: () => this.#listen(),
      enter: (thread) => this.#enter(thread),
      keysAfter: (opening) => void this.#keysAfter(opening),
      quit: (exit) => this.#exit.resolve(exit),
      wake: (at) => this.#wake(at),
    });
    this.#effects(started.effects);
  }

  async run(): Promise<number> {
    const { signal, process, input } = this.#options;
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
    this.#follow(this.#thread);
    const said = this.#options.history.addInput(input, this.#thread.thread.thread_id);
    if (said !== "") this.#take({ type: "prompts", prompts: this.#withLatest(said) });
    if (input.length > 0) this.#take({ type: "action", action: { type: "submit", op: { type: "user_turn", input } } });
    const exit = await this.#exit.promise;
    signal.removeEventListener("abort", stop);
    this.#close();
    // A turn that runs is stopped, its programs with it, and kept as stopped, before the process ends.
    this.#thread.thread.submit({ type: "shutdown" });
    await this.#ended;
    for (const off of undo) off();
    return exit;
  }

  /** Earlier prompts, the latest first: this one, whether it may be kept or not. */
  #withLatest(said: string): string[] {
    return [said, ...this.#options.history.latest().filter((text) => text !== said)];
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
      take: (event, burst) => this.#typed({ type: "term", event, burst }),
      ended: () => this.#exit.resolve(signalExit("SIGHUP") ?? FAILED),
    });
  }

  #typed(input: InputBody): void {
    if (this.#early) this.#early.push(input);
    else this.#take(input);
  }

  async #keysAfter(opening: Promise<void>): Promise<void> {
    this.#early ??= [];
    await opening;
    const early = this.#early ?? [];
    this.#early = null;
    for (const input of early) this.#typed(input);
  }

  #take(input: InputBody): void {
    this.#queue.push(input);
    if (this.#taking) return;
    this.#taking = true;
    let typed = false;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      typed ||= next.type === "term" || next.type === "resized";
      const before = this.#state;
      const { state, effects }: Step = this.#app.reduce(before, { ...next, at: this.#options.now() });
      this.#state = state;
      this.#effects(effects);
      if (state !== before) this.#painter.wanted(typed);
    }
    this.#taking = false;
  }

  #effects(effects: readonly AppEffect[]): void {
    for (const effect of effects) this.#doer.perform(effect);
  }

  /** The kernel is asked once the first picture is on the screen. */
  async #learn({ thread }: AppThread): Promise<void> {
    const { number } = this.#state.conversation;
    const { how, weak } = await thread.enforced();
    if (number === this.#state.conversation.number) this.#take({ type: "enforced", enforced: how, weak });
  }

  /** What the state hands in once it knows of the thread is for that thread already. */
  #enter(thread: AppThread): void {
    this.#thread = thread;
    this.#take({ type: "opened", opened: this.#opened(thread) });
    this.#follow(thread);
  }

  /** Reads what a thread says until it has ended; of a thread that was left nothing is taken any more. */
  #follow(thread: AppThread): void {
    this.#thread = thread;
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

  #opened(thread: AppThread): OpenedThread {
    const { start } = this.#options;
    const { settings, thread_id, busy } = thread.thread;
    return {
      thread_id,
      context: contextOf(settings),
      past: thread.past,
      busy,
      start: start(thread),
      weak: false,
      network: settings.sandbox_workspace_write.network_access,
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
