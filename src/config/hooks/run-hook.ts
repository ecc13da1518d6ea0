import { lineProblem } from "./held.ts";
import { type Hook, hooksFor } from "./hooks.ts";
import { type HookInput, hookSubjects, inputLine, isTold } from "./input.ts";
import { startedNames } from "./named-files.ts";
import { type HookRun, type HookVerdict, joinVerdicts, readVerdict } from "./verdict.ts";

/** Bytes of each stream that are kept: a verdict is a few hundred, and a program that prints for ever must not fill memory. */
const KEPT_BYTES = 1024 * 1024;

/** Time between TERM and KILL, in ms. */
const GRACE_MS = 300;

/** Time that output may still come in after the program ended, in ms: what it left in the background may hold its pipes open. */
const DRAIN_MS = 200;

export interface HookContext {
  /** What programs get. Provider keys, `LD_*` and the like were taken out by the caller. */
  env: Record<string, string>;
  /** Monotonic milliseconds. */
  now(): number;
  /** Home directory of the user. */
  home: string;
  /** Directories that commands may write: what a line names there must stay what it was. */
  within: readonly string[];
  /** Where a program would be found that is left out of PATH because commands can write it there; null: nowhere. */
  leftOut(program: string): string | null;
}

/**
 * Runs the hooks that fit an event, side by side, and joins what they say. Each line runs once, also when several files ask for
 * it. Never rejects.
 */
export async function fireHooks(
  hooks: readonly Hook[],
  input: HookInput,
  context: HookContext,
  signal: AbortSignal,
): Promise<HookVerdict> {
  const told = hooks.filter(({ form }) => isTold(input, form));
  const fitting = hooksFor(told, input.hook_event_name, hookSubjects(input));
  const same = (a: Hook, b: Hook) => a.command === b.command && a.awaited === b.awaited && a.form === b.form;
  const once = fitting.filter((hook, i) => fitting.findIndex((other) => same(other, hook)) === i);
  const run = async (hook: Hook) => readVerdict(hook.event, hook.command, await runHook(hook, input, context, signal));
  const running = once.map((hook) => ({ hook, verdict: run(hook) }));
  return joinVerdicts(await Promise.all(running.filter(({ hook }) => hook.awaited).map(({ verdict }) => verdict)));
}

/** Runs one hook with the event as JSON on stdin, within its time limit. Never rejects. */
export async function runHook(
  hook: Hook,
  input: HookInput,
  context: HookContext,
  signal: AbortSignal,
): Promise<HookRun> {
  const start = context.now();
  const done = (run: Omit<HookRun, "duration_ms">): HookRun => ({
    ...run,
    duration_ms: Math.round(context.now() - start),
  });
  const nothing = { exit_code: null, stdout: "", stderr: "" };
  if (signal.aborted) return done({ ended: "interrupted", ...nothing });
  const problem = problemOf(hook, input.cwd, context);
  if (problem !== null) return done({ ended: "not_trusted", ...nothing, stderr: problem });
  let child: ReturnType<typeof spawn>;
  try {
    child = spawn(hook, input, context.env);
  } catch (error) {
    return done({ ended: "not_started", ...nothing, stderr: error instanceof Error ? error.message : String(error) });
  }
  const ended = endInTime(child, hook.timeout_ms, signal);
  const [stdout, stderr] = [new Kept(child.stdout), new Kept(child.stderr)];
  await child.exited;
  await Promise.race([Promise.all([stdout.end, stderr.end]), Bun.sleep(DRAIN_MS)]);
  const how = ended.stop();
  return done({
    ended: how,
    exit_code: await exitCode(child),
    stdout: await stdout.take(),
    stderr: await stderr.take(),
  });
}

/** Why the line must not run: what it names is not what was trusted, looked at anew from where it runs. */
function problemOf(hook: Hook, cwd: string, { home, within, leftOut }: HookContext): string | null {
  const places = { root: hook.project_dir, cwd, home, within: [hook.project_dir, ...within] };
  const changed = lineProblem(hook.command, hook.programs, places, hook.project);
  const next = hook.project ? "`moat config trust add` shows what is there now" : "start anew to use what is there now";
  if (changed !== null) return `${changed}; ${next}`;
  const elsewhere = startedNames(hook.command).map((name) => ({ name, path: leftOut(name) }));
  const found = elsewhere.find(({ path }) => path !== null);
  return found ? `${found.name} is only found as ${found.path}, which commands can write: name it by its path` : null;
}

function spawn(hook: Hook, input: HookInput, env: Record<string, string>) {
  return Bun.spawn(["/bin/sh", "-c", hook.command], {
    cwd: input.cwd,
    env: { ...env, CLAUDE_PROJECT_DIR: hook.project_dir, MOAT_PROJECT_DIR: hook.project_dir },
    stdin: Buffer.from(inputLine(input, hook.form)),
    stdout: "pipe",
    stderr: "pipe",
    // A group of its own, so that all of it can be ended.
    detached: true,
  });
}

type Child = ReturnType<typeof spawn>;

/** Ends the whole group when the time is over or the signal aborts; `stop` says which, and takes the timers back. */
function endInTime(
  child: Child,
  timeout_ms: number,
  signal: AbortSignal,
): { stop(): "exited" | "timed_out" | "interrupted" } {
  let ended: "exited" | "timed_out" | "interrupted" = "exited";
  let kill: Timer | null = null;
  const end = (why: "timed_out" | "interrupted"): void => {
    if (ended !== "exited" || child.exitCode !== null || child.signalCode !== null) return;
    ended = why;
    signalGroup(child, "SIGTERM");
    kill = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  };
  const timer = setTimeout(() => end("timed_out"), timeout_ms);
  const onAbort = (): void => end("interrupted");
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    stop() {
      clearTimeout(timer);
      if (kill !== null) clearTimeout(kill);
      // The shell is gone; what it left behind of an ended group goes too.
      if (ended !== "exited") signalGroup(child, "SIGKILL");
      signal.removeEventListener("abort", onAbort);
      return ended;
    },
  };
}

function signalGroup(child: Child, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}

async function exitCode(child: Child): Promise<number | null> {
  if (child.signalCode === null) return child.exitCode;
  const { constants } = await import("node:os");
  return 128 + (constants.signals[child.signalCode as keyof typeof constants.signals] ?? 0);
}

/** The start of a stream; what comes after it is read and dropped, so that the program never waits for us. */
class Kept {
  readonly end: Promise<void>;
  readonly #chunks: Uint8Array[] = [];
  readonly #stop = new AbortController();
  #bytes = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    const into = new WritableStream<Uint8Array>({ write: (chunk) => this.#keep(chunk) });
    this.end = stream.pipeTo(into, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #keep(chunk: Uint8Array): void {
    const room = KEPT_BYTES - this.#bytes;
    if (room > 0) this.#chunks.push(chunk.subarray(0, room));
    this.#bytes += Math.min(Math.max(room, 0), chunk.length);
  }

  /** What was kept. Stops reading. */
  async take(): Promise<string> {
    this.#stop.abort();
    await this.end;
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
