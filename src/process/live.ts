import { closeSync } from "node:fs";
import { span } from "../base/index.ts";
import type { SandboxReport } from "../protocol/index.ts";
import { type GuardFinding, type Launch, openPipe, type Pipe, type Spent } from "../sandbox/index.ts";
import { exitCode, Stopper, spawnProblem, unfitWords } from "./child.ts";
import { drain } from "./drain.ts";

/** Cells of a terminal. */
export interface TerminalSize {
  cols: number;
  rows: number;
}

/** A program that the sandbox made ready (with its outputs apart), and how it is to be attached. */
export interface StartOptions {
  launch: Launch;
  /** Absolute. */
  cwd: string;
  /** Three pipes, for a server; or a terminal of its own. */
  io: "pipes" | TerminalSize;
  /**
   * Gets output as it comes, cut anywhere, and only lent; a terminal has only one. A promise holds a program with pipes back until it resolves.
   * Must not throw.
   * A terminal cannot be held back: whoever keeps what it prints needs a bound.
   */
  on_output(bytes: Uint8Array, from: "stdout" | "stderr"): Promise<void> | null;
}

/** How a live program ended. */
export interface LiveEnd {
  /** Its own code, or 128 + signal. */
  exit_code: number;
  /** It was stopped, and did not end by itself. */
  stopped: boolean;
  /** What came into being in protected places while it ran, moved away by now. */
  guard: GuardFinding[];
  /** What it took; null where that is not known. */
  spent: Spent | null;
}

/** A program that runs on while others do. It has ended when everything below it is gone and its output was read. */
export interface LiveProcess {
  /** What is really enforced. */
  readonly report: SandboxReport;
  readonly ended: Promise<LiveEnd>;
  /** Writes to its standard input, or types. Resolves when it takes more. Free of effect once it no longer reads. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends its standard input. A terminal has no end: control-D is typed there. */
  closeInput(): void;
  /** Gives its terminal another size, where it has one. */
  resize(size: TerminalSize): void;
  /** TERM to all of it, a short grace, KILL. Resolves as `ended` does. */
  stop(): Promise<LiveEnd>;
}

/** A live program, or why the system did not start it. */
export type Started = { ok: true; process: LiveProcess } | { ok: false; message: string };

/** How a program is attached: what is common to pipes and a terminal. */
interface Attached {
  child: Bun.Subprocess;
  /** Resolves when all output was read. */
  drained: Promise<unknown>;
  write(data: string | Uint8Array): Promise<void>;
  closeInput(): void;
  resize(size: TerminalSize): void;
  detach(): void;
}

const NOTHING_HOLDS =
  "not started: here the protected places of this directory (.git and its like) can only be put right once a program has " +
  "ended, so none may run on that could write them; use a machine with user namespaces, or the read-only sandbox";

/** Time for what a program printed last to come through its terminal, in ms: it lies there already. */
const DRAIN_MS = 1000;

/**
 * Starts a program through the launcher, and comes back once it is about to be executed: it runs until it ends, is stopped, or
 * moat ends. Throws SandboxError when the sandbox could not be set up: then nothing of it ran.
 */
export async function start(options: StartOptions): Promise<Started> {
  const { launch } = options;
  if (launch.guarded) return { ok: false, message: NOTHING_HOLDS };
  const unfit = unfitWords(launch, options.cwd);
  if (unfit !== null) return { ok: false, message: unfit };
  let attached: Attached;
  const spawned = span("spawn");
  try {
    attached = options.io === "pipes" ? withPipes(options) : withTerminal(options, options.io);
  } catch (error) {
    return { ok: false, message: `not started: ${spawnProblem(error as NodeJS.ErrnoException)}` };
  } finally {
    spawned();
  }
  const { child, write, closeInput, resize } = attached;
  const stopper = new Stopper(child);
  const ended = endOf(attached, launch, stopper);
  const stop = () => {
    stopper.end("interrupted");
    return ended;
  };
  try {
    const launched = span("sandbox launch");
    const report = await launch.confirm(child.stdio[3] as unknown as number);
    launched();
    return { ok: true, process: { report, ended, write, closeInput, resize, stop } };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function endOf({ child, drained, detach }: Attached, launch: Launch, stopper: Stopper): Promise<LiveEnd> {
  await child.exited;
  stopper.dispose();
  await drained;
  detach();
  const guard = await launch.finish();
  return { exit_code: exitCode(child), stopped: stopper.reason !== null, guard, spent: await launch.spent() };
}

function withPipes({ launch, cwd, on_output }: StartOptions): Attached {
  const [input, output, errors] = [openPipe(), openPipe(), openPipe()];
  const inside = [input?.read, output?.write, errors?.write];
  const outside = [input?.write, output?.read, errors?.read];
  try {
    const child = Bun.spawn(launch.argv, {
      cwd,
      env: launch.env,
      detached: true,
      stdio: [inside[0] ?? "pipe", inside[1] ?? "pipe", inside[2] ?? "pipe", "pipe"],
    });
    const sink = input ? Bun.file(input.write).writer() : (child.stdin as Bun.FileSink);
    const closeSink = async () => {
      try {
        await sink.end();
      } finally {
        if (input) closeSync(input.write);
      }
    };
    const read = async (pipe: Pipe | null, own: unknown, from: "stdout" | "stderr") => {
      const open = () => (pipe ? Bun.file(pipe.read).stream() : (own as ReadableStream<Uint8Array>));
      await drain({ open, pipe: pipe?.read ?? null }, (chunk) => on_output(chunk, from), child.exited).finally(
        () => pipe && closeSync(pipe.read),
      );
    };
    return {
      child,
      drained: Promise.allSettled([read(output, child.stdout, "stdout"), read(errors, child.stderr, "stderr")]),
      ...writerOf(sink, closeSink),
      resize: () => {},
    };
  } catch (error) {
    closeAll(outside);
    throw error;
  } finally {
    closeAll(inside);
  }
}

function closeAll(fds: (number | undefined)[]): void {
  for (const fd of fds) if (fd !== undefined) closeSync(fd);
}

/** That a program no longer reads is told by its end, and not here. */
function writerOf(sink: Bun.FileSink, close: () => Promise<void>): Pick<Attached, "write" | "closeInput" | "detach"> {
  let open = true;
  const closeInput = () => {
    if (!open) return;
    open = false;
    close().catch(() => {});
  };
  const write = async (data: string | Uint8Array) => {
    if (!open) return;
    try {
      sink.write(data);
      await sink.flush();
    } catch {
      closeInput();
    }
  };
  return { write, closeInput, detach: closeInput };
}

function withTerminal({ launch, cwd, on_output }: StartOptions, size: TerminalSize): Attached {
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn(launch.argv, {
    cwd,
    env: launch.env,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    terminal: { ...size, data: (_terminal, bytes) => void on_output(bytes, "stdout"), exit: () => closed.resolve() },
  });
  const { terminal } = child;
  return {
    child,
    drained: child.exited.then(() => within(closed.promise, DRAIN_MS)),
    write: async (data) => void (terminal?.closed || terminal?.write(data)),
    closeInput: () => void (terminal?.closed || terminal?.write("\x04")),
    resize: ({ cols, rows }) => terminal?.resize(cols, rows),
    detach: () => terminal?.close(),
  };
}

/** Waits for a promise, but no longer than that. */
function within(promise: Promise<void>, ms: number): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
