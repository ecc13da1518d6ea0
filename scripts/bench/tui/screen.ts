import { type ProcessStat, treeStat } from "../tree.ts";

/** A program in a pseudo-terminal, watched from outside. */
export interface Watched extends AsyncDisposable {
  /** ms since it was started. */
  readonly elapsed: number;
  /** Bytes that it wrote to the terminal. */
  readonly bytes: number;
  type(keys: string): void;
  /** Resolves to the ms since the start at which `wanted` was on the terminal; looks at what was written since the last call. */
  shows(wanted: RegExp, limit_ms?: number): Promise<number>;
  stat(): ProcessStat;
  /** Resolves when it has ended by itself, to the CPU time in ms of it and of what it waited for. */
  ended(): Promise<number>;
}

/** Answers that terminals give: without them some programs wait. Background, keyboard protocol, cursor, device attributes. */
const ANSWERS: readonly [string, string][] = [
  ["\x1b]11;?", "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"],
  ["\x1b]10;?", "\x1b]10;rgb:d0d0/d0d0/d0d0\x1b\\"],
  ["\x1b[6n", "\x1b[1;1R"],
  ["\x1b[?u", "\x1b[?0u"],
  ["\x1b[c", "\x1b[?62;22c"],
];

/** Starts a program in a terminal of 100 columns and 30 rows. */
export function watch(argv: string[], options: { cwd: string; env: Record<string, string> }): Watched {
  const state = { text: "", seen: 0, bytes: 0, wake: () => {} };
  const decoder = new TextDecoder();
  const start = performance.now();
  const terminal = new Bun.Terminal({
    cols: 100,
    rows: 30,
    data(own, data) {
      state.bytes += data.length;
      const piece = decoder.decode(data, { stream: true });
      state.text += piece;
      for (const [asked, answer] of ANSWERS) if (piece.includes(asked)) own.write(answer);
      state.wake();
    },
  });
  const child = Bun.spawn(argv, { terminal, cwd: options.cwd, env: { TERM: "xterm-256color", ...options.env } });
  return {
    get elapsed() {
      return performance.now() - start;
    },
    get bytes() {
      return state.bytes;
    },
    type: (keys) => void terminal.write(keys),
    async shows(wanted, limit_ms = 30_000) {
      for (const end = performance.now() + limit_ms; performance.now() < end; ) {
        if (wanted.test(Bun.stripANSI(state.text.slice(state.seen)))) {
          state.seen = state.text.length;
          return performance.now() - start;
        }
        const woken = Promise.withResolvers<void>();
        state.wake = woken.resolve;
        await Promise.race([woken.promise, Bun.sleep(50)]);
      }
      throw new Error(`${wanted} was not shown: ${JSON.stringify(Bun.stripANSI(state.text).slice(-400))}`);
    },
    stat: () => treeStat(child.pid),
    async ended() {
      await child.exited;
      return Number(child.resourceUsage()?.cpuTime.total ?? Number.NaN) / 1000;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      terminal.close();
    },
  };
}
