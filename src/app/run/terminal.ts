import type { loadTerminal, SafeText, Screen, Size, TermEvent } from "../../term/index.ts";

type Terminal = Awaited<ReturnType<typeof loadTerminal>>;
type Tty = ReturnType<Terminal["openTty"]>;

/** The terminal of the app: what it says as events, where pictures go, and how it is given back. */
export class AppTerminal {
  readonly #tty: Tty;
  readonly #term: Terminal;
  readonly #decoder: InstanceType<Terminal["InputDecoder"]>;
  readonly output: InstanceType<Terminal["Output"]>;
  readonly modes: InstanceType<Terminal["Modes"]>;
  readonly #take: (event: TermEvent, burst: boolean) => void;
  readonly #ended: () => void;
  #stop: (() => void) | null = null;
  /** An Escape that may be the beginning of a key. */
  #escape: Timer | null = null;

  constructor(term: Terminal, tty: Tty, handlers: { take(event: TermEvent, burst: boolean): void; ended(): void }) {
    this.#tty = tty;
    this.#term = term;
    this.output = new term.Output(tty.write);
    this.modes = new term.Modes(this.output, tty.raw);
    this.#decoder = new term.InputDecoder();
    this.#take = handlers.take;
    this.#ended = handlers.ended;
  }

  get size(): Size {
    return this.#tty.size();
  }

  screen(kind: Screen["kind"], look: { progress: boolean; earlier: (blocks: number) => SafeText }): Screen {
    const surface = { output: this.output, modes: this.modes, size: this.size, ...look };
    return kind === "inline" ? this.#term.inlineScreen(surface) : this.#term.fullscreen(surface);
  }

  /** Begins to read keys. */
  listen(): void {
    this.#stop ??= this.#tty.read((bytes) => this.#read(bytes), this.#ended);
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
    for (const event of events) this.#take(event, characters.length > 1);
  }
}
