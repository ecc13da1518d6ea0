import type { Output } from "./output.ts";

/** What a terminal can be switched to. */
export type Mode =
  /** The second screen, which has no scrollback. */
  | "alternate"
  /** The second screen for a pager over the first. Each screen has its own stack of keyboard modes. */
  | "cover"
  | "paste"
  | "focus"
  | "mouse"
  /** Keys as kitty tells them: told apart, with what they are on a Latin keyboard. */
  | "kitty-keys"
  /** Keys as xterm tells them (modifyOtherKeys). */
  | "xterm-keys"
  /** The title is ours. */
  | "title"
  /** Progress is shown. */
  | "progress"
  /** Keys come at once, none of them is a signal, nothing is echoed. */
  | "raw";

/** DEC private modes and xterm's (ctlseqs), kitty's keyboard protocol, ConEmu's progress. */
const SEQUENCES: Record<Exclude<Mode, "raw">, { on: string; off: string }> = {
  alternate: { on: "\x1b[?1049h", off: "\x1b[?1049l" },
  cover: { on: "\x1b[?1049h\x1b[>5u", off: "\x1b[<u\x1b[?1049l" },
  paste: { on: "\x1b[?2004h", off: "\x1b[?2004l" },
  focus: { on: "\x1b[?1004h", off: "\x1b[?1004l" },
  mouse: { on: "\x1b[?1000h\x1b[?1006h", off: "\x1b[?1006l\x1b[?1000l" },
  "kitty-keys": { on: "\x1b[>5u", off: "\x1b[<u" },
  // A terminal that does not know `>` may take it for underlined and dim, which the SGR behind it ends.
  "xterm-keys": { on: "\x1b[>4;2m\x1b[m", off: "\x1b[>4m\x1b[m" },
  title: { on: "\x1b[22;2t", off: "\x1b[23;2t" },
  progress: { on: "", off: "\x1b]9;4;0\x1b\\" },
};

/**
 * What a frame may have left when it was cut off: within a string (ST ends it), with a link, a style, synchronised output, without
 * wrapping, without a cursor.
 */
const SANE = "\x1b\\\x1b]8;;\x1b\\\x1b[m\x1b[?7h\x1b[?25h\x1b[?2026l";

/**
 * The one list of what a terminal was switched to. Everything is switched on by it, so that whatever ends the program can give the
 * terminal back as it was.
 */
export class Modes {
  readonly #output: Output;
  readonly #raw: (on: boolean) => void;
  readonly #list = new Set<Mode>();
  #suspended = false;
  /** What else is written when the terminal is given back: by who has painted on it. */
  onLeave: (() => string) | null = null;

  /** `raw`: puts the terminal's line discipline in raw mode or back. */
  constructor(output: Output, raw: (on: boolean) => void) {
    this.#output = output;
    this.#raw = raw;
  }

  has(mode: Mode): boolean {
    return this.#list.has(mode);
  }

  on(mode: Mode): void {
    if (this.#list.has(mode)) return;
    this.#list.add(mode);
    if (!this.#suspended) this.#switch(mode, "on");
  }

  off(mode: Mode): void {
    if (this.#list.delete(mode) && !this.#suspended) this.#switch(mode, "off");
  }

  /** Gives the terminal back, at once and for good; a second call does nothing. For handlers of exits, signals and errors. */
  restore(): void {
    if (!this.#suspended) this.#allOff();
    this.#list.clear();
  }

  /** Gives the terminal back for a while, at once: before the process stops, or another program has the terminal. */
  suspend(): void {
    if (!this.#suspended) this.#allOff();
    this.#suspended = true;
  }

  /** Takes the terminal again, also after a stop that came unasked: then what is on the screen is unknown (`Screen.repaint`). */
  resume(): void {
    this.#suspended = false;
    for (const mode of this.#list) this.#switch(mode, "on");
  }

  #allOff(): void {
    if (this.#list.size === 0) return;
    const last = [...this.#list].reverse().map((mode) => (mode === "raw" ? "" : SEQUENCES[mode].off));
    this.#output.flush(SANE + last.join("") + (this.onLeave?.() ?? ""));
    if (this.#list.has("raw")) this.#raw(false);
  }

  #switch(mode: Mode, to: "on" | "off"): void {
    if (mode === "raw") this.#raw(to === "on");
    else this.#output.send(SEQUENCES[mode][to]);
  }
}
