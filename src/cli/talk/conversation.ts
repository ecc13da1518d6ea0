import { resolve } from "node:path";
import { PromptHistory } from "../../app/index.ts";
import { FAILED, USAGE } from "../../base/index.ts";
import type { Config, TrustQuestion } from "../../config/index.ts";
import type { OpenOptions, OpenResult, Refusal } from "../../open/index.ts";
import type { InputPart } from "../../protocol/index.ts";
import { loadStore, RolloutError, readThread, readThreadInSlices } from "../../session/index.ts";
import { isFirstStart } from "../config/first-start.ts";
import type { Flags, Host, Invocation } from "../contract.ts";
import { imagePaths } from "../exec/options.ts";
import { fail } from "../exits.ts";
import { configWithFlags, type FlaggedOptions, openWithFlags, workingDirectory } from "../open-flags.ts";
import { findRepository } from "../patch/repository.ts";
import { notFound } from "../threads/text.ts";
import { openRecords, type Record } from "./records.ts";
import { pause } from "./slices.ts";
import { watching } from "./watching.ts";

/** What a conversation with a person begins with, whatever it is shown on. */
export interface TalkConversation {
  host: Host;
  flags: Flags;
  /** Absolute. */
  cwd: string;
  /** There is a terminal on both sides that can more than print lines. */
  terminal: boolean;
  /** What the front end itself is configured with. */
  config: Config;
  first: FirstThread;
  /** The first turn; empty: none. */
  input: InputPart[];
  /** A line that was typed while a question was asked before the front end came up; null: none. */
  typed: string | null;
  /** Dialogs came before: what was typed into one too early waits in standard input. */
  asked: boolean;
  /** Starts another thread: a new one, or the stored one of that name or id. */
  start(resume: string | null, more?: Partial<FlaggedOptions>): Promise<OpenResult | { ok: false; message: string }>;
  /** Finds the stored thread of that name or id, and begins to open it. */
  stored(word: string): Promise<({ ok: true } & FirstThread) | { ok: false; message: string }>;
  history: PromptHistory;
  record: Record;
}

/** A thread that is being opened. */
export interface FirstThread {
  /** Of its rollout; null: it is a new one. */
  path: string | null;
  ready: Promise<OpenResult>;
  /** Nobody waits for it any more. */
  cancel(): void;
}

/** A front end: takes a conversation to its end, and gives the exit code. */
export type Talk = (conversation: TalkConversation) => Promise<number>;

/** `moat [PROMPT]`, `moat repl [PROMPT]`, …: one prompt at most. */
export function fromPrompt(invocation: Invocation, talk: Talk): Promise<number> | number {
  const [prompt, second] = [...invocation.args, ...invocation.rest];
  if (second !== undefined)
    return fail(invocation.host, `one prompt is enough; put it in quotes (second: ${second})`, USAGE);
  return converse(invocation, { prompt: prompt ?? null, path: null }, talk);
}

/** `picked`: the thread was chosen in a dialog. */
interface From {
  prompt: string | null;
  /** Rollout of a stored thread. */
  path: string | null;
  picked?: boolean;
}

/** Opens what the flags ask for, from the first prompt or from a stored thread (path of its rollout) on. */
export async function converse(invocation: Invocation, from: From, talk: Talk): Promise<number> {
  const { flags } = invocation;
  const host = withLogLevel(invocation.host, flags.verbose);
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return fail(host, directory.message, directory.exit);
  const { cwd } = directory;
  if (!mayWorkIn(cwd, flags, host)) return FAILED;
  if (!flags.worktree) return begin(host, flags, cwd, from, talk);
  const [{ addWorktree }, { leaveWorktree }] = await Promise.all([
    import("../exec/worktree.ts"),
    import("../exec/start.ts"),
  ]);
  const added = await addWorktree(cwd, flags, host);
  if (!added.ok) return fail(host, added.message, added.exit);
  host.stderr(`moat: working in ${added.worktree.path}\n`);
  try {
    return await begin(host, flags, added.worktree.cwd, from, talk);
  } finally {
    await leaveWorktree(added.worktree, host);
  }
}

async function begin(
  host: Host,
  flags: Flags,
  cwd: string,
  { prompt, path, picked = false }: From,
  talk: Talk,
): Promise<number> {
  const terminal = canPaint(host, flags);
  const isFirst = terminal && path === null && isFirstStart(host);
  let asked = picked || isFirst;
  if (isFirst) await (await import("../config/first-run.ts")).offerFirstRun(host);
  let typed: string | null = null;
  const json = await watching(flags, host);
  if (!json.ok) return fail(host, json.message, json.exit);
  const opening = { flags, cwd, watch: json.watch };
  const ask = async (question: TrustQuestion) => {
    host.curtain?.drop();
    const { askTrust } = await import("../trust.ts");
    asked = true;
    typed = (await askTrust(host, question)).typed;
  };
  const begun = await firstThread(host, opening, path, ask);
  if (!begun.ok) return fail(host, begun.message, begun.exit);
  const { first, config } = begun;
  // Nobody waits for the look: what it finds is told at the next start.
  if (terminal && config.check_for_update) void (await import("../update/notice.ts")).tellOfUpdate(host);
  const records = await openRecords(flags, host);
  if (!records.ok) return fail(host, records.message, records.exit);
  const images = imagePaths(flags, host.cwd).map(
    (file): InputPart => ({ type: "local_image", path: resolve(host.cwd, file) }),
  );
  const said: InputPart[] = prompt === null ? [] : [{ type: "text", text: prompt }];
  return talk({
    host,
    flags,
    cwd,
    terminal,
    config,
    first,
    input: said.length > 0 ? [...images, ...said] : images,
    typed,
    asked: asked && terminal,
    async start(word, more = {}) {
      if (word === null) return startThread(host, { ...opening, ...more }, null, undefined);
      const found = await storedThread(host, word);
      return found.ok ? openStored(host, { ...opening, ...more }, found.path).ready : found;
    },
    async stored(word) {
      const found = await storedThread(host, word);
      return found.ok ? { ok: true, ...openStored(host, opening, found.path) } : found;
    },
    history: new PromptHistory(host.moat_home, config.history, Date.now, host.secrets),
    record: records.record,
  });
}

type Starting = Omit<FlaggedOptions, "resume" | "askTrust">;

/**
 * The thread that a conversation begins with. Where the terminal can show something, a person does not wait for it: the front end
 * begins when its own settings are known.
 */
async function firstThread(
  host: Host,
  opening: Starting,
  path: string | null,
  askTrust: NonNullable<OpenOptions["askTrust"]>,
): Promise<{ ok: true; first: FirstThread; config: Config } | Refusal> {
  if (canPaint(host, opening.flags)) {
    const loaded = await configWithFlags(host, { ...opening, attended: true, askTrust });
    if (!loaded.ok) return loaded;
    const { config } = loaded;
    if (path !== null) return { ok: true, first: openStored(host, opening, path), config };
    const ready = startThread(host, { ...opening, loaded }, null, undefined);
    return { ok: true, first: { path, ready, cancel() {} }, config };
  }
  const resume = path === null ? null : { path, stored: readThread(path) };
  const open = await startThread(host, opening, resume, askTrust);
  return open.ok ? { ok: true, first: { path, ready: Promise.resolve(open), cancel() {} }, config: open.config } : open;
}

/** Opens a stored thread while other things go on. */
function openStored(host: Host, opening: Starting, path: string): FirstThread {
  const left = new AbortController();
  const ready = async (): Promise<OpenResult> => {
    try {
      const reading = readThreadInSlices(path);
      for (let next = reading.next(); ; next = reading.next()) {
        if (left.signal.aborted) return { ok: false, message: "it is not waited for any more", exit: FAILED };
        if (next.done) return await startThread(host, opening, { path, stored: next.value }, undefined);
        await pause();
      }
    } catch (error) {
      if (!(error instanceof RolloutError)) throw error;
      return { ok: false, message: error.message, exit: FAILED };
    }
  };
  return { path, ready: ready(), cancel: () => left.abort() };
}

/** Whether the terminal can do more than print lines, and may. */
export function canPaint(host: Host, flags: Flags): boolean {
  return host.stdin_is_tty && host.stdout_is_tty && host.env.TERM !== "dumb" && !flags["no-ansi"];
}

/** `-v`, `-vv`, `-vvv`: how much goes into the log. */
function withLogLevel(host: Host, verbose: Flags[string]): Host {
  const level = [undefined, "info", "debug"][Math.min(Array.isArray(verbose) ? verbose.length : 0, 2)];
  return level === undefined ? host : { ...host, env: { ...host.env, MOAT_LOG: level } };
}

/** Outside a repository nothing but undo takes changes back: a person is told, a pipe needs the flag. */
function mayWorkIn(cwd: string, flags: Flags, host: Host): boolean {
  if (flags["skip-git-repo-check"] || findRepository(cwd) !== null) return true;
  const what = `${cwd} is not inside a git repository, and nothing but undo could take changes back`;
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
  opening: Starting,
  resume: OpenOptions["resume"],
  askTrust: OpenOptions["askTrust"],
): Promise<OpenResult> {
  return openWithFlags(host, {
    ...opening,
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
