import { FAILED, USAGE } from "../../base/index.ts";
import { runProto } from "../../frontends/proto/index.ts";
import type { CommandRun } from "../contract.ts";
import { fail } from "../exits.ts";
import { openWithFlags, workingDirectory } from "../open-flags.ts";
import { findRepository } from "../patch/repository.ts";
import { inputLines } from "./input-lines.ts";
import { writeLine } from "./line.ts";

/** `moat proto`: the thread itself on standard input and output, for programs. */
export const run: CommandRun = async ({ flags, host }) => {
  if (host.stdin_is_tty) {
    const message =
      "moat proto reads ops as JSON Lines and is for programs: pipe them in. For a person there is moat repl";
    return fail(host, message, USAGE);
  }
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return fail(host, directory.message, directory.exit);
  const { cwd } = directory;
  if (!flags["skip-git-repo-check"] && findRepository(cwd) === null) {
    const message = `${cwd} is not inside a git repository, and nothing but \`moat undo\` could take changes back; --skip-git-repo-check works here all the same`;
    return fail(host, message, FAILED);
  }
  const opened = await openWithFlags(host, { flags, cwd, attended: true, ephemeral: flags.ephemeral === true });
  if (!opened.ok) return fail(host, opened.message, opened.exit);
  for (const warning of opened.warnings) host.stderr(`moat: ${warning}\n`);
  return runProto({
    thread: opened.thread,
    lines: inputLines(Bun.stdin.stream()),
    // Its reader answers questions: what it is asked is not changed.
    json: (value) => writeLine(host, value),
    signal: host.signal,
  });
};
