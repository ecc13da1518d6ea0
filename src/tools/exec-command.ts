import { z } from "zod/mini";
import { BYTES_PER_TOKEN } from "../base/index.ts";
import { findHeredocPatch } from "../patch/index.ts";
import type { RunResult } from "../process/index.ts";
import type { Escalation } from "../protocol/index.ts";
import { parseArguments } from "./arguments.ts";
import {
  type CommandCall,
  commandCwd,
  commandEffect,
  commandHook,
  commandTimeout,
  declinedCommand,
  finishedCommand,
  reportedExit,
  startedCommand,
} from "./command.ts";
import type { Tool, ToolOutcome } from "./contract.ts";
import { chooseShell } from "./system-shell.ts";

const schema = z.object({
  cmd: z.string(),
  workdir: z.optional(z.nullable(z.string())),
  shell: z.optional(z.nullable(z.string())),
  login: z.optional(z.nullable(z.boolean())),
  yield_time_ms: z.optional(z.nullable(z.number())),
  timeout_ms: z.optional(z.nullable(z.number())),
  max_output_tokens: z.optional(z.nullable(z.number())),
  sandbox_permissions: z.optional(
    z.nullable(z.enum(["use_default", "with_write", "with_network", "require_escalated"])),
  ),
  permission_target: z.optional(z.nullable(z.string())),
  justification: z.optional(z.nullable(z.string())),
  prefix_rule: z.optional(z.nullable(z.array(z.string()))),
});

/** Long enough for most builds and test suites, short enough that a forgotten server does not stop the work. */
const DEFAULT_TIMEOUT_MS = 120_000;
/** Chunk ids only have to differ within a thread; models know them as six hex digits. */
const CHUNK_ID_BYTES = 3;

const WANTED = { with_write: "write", with_network: "network", require_escalated: "full" } as const;

function escalation(args: z.infer<typeof schema>): Escalation | null {
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
  return [exited];
}

export const execCommand: Tool<CommandCall> = {
  parallel: true,
  item_lasts: "call",
  parse(raw, cwd) {
    const parsed = parseArguments(schema, raw);
    if (!parsed.ok) return parsed;
    const { args } = parsed;
    if (args.cmd.trim() === "") return { ok: false, message: "cmd is empty: give the command to run" };
    if (args.sandbox_permissions === "with_write" && !args.permission_target)
      return { ok: false, message: "with_write needs permission_target: the directory that should become writable" };
    const patch = findHeredocPatch(args.cmd);
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
  begin: startedCommand,
  declined: declinedCommand,
  hook: commandHook,
  withHookInput: (raw, { command }) => JSON.stringify({ ...JSON.parse(raw), cmd: command }),
  async run(call, context): Promise<ToolOutcome> {
    const result = await context.run(call);
    const item = finishedCommand(call, result);
    const tokens = Math.ceil(result.output.total_bytes / BYTES_PER_TOKEN);
    return {
      status: reportedExit(result) === 0 ? "completed" : "failed",
      body: result.output.text,
      total_lines: result.output.total_lines,
      total_bytes: result.output.total_bytes,
      max_output_tokens: call.max_output_tokens,
      render: (body) =>
        frame(result.duration_ms / 1000, [...endLines(call, result), `Original token count: ${tokens}`], body),
      item,
    };
  },
};
