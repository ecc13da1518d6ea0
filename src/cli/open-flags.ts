import { resolve } from "node:path";
import { FAILED, USAGE } from "../base/index.ts";
import { type OpenOptions, type OpenResult, openThread, type Refusal } from "../open/index.ts";
import { readBudget } from "./budget-flags.ts";
import type { Flags, Host } from "./contract.ts";
import { readModeFlags } from "./mode-flags.ts";
import type { Recorder } from "./replay/recorder.ts";

/** What a command that opens a thread knows: the flags that were typed, and what it wants itself. */
export interface FlaggedOptions extends Omit<OpenOptions, "overrides" | "budget" | "recorder" | "approval_policy"> {
  flags: Flags;
  /** A person is there and can be asked. */
  attended?: boolean;
}

/** Reads the flags and opens the thread that they and the command ask for. */
export async function openWithFlags(
  host: Host,
  { flags, attended = false, ...own }: FlaggedOptions,
): Promise<OpenResult> {
  const disable_project_doc = isSet(host.env.CODEX_DISABLE_PROJECT_DOC);
  const read = readModeFlags(flags, { cwd: own.cwd, attended, disable_project_doc });
  if (!read.ok) return { ok: false, message: read.message, exit: USAGE };
  const limits = readBudget(flags);
  if (!limits.ok) return { ok: false, message: limits.message, exit: USAGE };
  const opened = await openRecorder(flags.record, host);
  if (!opened.ok) return opened;
  return openThread(host, { ...own, ...read.mode, budget: limits.budget, recorder: opened.recorder });
}

async function openRecorder(
  path: Flags[string],
  host: Host,
): Promise<{ ok: true; recorder: Recorder | null } | Refusal> {
  if (typeof path !== "string") return { ok: true, recorder: null };
  const { Recorder } = await import("./replay/recorder.ts");
  try {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    return { ok: true, recorder: new Recorder(resolve(host.cwd, path), seed, Date.now, host.secrets) };
  } catch (error) {
    return { ok: false, message: `--record: ${(error as Error).message}`, exit: FAILED };
  }
}

/** A switch of the TypeScript CLI: set to anything but nothing or 0. */
const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";
