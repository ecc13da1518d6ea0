import { argumentObject, argumentReader } from "./arguments.ts";
import {
  commandCwd,
  commandEffect,
  commandHook,
  commandShell,
  commandTimeout,
  endNotes,
  findPatch,
  finishedCommand,
  shownOutput,
  unfinishedCommand,
} from "./command.ts";
import type { CommandCall, Tool, ToolOutcome } from "./contract.ts";
import { readJson } from "./near-miss.ts";

const readArguments = argumentReader(
  (z) =>
    z.object({
      command: z.array(z.string()).check(z.minLength(1)),
      workdir: z.optional(z.nullable(z.string())),
      timeout: z.optional(z.nullable(z.number())),
      timeout_ms: z.optional(z.nullable(z.number())),
    }),
  {
    aliases: { command: ["cmd", "script"], workdir: ["cwd", "directory"] },
    understand: (value) => (typeof value.command === "string" ? { ...value, command: wordsOf(value.command) } : value),
  },
);

/** A command line in the place of words, unless it is the words, written as a list. */
function wordsOf(text: string): string[] {
  const list = /^\s*\[/.test(text) ? readJson(`{"list":${text}}`) : null;
  if (list?.ok && Array.isArray(list.value.list)) return list.value.list.map(String);
  return [commandShell(), "-lc", text];
}

/** The seed's default. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** 128 + SIGKILL: how the seed reported a command whose time was over. */
const KILLED = 137;

/** The script of `bash -lc SCRIPT`, or a plain `apply_patch PATCH`, as a patch; null for any other command. */
async function patchIn(command: string[]): Promise<{ patch: string; cwd: string | null } | null> {
  const [program, second, third] = command;
  if (program === "apply_patch" && command.length === 2 && second !== undefined) return { patch: second, cwd: null };
  if (/(^|\/)(bash|sh|zsh)$/.test(program ?? "") && /^-l?c$/.test(second ?? "") && command.length === 3) {
    return findPatch(third ?? "");
  }
  return null;
}

function render(exit_code: number, duration_ms: number, output: string): string {
  const duration_seconds = Math.round(duration_ms / 100) / 10;
  return JSON.stringify({ output, metadata: { exit_code, duration_seconds } });
}

/** The seed's `shell` and `container.exec`: an argv instead of a command line, and JSON as output. */
export const shell: Tool<CommandCall> = {
  parallel: true,
  item_lasts: "call",
  // Newer models are trained on exec_command.
  spec: () => null,
  async parse(raw, cwd) {
    const parsed = await readArguments(raw);
    if (!parsed.ok) return parsed;
    const { command, workdir, timeout, timeout_ms } = parsed.args;
    const patch = await patchIn(command);
    if (patch) {
      const directory = commandCwd(patch.cwd ?? undefined, commandCwd(workdir ?? undefined, cwd));
      return {
        ok: "delegate",
        tool: "apply_patch",
        input: patch.patch,
        workdir: directory,
        frame: (body) => render(body.startsWith("Success") ? 0 : 1, 0, body),
      };
    }
    return {
      ok: true,
      args: {
        argv: command,
        cwd: commandCwd(workdir ?? undefined, cwd),
        timeout_ms: commandTimeout(timeout ?? timeout_ms, DEFAULT_TIMEOUT_MS),
        max_output_tokens: null,
        escalation: null,
      },
    };
  },
  effect: commandEffect,
  item: unfinishedCommand,
  hook: commandHook,
  withHookInput: (raw, { command }) =>
    JSON.stringify({ ...argumentObject(raw), command: [commandShell(), "-c", command] }),
  async run(call, context): Promise<ToolOutcome> {
    const result = await context.run(call);
    const exit_code = result.ended === "timed_out" ? KILLED : result.exit_code;
    const notes = endNotes(result).join("\n");
    return {
      status: exit_code === 0 ? "completed" : "failed",
      ...shownOutput(result),
      max_output_tokens: null,
      render: (body) =>
        render(exit_code, result.duration_ms, notes === "" ? body : `${body.replace(/([^\n])$/, "$1\n")}${notes}`),
      item: finishedCommand(call, result),
      denial: result.denial,
    };
  },
};
