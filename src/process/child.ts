/** Time between TERM and KILL, in ms: enough to write a last line, short enough not to be noticed after Ctrl-C. */
const GRACE_MS = 300;

/** Why the system did not start a command, for the model. */
export function spawnProblem({ code, message }: NodeJS.ErrnoException): string {
  if (code === "E2BIG")
    return "the command is longer than the system takes (128 KiB a word on Linux); write long texts with apply_patch";
  if (code === "ERR_INVALID_ARG_VALUE") return "the command holds a NUL byte, which no argument can";
  return message;
}

/** What no program can be given, though Bun would start it with other words in their place; null: nothing. */
export function unfitWords({ argv }: { argv: string[] }, cwd: string): string | null {
  if ([cwd, ...argv].every((word) => word.isWellFormed())) return null;
  return "not started: the command or its directory holds half of a surrogate pair, which no argument can";
}

/** The code that a process ended with: its own, or 128 + signal. */
export function exitCode(child: Bun.Subprocess): number {
  if (child.exitCode !== null) return child.exitCode;
  // Few end so, and node:os takes 0.2 ms to load.
  const { signals } = process.getBuiltinModule("node:os").constants;
  return 128 + (child.signalCode ? (signals[child.signalCode as keyof typeof signals] ?? 0) : 0);
}

/** Ends a command and everything below it, once: TERM to its group, a short grace, KILL to the launcher and the group. */
export class Stopper {
  reason: "timed_out" | "interrupted" | null = null;
  #kill: Timer | null = null;
  readonly #child: Bun.Subprocess;

  constructor(child: Bun.Subprocess) {
    this.#child = child;
  }

  end(reason: "timed_out" | "interrupted"): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.#signalGroup("SIGTERM");
    this.#kill = setTimeout(() => {
      this.#child.kill("SIGKILL");
      this.#signalGroup("SIGKILL");
    }, GRACE_MS);
  }

  dispose(): void {
    if (this.#kill) clearTimeout(this.#kill);
  }

  #signalGroup(name: "SIGTERM" | "SIGKILL"): void {
    try {
      process.kill(-this.#child.pid, name);
    } catch {
      // The group is gone already, which is what was wanted.
    }
  }
}
