import type { Picture, SafeText, Screen } from "../../term/index.ts";
import type { AppTerminal } from "./terminal.ts";

/** Streaming paints at most 30 times a second: a frame every 33 ms. */
const FRAME_MS = 33;

/** When pictures are made and painted: at once when the last frame is old enough, else once it is. Idle it does nothing. */
export class Painter {
  readonly #terminal: AppTerminal;
  readonly #picture: () => Picture;
  readonly #now: () => number;
  #screen: Screen;
  #last = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;
  /** Called once, after the next frame. */
  #after: (() => void)[] = [];
  #held = false;

  /** `now`: monotonic ms. */
  constructor(terminal: AppTerminal, kind: Screen["kind"], picture: () => Picture, now: () => number) {
    this.#terminal = terminal;
    this.#picture = picture;
    this.#now = now;
    this.#screen = terminal.screen(kind);
  }

  get screen(): Screen {
    return this.#screen;
  }

  /** Something may have changed. `at_once`: a person pressed a key and looks at what comes of it. */
  wanted(at_once: boolean): void {
    const due = this.#last + FRAME_MS - this.#now();
    if (at_once || due <= 0) this.paint();
    else if (!this.#held) this.#timer ??= setTimeout(() => this.paint(), due);
  }

  afterFrame(handler: () => void): void {
    this.#after.push(handler);
    this.wanted(false);
  }

  paint(): void {
    if (this.#held) return;
    this.#clear();
    this.#last = this.#now();
    this.#screen.paint(this.#picture());
    for (const handler of this.#after.splice(0)) handler();
  }

  /** Nothing of what is on the screen is taken for granted. */
  repaint(): void {
    this.#screen.repaint();
    this.paint();
  }

  /** Gives the terminal to another program, or to nobody. */
  leave(farewell: readonly SafeText[] = []): void {
    this.#held = true;
    this.#clear();
    this.#screen.close(farewell);
  }

  /** Takes the terminal. */
  enter(): void {
    this.#held = false;
    this.#screen.open();
    this.paint();
  }

  /** The same on the other screen. */
  change(kind: Screen["kind"]): void {
    this.leave();
    this.#screen = this.#terminal.screen(kind);
    this.enter();
  }

  #clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
