import { isSystemShell, quoteWords, scriptIn } from "../base/index.ts";
import type { Escalation, ToolSpec } from "../protocol/index.ts";
import { type ArgumentsOf, argumentObject, argumentReader } from "./arguments.ts";
import {
  commandCwd,
  commandEffect,
  commandHook,
  commandTimeout,
  findPatch,
  finishedCommand,
  unfinishedCommand,
} from "./command.ts";
import type { CommandCall, Tool, ToolContext, ToolOutcome } from "./contract.ts";
import description from "./exec-command.md" with { type: "text" };
import { textOutcome } from "./outcome.ts";
import { commandFrame, endedOutcome, RunningCommand, runningOutcome, UnreadText } from "./session.ts";
import { numberParameter, parameters, textParameter } from "./spec.ts";
import { chooseShell, SHELLS } from "./system-shell.ts";
import { TERMINAL_SIZE } from "./write-stdin.ts";

const PERMISSIONS = ["use_default", "with_write", "with_network", "with_needs", "require_escalated"] as const;

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
      login: {
        type: "boolean",
        description:
          "Left out: the shell has what the login profile leaves. true: it reads the profile anew. false: it does without.",
      },
      tty: { type: "boolean", description: "Gives it a terminal, which write_stdin types into; false by default." },
      yield_time_ms: numberParameter(
        "Milliseconds to wait before the command is left running, for write_stdin to go on with; 10000 with tty. Left out: it runs to its end.",
      ),
      timeout_ms: numberParameter("Milliseconds until the command is stopped; 120000 by default, 3600000 at most."),
      max_output_tokens: numberParameter("Smaller cap on the output."),
      sandbox_permissions: {
        type: "string",
        enum: [...PERMISSIONS],
        description:
          "Asks the user for more than the sandbox gives, for this command: `with_write` one more writable directory, " +
          "`with_network` the network, `with_needs` what a known command needs (git with a remote or a signature, npm, pip, " +
          "docker: hosts and the agent's socket), `require_escalated` to run outside the sandbox. Ask for the least that is enough.",
      },
      permission_target: textParameter(
        "With `with_write`: that directory, which must exist. With `with_network`: the hosts to reach, with commas between them; only these are opened.",
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
      tty: z.optional(z.nullable(z.boolean())),
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

const WANTED = {
  with_write: "write",
  with_network: "network",
  with_needs: "needs",
  require_escalated: "full",
} as const;

function escalation(args: ArgumentsOf<typeof readArguments>): Escalation | null {
  const { sandbox_permissions: asked, permission_target: target } = args;
  if (!asked || asked === "use_default") return null;
  const hosts = asked === "with_network" && target ? target.split(/[\s,]+/).filter((host) => host !== "") : [];
  return {
    want: WANTED[asked],
    target: asked === "require_escalated" ? null : target || null,
    ...(hosts.length > 0 ? { hosts } : {}),
    justification: args.justification ?? "",
    prefix_rule: args.prefix_rule ?? null,
  };
}

/** ms that a call waits for a command that may run on, as models of the Codex CLI expect it: without a word, at least, at most. */
const YIELD_MS = 10_000;
const SHORTEST_YIELD_MS = 250;
const LONGEST_YIELD_MS = 30_000;

/** Whether the command may run on after the call: the model asks for a terminal, or says how long it waits. */
function liveOf({ tty, yield_time_ms, timeout_ms }: ArgumentsOf<typeof readArguments>): Pick<CommandCall, "live"> {
  if (!tty && yield_time_ms == null) return {};
  const yield_ms = Math.min(Math.max(yield_time_ms ?? YIELD_MS, SHORTEST_YIELD_MS), LONGEST_YIELD_MS);
  const limit = timeout_ms == null ? null : commandTimeout(timeout_ms, DEFAULT_TIMEOUT_MS);
  return { live: { tty: tty ?? false, yield_ms, timeout_ms: limit } };
}

/** Runs a command to its end. */
async function runToEnd(call: CommandCall, context: ToolContext): Promise<ToolOutcome> {
  const result = await context.run(call);
  return endedOutcome(call, result, result.duration_ms / 1000);
}

/** Starts a command, and waits a while for it. Where none may run on it runs to its end. */
async function runLive(
  call: CommandCall,
  live: NonNullable<CommandCall["live"]>,
  context: ToolContext,
): Promise<ToolOutcome> {
  const { timeout_ms, yield_ms, tty } = live;
  const start = context.now();
  const unread = new UnreadText();
  const on_output = (text: string) => unread.add(text);
  const terminal = tty ? TERMINAL_SIZE : null;
  const started = await context.startLive({ ...call, timeout_ms, terminal, on_output });
  if (!started.ok && !tty) return runToEnd(call, context);
  if (!started.ok) {
    const item = unfinishedCommand(call, call.cwd, "failed");
    return textOutcome(started.message, { status: "failed", item });
  }
  const session = new RunningCommand(call, started.command, unread);
  await session.wait(yield_ms, context.signal);
  // Who interrupts the turn wants what it waits for to stop; what runs on from earlier calls is left alone.
  if (context.signal.aborted) started.command.stop();
  const result = context.signal.aborted ? await started.command.ended : session.result;
  const seconds = (context.now() - start) / 1000;
  if (result !== null) return endedOutcome(call, result, seconds);
  context.sessions.set(started.command.id, session);
  started.command.ended.then((end) => context.complete(finishedCommand(call, end)));
  return { ...runningOutcome(session, seconds), item: unfinishedCommand(call, call.cwd, "in_progress") };
}

export const execCommand: Tool<CommandCall> = {
  parallel: true,
  item_lasts: "thread",
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
      return {
        ok: "delegate",
        tool: "apply_patch",
        input: patch.patch,
        workdir,
        frame: (body) => commandFrame(0, [], body),
      };
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
        ...(args.login == null ? { login: "once" as const } : {}),
        ...liveOf(args),
      },
    };
  },
  effect: commandEffect,
  item: unfinishedCommand,
  hook: commandHook,
  withHookInput: (raw, { command }) => JSON.stringify({ ...argumentObject(raw), cmd: command }),
  run: (call, context) => (call.live ? runLive(call, call.live, context) : runToEnd(call, context)),
};
