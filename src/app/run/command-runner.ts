import { Asks, appControl } from "../app-control.ts";
import { findCommand } from "../commands/table.ts";
import { type SaidMessage, saidIn } from "../past/said.ts";
import type { AppConversation } from "../state/state.ts";
import type { Means } from "./means.ts";

/** What the person said in a conversation; null: not all of it is known yet. */
function saidBy({ transcript, past }: AppConversation): readonly SaidMessage[] | null {
  return past?.whole === false ? null : saidIn(transcript.entries, past?.said ?? []);
}

/** Runs the commands of the app, one at a time. */
export class CommandRunner {
  readonly #means: Means;
  readonly #asks = new Asks();
  #abort: AbortController | null = null;

  constructor(means: Means) {
    this.#means = means;
  }

  run(name: string, args: string): void {
    const found = findCommand(`/${name}`);
    if (found === null || "unknown" in found) return;
    const { options, state, thread, send } = this.#means;
    const abort = new AbortController();
    this.#abort = abort;
    const control = appControl({
      thread: thread().thread,
      facts: thread().facts,
      transcript: state().conversation.transcript,
      said: () => saidBy(state().conversation),
      modes: options.modes,
      tools: options.tools,
      prompts: options.history,
      themes: options.kit.themes,
      asks: this.#asks,
      feed: send,
      signal: abort.signal,
    });
    const run = async () => found.command.run(control, args);
    run()
      .catch((error: unknown) => {
        if (!abort.signal.aborted)
          send({ type: "note", lines: [error instanceof Error ? error.message : String(error)] });
      })
      .finally(() => send({ type: "command ended" }));
  }

  stop(): void {
    this.#abort?.abort();
  }

  answer(id: number, value: string | boolean | null): void {
    this.#asks.settle(id, value);
  }
}
