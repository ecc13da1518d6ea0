import { z } from "zod/mini";
import type { ApprovalRequest, Decision, Effect, Escalation } from "../approval.ts";
import type { Usage } from "../event.ts";
import type { Evidence } from "../evidence.ts";
import type { Failure } from "../failure.ts";
import type { CommandProcess, Declined, FileUpdateChange, Item } from "../item.ts";
import type { CommandNeeds, Denial, SandboxReport } from "../sandbox.ts";
import type { UserInputAnswer, UserInputRequest } from "../user-input.ts";

/** The shared values of events. Objects are strict here, so that a test finds a field that nobody wrote down. */

/** Names a schema, so that JSON Schema says it once, under `$defs`. */
export function namedSchema<S extends z.ZodMiniType>(id: string, schema: S, description?: string): S {
  z.globalRegistry.add(schema, description === undefined ? { id } : { id, description });
  return schema;
}

const count = () => z.int().check(z.nonnegative());

export const usageSchema = namedSchema(
  "Usage",
  z.strictObject({
    input_tokens: count(),
    cached_input_tokens: count(),
    cache_write_input_tokens: count(),
    output_tokens: count(),
    reasoning_output_tokens: count(),
  }) satisfies z.ZodMiniType<Usage>,
  "Tokens as the provider counted them. cached and cache_write are parts of input, reasoning is part of output.",
);

const retryableKind = z.enum(["stream_disconnected", "idle_timeout", "rate_limited", "server_error", "empty_answer"]);
const finalKind = z.enum([
  "unauthorized",
  "invalid_request",
  "context_overflow",
  "quota",
  "incomplete",
  "budget",
  "invalid_output",
  "sandbox_unavailable",
  "interrupted",
  "internal",
]);
export const failureKind = namedSchema("FailureKind", z.union([retryableKind, finalKind]));

export const failure = namedSchema(
  "Failure",
  z.discriminatedUnion("retryable", [
    z.strictObject({
      kind: retryableKind,
      message: z.string(),
      retryable: z.literal(true),
      retry_after_ms: z.exactOptional(z.number()),
      status: z.exactOptional(z.int()),
    }),
    z.strictObject({
      kind: finalKind,
      message: z.string(),
      retryable: z.literal(false),
      status: z.exactOptional(z.int()),
    }),
  ]) satisfies z.ZodMiniType<Failure>,
);

export const sandboxMode = z.enum(["read-only", "workspace-write", "danger-full-access", "external"]);
export const approvalPolicy = z.enum(["untrusted", "on-failure", "on-request", "never"]);

export const sandboxReport = namedSchema(
  "SandboxReport",
  z.strictObject({
    tier: z.enum(["ns", "landlock", "ns-only", "seatbelt", "external", "none"]),
    abi: z.int(),
    fs: z.enum(["read-only", "workspace-write", "full"]),
    carve: z.boolean(),
    carve_absent: z.boolean(),
    hidden: z.boolean(),
    hidden_absent: z.boolean(),
    metadata: z.boolean(),
    net: z.enum(["none", "proxy", "full"]),
    unix: z.enum(["none", "masked", "allow"]),
    loopback: z.boolean(),
    ipc: z.boolean(),
    tree_kill: z.boolean(),
    home: z.exactOptional(z.enum(["layer", "real"])),
    home_reason: z.exactOptional(z.string()),
    memory: z.exactOptional(z.enum(["cgroup", "per-process"])),
    captured: z.exactOptional(z.boolean()),
    captured_reason: z.exactOptional(z.enum(["nested", "memory", "privileges", "store", "unsupported"])),
  }) satisfies z.ZodMiniType<SandboxReport>,
  "What was really enforced for one command.",
);

const commandProcess = z.strictObject({
  argv: z.array(z.string()),
  cwd: z.string(),
  ended: z.enum(["exited", "timed_out", "interrupted"]),
  signal: z.exactOptional(z.string()),
  wall_ms: z.number(),
  user_ms: z.exactOptional(z.number()),
  system_ms: z.exactOptional(z.number()),
  peak_memory_bytes: z.exactOptional(z.int()),
  memory_limit_bytes: z.exactOptional(z.int()),
  memory_limit_met: z.exactOptional(z.enum(["yes", "likely"])),
  output_bytes: z.int(),
  home_wrote: z.exactOptional(z.array(z.string())),
  shown_bytes: z.exactOptional(z.int()),
}) satisfies z.ZodMiniType<CommandProcess>;

const hosts = z.strictObject({ hosts: z.array(z.string()) });

const needs = z.strictObject({
  hosts: z.array(z.string()),
  sockets: z.array(z.string()),
  read: z.array(z.string()),
}) satisfies z.ZodMiniType<CommandNeeds>;

export const denial = namedSchema(
  "Denial",
  z.strictObject({
    rule: z.string(),
    kind: z.enum(["write", "read", "network", "syscall"]),
    target: z.nullable(z.string()),
    explanation: z.string(),
    opens: z.nullable(
      z.union([
        z.strictObject({ add_dir: z.string() }),
        z.strictObject({ network: z.union([z.literal("full"), hosts]) }),
        z.strictObject({ needs }),
      ]),
    ),
    grant: z.nullable(z.string()),
  }) satisfies z.ZodMiniType<Denial>,
  "What the sandbox refused, and what would allow it.",
);

const fileChange = z.strictObject({
  path: z.string(),
  kind: z.enum(["add", "update", "delete"]),
  diff: z.exactOptional(z.string()),
  move_path: z.exactOptional(z.string()),
  links: z.exactOptional(z.int()),
}) satisfies z.ZodMiniType<FileUpdateChange>;

const status = z.enum(["in_progress", "completed", "failed", "declined"]);

const declined = z.exactOptional(
  namedSchema(
    "Declined",
    z.strictObject({
      by: z.enum(["person", "policy", "hook", "program"]),
      reason: z.nullable(z.string()),
      grant: z.exactOptional(z.string()),
    }) satisfies z.ZodMiniType<Declined>,
    "Who said no to a call, and why.",
  ),
);
const id = z.string().check(z.regex(/^item_\d+$/));

export const itemSchema = namedSchema(
  "Item",
  z.discriminatedUnion("type", [
    z.strictObject({ id, type: z.literal("agent_message"), text: z.string() }),
    z.strictObject({ id, type: z.literal("reasoning"), text: z.string() }),
    z.strictObject({
      id,
      type: z.literal("command_execution"),
      command: z.string(),
      aggregated_output: z.string(),
      exit_code: z.nullable(z.int()),
      status,
      declined,
      sandbox: z.exactOptional(sandboxReport),
      process: z.exactOptional(commandProcess),
    }),
    z.strictObject({
      id,
      type: z.literal("file_change"),
      changes: z.array(fileChange),
      status,
      declined,
      error: z.exactOptional(z.strictObject({ message: z.string() })),
    }),
    z.strictObject({
      id,
      type: z.literal("mcp_tool_call"),
      server: z.string(),
      tool: z.string(),
      arguments: z.json(),
      result: z.nullable(z.strictObject({ content: z.array(z.json()), structured_content: z.json() })),
      error: z.nullable(z.strictObject({ message: z.string() })),
      status,
      declined,
    }),
    z.strictObject({ id, type: z.literal("web_search"), query: z.string(), action: z.json() }),
    z.strictObject({
      id,
      type: z.literal("todo_list"),
      items: z.array(z.strictObject({ text: z.string(), completed: z.boolean() })),
    }),
    z.strictObject({ id, type: z.literal("plan"), text: z.string() }),
    z.strictObject({ id, type: z.literal("error"), message: z.string() }),
  ]) satisfies z.ZodMiniType<Item>,
  "One visible thing of a thread.",
);

const escalation = z.strictObject({
  want: z.enum(["full", "write", "network", "needs"]),
  target: z.nullable(z.string()),
  hosts: z.exactOptional(z.array(z.string())),
  justification: z.string(),
  needs: z.exactOptional(needs),
  prefix_rule: z.nullable(z.array(z.string())),
}) satisfies z.ZodMiniType<Escalation>;

const effect = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("command"),
    argv: z.array(z.string()),
    command: z.string(),
    cwd: z.string(),
    escalation: z.nullable(escalation),
  }),
  z.strictObject({ kind: z.literal("patch"), changes: z.array(fileChange), cwd: z.string() }),
  z.strictObject({
    kind: z.literal("mcp"),
    server: z.string(),
    tool: z.string(),
    read_only: z.boolean(),
    arguments: z.exactOptional(z.record(z.string(), z.json())),
    approval: z.exactOptional(z.enum(["prompt", "approve"])),
  }),
]) satisfies z.ZodMiniType<Effect>;

export const approvalRequest = namedSchema(
  "ApprovalRequest",
  z.strictObject({
    call_id: z.string(),
    effect,
    reason: z.string(),
    justification: z.nullable(z.string()),
    sandbox: sandboxMode,
    opens: z.exactOptional(
      z.strictObject({
        write: z.array(z.string()),
        network: z.union([z.boolean(), hosts]),
        sockets: z.exactOptional(z.array(z.string())),
        read: z.exactOptional(z.array(z.string())),
      }),
    ),
    denial: z.nullable(denial),
    choices: z.array(
      z.strictObject({
        decision: z.enum(["approved", "session", "always", "edited", "denied", "abort"]),
        label: z.string(),
        command: z.exactOptional(z.string()),
        prefix: z.exactOptional(z.array(z.string())),
        rule: z.exactOptional(z.string()),
        matched: z.exactOptional(z.array(z.string())),
      }),
    ),
  }) satisfies z.ZodMiniType<ApprovalRequest>,
  "A question: what a call would do, why it is asked, and the answers that make sense.",
);

export const decision = namedSchema(
  "Decision",
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("approved") }),
    z.strictObject({ type: z.literal("session") }),
    z.strictObject({ type: z.literal("always"), prefix: z.array(z.string()) }),
    z.strictObject({ type: z.literal("edited"), command: z.string() }),
    z.strictObject({
      type: z.literal("denied"),
      reason: z.exactOptional(z.string()),
      by: z.exactOptional(z.enum(["program", "policy"])),
    }),
    z.strictObject({ type: z.literal("abort"), by: z.exactOptional(z.literal("program")) }),
  ]) satisfies z.ZodMiniType<Decision>,
);

export const userInputRequest = namedSchema(
  "UserInputRequest",
  z.strictObject({
    call_id: z.string(),
    questions: z.array(
      z.strictObject({
        id: z.string(),
        header: z.string(),
        question: z.string(),
        options: z.array(z.strictObject({ label: z.string(), description: z.string() })),
      }),
    ),
  }) satisfies z.ZodMiniType<UserInputRequest>,
  "Questions of the model to the person.",
);

export const userInputAnswer = namedSchema(
  "UserInputAnswer",
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("answered"),
      answers: z.record(z.string(), z.strictObject({ answers: z.array(z.string()) })),
    }),
    z.strictObject({ type: z.literal("declined"), reason: z.exactOptional(z.string()) }),
    z.strictObject({ type: z.literal("abort") }),
  ]) satisfies z.ZodMiniType<UserInputAnswer>,
);

export const evidence = namedSchema(
  "Evidence",
  z.strictObject({
    commands: z.array(
      z.strictObject({ command: z.string(), exit_code: z.int(), test_runner: z.exactOptional(z.string()) }),
    ),
    files: z.array(
      z.strictObject({
        path: z.string(),
        kind: z.enum(["add", "update", "delete"]),
        by: z.enum(["patch", "command", "mcp"]),
        sha256: z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
        bytes: z.nullable(z.int()),
      }),
    ),
    unlisted: z.exactOptional(count()),
    declined: count(),
    required: z.exactOptional(z.array(z.strictObject({ command: z.string(), met: z.boolean() }))),
  }) satisfies z.ZodMiniType<Evidence>,
  "What really happened, written by moat and not by the model.",
);
