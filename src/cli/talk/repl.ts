import { runRepl } from "../../frontends/repl/index.ts";
import { MODES } from "../../policy/modes.ts";
import { styleFor } from "../../term/index.ts";
import type { CommandRun } from "../contract.ts";
import { fail } from "../exits.ts";
import { takeInterrupts } from "../host.ts";
import { appTools } from "./app-tools.ts";
import { fromPrompt, type Talk } from "./conversation.ts";
import { terminalMarkdown } from "./terminal-markdown.ts";

/** `moat repl [PROMPT]`: a conversation, line by line. */
export const run: CommandRun = async (invocation) => fromPrompt(invocation, inRepl);

/** Shows a conversation line by line. */
export const inRepl: Talk = async (conversation) => {
  const { host, flags, cwd, terminal, input, typed, start, history, record } = conversation;
  const first = await conversation.first.ready;
  if (!first.ok) return fail(host, first.message, first.exit);
  const columns = () => process.stdout.columns ?? 80;
  // What is read aloud is not drawn, nor taken back.
  const drawn = terminal && !flags["screen-reader"];
  return runRepl({
    first,
    start,
    typed,
    input,
    source: terminal ? "edited" : host.stdin_is_tty ? "typed" : "piped",
    dialogs: terminal,
    style: styleFor(flags["no-ansi"] ? "never" : "auto", host.stdout_is_tty, host.env),
    markdown: drawn ? await terminalMarkdown(host, columns) : null,
    passing: drawn,
    full_output: flags["full-stdout"] === true,
    notify: flags.notify === true,
    version: host.version,
    modes: MODES,
    history,
    tools: appTools(host, flags, cwd),
    stdout: host.stdout,
    asked: host.asked,
    control: host.control,
    record,
    takeInterrupts,
    columns,
    now: () => performance.now(),
    signal: host.signal,
  });
};
