import { BYTES_PER_TOKEN, isSystemShell, quoteWords, scriptIn } from "../base/index.ts";
import type { RunResult } from "../process/index.ts";
import type { Escalation, ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentObject, argumentReader } from "./arguments.ts";
import {
  type CommandCall,
  commandCwd,
  commandEffect,
  commandHook,
  commandTimeout,
  findPatch,
  finishedCommand,
  leftoverLine,
  reportedExit,
  shownOutput,
  unfinishedCommand,
} from "./command.ts";
import type { Tool, ToolOutcome } from "./contract.ts";
import description from "./exec-command.md" with { type: "text" };
import { numberParameter, parameters, textParameter } from "./spec.ts";
import { chooseShell, SHELLS } from "./system-shell.ts";

const PERMISSIONS = ["use_default", "with_write", "with_network", "require_escalated"] as const;

/** Name and parameters are those of the Codex CLI, because models are trained on them; the texts are ours. */
const spec: ToolSpec = {
  type: "function",
  name: "exec_command",
  description: description.trim(),
  parameters: parameters(
    {
      cmd: textParameter("Shell command to run."),
      workdir: textParameter("Directory to run it in; the project's by default."),
      shell: { type: "string", enum: [...SHELLS], description: "A shell of the system; bash by default." },
      login: { type: "boolean", description: "Whether the shell reads the login profile; true by default." },
      yield_time_ms: numberParameter("Accepted for compatibility."),
      timeout_ms: numberParameter("Milliseconds until the command is stopped; 120000 by default, 3600000 at most."),
      max_output_tokens: numberParameter("Smaller cap on the output."),
      sandbox_permissions: {
        type: "string",
        enum: [...PERMISSIONS],
        description:
          "Asks the user for more than the sandbox gives, for this command: `with_write` one more writable directory, " +
          "`with_network` the network, `require_escalated` to run outside the sandbox. Ask for the least that is enough.",
      },
      permission_target: textParameter(
        "With `with_write`: that directory, which must exist. With `with_network`: the host to reach.",
      ),
      justification: textParameter("With any of these: one question for the user that says why it is needed."),
      prefix_rule: {
        type: "array",
        items: { type: "string" },
        description: "With any of these: first words of similar commands that the user may allow for good.",
      },
    },
    ["cmd"],
  ),
};

const readArguments = argumentReader(
  (z) =>
    z.object({
      cmd: z.string(),
      workdir: z.optional(z.nullable(z.string())),
      shell: z.optional(z.nullable(z.string())),
      login: z.optional(z.nullable(z.boolean())),
      yield_time_ms: z.optional(z.nullable(z.number())),
      timeout_ms: z.optional(z.nullable(z.number())),
      max_output_tokens: z.optional(z.nullable(z.number())),
      sandbox_permissions: z.optional(z.nullable(z.enum(PERMISSIONS))),
      permission_target: z.optional(z.nullable(z.string())),
      justification: z.optional(z.nullable(z.string())),
      prefix_rule: z.optional(z.nullable(z.array(z.string()))),
    }),
  {
    aliases: {
      cmd: ["command", "script", "commands", "command_line", "cmdline", "code"],
      workdir: ["cwd", "directory"],
      timeout_ms: ["timeout"],
    },
    understand: (value) => (isWords(value.cmd) ? { ...value, cmd: scriptOfWords(value.cmd) } : value),
  },
);

/** A list of one is the script itself. */
function scriptOfWords(words: string[]): string {
  const [only = ""] = words;
  return words.length === 1 ? only : (scriptIn(words, isSystemShell) ?? quoteWords(words));
}

const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");

/** Long enough for most builds and test suites, short enough that a forgotten server does not stop the work. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** Chunk ids only have to differ within a thread; models know them as six hex digits. */
const CHUNK_ID_BYTES = 3;

const WANTED = { with_write: "write", with_network: "network", require_escalated: "full" } as const;

function escalation(args: ArgumentsOf<typeof readArguments>): Escalation | null {
  const { sandbox_permissions: asked, permission_target: target } = args;
  if (!asked || asked === "use_default") return null;
  return {
    want: WANTED[asked],
    target: asked === "require_escalated" ? null : target || null,
    justification: args.justification ?? "",
    prefix_rule: args.prefix_rule ?? null,
  };
}

function frame(seconds: number, lines: string[], body: string): string {
  const chunk = crypto.getRandomValues(new Uint8Array(CHUNK_ID_BYTES)).toHex();
  return [`Chunk ID: ${chunk}`, `Wall time: ${seconds.toFixed(4)} seconds`, ...lines, "Output:", body].join("\n");
}

/** What the model reads about how the command ended, in the words that it was trained on. */
function endLines(call: CommandCall, result: RunResult): string[] {
  const exited = `Process exited with code ${reportedExit(result)}`;
  if (result.ended === "timed_out") return [exited, `Stopped: it was not done after ${call.timeout_ms} ms`];
  if (result.ended === "interrupted") return [exited, "Stopped: the user interrupted it"];
  const left = leftoverLine(result);
  return left === null ? [exited] : [exited, left];
}

export const execCommand: Tool<CommandCall> = {
  parallel: true,
  item_lasts: "call",
  spec: () => spec,
  async parse(raw, cwd) {
    const parsed = await readArguments(raw);
    if (!parsed.ok) return parsed;
    const { args } = parsed;
    if (args.cmd.trim() === "") return { ok: false, message: "cmd is empty: give the command to run" };
    if (args.sandbox_permissions === "with_write" && !args.permission_target)
      return { ok: false, message: "with_write needs permission_target: the directory that should become writable" };
    const patch = await findPatch(args.cmd);
    if (patch) {
      const workdir = commandCwd(patch.cwd ?? undefined, commandCwd(args.workdir ?? undefined, cwd));
      return { ok: "delegate", tool: "apply_patch", input: patch.patch, workdir, frame: (body) => frame(0, [], body) };
    }
    const shell = chooseShell(args.shell);
    if (!shell.ok) return shell;
    const flag = (args.login ?? true) ? "-lc" : "-c";
    return {
      ok: true,
      args: {
        argv: [shell.shell, flag, args.cmd],
        cwd: commandCwd(args.workdir ?? undefined, cwd),
        timeout_ms: commandTimeout(args.timeout_ms, DEFAULT_TIMEOUT_MS),
        max_output_tokens: args.max_output_tokens ?? null,
        escalation: escalation(args),
      },
    };
  },
  effect: commandEffect,
  item: unfinishedCommand,
  hook: commandHook,
  withHookInput: (raw, { command }) => JSON.stringify({ ...argumentObject(raw), cmd: command }),
  async run(call, context): Promise<ToolOutcome> {
    const result = await context.run(call);
    const item = finishedCommand(call, result);
    const tokens = Math.ceil(result.output.total_bytes / BYTES_PER_TOKEN);
    return {
      status: reportedExit(result) === 0 ? "completed" : "failed",
      ...shownOutput(result),
      max_output_tokens: call.max_output_tokens,
      render: (body) =>
        frame(result.duration_ms / 1000, [...endLines(call, result), `Original token count: ${tokens}`], body),
      item,
      denial: result.denial,
    };
  },
};
