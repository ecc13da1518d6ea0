import { findCommand } from "../commands/table.ts";
import type { AppControl } from "../control.ts";
import type { Means } from "./doer.ts";

/** Runs the commands of the app, one at a time. */
export class CommandRunner {
  readonly #means: Means;
  #abort: AbortController | null = null;
  /** What a command waits for, by the number of its question. */
  readonly #asked = new Map<number, (value: string | boolean | null) => void>();
  #count = 0;

  constructor(means: Means) {
    this.#means = means;
  }

  run(name: string, args: string): void {
    const found = findCommand(`/${name}`);
    if (found === null || "unknown" in found) return;
    const abort = new AbortController();
    this.#abort = abort;
    const ended = (error?: unknown) => {
      if (error !== undefined && !abort.signal.aborted)
        this.#note(error instanceof Error ? error.message : String(error));
      this.#means.send({ type: "command ended" });
    };
    const run = async () => found.command.run(this.#control(abort.signal), args);
    run().then(() => ended(), ended);
  }

  stop(): void {
    this.#abort?.abort();
    for (const answer of this.#asked.values()) answer(null);
    this.#asked.clear();
  }

  answer(id: number, value: string | boolean | null): void {
    this.#asked.get(id)?.(value);
    this.#asked.delete(id);
  }

  #note(text: string): void {
    this.#means.send({ type: "note", lines: [text] });
  }

  #ask(send: (id: number) => void): Promise<string | boolean | null> {
    const { promise, resolve } = Promise.withResolvers<string | boolean | null>();
    const id = ++this.#count;
    this.#asked.set(id, resolve);
    send(id);
    return promise;
  }

  #control(signal: AbortSignal): AppControl {
    const { options, state, thread, send } = this.#means;
    const ask = (show: (id: number) => void) => this.#ask(show);
    const act = (action: Extract<Parameters<typeof send>[0], { type: "action" }>["action"]) =>
      send({ type: "action", action });
    const lines = (text: Parameters<AppControl["print"]>[0]) =>
      typeof text === "string" ? text.trimEnd().split("\n") : [text];
    return {
      thread: thread().thread,
      facts: thread().facts,
      transcript: state().conversation.transcript,
      modes: options.modes,
      tools: options.tools,
      prompts: options.history,
      change: (changes) => act({ type: "submit", op: { type: "settings", changes } }),
      attach: (path) => send({ type: "attach", path }),
      print: (text) => send({ type: "note", lines: lines(text) }),
      say: (text) => act({ type: "submit", op: { type: "user_turn", input: [{ type: "text", text }] } }),
      compact: (instructions) =>
        act({ type: "submit", op: instructions === "" ? { type: "compact" } : { type: "compact", instructions } }),
      switchThread: async (resume) =>
        act({ type: "thread", target: resume === null ? { to: "new" } : { to: "stored", id: resume } }),
      confirm: async (question) => (await ask((id) => send({ type: "confirm", id, question }))) === true,
      quit: () => act({ type: "quit" }),
      app: {
        act,
        themes: options.kit.themes,
        async pick(title, rows) {
          const value = await ask((id) => send({ type: "pick", id, title, rows }));
          return typeof value === "string" ? value : null;
        },
        show: (title, text) => send({ type: "show", title, lines: lines(text) }),
      },
      signal,
    };
  }
}
