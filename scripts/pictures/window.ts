// The binary in a terminal of its own: what it prints goes through xterm.js, which knows what then stands in each cell.
import { join } from "node:path";
import { Terminal } from "@xterm/headless";

const BINARY = join(import.meta.dir, "..", "..", "dist", "moat");
/** Until something is shown, in ms: the machine may be busy. */
const PATIENCE_MS = 60_000;
/** A screen is finished when nothing came for so long, in ms: longer than the working line rests. */
const QUIET_MS = 600;

function wcwidth(code: number): 0 | 1 | 2 {
  const width = Bun.stringWidth(String.fromCodePoint(code));
  return width <= 0 ? 0 : width === 1 ? 1 : 2;
}

/** As xterm.js packs it: whether it joins the cell before (bit 0), and the width that both then have (bits 1 and 2). */
function charProperties(code: number, before: number): number {
  const [width, last] = [wcwidth(code), (before >> 1) & 3];
  const joins = width === 0 && last > 0;
  return ((joins ? last : width) << 1) | (joins ? 1 : 0);
}

export interface WindowOptions {
  args: string[];
  cwd: string;
  env: Record<string, string>;
  columns: number;
  rows: number;
  /** The terminal's background, #rrggbb: what it answers when it is asked (OSC 11). */
  background: string;
}

export class Window implements AsyncDisposable {
  readonly terminal: Terminal;
  readonly #pty: Bun.Terminal;
  readonly #child: Bun.Subprocess;
  #last = performance.now();
  #caret = true;

  constructor({ args, cwd, env, columns, rows, background }: WindowOptions) {
    this.terminal = new Terminal({ cols: columns, rows, scrollback: 500, allowProposedApi: true });
    // xterm.js alone knows widths of Unicode 6: an emoji of today takes two cells.
    this.terminal.unicode.register({ version: "today", wcwidth, charProperties });
    this.terminal.unicode.activeVersion = "today";
    this.#pty = new Bun.Terminal({
      cols: columns,
      rows,
      data: (_terminal, bytes) => {
        this.#last = performance.now();
        this.terminal.write(new Uint8Array(bytes));
      },
    });
    this.#answer(background);
    this.#child = Bun.spawn([BINARY, ...args], { terminal: this.#pty, cwd, env });
  }

  /** Whether the terminal shows where the next character goes. */
  get caret(): boolean {
    return this.#caret;
  }

  /** Rows of the window as text. */
  get rows(): string[] {
    const { baseY } = this.terminal.buffer.active;
    const line = (row: number) => this.terminal.buffer.active.getLine(baseY + row)?.translateToString(true) ?? "";
    return Array.from({ length: this.terminal.rows }, (_, row) => line(row));
  }

  type(keys: string): void {
    this.#last = performance.now();
    this.#pty.write(keys);
  }

  /** Resolves when the window holds this; rejects with what it holds instead. */
  async shows(wanted: string): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (!this.rows.join("\n").includes(wanted)) {
      if (performance.now() > until) throw new Error(`${wanted} was not shown:\n${this.rows.join("\n")}`);
      await Bun.sleep(20);
    }
  }

  /** Until the program has nothing more to say. A working line never rests: then `most` ms are enough. */
  async settled(most = 3 * QUIET_MS): Promise<void> {
    const until = performance.now() + most;
    while (performance.now() < until && performance.now() - this.#last < QUIET_MS) await Bun.sleep(20);
  }

  /** Until the program has ended by itself. */
  async ended(): Promise<number> {
    const exit = await this.#child.exited;
    await this.settled();
    return exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
    this.#pty.close();
    this.terminal.dispose();
  }

  /** What a terminal answers and xterm.js without a window does not; and whether the caret is shown (DECTCEM, 25). */
  #answer(background: string): void {
    const { parser } = this.terminal;
    this.terminal.onData((answer) => void this.#pty.write(answer));
    const parts = [1, 3, 5].map((at) => background.slice(at, at + 2).repeat(2)).join("/");
    parser.registerOscHandler(11, (asked) => {
      if (asked === "?") this.#pty.write(`\x1b]11;rgb:${parts}\x1b\\`);
      return true;
    });
    const caret = (shown: boolean) => (modes: (number | number[])[]) => {
      if (modes.includes(25)) this.#caret = shown;
      return false;
    };
    parser.registerCsiHandler({ prefix: "?", final: "h" }, caret(true));
    parser.registerCsiHandler({ prefix: "?", final: "l" }, caret(false));
  }
}
