import { statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { runExec } from "../frontends/exec/index.ts";
import { styleFor } from "../term/index.ts";
import type { CommandRun, Flags, Host } from "./contract.ts";
import { findRepository } from "./git.ts";
import { openThread } from "./open-thread.ts";
import { readPrompt } from "./prompt.ts";

const text = (value: Flags[string]): string | null => (typeof value === "string" ? value : null);

function fail(host: Host, message: string, exit: number): number {
  host.stderr(`moat: ${message}\n`);
  return exit;
}

/** Where the thread works: `-C`, or the directory that moat was started in. */
function workingDirectory(flags: Flags, host: Host): { ok: true; cwd: string } | { ok: false; message: string } {
  const named = text(flags.cd);
  if (named === null) return { ok: true, cwd: host.cwd };
  const cwd = resolve(host.cwd, named);
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    return { ok: false, message: `-C ${named}: there is no such directory` };
  return { ok: true, cwd };
}

/** `moat exec`: one task without a terminal. */
export const run: CommandRun = async ({ args, flags, rest, host }) => {
  const color = text(flags.color) ?? "auto";
  if (color !== "always" && color !== "never" && color !== "auto")
    return fail(host, `--color ${color}: use always, never or auto`, 2);
  const where = workingDirectory(flags, host);
  if (!where.ok) return fail(host, where.message, 1);
  if (!flags["skip-git-repo-check"] && findRepository(where.cwd) === null) {
    const message = `${where.cwd} is not inside a git repository, so that changes could not be undone; --skip-git-repo-check works here all the same`;
    return fail(host, message, 1);
  }
  const prompt = await readPrompt([...args, ...rest], host);
  if (!prompt.ok) return fail(host, prompt.message, prompt.exit);
  const opened = await openThread(host, {
    flags,
    cwd: where.cwd,
    approval_policy: "never",
    ephemeral: flags.ephemeral === true,
    ignore_user_config: flags["ignore-user-config"] === true,
  });
  if (!opened.ok) return fail(host, opened.message, opened.exit);
  for (const warning of opened.warnings) host.stderr(`moat: ${warning}\n`);
  const last_message_file = text(flags["output-last-message"]);
  return runExec({
    thread: opened.thread,
    input: [{ type: "text", text: prompt.text }],
    form: flags.json
      ? { type: "json", deltas: false }
      : { type: "human", style: styleFor(color, host.stderr_is_tty, host.env) },
    stdout: host.stdout,
    stderr: host.stderr,
    saveLastMessage: async (message) => {
      if (last_message_file !== null) writeFileSync(resolve(where.cwd, last_message_file), message);
    },
    signal: host.signal,
  });
};
