import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { isSystemShell, OWN_SHELLS, quoteWords, scriptIn } from "../base/index.ts";
import type { RunResult } from "../process/index.ts";
import {
  type CommandExecution,
  type CommandProcess,
  type Effect,
  homeWroteText,
  type JsonObject,
} from "../protocol/index.ts";
import type { CommandCall, CommandResult, ItemBody, ToolOutcome } from "./contract.ts";
import { printedText } from "./printed.ts";

/** Exit code of a command that was stopped because its time was over, as timeout(1) has it. */
const TIMED_OUT = 124;

/** Exit code of a command that could not be started. */
const NOT_STARTED = -1;

/** An hour, in ms: longer than any build that somebody waits for. */
const MAX_TIMEOUT_MS = 3_600_000;

/** Time for a command: what the call asks for, within what a timer can hold. */
export function commandTimeout(asked: number | null | undefined, otherwise: number): number {
  return Math.min(Math.max(asked ?? otherwise, 1), MAX_TIMEOUT_MS);
}

/** The shell for a command line: bash, which models write for, or what every system has. */
export function commandShell(exists: (path: string) => boolean = existsSync): string {
  return OWN_SHELLS.find(exists) ?? OWN_SHELLS[1];
}

/**
 * Directory for a call: its own `workdir`, relative to the thread's, and where links lead: that is what is judged, asked about and
 * used. As it is written where there is no such directory.
 */
export function commandCwd(workdir: string | undefined, cwd: string): string {
  if (!workdir) return cwd;
  const directory = isAbsolute(workdir) ? workdir : resolve(cwd, workdir);
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}

/** A patch in a script that is nothing but a call of apply_patch. Any other runs as it is, and needs no patch engine. */
export async function findPatch(script: string): Promise<{ patch: string; cwd: string | null } | null> {
  if (!/apply_?patch/.test(script)) return null;
  const { findHeredocPatch } = await import("../patch/index.ts");
  return findHeredocPatch(script);
}

export function commandEffect(call: CommandCall): Effect {
  const { argv, cwd, escalation } = call;
  return { kind: "command", argv, command: quoteWords(argv), cwd, escalation };
}

/** Hooks know a command as `Bash` with the script, or the whole line where a program runs it that only has a shell's name. */
export function commandHook({ argv }: CommandCall): { tool_name: string; tool_input: JsonObject } {
  const command = scriptIn(argv, isSystemShell) ?? quoteWords(argv);
  return { tool_name: "Bash", tool_input: { command } };
}

export function commandItem(call: CommandCall, state: Omit<CommandExecution, "id" | "type" | "command">): ItemBody {
  return { type: "command_execution", command: quoteWords(call.argv), ...state };
}

/** The item of a command that has not ended by itself. */
export function unfinishedCommand(
  call: CommandCall,
  _cwd: string,
  status: "in_progress" | "declined" | "failed",
): ItemBody {
  return commandItem(call, { aggregated_output: "", exit_code: status === "failed" ? NOT_STARTED : null, status });
}

/** The exit code as it is reported: what the command gave, or 124 when its time was over. */
export function reportedExit(result: RunResult): number {
  return result.ended === "timed_out" ? TIMED_OUT : result.exit_code;
}

/** Cleaning a text leaves eight times its size behind. From this length on that is collected at once, which takes 4 ms, 1 % of the rest. */
const COLLECTED_CHARS = 256 * 1024;

/** What the model reads of an output, with the size of all of it: what was cut while it came counts, what nobody sees does not. */
export function shownOutput({ output }: RunResult): Pick<ToolOutcome, "body" | "total_lines" | "total_bytes"> {
  const body = printedText(output.text);
  if (body === output.text) return { body, total_lines: output.total_lines, total_bytes: output.total_bytes };
  if (body.length > COLLECTED_CHARS) Bun.gc(true);
  const unseen = Buffer.byteLength(output.text) - Buffer.byteLength(body);
  return { body, total_lines: output.total_lines, total_bytes: Math.max(output.total_bytes - unseen, 0) };
}

export function finishedCommand(call: CommandCall, result: CommandResult): ItemBody {
  const exit_code = reportedExit(result);
  const status = exit_code === 0 && result.ended === "exited" ? "completed" : "failed";
  const sandbox = result.report ? { sandbox: result.report } : {};
  const process = result.argv === null ? {} : { process: processOf(result, result.argv, call.cwd) };
  return commandItem(call, { aggregated_output: result.output.text, exit_code, status, ...sandbox, ...process });
}

function processOf(result: CommandResult, argv: readonly string[], cwd: string): CommandProcess {
  const { ended, spent, output, duration_ms, memory } = result;
  const { signal, killed_for_memory: _told_by_memory, ...figures } = spent ?? {};
  const struck = memory?.struck ?? null;
  return {
    argv: [...argv],
    cwd,
    ended,
    ...(signal === undefined ? {} : { signal: signalName(signal) }),
    wall_ms: Math.round(duration_ms),
    ...figures,
    ...(memory === undefined ? {} : { memory_limit_bytes: memory.limit }),
    ...(struck === null ? {} : { memory_limit_met: struck.certain ? "yes" : "likely" }),
    output_bytes: output.total_bytes,
    ...(result.home_wrote === undefined ? {} : { home_wrote: result.home_wrote }),
  };
}

/** As in `SIGKILL`; those without a name, of real time, by their number. Few commands end so: a start does without node:os. */
function signalName(number: number): string {
  const named = Object.entries(process.getBuiltinModule("node:os").constants.signals).find(
    ([, value]) => value === number,
  );
  return named?.[0] ?? `SIG${number}`;
}

/** Characters of a background process's command line that are shown: its program and what it works on. */
const MAX_LEFTOVER_CHARS = 120;
/** Background processes that are shown: the launcher names one more, so that others are known of. */
const MAX_LEFTOVERS = 6;

/** What the model is told of how a command ended, beside its exit code; a line each. */
export function endNotes(result: CommandResult): string[] {
  const left = leftoverLine(result);
  const struck = result.memory?.struck ?? null;
  const wrote = result.home_wrote === undefined ? [] : [homeWroteText(result.home_wrote)];
  return [...(struck === null ? [] : [struck.text]), ...(left === null ? [] : [left]), ...wrote];
}

/** What the model is told of background processes that were ended with their command, on one line; null when there were none. */
export function leftoverLine({ leftovers }: RunResult): string | null {
  if (leftovers.length === 0) return null;
  const named = leftovers.slice(0, MAX_LEFTOVERS).map(({ pid, command, cut }) => {
    // Whatever moves or hides text is the process's own choice.
    const words = command.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
    const short = words.slice(0, MAX_LEFTOVER_CHARS);
    return `${short}${cut || short !== words ? "…" : ""} (pid ${pid})`;
  });
  const others = leftovers.length > MAX_LEFTOVERS ? "; and others" : "";
  return (
    `Still running, so ended with the command: ${named.join("; ")}${others}. ` +
    "No process outlives its command: start and use it in one command."
  );
}
