import { join } from "node:path";
import { FAILED, readRegular, USAGE } from "../../base/index.ts";
import { lineDiff, writeWhole } from "../../config/editing.ts";
import { isOfChild } from "../../protocol/index.ts";
import { loadDialogs, type Printable, safe, styleFor } from "../../term/index.ts";
import { LinePrinter } from "../../view/index.ts";
import type { CommandRun, Flags, Host } from "../contract.ts";
import { fail } from "../exits.ts";
import { openWithFlags, workingDirectory } from "../open-flags.ts";
import { findRepository } from "../patch/repository.ts";
import { shownDiff } from "../patch/shown-diff.ts";
import task from "./init.md" with { type: "text" };

/** Bytes of an AGENTS.md that are compared; the model gets far less of it. */
const MAX_BYTES = 4 * 1024 * 1024;

/** An AGENTS.md that the model wrote and nobody saved yet. */
export interface InstructionsDraft {
  /** Absolute. */
  path: string;
  /** Against the file as it is. */
  diff: string;
  save(): void;
}

export type DraftResult = { ok: true; draft: InstructionsDraft } | { ok: false; message: string; exit: number };

/** Lets the model read the project and write its AGENTS.md, in a thread that changes nothing and is not kept. */
export async function draftInstructions(
  host: Host,
  options: { flags: Flags; cwd: string; print(text: Printable): void; signal: AbortSignal },
): Promise<DraftResult> {
  const { flags, cwd, print, signal } = options;
  const path = join(findRepository(cwd) ?? cwd, "AGENTS.md");
  const before = readRegular(path, MAX_BYTES);
  if (!before.ok && before.code !== "ENOENT")
    return {
      ok: false,
      message: `${path} cannot be read: ${before.why}. Move it away, then run moat init again.`,
      exit: FAILED,
    };
  const opened = await openWithFlags(host, {
    flags: { ...flags, sandbox: "read-only" },
    cwd,
    own_policy: () => "never",
    ephemeral: true,
  });
  if (!opened.ok) return opened;
  const { thread } = opened;
  const printer = new LinePrinter({ style: styleFor("auto", host.stdout_is_tty, host.env), stream: false });
  const stop = () => thread.submit({ type: "interrupt" });
  signal.addEventListener("abort", stop, { once: true });
  thread.submit({ type: "user_turn", input: [{ type: "text", text: task }] });
  if (signal.aborted) stop();
  let text = "";
  let failure: string | null = null;
  for await (const event of thread.events) {
    print(printer.print(event));
    if (isOfChild(event, thread.thread_id)) continue;
    if (event.type === "item.completed" && event.item.type === "agent_message") text = event.item.text;
    if (event.type === "turn.failed") failure = event.error.message;
    if (event.type === "turn.failed" || event.type === "turn.completed") thread.submit({ type: "shutdown" });
  }
  signal.removeEventListener("abort", stop);
  if (failure !== null) return { ok: false, message: `no AGENTS.md was written: ${failure}`, exit: FAILED };
  return { ok: true, draft: draftOf(text, path, before.ok ? before.bytes.toString("utf8") : "") };
}

function draftOf(message: string, path: string, before: string): InstructionsDraft {
  const after = `${withoutFence(message).trim()}\n`;
  return { path, diff: lineDiff(before, after), save: () => writeWhole(path, after, 0o644) };
}

/** Models like to put a fence around a file, whatever they are told. */
function withoutFence(text: string): string {
  return text.trim().match(/^```(?:markdown|md)?\n([\s\S]*)\n```$/)?.[1] ?? text;
}

/** `moat init`: shows the draft, and writes it when that is wanted. */
export const run: CommandRun = async ({ flags, host }) => {
  const directory = workingDirectory(host, flags);
  if (!directory.ok) return fail(host, directory.message, directory.exit);
  const { cwd } = directory;
  if (!flags.yes && !(host.stdin_is_tty && host.stdout_is_tty))
    return fail(host, "nobody can be asked here; --yes writes AGENTS.md without a question. No model was asked", USAGE);
  const style = styleFor("auto", host.stdout_is_tty, host.env);
  const drafted = await draftInstructions(host, { flags, cwd, print: host.stderr, signal: host.signal });
  if (!drafted.ok) return fail(host, drafted.message, drafted.exit);
  const { draft } = drafted;
  if (draft.diff === "") {
    host.stderr(`${draft.path} stays as it is\n`);
    return 0;
  }
  host.stdout(safe`${shownDiff(draft.diff, style)}\n`);
  if (!flags.yes && !(await agrees(host, draft.path))) return fail(host, "nothing was written", FAILED);
  draft.save();
  host.stderr(`wrote ${draft.path}\n`);
  return 0;
};

async function agrees(host: Host, path: string): Promise<boolean> {
  const { inDialog, yesOrNo } = await loadDialogs();
  return (await inDialog((dialog) => yesOrNo(dialog, `Write ${path}?`, host.signal))) === true;
}
