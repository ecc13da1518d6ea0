import { carryOut } from "../protocol/index.ts";
import type { Printable } from "../term/index.ts";
import type { AppControl } from "./control.ts";
import type { InputBody } from "./state/input.ts";

/** What the runtime of the app has for a command that it runs. */
export type ControlParts = Pick<
  AppControl,
  "thread" | "facts" | "transcript" | "said" | "modes" | "tools" | "prompts" | "signal"
> & {
  themes: readonly string[];
  /** Gives the app an input. */
  feed(input: InputBody): void;
  asks: Asks;
};

/** Questions of commands: each is an input, and its answer comes back as the effect `answer`. */
export class Asks {
  readonly #waiting = new Map<number, (value: string | boolean | null) => void>();
  #last = 0;

  /** The answer; null: the question was left, or the command was stopped. */
  ask(put: (id: number) => void, signal: AbortSignal): Promise<string | boolean | null> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<string | boolean | null>();
    if (signal.aborted) return Promise.resolve(null);
    this.#waiting.set(id, resolve);
    signal.addEventListener("abort", () => this.settle(id, null), { once: true });
    put(id);
    return promise;
  }

  /** Does the effect `answer`. */
  settle(id: number, value: string | boolean | null): void {
    this.#waiting.get(id)?.(value);
    this.#waiting.delete(id);
  }
}

/** What a command may do in the app: everything it does is an input. */
export function appControl(parts: ControlParts): AppControl {
  const { feed, asks, signal, themes, ...rest } = parts;
  const act: NonNullable<AppControl["app"]>["act"] = (action) => feed({ type: "action", action });
  return {
    ...rest,
    signal,
    change: (changes) => act({ type: "submit", op: { type: "settings", changes } }),
    carryOut: async (plan, where) => {
      if (where === "here") act({ type: "submit", op: carryOut(plan) });
      else act({ type: "thread", target: { to: "new" }, op: carryOut(plan) });
    },
    attach: (path) => feed({ type: "attach", path }),
    print: (text) => feed({ type: "note", lines: [trimmed(text)] }),
    say: (text) => act({ type: "submit", op: { type: "user_turn", input: [{ type: "text", text }] } }),
    compact: (instructions) =>
      act({ type: "submit", op: instructions === "" ? { type: "compact" } : { type: "compact", instructions } }),
    switchThread: async (id) => act({ type: "thread", target: id === null ? { to: "new" } : { to: "stored", id } }),
    restore: (op) => act({ type: "submit", op }),
    confirm: async (question) => (await asks.ask((id) => feed({ type: "confirm", id, question }), signal)) === true,
    quit: () => act({ type: "quit" }),
    app: {
      act,
      themes,
      show: (title, text) => feed({ type: "show", title, lines: [trimmed(text)] }),
      pick: async (title, rows) => {
        const row = await asks.ask((id) => feed({ type: "pick", id, title, rows }), signal);
        return typeof row === "string" ? row : null;
      },
    },
  };
}

const trimmed = (text: Printable): Printable => (typeof text === "string" ? text.trimEnd() : text);
