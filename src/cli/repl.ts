import { statSync } from "node:fs";
import { resolve } from "node:path";
import { PromptHistory } from "../app/index.ts";
import { FAILED, type NamedFile, USAGE } from "../base/index.ts";
import { type ReplOptions, runRepl } from "../frontends/repl/index.ts";
import type { OpenOptions, OpenResult, Refusal } from "../open/index.ts";
import { MODES } from "../policy/index.ts";
import type { InputPart } from "../protocol/index.ts";
import { loadStore, readThread } from "../session/index.ts";
import { styleFor } from "../term/index.ts";
import type { CommandRun, Flags, Host, Invocation } from "./contract.ts";
import { imagePaths } from "./exec/options.ts";
import { fail } from "./exits.ts";
import { takeInterrupts } from "./host.ts";
import { openOutput } from "./named-output.ts";
import { type FlaggedOptions, openWithFlags } from "./open-flags.ts";
import { findRepository } from "./patch/repository.ts";
import { notFound } from "./threads/text.ts";

const text = (value: Flags[string]): string | null => (typeof value === "string" ? value : null);

/** `moat repl [PROMPT]`: a conversation, line by line. */
export const run: CommandRun = async (invocation) => {
  const { args, rest, host } = invocation;
  const [prompt, second] = [...args, ...rest];
  if (second !== undefined) return fail(host, `one prompt is enough; put it in quotes (second: ${second})`, USAGE);
  return startRepl(invocation, prompt ?? null, null);
};

/** The conversation, from the first prompt or from a stored thread (path of its rollout) on. */
export async function startRepl(invocation: Invocation, prompt: string | null, path: string | null): Promise<number> {
  const { flags } = invocation;
  const host = withLogLevel(invocation.host, flags.verbose);
  const named = text(flags.cd);
  const cwd = resolve(host.cwd, named ?? ".");
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory())
    return fail(host, `-C ${named}: there is no such directory`, FAILED);
  if (!mayWorkIn(cwd, flags, host)) return FAILED;
  if (!flags.worktree) return converse(host, flags, cwd, prompt, path);
  const [{ addWorktree }, { leaveWorktree }] = await Promise.all([
    import("./exec/worktree.ts"),
    import("./exec/start.ts"),
  ]);
  const added = await addWorktree(cwd, flags, host);
  if (!added.ok) return fail(host, added.message, added.exit);
  host.stderr(`moat: working in ${added.worktree.path}\n`);
  try {
    return await converse(host, flags, added.worktree.cwd, prompt, path);
  } finally {
    await leaveWorktree(added.worktree, host);
  }
}

async function converse(
  host: Host,
  flags: Flags,
  cwd: string,
  prompt: string | null,
  path: string | null,
): Promise<number> {
  const terminal = host.stdin_is_tty && host.stdout_is_tty && host.env.TERM !== "dumb" && !flags["no-ansi"];
  const resumed = path === null ? null : { path, stored: readThread(path) };
  if (terminal && resumed === null) await (await import("./config/first-run.ts")).offerFirstRun(host);
  let typed: string | null = null;
  const first = await startThread(host, { flags, cwd }, resumed, async (question) => {
    const { askTrust } = await import("./trust.ts");
    typed = (await askTrust(host, question)).typed;
  });
  if (!first.ok) return fail(host, first.message, first.exit);
  // Nobody waits for the look: what it finds is told at the next start.
  if (terminal && first.config.check_for_update) void (await import("./update/notice.ts")).tellOfUpdate(host);
  const records = await openRecords(flags, host);
  if (!records.ok) return fail(host, records.message, records.exit);
  const images = imagePaths(flags, host.cwd).map(
    (file): InputPart => ({ type: "local_image", path: resolve(host.cwd, file) }),
  );
  const said: InputPart[] = prompt === null ? [] : [{ type: "text", text: prompt }];
  return runRepl({
    first,
    async start(word) {
      if (word === null) return startThread(host, { flags, cwd }, null, undefined);
      const found = await storedThread(host, word);
      if (!found.ok) return found;
      const { path } = found;
      return startThread(host, { flags, cwd }, { path, stored: readThread(path) }, undefined);
    },
    typed,
    input: said.length > 0 ? [...images, ...said] : images,
    source: terminal ? "edited" : host.stdin_is_tty ? "typed" : "piped",
    dialogs: terminal,
    style: styleFor(flags["no-ansi"] ? "never" : "auto", host.stdout_is_tty, host.env),
    full_output: flags["full-stdout"] === true,
    notify: flags.notify === true,
    version: host.version,
    modes: MODES,
    history: new PromptHistory(host.moat_home, first.config.history, Date.now, host.secrets),
    tools: tools(host, flags, cwd),
    stdout: host.stdout,
    asked: host.asked,
    control: host.control,
    record: records.record,
    takeInterrupts,
    columns: () => process.stdout.columns ?? 80,
    now: () => performance.now(),
    signal: host.signal,
  });
}

/** `-v`, `-vv`, `-vvv`: how much goes into the log. */
function withLogLevel(host: Host, verbose: Flags[string]): Host {
  const level = [undefined, "info", "debug"][Math.min(Array.isArray(verbose) ? verbose.length : 0, 2)];
  return level === undefined ? host : { ...host, env: { ...host.env, MOAT_LOG: level } };
}

/** Outside a repository changes cannot be undone: a person is told, a pipe needs the flag. */
function mayWorkIn(cwd: string, flags: Flags, host: Host): boolean {
  if (flags["skip-git-repo-check"] || findRepository(cwd) !== null) return true;
  const what = `${cwd} is not inside a git repository, so that changes could not be undone`;
  if (!host.stdin_is_tty || !host.stdout_is_tty) {
    fail(host, `${what}; --allow-no-git-exec works here all the same`, FAILED);
    return false;
  }
  host.stderr(`moat: ${what} (--allow-no-git-exec leaves this out)\n`);
  return true;
}

/** Starts a thread, or goes on with the stored one that is named. Only the first may ask about the project: then nobody else reads the input yet. */
async function startThread(
  host: Host,
  { flags, cwd }: Pick<FlaggedOptions, "flags" | "cwd">,
  resume: OpenOptions["resume"],
  askTrust: OpenOptions["askTrust"],
): Promise<OpenResult> {
  return openWithFlags(host, {
    flags,
    cwd,
    attended: true,
    resume: resume ?? null,
    askTrust: askTrust ?? (async () => {}),
    ...(host.stdin_is_tty ? { give_up_after_ms: null } : {}),
  });
}

async function storedThread(
  host: Host,
  word: string,
): Promise<{ ok: true; path: string } | { ok: false; message: string }> {
  const store = await loadStore();
  const found = await store.findThread(host.moat_home, word);
  return found.ok ? { ok: true, path: found.thread.path } : { ok: false, message: notFound(word, found) };
}

function tools(host: Host, flags: Flags, cwd: string): ReplOptions["tools"] {
  return {
    async diff(directory) {
      const { shownDiff, treeDiff } = await import("./patch/diff.ts");
      const diff = await treeDiff(host, flags, directory);
      if (!diff.ok) return diff.message;
      const style = styleFor(flags["no-ansi"] ? "never" : "auto", host.stdout_is_tty, host.env);
      return diff.text === "" ? "nothing was changed" : shownDiff(diff.text, style);
    },
    async draftInstructions(print, signal) {
      const { draftInstructions } = await import("./exec/init.ts");
      const drafted = await draftInstructions(host, { flags, cwd, print, signal });
      return drafted.ok ? drafted : { ok: false, message: drafted.message };
    },
  };
}

type Records = { ok: true; record(kind: "submission" | "event", value: object): void } | Refusal;

/** `-S FILE` and `-E FILE`: what goes in and what comes out, as JSON Lines. */
async function openRecords(flags: Flags, host: Host): Promise<Records> {
  const named = { submission: text(flags["record-submissions"]), event: text(flags["record-events"]) };
  const files = new Map<string, NamedFile>();
  for (const [kind, name] of Object.entries(named)) {
    if (name === null) continue;
    const made = await openOutput(kind === "event" ? "-E" : "-S", name, host);
    if (!made.ok) return made;
    files.set(kind, made.file);
  }
  const record = (kind: string, value: object) =>
    files.get(kind)?.write(`${host.secrets.redact(JSON.stringify(value))}\n`);
  return { ok: true, record };
}
