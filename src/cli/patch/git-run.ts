import { isAbsolute } from "node:path";
import type { Host } from "../contract.ts";

export type GitResult = { ok: true; text: string } | { ok: false; message: string };

/** Settings under which git runs nothing that a repository brings along. */
const QUIET = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  // A directory of the project may look like a bare repository and name programs in its config.
  ["safe.bareRepository", "explicit"],
];

/**
 * Runs git in a directory and gives what it printed, without the line end. It runs outside the sandbox, maybe in a project
 * that nobody trusted: nothing that the repository names is run.
 */
export async function gitOutput(args: string[], cwd: string, host: Host): Promise<GitResult> {
  const filters = await runGit([...flags(QUIET), ...LIST_FILTERS], cwd, host);
  // Exit 1: there are none. Anything else will come again, with the reason.
  const names = filters.ok ? filters.text.split("\0").filter(Boolean) : [];
  const odd = names.find((name) => name.includes("="));
  if (odd !== undefined)
    return { ok: false, message: `the repository's config names a filter that git cannot be kept from: ${odd}` };
  return runGit([...flags(QUIET), ...flags(names.map(switchedOff)), ...args], cwd, host);
}

/** The content filters of the repository's own config; those of the user's are the user's programs. */
const LIST_FILTERS = ["config", "--local", "--includes", "--null", "--name-only", "--get-regexp", "^filter\\."];

/** git takes an empty command for none. */
const switchedOff = (name: string) => [name, name.endsWith(".required") ? "false" : ""];

const flags = (settings: string[][]) => settings.flatMap((setting) => ["-c", setting.join("=")]);

async function runGit(args: string[], cwd: string, host: Host): Promise<GitResult> {
  try {
    const child = Bun.spawn(["git", ...args], {
      cwd,
      env: environment(host.env),
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

/** `PATH` without what depends on the directory, where a `git` of the project would be found; no keys; no transport. */
function environment(env: Host["env"]): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !/_API_KEY$/.test(name));
  const PATH = env.PATH?.split(":").filter(isAbsolute).join(":");
  return {
    ...Object.fromEntries(kept),
    ...(PATH === undefined ? {} : { PATH }),
    GIT_OPTIONAL_LOCKS: "0",
    // A partial clone would fetch what is missing, with the command that its config names.
    GIT_ALLOW_PROTOCOL: "none",
    LC_ALL: "C",
  };
}
