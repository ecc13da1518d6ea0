import { binary, type TestWorld } from "./harness.ts";

/** The binary in a terminal of its own, as a person has it. */
export interface PtyRun extends AsyncDisposable {
  /** Everything that was printed, with its escape sequences. */
  readonly raw: string;
  /** The same as text. */
  readonly text: string;
  /** Resolves when the text holds this after `from` (default: what was there at the last call); rejects after a while. */
  shows(wanted: string): Promise<void>;
  type(keys: string): void;
  /** Types when a question that was just shown may be answered: a key that comes sooner was meant for the line. */
  answer(keys: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly pid: number;
  exited: Promise<number>;
}

/** How long something may take to be shown, in ms: as long as the test itself may, less the time to say what is missing. */
const PATIENCE_MS = 50_000;

/** What a process that ended had printed lies in the terminal already: it was read when nothing came for this long, in ms. */
const QUIET_MS = 50;

/** A question answers to keys when it was on the screen for 400 ms; the rest is for a busy machine. */
export const READ_MS = 1000;

/** Starts the binary in a pseudo-terminal, in the project of the world. */
export function pty(w: TestWorld, args: string[], env: Record<string, string> = {}): PtyRun {
  const decoder = new TextDecoder();
  const state = { raw: "", seen: 0, wake: () => {} };
  const terminal = new Bun.Terminal({
    cols: 100,
    rows: 30,
    data(_terminal, bytes) {
      state.raw += decoder.decode(bytes, { stream: true });
      state.wake();
    },
  });
  const child = Bun.spawn([binary, ...args], {
    terminal,
    cwd: w.project.dir,
    env: { ...w.env, TERM: "xterm-256color", ...env },
  });
  const text = () => Bun.stripANSI(state.raw).replaceAll("\r", "");
  return {
    get raw() {
      return state.raw;
    },
    get text() {
      return text();
    },
    async shows(wanted) {
      const deadline = performance.now() + PATIENCE_MS;
      while (true) {
        const at = text().indexOf(wanted, state.seen);
        if (at !== -1) {
          state.seen = at + wanted.length;
          return;
        }
        if (performance.now() > deadline)
          throw new Error(`${JSON.stringify(wanted)} was not shown after ${JSON.stringify(text().slice(state.seen))}`);
        const woken = Promise.withResolvers<void>();
        state.wake = woken.resolve;
        await Promise.race([woken.promise, Bun.sleep(100)]);
      }
    },
    type: (keys) => void terminal.write(keys),
    async answer(keys) {
      await Bun.sleep(READ_MS);
      terminal.write(keys);
    },
    kill: (signal) => child.kill(signal),
    pid: child.pid,
    // What was printed last is read after the end of the process.
    exited: child.exited.then(async (code) => {
      for (let before = -1; before !== state.raw.length; await Bun.sleep(QUIET_MS)) before = state.raw.length;
      return code;
    }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      terminal.close();
    },
  };
}
