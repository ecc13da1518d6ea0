import type { Host } from "./contract.ts";

export type GitResult = { ok: true; text: string } | { ok: false; message: string };

/** Settings under which git runs nothing that a repository brings along. */
const QUIET = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

/** Runs git in a directory and gives what it printed, without the line end. */
export async function gitOutput(args: string[], cwd: string, host: Host): Promise<GitResult> {
  try {
    const child = Bun.spawn(["git", ...QUIET, ...args], {
      cwd,
      env: { ...host.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      signal: host.signal,
    });
    const [out, error, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (exit === 0) return { ok: true, text: out.trimEnd() };
    return { ok: false, message: error.trim() || `git ${args[0]} ended with ${exit}` };
  } catch (error) {
    return { ok: false, message: `git could not be run: ${(error as Error).message}` };
  }
}
