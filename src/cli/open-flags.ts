import { statSync } from "node:fs";
import { resolve } from "node:path";
import { FAILED, readNamed, systemReason, textOf, USAGE } from "../base/index.ts";
import type { Document } from "../config/index.ts";
import { type OpenOptions, type OpenResult, openThread, type Refusal, readConfig } from "../open/index.ts";
import { readBudget } from "./budget-flags.ts";
import type { Flags, Host } from "./contract.ts";
import { readModeFlags } from "./mode-flags.ts";
import { openOutput } from "./named-output.ts";
import type { Recorder } from "./replay/recorder.ts";

/** What a command that opens a thread knows: the flags that were typed, and what it wants itself. */
export interface FlaggedOptions extends Omit<OpenOptions, "overrides" | "budget" | "recorder" | "approval_policy"> {
  flags: Flags;
  /** A person is there and can be asked. */
  attended?: boolean;
}

/** The settings that a front end itself has, with what the flags say; a person may be asked about the project. */
export async function configWithFlags(
  host: Host,
  { flags, attended = false, ...own }: FlaggedOptions,
): ReturnType<typeof readConfig> {
  const read = readModeFlags(flags, { cwd: own.cwd, attended, disable_project_doc: true });
  return read.ok ? readConfig(host, { ...own, ...read.mode }) : { ok: false, message: read.message, exit: USAGE };
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
  const { project_doc, ...mode } = read.mode;
  const doc = await readDocument(project_doc, host);
  if (!doc.ok) return doc;
  return openThread(host, {
    ...own,
    ...mode,
    project_doc: doc.document,
    budget: limits.budget,
    recorder: opened.recorder,
  });
}

async function openRecorder(
  name: Flags[string],
  host: Host,
): Promise<{ ok: true; recorder: Recorder | null } | Refusal> {
  if (typeof name !== "string") return { ok: true, recorder: null };
  const [{ Recorder }, made] = await Promise.all([import("./replay/recorder.ts"), openOutput("--record", name, host)]);
  if (!made.ok) return made;
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return { ok: true, recorder: new Recorder(made.file, seed, Date.now, host.secrets) };
}

/** Bytes of one file of instructions that are read; what of it the model gets, the budget says. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** The file that `--project-doc` names. One that cannot be read is told of and left out; waiting for it can be interrupted. */
async function readDocument(
  file: string | null,
  { signal }: Host,
): Promise<{ ok: true; document: Document | null } | Refusal> {
  if (file === null) return { ok: true, document: null };
  const read = await readNamed(file, MAX_DOCUMENT_BYTES, signal);
  if (!read.ok && read.exit !== FAILED)
    return { ok: false, message: `--project-doc ${file}: ${read.why}`, exit: read.exit };
  return { ok: true, document: { file, ...(read.ok ? { text: textOf(read.bytes) } : { problem: read.why }) } };
}

/** A switch of the TypeScript CLI: set to anything but nothing or 0. */
const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0";

/** The directory to work in, absolute, or why there is none. */
export type WorkingDirectory = { ok: true; cwd: string } | { ok: false; message: string; exit: number };

/** The directory that `-C` names, else the current one. One that is not there is no mistake in the line: as for a file, nothing can be started. */
export function workingDirectory({ cwd }: Pick<Host, "cwd">, flags: Flags): WorkingDirectory {
  const named = typeof flags.cd === "string" ? flags.cd : ".";
  const path = resolve(cwd, named);
  const why = whyNot(path);
  return why === null ? { ok: true, cwd: path } : { ok: false, message: `-C ${named}: ${why}`, exit: FAILED };
}

function whyNot(path: string): string | null {
  try {
    return statSync(path).isDirectory() ? null : "it is no directory";
  } catch (error) {
    const { code, why } = systemReason(error);
    return code === "ENOENT" ? "there is no such directory" : why;
  }
}
