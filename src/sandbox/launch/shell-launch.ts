import type { SandboxReport } from "../../protocol/index.ts";
import { type Launch, SandboxError } from "../contract.ts";

/** Runs inside what confines it: says on descriptor 3 that it got there, closes it, and becomes the command. */
const SAY_AND_EXEC = { merged: 'printf ready >&3; exec "$@" 2>&1 3>&-', separate: 'printf ready >&3; exec "$@" 3>&-' };

/**
 * A launch behind a program that confines but does not report, such as macOS's sandbox-exec: a shell behind it does.
 * @param prefix words of that program, to which a command can be appended
 * @param report what is enforced once the shell runs
 */
export function shellLaunch(
  prefix: string[],
  argv: string[],
  env: Record<string, string>,
  report: SandboxReport,
  output: "merged" | "separate",
): Launch {
  return {
    argv: [...prefix, "/bin/sh", "-c", SAY_AND_EXEC[output], "sh", ...argv],
    env,
    async confirm(fd: number): Promise<SandboxReport> {
      const said = await new Response(Bun.file(fd).stream()).text();
      if (said === "ready") return report;
      throw new SandboxError(`${prefix[0] ?? "/bin/sh"} did not start the command: nothing of it was run`);
    },
    finish: () => Promise.resolve([]),
    leftovers: () => Promise.resolve([]),
    spent: () => Promise.resolve(null),
    guarded: false,
    refused: () => [],
  };
}
