import { Terminal } from "@xterm/headless";
import { call, type Output, respond, say } from "../../testkit/index.ts";
import { binary, type TestWorld, world } from "../harness.ts";
import { untilRead } from "../pty.ts";

/** The binary on a terminal that is looked at as a person does: what is on the screen now, and what scrolled away. */
export interface OnScreen extends AsyncDisposable {
  readonly pid: number;
  /** Everything that was written, with its escape sequences. */
  readonly raw: string;
  /** The rows that are on the screen, without blanks at their ends. */
  readonly screen: string;
  /** The rows of the main screen with what scrolled away, wrapped rows put together. */
  readonly all: string;
  /** The row that holds the caret, up to the caret. */
  readonly caret: string;
  /** Resolves when the screen holds this; rejects after a while. */
  shows(wanted: string | RegExp): Promise<void>;
  /** Resolves when the screen no longer holds this. */
  hides(unwanted: string | RegExp): Promise<void>;
  /** Resolves when this is true of the screen; it is asked again after everything that is written. */
  until(holds: () => boolean, what: string): Promise<void>;
  type(keys: string): void;
  /** Types when a question that was just shown may be answered: a key that comes sooner was meant for the composer. */
  answer(keys: string): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal, as when its window is closed. */
  hangUp(): void;
  /** The exit code; everything that was printed was read. */
  readonly exited: Promise<number>;
}

export interface OnScreenOptions {
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
  cwd?: string;
  /** How far away the terminal is, in ms: each way takes this long. */
  delay_ms?: number;
  /** What is started instead of the binary alone; `MOAT` in it stands for the binary. */
  command?: string[];
}

/** How long something may take to be shown, in ms: as long as the test itself may, less the time to say what is missing. */
const PATIENCE_MS = 50_000;

/** What a process that ended had printed lies in the terminal already: it was read when nothing came for this long, in ms. */
const QUIET_MS = 50;

export const KEY = {
  enter: "\r",
  escape: "\x1b",
  tab: "\t",
  shift_tab: "\x1b[Z",
  up: "\x1b[A",
  down: "\x1b[B",
  backspace: "\x7f",
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64),
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const;

/** Starts the binary as the leader of a terminal of its own, in the project of the world. */
export function onScreen(w: TestWorld, args: string[], options: OnScreenOptions = {}): OnScreen {
  const { columns = 100, rows = 30, delay_ms = 0 } = options;
  const screen = new Terminal({ cols: columns, rows, scrollback: 100_000, allowProposedApi: true });
  const decoder = new TextDecoder();
  const state = { raw: "", wake: () => {}, closed: false };
  const later = (step: () => void) => void (delay_ms === 0 ? step() : setTimeout(step, delay_ms));
  const terminal = new Bun.Terminal({
    cols: columns,
    rows,
    data(_terminal, bytes) {
      state.raw += decoder.decode(bytes, { stream: true });
      const copy = bytes.slice();
      later(() => screen.write(copy, () => state.wake()));
    },
  });
  // What the terminal is asked, it answers.
  const send = (keys: string) => later(() => void (state.closed || terminal.write(keys)));
  screen.onData(send);
  const command = options.command?.map((word) => (word === "MOAT" ? binary : word)) ?? [binary, ...args];
  // With a session of its own it gets what a terminal tells: its size, and that it hung up.
  const child = Bun.spawn(["setsid", "--ctty", ...command], {
    terminal,
    cwd: options.cwd ?? w.project.dir,
    env: { ...w.env, TERM: "xterm-256color", ...options.env },
  });
  const row = (at: number, buffer = screen.buffer.active) =>
    buffer.getLine(at)?.translateToString(true, 0, screen.cols) ?? "";
  const shown = () => {
    const { active } = screen.buffer;
    return Array.from({ length: screen.rows }, (_, at) => row(active.baseY + at)).join("\n");
  };
  const until: OnScreen["until"] = async (holds, what) => {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`${what}; the screen:\n${shown()}`);
      const woken = Promise.withResolvers<void>();
      state.wake = woken.resolve;
      await Promise.race([woken.promise, Bun.sleep(50)]);
    }
  };
  const holds = (wanted: string | RegExp) =>
    typeof wanted === "string" ? shown().includes(wanted) : wanted.test(shown());
  const type = send;
  return {
    pid: child.pid,
    get raw() {
      return state.raw;
    },
    get screen() {
      return shown();
    },
    get all() {
      const buffer = screen.buffer.normal;
      let text = "";
      for (let at = 0; at < buffer.length; at++)
        text += (buffer.getLine(at)?.isWrapped || at === 0 ? "" : "\n") + row(at, buffer);
      return text;
    },
    get caret() {
      const { active } = screen.buffer;
      return row(active.baseY + active.cursorY)
        .padEnd(active.cursorX)
        .slice(0, active.cursorX);
    },
    shows: (wanted) => until(() => holds(wanted), `${wanted} was not shown`),
    hides: (unwanted) => until(() => !holds(unwanted), `${unwanted} did not go`),
    until,
    type,
    async answer(keys) {
      await untilRead(w);
      type(keys);
    },
    resize(to_columns, to_rows) {
      screen.resize(to_columns, to_rows);
      terminal.resize(to_columns, to_rows);
    },
    kill: (signal) => child.kill(signal),
    hangUp() {
      state.closed = true;
      terminal.close();
    },
    exited: child.exited.then(async (code) => {
      for (let before = -1; before !== state.raw.length; await Bun.sleep(QUIET_MS)) before = state.raw.length;
      return code;
    }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      state.closed = true;
      terminal.close();
      screen.dispose();
    },
  };
}

/** A world whose folder was trusted before. */
export async function trusted(
  script: Parameters<typeof world>[0],
  files: Record<string, string | Uint8Array> = {},
): Promise<TestWorld> {
  const w = await world(script, files);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

/** The composer is there when its status line is. */
export const READY = "? keys";

/** A command that asks to leave the sandbox. */
export const asksFor = (cmd: string, id = "c1"): Output =>
  call("exec_command", { cmd, login: false, sandbox_permissions: "require_escalated", justification: "to see" }, id);

/** A turn that asks for a command, and one that says `the end`. */
export const askingScript = (cmd: string) => [respond(asksFor(cmd)), respond(say("the end")), respond(say("heard"))];
