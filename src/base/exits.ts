/** Exit codes of every command; docs/exec.md has those that only a headless run gives. */

/** Something did not work. */
export const FAILED = 1;
/** The command line cannot be understood. */
export const USAGE = 2;

/** Signals that end a process from outside, as a shell reports them: 128 + number. */
const SIGNAL_EXITS: Record<string, number> = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

/** The exit code of a process that `name` ended; null for what is no such signal. */
export function signalExit(name: unknown): number | null {
  return typeof name === "string" ? (SIGNAL_EXITS[name] ?? null) : null;
}
