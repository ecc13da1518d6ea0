import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createNamed, FAILED, systemReason, USAGE } from "../../base/index.ts";
import type { Setting } from "../../config/index.ts";
import { type ExecOptions as RunOptions, runExec } from "../../frontends/exec/index.ts";
import type { Opened } from "../../open/index.ts";
import { type InputPart, NO_USAGE, SCHEMA_VERSION } from "../../protocol/index.ts";
import { RolloutError } from "../../session/index.ts";
import { styleFor } from "../../term/index.ts";
import type { Host, Invocation } from "../contract.ts";
import { openWithFlags } from "../open-flags.ts";
import type { GitRefusal } from "../patch/git-run.ts";
import { findRepository } from "../patch/repository.ts";
import { watching } from "../talk/watching.ts";
import { createApprover, execPolicy, reviewerSetting } from "./approve-with.ts";
import { type ExecOptions, readOptions } from "./options.ts";
import { type PromptResult, readPrompt } from "./prompt.ts";
import type { ReadyThread } from "./threads.ts";
import type { Worktree } from "./worktree.ts";

/** One headless run: what is asked, and of which thread. */
export interface ExecTask {
  /** Words of the command line, completed by standard input; or a text that is made up already. */
  prompt: { words: string[] } | { text: string };
  /** The stored thread that goes on; absent: a new one. */
  thread?: () => Promise<ReadyThread>;
  /** Settings of this command; the user's own win. */
  preset?: Setting[];
  /** The model for reviews answers, where one is configured. */
  review?: boolean;
}

/** Tells why nothing is run, and gives the exit code. */
export function refuse(host: Host, { message, exit }: { message: string; exit: number }): number {
  host.stderr(`moat: ${message}\n`);
  return exit;
}

/** The same for a run: who reads its events gets the reason as one, unless the command line itself was wrong. */
export function refuseRun(host: Host, json: boolean, why: { message: string; exit: number; no_key?: true }): number {
  if (json && why.exit !== USAGE) for (const line of failureLines(why)) host.json(line);
  return refuse(host, why);
}

/** Whether the events are printed as lines of JSON. */
export const wantsJson = (flags: Invocation["flags"]) => flags.json === true || flags["json-deltas"] === true;

/** A missing key ends a thread that has begun, as the Codex CLI has it: its SDK waits for these four lines. */
function failureLines({ message, no_key }: { message: string; no_key?: true }): object[] {
  if (!no_key) return [{ type: "error", message }];
  return [
    { type: "thread.started", thread_id: Bun.randomUUIDv7(), schema_version: SCHEMA_VERSION },
    { type: "turn.started" },
    { type: "error", message },
    { type: "turn.failed", error: { message, kind: "unauthorized" }, usage: NO_USAGE, turn_usage: NO_USAGE },
  ];
}

/** Checks everything first, then starts the thread and runs its turn to the end. Resolves to the exit code. */
export async function startExec({ flags, host }: Invocation, task: ExecTask): Promise<number> {
  const read = await readOptions(flags, host);
  if (!read.ok) return refuseRun(host, wantsJson(flags), read);
  const { options } = read;
  const repository = findRepository(options.cwd);
  if (!flags["skip-git-repo-check"] && repository === null) {
    const message = `${options.cwd} is not inside a git repository, and nothing but \`moat undo\` could take changes back; --skip-git-repo-check works here all the same`;
    return refuseRun(host, options.json, { message, exit: FAILED });
  }
  const unwritable = unwritablePlace(options.last_message_file);
  if (unwritable !== null) return refuseRun(host, options.json, { message: unwritable, exit: FAILED });
  const prompt = await taskPrompt(task, options, host);
  if (!prompt.ok) return refuseRun(host, options.json, prompt);
  if (prompt.warning !== null) host.stderr(`moat: ${prompt.warning}\n`);
  if (!flags.worktree) return openAndRun(host, flags, options, task, prompt.text, options.cwd);
  const { addWorktree } = await import("./worktree.ts");
  const added = await addWorktree(options.cwd, flags, host);
  if (!added.ok) return refuseRun(host, options.json, added);
  const { worktree } = added;
  host.stderr(`moat: working in ${worktree.path}\n`);
  try {
    return await openAndRun(host, flags, options, task, prompt.text, worktree.cwd);
  } finally {
    await leaveWorktree(worktree, host);
  }
}

/** Removes the worktree when nothing was changed in it, and says what became of it. */
export async function leaveWorktree(worktree: Worktree, host: Host): Promise<void> {
  const kept = await worktree.leave();
  host.stderr(
    kept ? `moat: kept ${worktree.path}: ${kept}\n` : `moat: removed ${worktree.path}: nothing was changed\n`,
  );
}

async function taskPrompt({ prompt }: ExecTask, options: ExecOptions, host: Host): Promise<PromptResult> {
  if ("text" in prompt) return { ok: true, text: prompt.text, warning: null };
  return readPrompt(prompt.words, options.images.length, host);
}

/** The stored thread that goes on, if there is one, or why it cannot be read. */
async function readyThread({ thread }: ExecTask): Promise<{ resume: ReadyThread | null; why: string | null }> {
  try {
    return { resume: thread ? await thread() : null, why: null };
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    return { resume: null, why: error.message };
  }
}

async function openAndRun(
  host: Host,
  flags: Invocation["flags"],
  options: ExecOptions,
  task: ExecTask,
  prompt: string,
  cwd: string,
): Promise<number> {
  const { give_up_after_ms } = options;
  const watched = await watching(flags, host);
  if (!watched.ok) return refuseRun(host, options.json, watched);
  const { resume, why } = await readyThread(task);
  if (why !== null) return refuseRun(host, options.json, { message: why, exit: FAILED });
  const opened = await openWithFlags(host, {
    flags,
    cwd,
    watch: watched.watch,
    preset: [...(task.preset ?? []), ...reviewerSetting(flags)],
    attended: flags["approve-with"] !== undefined,
    own_policy: execPolicy,
    output_schema: options.output_schema,
    review: task.review ?? false,
    ephemeral: flags.ephemeral === true,
    ignore_user_config: flags["ignore-user-config"] === true,
    ignore_rules: flags["ignore-rules"] === true,
    resume,
    ...(give_up_after_ms === null ? {} : { give_up_after_ms }),
  });
  if (!opened.ok) return refuseRun(host, options.json, opened);
  for (const warning of opened.warnings) host.stderr(`moat: ${warning}\n`);
  const reviewer = reviewerProblem(opened, cwd);
  if (reviewer !== null) return refuseRun(host, options.json, { message: reviewer, exit: FAILED });
  const input = await taskInput(prompt, flags, options, cwd, host);
  return "message" in input ? refuseRun(host, options.json, input) : runTask(host, opened, options, input);
}

/** Why the program that answers questions cannot be run, found before the model is paid; null: it can. */
function reviewerProblem({ config: { approve_with }, outside }: Opened, cwd: string): string | null {
  if (approve_with === null || outside === null) return null;
  const found = outside.command(approve_with).start(cwd);
  const why = found.ok
    ? existsSync(resolve(cwd, found.argv[0] ?? ""))
      ? null
      : "there is no such program"
    : found.message;
  return why === null ? null : `approve_with ${approve_with[0]}: ${why}; nothing was asked of the model`;
}

/** The words and pictures of the turn; with `--full-context`, the whole project before them. */
async function taskInput(
  prompt: string,
  flags: Invocation["flags"],
  { images }: ExecOptions,
  cwd: string,
  host: Host,
): Promise<InputPart[] | GitRefusal> {
  const words: InputPart[] = prompt === "" ? [] : [{ type: "text", text: prompt }];
  if (!flags["full-context"]) return [...images, ...words];
  const { fullContext } = await import("./full-context.ts");
  const whole = await fullContext(cwd, flags, host);
  return whole.ok ? [{ type: "text", text: whole.text }, ...images, ...words] : whole;
}

async function runTask(host: Host, opened: Opened, options: ExecOptions, input: InputPart[]) {
  const { thread, config, outside } = opened;
  const { last_message_file, give_up_after_ms, require_evidence, fail_on_decline } = options;
  return runExec({
    thread,
    input,
    form: options.json ? { type: "json", deltas: options.deltas } : await humanForm(host, options),
    gates: { give_up: give_up_after_ms !== null, require_evidence, fail_on_decline },
    approve:
      config.approve_with === null || outside === null
        ? null
        : createApprover(outside.command(config.approve_with), thread, outside.env),
    json: host.json,
    data: host.data,
    stdout: host.stdout,
    stderr: host.stderr,
    saveLastMessage: (message) => saveLastMessage(last_message_file, message, host),
    signal: host.signal,
    // Its user waits for an AbortError, and a last line would be taken for a failure of its own.
    mute_when_ended: host.env.CODEX_INTERNAL_ORIGINATOR_OVERRIDE === SDK,
  });
}

/** On a terminal the model's Markdown is drawn; drawing is loaded nowhere else. */
async function humanForm(host: Host, { color }: ExecOptions): Promise<Extract<RunOptions["form"], { type: "human" }>> {
  const drawn = host.env.TERM !== "dumb";
  const style = styleFor(color, host.stderr_is_tty, host.env);
  if (!drawn || !(host.stderr_is_tty || host.stdout_is_tty))
    return { type: "human", style, markdown: { progress: null, answer: null }, passing: null };
  const { terminalColumns, terminalMarkdown } = await import("../talk/terminal-markdown.ts");
  const columns = () => terminalColumns(host);
  const markdown = await terminalMarkdown(host, columns, color);
  return {
    type: "human",
    style,
    markdown: { progress: host.stderr_is_tty ? markdown : null, answer: host.stdout_is_tty ? markdown : null },
    passing: host.stderr_is_tty ? { control: host.controlError, columns, now: () => performance.now() } : null,
  };
}

/** How the Codex SDK for TypeScript names itself to the program that it starts. */
const SDK = "codex_sdk_ts";

/** Why the last message could not be written there, found before the model is paid; null: nothing is known against it. */
function unwritablePlace(path: string | null): string | null {
  if (path === null) return null;
  const own = whyClosed(path);
  const found = own?.code === "ENOENT" ? whyClosed(dirname(path)) : own;
  return found && `-o ${path}: ${found.why}; nothing was asked of the model`;
}

function whyClosed(path: string): { code: string; why: string } | null {
  try {
    accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    const { code, why } = systemReason(error);
    if (code === "ENOENT") return { code, why: "there is no such directory" };
    return { code, why: code === "ENAMETOOLONG" ? why : "it cannot be written" };
  }
}

/** Why the message is not in its file, with the exit code; null when it is, or nobody asked. */
async function saveLastMessage(path: string | null, message: string, { signal }: Host) {
  if (path === null) return null;
  const made = await createNamed(path, 0o666, signal);
  if (!made.ok) return { message: `-o ${path}: ${made.why}`, exit: made.exit };
  made.file.write(message);
  const problem = await made.file.close();
  return problem === null ? null : { message: `-o ${path} is not complete: ${problem}`, exit: FAILED };
}
