import { closeSync } from "node:fs";
import { span } from "../base/index.ts";
import type { SandboxReport } from "../protocol/index.ts";
import { type GuardFinding, type Launch, type Leftover, openPipe, SandboxError, type Spent } from "../sandbox/index.ts";
import { Capture, type Captured } from "./capture.ts";
import { exitCode, Stopper, spawnProblem, unfitWords } from "./child.ts";
import { drain, type OutputSource } from "./drain.ts";

/** A command that the sandbox made ready, and how it is to be run. */
export interface RunOptions {
  launch: Launch;
  /** Absolute. */
  cwd: string;
  /** Milliseconds, from when the command runs, until everything that was started is ended; null: no limit. */
  timeout_ms: number | null;
  /** Bytes of output that are kept, half head and half tail. */
  capture_bytes: number;
  /** Gets output as it comes, cut anywhere, and only lent. A promise holds the command back until it resolves. */
  on_output(bytes: Uint8Array): Promise<void> | null;
  /** Monotonic milliseconds. */
  now(): number;
}

/** How a command ended. */
export interface RunResult {
  /** The command's own, 128 + signal, or -1 when it could not be started. */
  exit_code: number;
  ended: "exited" | "timed_out" | "interrupted";
  output: Captured;
  duration_ms: number;
  /** null when nothing was started, also when the command was ended before the sandbox stood. */
  report: SandboxReport | null;
  /** What the command did in protected places that the kernel could not close; repaired by now. */
  guard: GuardFinding[];
  /** What the command left running in the background; ended by now. Empty unless it came to its own end. */
  leftovers: Leftover[];
  /** What it took; null where that is not known, and when it was not started. */
  spent: Spent | null;
}

/** The result of a command that could not be started, with the reason as its output. */
export function notStarted(message: string): RunResult {
  const output = { text: message, total_bytes: message.length, total_lines: 0, omitted_bytes: 0 };
  return {
    exit_code: -1,
    ended: "exited",
    output,
    duration_ms: 0,
    report: null,
    guard: [],
    leftovers: [],
    spent: null,
  };
}

/**
 * Spawns a command through the launcher, reads its output to the end, and ends all of it when the time is over or the
 * signal aborts. A command that the system does not start, as one that is too long, is a result. Throws SandboxError when the
 * sandbox could not be set up: then nothing of the command ran.
 */
export async function run(options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const { launch } = options;
  const start = options.now();
  const spawned = span("spawn");
  const started = spawn(launch, options.cwd);
  spawned();
  if ("problem" in started) return notStarted(started.problem);
  const { child, output } = started;
  const stop = new Stopper(child);
  const onAbort = () => stop.end("interrupted");
  const timer = options.timeout_ms === null ? null : setTimeout(() => stop.end("timed_out"), options.timeout_ms);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    const capture = new Capture(options.capture_bytes);
    const take = (chunk: Uint8Array) => {
      const full = options.on_output(chunk);
      capture.add(chunk);
      return full;
    };
    const [report] = await Promise.all([
      confirmed(started.child, launch, stop, timer),
      drain(output, take, child.exited).finally(started.close),
    ]);
    await child.exited;
    return {
      exit_code: exitCode(child),
      ended: stop.reason ?? "exited",
      output: await capture.finish(),
      duration_ms: options.now() - start,
      report,
      guard: await launch.finish(),
      leftovers: stop.reason === null ? await launch.leftovers() : [],
      spent: await launch.spent(),
    };
  } catch (error) {
    stop.end("interrupted");
    await child.exited;
    await launch.finish();
    throw error;
  } finally {
    if (timer) clearTimeout(timer);
    stop.dispose();
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * What is enforced, once the command is about to run: only from then on its time counts, as a busy machine takes some to set the
 * sandbox up. A command that was ended before has no report, and no fault of the sandbox is to be told.
 */
async function confirmed(
  child: Bun.Subprocess,
  launch: Launch,
  stop: Stopper,
  timer: NodeJS.Timeout | null,
): Promise<SandboxReport | null> {
  try {
    const launched = span("sandbox launch");
    const report = await launch.confirm(child.stdio[3] as unknown as number);
    launched();
    timer?.refresh();
    return report;
  } catch (error) {
    if (stop.reason === null || !(error instanceof SandboxError)) throw error;
    return null;
  }
}

/** The launcher, with one pipe for what the command prints: stderr joins stdout, so that the two keep their order. */
function spawn(launch: Launch, cwd: string): Started | { problem: string } {
  const unfit = unfitWords(launch, cwd);
  if (unfit !== null) return { problem: unfit };
  const options = { cwd, env: launch.env, detached: true };
  const pipe = openPipe();
  try {
    if (pipe === null) {
      const child = Bun.spawn(launch.argv, { ...options, stdio: ["ignore", "pipe", "pipe", "pipe"] });
      return { child, output: { open: () => child.stdout, pipe: null }, close: () => {} };
    }
    const child = Bun.spawn(launch.argv, { ...options, stdio: ["ignore", pipe.write, pipe.write, "pipe"] });
    const output = { open: () => Bun.file(pipe.read).stream(), pipe: pipe.read };
    return { child, output, close: () => closeSync(pipe.read) };
  } catch (error) {
    if (pipe) closeSync(pipe.read);
    return { problem: `not started: ${spawnProblem(error as NodeJS.ErrnoException)}` };
  } finally {
    if (pipe) closeSync(pipe.write);
  }
}

interface Started {
  child: Bun.Subprocess;
  output: OutputSource;
  /** To be called when all was read. */
  close(): void;
}
