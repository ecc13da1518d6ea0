import { type loadTerminal, type Screen, type Size, safe, type TermEvent } from "../../term/index.ts";

type Terminal = Awaited<ReturnType<typeof loadTerminal>>;
type Tty = ReturnType<Terminal["openTty"]>;

interface Handlers {
  /** What one read gave. `burst`: more than one character. */
  take(events: readonly TermEvent[], burst: boolean): void;
  ended(): void;
}

/** The terminal of the app: what it says as events, where pictures go, and how it is given back. */
export class AppTerminal {
  readonly #tty: Tty;
  readonly #term: Terminal;
  readonly #decoder: InstanceType<Terminal["InputDecoder"]>;
  readonly output: InstanceType<Terminal["Output"]>;
  readonly modes: InstanceType<Terminal["Modes"]>;
  readonly #progress: boolean;
  readonly #screens = new Map<Screen["kind"], Screen>();
  #handlers: Handlers | null = null;
  #stop: (() => void) | null = null;
  /** An Escape that may be the beginning of a key. */
  #escape: Timer | null = null;

  constructor(term: Terminal, tty: Tty, env: Record<string, string | undefined>) {
    this.#tty = tty;
    this.#term = term;
    this.output = new term.Output(tty.write);
    this.modes = new term.Modes(this.output, tty.raw);
    this.#decoder = new term.InputDecoder();
    this.#progress = term.knowsProgress(env);
  }

  get size(): Size {
    return this.#tty.size();
  }

  /** The screen of a kind, always the same: one that was left knows what it printed. */
  screen(kind: Screen["kind"]): Screen {
    const screen = this.#screens.get(kind) ?? this.#make(kind);
    this.#screens.set(kind, screen);
    return screen;
  }

  /** Begins to read keys. */
  listen(handlers: Handlers): void {
    this.#handlers = handlers;
    this.#stop ??= this.#tty.read((bytes) => this.#read(bytes), handlers.ended);
  }

  /** Reads no more keys: another program has the terminal. */
  deaf(): void {
    if (this.#escape) clearTimeout(this.#escape);
    this.#stop?.();
    this.#stop = null;
  }

  /** Asks the terminal what it is; the answers are events. */
  ask(): void {
    this.output.send(this.#term.ASK_BACKGROUND + this.#term.ASK_KITTY);
  }

  close(): void {
    this.deaf();
    this.modes.restore();
    this.#tty.close();
  }

  #make(kind: Screen["kind"]): Screen {
    const surface = { output: this.output, modes: this.modes, size: this.size, progress: this.#progress };
    if (kind === "fullscreen") return this.#term.fullscreen(surface);
    return this.#term.inlineScreen({ ...surface, earlier: safe`… more before this (Ctrl-T)` });
  }

  #read(bytes: Uint8Array): void {
    if (this.#escape) clearTimeout(this.#escape);
    this.#escape = null;
    this.#hand(this.#decoder.push(bytes));
    this.#await();
  }

  /** An Escape that nothing follows is a key. */
  #await(): void {
    if (!this.#decoder.waiting) return;
    this.#escape = setTimeout(() => {
      this.#escape = null;
      this.#hand(this.#decoder.flush());
      this.#await();
    }, this.#term.ESCAPE_WAIT_MS);
  }

  #hand(events: readonly TermEvent[]): void {
    const characters = events.filter((event) => event.type === "key" && !event.named && !event.ctrl && !event.alt);
    if (events.length > 0) this.#handlers?.take(events, characters.length > 1);
  }
}
