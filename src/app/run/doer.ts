import { match } from "ts-pattern";
import { ReadingTime } from "../../term/index.ts";
import type { FileFinder } from "../files/finder.ts";
import type { AppEffect, ThreadTarget } from "../state/effect.ts";
import { CommandRunner } from "./command-runner.ts";
import type { Means } from "./means.ts";
import { Side } from "./side.ts";

/** Does what the app wants done. What comes of it is an input. */
export class Doer {
  readonly #means: Means;
  readonly #commands: CommandRunner;
  readonly #side: Side;
  readonly #reading = new ReadingTime();
  /** Ends the search for files that runs. */
  #search: AbortController | null = null;
  #finder: { cwd: string; finder: Promise<FileFinder> } | null = null;

  constructor(means: Means) {
    this.#means = means;
    this.#commands = new CommandRunner(means);
    this.#side = new Side(means);
  }

  perform(effect: AppEffect): void {
    const { options, terminal, painter, term, send, quit, wake } = this.#means;
    match(effect)
      .with({ type: "submit" }, ({ op }) => {
        options.record("submission", op);
        this.#means.thread().thread.submit(op);
      })
      .with({ type: "command" }, ({ name, args }) => this.#commands.run(name, args))
      .with({ type: "stop command" }, () => this.#commands.stop())
      .with({ type: "answer" }, ({ id, value }) => this.#commands.answer(id, value))
      .with({ type: "peek" }, ({ id }) => void this.#peek(id))
      .with({ type: "find files" }, ({ generation, query }) => this.#find(generation, query))
      .with({ type: "edit" }, ({ text }) => void this.#edit(text))
      .with({ type: "copy" }, ({ text }) => this.#copy(text))
      .with(
        { type: "read image" },
        () => void options.outside.readImage().then((path) => send({ type: "image", path })),
      )
      .with({ type: "remember" }, ({ text }) => options.history.add(text, this.#means.state().conversation.thread_id))
      .with({ type: "read prompts" }, () => void this.#prompts())
      .with({ type: "read branch" }, () => void this.#branch())
      .with({ type: "notify" }, ({ text }) => terminal.output.send(term.notification(text)))
      .with({ type: "thread" }, ({ target }) => void this.#open(target))
      .with({ type: "side" }, ({ question }) => void this.#side.ask(question))
      .with({ type: "stop side" }, () => this.#side.stop())
      .with({ type: "screen" }, ({ kind }) => painter.change(kind))
      .with({ type: "repaint" }, () => painter.repaint())
      .with({ type: "suspend" }, () => this.#suspend())
      .with({ type: "quit" }, ({ exit }) => quit(exit))
      .with({ type: "wake" }, ({ at }) => wake(at))
      .with({ type: "show card" }, ({ card }) => this.#showCard(card))
      .exhaustive();
  }

  /** A card is painted; keys answer it after the time that reading takes. */
  #showCard(card: string): void {
    const { painter, send } = this.#means;
    this.#reading.stop();
    painter.afterFrame(() => this.#reading.begin(() => send({ type: "card shown", card })));
  }

  /** The app ends: nothing that it started goes on. */
  end(): void {
    this.#search?.abort();
    this.#reading.stop();
    this.#commands.stop();
    this.#side.stop();
  }

  async #peek(id: string): Promise<void> {
    const { options, send } = this.#means;
    // A thread that cannot be read says so when it is taken.
    send({ type: "peeked", id, lines: (await options.tools.lastExchange?.(id).catch(() => [])) ?? [] });
  }

  #find(generation: number, query: string): void {
    this.#search?.abort();
    const search = new AbortController();
    this.#search = search;
    const { options, state, send } = this.#means;
    const { cwd } = state().conversation.context;
    if (this.#finder?.cwd !== cwd) this.#finder = { cwd, finder: options.outside.finder(cwd, send) };
    this.#finder.finder
      .then((finder) => finder.find(generation, query, search.signal))
      .catch(() => send({ type: "files", generation, files: [], more: 0, done: true }));
  }

  /** The terminal is the editor's until it ends. */
  async #edit(text: string): Promise<void> {
    const { options, terminal, painter, send } = this.#means;
    terminal.deaf();
    painter.leave();
    const edited = await options.outside.edit(text);
    painter.enter();
    this.#means.listen();
    send({ type: "edited", text: edited.ok ? edited.text : null });
    if (!edited.ok) send({ type: "note", lines: [edited.message] });
  }

  #copy(text: string): void {
    const { terminal, term, send } = this.#means;
    const sequence = term.copyText(text);
    if (sequence === null)
      send({ type: "note", lines: ["it is too long for the terminal's clipboard: /export writes it into a file"] });
    else terminal.output.send(sequence);
  }

  async #prompts(): Promise<void> {
    const { options, quiet, send } = this.#means;
    await quiet();
    send({ type: "prompts", prompts: options.history.latest() });
  }

  async #branch(): Promise<void> {
    const { options, state, quiet, send } = this.#means;
    await quiet();
    const { cwd } = state().conversation.context;
    send({ type: "branch", branch: await options.outside.branch(cwd).catch(() => null) });
  }

  async #open(target: ThreadTarget): Promise<void> {
    const { options, thread, send, enter } = this.#means;
    try {
      const found = await options.open(target, thread().thread);
      if (found.ok) await enter(found.opening);
      else send({ type: "not opened", message: found.message });
    } catch (error) {
      send({ type: "not opened", message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Stops the process as Ctrl-Z does; `ProcessSignals.onContinue` takes the terminal again. */
  #suspend(): void {
    const { options, painter } = this.#means;
    painter.leave();
    options.process.stop();
  }
}
