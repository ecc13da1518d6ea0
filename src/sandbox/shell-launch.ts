import type { SandboxReport } from "../protocol/index.ts";
import { type Launch, SandboxError } from "./contract.ts";

/**
 * Runs inside whatever confines it: says on descriptor 3 that it got there, closes it, joins stderr to stdout as the Linux
 * launcher does, and becomes the command.
 */
const SAY_AND_EXEC = 'printf ready >&3; exec "$@" 2>&1 3>&-';

/**
 * A launch without the Linux launcher: `prefix` is the program that confines (none: nothing does), a shell behind it reports.
 * @param report what is enforced once the shell runs
 */
export function shellLaunch(
  prefix: string[],
  argv: string[],
  env: Record<string, string>,
  report: SandboxReport,
): Launch {
  return {
    argv: [...prefix, "/bin/sh", "-c", SAY_AND_EXEC, "sh", ...argv],
    env,
    finish: () => [],
    async confirm(fd: number): Promise<SandboxReport> {
      const said = await new Response(Bun.file(fd).stream()).text();
      if (said === "ready") return report;
      throw new SandboxError(`${prefix[0] ?? "/bin/sh"} did not start the command: nothing of it was run`);
    },
  };
}
