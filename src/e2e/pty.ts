import { readdirSync, readFileSync } from "node:fs";
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

/** A question answers to keys when it was on the screen for 400 ms since it was painted or something was typed, and a timer of 20 ms more has said so. */
export const READ_MS = 460;
/** How often in a row the program must be found asleep, and how far apart in ms: longer than that second timer. */
const ASLEEP = { times: 3, apart_ms: 25 };

/** Whether something of this world wants the processor, or waits for the disk: what runs there has the world's home in its environment. */
function works(w: TestWorld): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, "latin1").includes(`HOME=${w.home}\0`))
        return false;
      const threads = readdirSync(`/proc/${pid}/task`);
      return threads.some((id) => /^State:\s+[RD]/m.test(readFileSync(`/proc/${pid}/task/${id}/status`, "latin1")));
    } catch {
      // It ended while it was looked at, or it is another user's.
      return false;
    }
  });
}

/** Resolves when nothing of this world has anything to do: what was typed was read, and timers that were due have been seen. */
async function asleep(w: TestWorld): Promise<void> {
  for (let found = 0; found < ASLEEP.times; found = works(w) ? 0 : found + 1) await Bun.sleep(ASLEEP.apart_ms);
}

/** Resolves when a question that was just shown may be answered, however late the program got a processor. */
export async function untilRead(w: TestWorld): Promise<void> {
  // The time begins when what was typed is read.
  await asleep(w);
  await Bun.sleep(READ_MS);
  await asleep(w);
}

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
      await untilRead(w);
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
