import {
  type AppControl,
  type AppThread,
  commandNames,
  complete,
  findCommand,
  offersPlan,
  promptNames,
  saidIn,
} from "../../app/index.ts";
import { FAILED, signalExit } from "../../base/index.ts";
import type { Thread } from "../../core/index.ts";
import {
  carryOut,
  type Event,
  type InputPart,
  isOfChild,
  type Op,
  promptText,
  type SettingsChange,
} from "../../protocol/index.ts";
import { readable, safe } from "../../term/index.ts";
import { Asker, type Asking } from "./asker.ts";
import { Commands } from "./commands.ts";
import { Display } from "./display.ts";
import { LineInput } from "./lines.ts";
import { inOneRow } from "./one-row.ts";
import type { ReplOptions } from "./options.ts";
import { ReplScreen } from "./screen.ts";

/** Two Ctrl-C within this many ms end the repl. */
const QUICK_MS = 1000;

const PROMPT = "user> ";

/** Runs the repl to its end. Resolves to the exit code: of a pipe, 1 when a turn failed. */
export function runRepl(options: ReplOptions): Promise<number> {
  return new Repl(options).run();
}

class Repl {
  readonly #options: ReplOptions;
  readonly #screen: ReplScreen;
  readonly #input: LineInput;
  readonly #display: Display;
  readonly #exit = Promise.withResolvers<number>();
  #current: AppThread;
  #pump: Promise<void> = Promise.resolve();
  #working = false;
  readonly #commands: Commands;
  readonly #asker: Asker;
  /** Lines are obeyed one after another. */
  #lines: Promise<void> = Promise.resolve();
  /** A turn that is being interrupted is not asked about any more. */
  #stopping = false;
  /** What was changed by commands: a new thread begins with it, too. */
  #changed: SettingsChange = {};
  /** Until the thread has said what became of a change, nothing is asked for. */
  #changing = false;
  #images: string[] = [];
  /** What was said to the turn and has not reached the model. */
  #steered: string[] = [];
  #failed = false;
  #leaving = false;
  #last_interrupt = Number.NEGATIVE_INFINITY;

  constructor(options: ReplOptions) {
    this.#options = options;
    this.#current = options.first;
    const { passing, columns } = options;
    this.#screen = new ReplScreen(options, passing ? { text: () => this.#workingText(), columns } : null);
    this.#display = new Display(options, this.#screen);
    this.#input = new LineInput({
      source: options.source,
      screen: this.#screen,
      columns: options.columns,
      // The line editor draws earlier prompts as they are.
      history: options.history
        .latest()
        .filter((prompt) => readable(prompt) === prompt)
        .map(inOneRow),
      handlers: {
        line: (text) => this.#onLine(text),
        end: () => this.#onEnd(),
        interrupt: () => this.#onInterrupt(),
        keeps: (line) => !this.#asker.waiting && options.history.keeps(line),
        complete: (line) => complete(line, commandNames, this.#thread.settings.cwd),
      },
    });
    this.#commands = new Commands(this.#screen, (signal) => this.#control(signal));
    const stopped = () => this.#stopping || this.#leaving;
    this.#asker = new Asker({ options, screen: this.#screen, input: this.#input, stopped });
  }

  get #thread(): Thread {
    return this.#current.thread;
  }

  async run(): Promise<number> {
    const { signal, takeInterrupts, input, typed } = this.#options;
    takeInterrupts(() => this.#onInterrupt());
    const stop = () => this.#leave(signalExit(signal.reason) ?? FAILED);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    this.#display.greet(this.#current);
    await this.#input.open();
    this.#follow(this.#thread);
    if (typed !== null) this.#input.putBack(typed);
    if (input.length > 0) this.#begin({ type: "user_turn", input });
    else if (!this.#working) this.#ask();
    const exit = await this.#exit.promise;
    signal.removeEventListener("abort", stop);
    this.#input.close();
    this.#screen.close();
    if (this.#options.source !== "piped") this.#display.farewell(this.#thread.thread_id);
    return exit;
  }

  /** Nothing while a person is in the middle of a line or of a question. */
  #workingText(): string | null {
    if (!this.#working || this.#input.taken || this.#asker.waiting) return null;
    return this.#display.working();
  }

  #ask(): void {
    this.#working = false;
    this.#stopping = false;
    if (this.#leaving) return;
    this.#display.settings(this.#thread.settings);
    this.#input.prompt(PROMPT);
  }

  #follow(thread: Thread): void {
    // A stored thread may go on by itself, with the question that it was stopped at: the next line is its answer.
    this.#working = thread.busy;
    if (this.#working) this.#input.working();
    this.#pump = this.#read(thread).catch((error: unknown) => {
      this.#screen.line(`moat: ${error instanceof Error ? error.message : String(error)}`);
      this.#exit.resolve(1);
    });
  }

  async #read(thread: Thread): Promise<void> {
    for await (const event of thread.events) {
      this.#options.record("event", event);
      // A person is in the middle of a line: what happens meanwhile waits, and so does the thread when it is much.
      while (this.#input.idle() !== null) await this.#input.idle();
      this.#display.event(event);
      await this.#take(event);
    }
  }

  async #take(event: Event): Promise<void> {
    if (event.type === "approval.requested" || event.type === "user_input.requested") await this.#answer(event);
    if (isOfChild(event, this.#thread.thread_id)) return;
    if (event.type === "history.added") {
      const text = promptText(event.item);
      this.#steered = this.#steered.filter((line) => line !== text);
    }
    if (event.type === "turn.started") {
      this.#working = true;
      this.#input.working();
    }
    if (event.type === "settings.changed") {
      this.#changing = false;
      if (!this.#working) this.#ask();
    }
    if (event.type !== "turn.completed" && event.type !== "turn.failed") return;
    if (event.type === "turn.failed") this.#failed = true;
    this.#giveBack();
    if (this.#options.notify) this.#screen.control("\x07");
    this.#screen.line("");
    const plan = event.type === "turn.completed" && offersPlan(this.#display.transcript);
    // A pipe says in its next line what becomes of it.
    if (plan && this.#options.source !== "piped" && !this.#leaving)
      this.#lines = this.#lines.then(() => this.#decidePlan());
    else this.#ask();
  }

  /** What was not sent, because the turn was interrupted, is in the next line. */
  #giveBack(): void {
    const lines = this.#stopping ? this.#steered : [];
    this.#steered = [];
    if (lines.length === 0 || this.#leaving) return;
    if (this.#options.source === "edited") this.#input.begin(lines.join("\n"));
    else for (const line of lines) this.#screen.line(safe`not sent: ${line}`);
  }

  async #decidePlan(): Promise<void> {
    this.#working = false;
    this.#stopping = false;
    const where = await this.#asker.plan();
    const plan = this.#display.transcript.proposed_plan;
    if (where !== null && plan !== null) await this.#carryOut(plan, where);
    if (!this.#working) this.#ask();
  }

  async #carryOut(plan: string, where: "here" | "clean"): Promise<void> {
    if (where === "clean" && !(await this.#switch(null))) return;
    this.#begin(carryOut(plan));
  }

  #submit(op: Op): void {
    this.#options.record("submission", op);
    this.#thread.submit(op);
  }

  /** Starts a turn, of whatever kind. */
  #begin(op: Op): void {
    this.#working = true;
    this.#input.working();
    if (op.type === "user_turn") this.#changed = { ...this.#changed, ...op.overrides };
    this.#submit(op);
  }

  #onLine(line: string): void {
    if (this.#asker.take(line)) return;
    // It was typed for the line, and not for the question that came meanwhile.
    const early = this.#asker.waiting;
    this.#lines = this.#lines.then(() => this.#obey(line));
    if (early) this.#lines = this.#lines.then(() => this.#asker.again());
  }

  async #obey(line: string): Promise<void> {
    if (this.#leaving) return;
    if (line.trim() === "") return this.#working ? undefined : this.#ask();
    const { history } = this.#options;
    history.add(line, this.#thread.thread_id);
    const [, command] = line.match(/^!\s*(\S.*)$/s) ?? [];
    if (command !== undefined) return this.#begin({ type: "user_command", command });
    const called = findCommand(line, promptNames(this.#current.facts, this.#options.tools));
    if (called) {
      await this.#commands.call(called, this.#working);
      // What the command changed may have been answered, and asked after, by now.
      if (!this.#working && !this.#changing && !this.#input.wanting) this.#ask();
      return;
    }
    const images = this.#images.splice(0).map((path): InputPart => ({ type: "local_image", path }));
    const input: InputPart[] = [...images, { type: "text", text: line }];
    if (this.#working) {
      this.#steered.push(line);
      this.#submit({ type: "steer", input });
    } else this.#begin({ type: "user_turn", input });
  }

  #control(signal: AbortSignal): AppControl {
    const { modes, tools, history } = this.#options;
    return {
      thread: this.#thread,
      facts: this.#current.facts,
      transcript: this.#display.transcript,
      said: () => saidIn(this.#display.transcript.entries, []),
      modes,
      tools,
      prompts: history,
      change: (changes) => this.#change(changes),
      carryOut: (plan, where) => this.#carryOut(plan, where),
      attach: (path) => void this.#images.push(path),
      print: (text) => this.#screen.line(typeof text === "string" ? text.trimEnd() : text),
      say: (text) => this.#begin({ type: "user_turn", input: [{ type: "text", text }] }),
      compact: (instructions) => this.#begin({ type: "compact", ...(instructions === "" ? {} : { instructions }) }),
      switchThread: async (resume) => void (await this.#switch(resume)),
      restore: (op) => this.#submit(op),
      confirm: (question) => this.#asker.confirm(question),
      quit: () => this.#leave(this.#endExit()),
      app: null,
      signal,
    };
  }

  #change(changes: SettingsChange): void {
    this.#changed = { ...this.#changed, ...changes };
    this.#changing = true;
    this.#submit({ type: "settings", changes });
  }

  /** False: it cannot be had, and that was said. */
  async #switch(resume: string | null): Promise<boolean> {
    const next = await this.#options.start(resume);
    if (!next.ok) {
      this.#screen.line(`moat: ${next.message}`);
      return false;
    }
    this.#submit({ type: "shutdown" });
    await this.#pump;
    this.#current = next;
    if (resume !== null) this.#changed = {};
    this.#display.enter(next);
    this.#follow(next.thread);
    if (Object.keys(this.#changed).length > 0) this.#change(this.#changed);
    return true;
  }

  /** Answers a question of moat's or of the model's. */
  async #answer(event: Asking): Promise<void> {
    if (this.#stopping || this.#leaving) return;
    const op = await this.#asker.answer(event);
    if (this.#working) this.#input.working();
    // An interrupt has answered already.
    if (op === null || this.#leaving) return;
    const { type } = op.type === "approval" ? op.decision : op.answer;
    if (type === "abort") this.#stopping = true;
    this.#submit(op);
  }

  #onInterrupt(): void {
    const now = this.#options.now();
    const quick = now - this.#last_interrupt < QUICK_MS;
    this.#last_interrupt = now;
    // Leaving takes too long: what is left undone is closed at the next start.
    if (this.#leaving) this.#exit.resolve(130);
    else if (quick) this.#leave(130);
    else this.#interrupt();
  }

  #interrupt(): void {
    this.#input.clear();
    if (this.#working) {
      this.#stopping = true;
      // What waits was said to this turn: it goes back into the line.
      this.#submit({ type: "interrupt", take_back: true });
    } else if (!this.#commands.running) {
      this.#screen.line("(Ctrl-C again, Ctrl-D or q quits)");
      this.#ask();
    }
    this.#commands.abort();
    this.#asker.cancel();
  }

  #onEnd(): void {
    if (this.#asker.waiting) this.#asker.cancel();
    else this.#leave(this.#endExit());
  }

  #endExit(): number {
    return this.#options.source === "piped" && this.#failed ? 1 : 0;
  }

  /** Ends the thread, its turn first, and then the repl. */
  #leave(exit: number): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#stopping = true;
    this.#commands.abort();
    this.#asker.cancel();
    this.#submit({ type: "shutdown" });
    void this.#pump.then(() => this.#exit.resolve(exit));
  }
}
