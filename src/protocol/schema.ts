import { z } from "zod/mini";
import type { Event } from "./event.ts";
import type { JsonSchema } from "./json.ts";
import { restoredFields, turnFiles } from "./schema/checkpoint.ts";
import { historyItemSchema } from "./schema/history.ts";
import {
  approvalPolicy,
  approvalRequest,
  decision,
  denial,
  evidence,
  failure,
  failureKind,
  itemSchema,
  sandboxMode,
  usageSchema,
  userInputAnswer,
  userInputRequest,
} from "./schema/values.ts";

// The public contract as schemas: what `moat schema` prints and what every line in every test is held against.

const seconds = z.number().check(z.nonnegative());
const itemEvents = (["item.started", "item.updated", "item.completed"] as const).map((type) => ({
  type,
  item: itemSchema,
}));
const delta = {
  type: z.literal("item.delta"),
  item_id: z.string(),
  item_type: z.enum(["agent_message", "reasoning", "command_execution"]),
  delta: z.string(),
};
const asked = { type: z.literal("approval.requested"), request: approvalRequest };
const answered = { type: z.literal("approval.resolved"), call_id: z.string(), decision };
const inputAsked = { type: z.literal("user_input.requested"), request: userInputRequest };
const inputAnswered = { type: z.literal("user_input.resolved"), call_id: z.string(), answer: userInputAnswer };
const denied = { type: z.literal("sandbox.denied"), item_id: z.string(), denial };
const retrying = {
  type: z.literal("stream.retrying"),
  attempt: z.int(),
  max: z.nullable(z.int()),
  delay_ms: seconds,
};
const reset = { type: z.literal("stream.reset"), item_ids: z.array(z.string()), usage: z.nullable(usageSchema) };
const budget = {
  type: z.literal("budget"),
  what: z.enum(["tokens", "cost", "time", "turns", "commands"]),
  limit: z.number(),
  used: z.number(),
};
const counts = { usage: usageSchema, turn_usage: usageSchema };
const files = z.exactOptional(turnFiles);
const proof = { files, evidence: z.exactOptional(evidence) };
const restored = { type: z.literal("files.restored"), ...restoredFields };
/** Of the child thread that says it; absent: the thread itself does. */
const speaker = { thread_id: z.exactOptional(z.string()) };

/** One line of `moat exec --json`. */
export const publicEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("thread.started"), thread_id: z.string(), schema_version: z.int() }),
  z.strictObject({ type: z.literal("turn.started") }),
  z.strictObject({ type: z.literal("turn.completed"), ...counts, ...proof }),
  z.strictObject({
    type: z.literal("turn.failed"),
    error: z.strictObject({ message: z.string(), kind: failureKind }),
    ...counts,
    ...proof,
  }),
  ...itemEvents.map(({ type }) => z.strictObject({ type: z.literal(type), item: itemSchema, ...speaker })),
  z.strictObject({ ...delta, ...speaker }),
  z.strictObject({ type: z.literal("error"), message: z.string(), ...speaker }),
  z.strictObject({ ...asked, ...speaker }),
  z.strictObject({ ...answered, ...speaker }),
  z.strictObject({ ...inputAsked, ...speaker }),
  z.strictObject({ ...inputAnswered, ...speaker }),
  z.strictObject({ ...denied, ...speaker }),
  z.strictObject({ ...retrying, error: z.strictObject({ kind: failureKind, message: z.string() }), ...speaker }),
  z.strictObject({ ...reset, ...speaker }),
  z.strictObject({ ...budget, ...speaker }),
  z.strictObject({ ...restored, ...speaker }),
  z.strictObject({ type: z.literal("history.compacted"), tokens_before: z.int(), tokens_after: z.int(), ...speaker }),
]);

const context = z.strictObject({
  cwd: z.string(),
  model: z.string(),
  model_provider: z.string(),
  effort: z.nullable(z.string()),
  approval_policy: approvalPolicy,
  sandbox_mode: sandboxMode,
  after_plan: z.exactOptional(z.strictObject({ approval_policy: approvalPolicy, sandbox_mode: sandboxMode })),
  untold: z.exactOptional(
    z.strictObject({
      model: z.exactOptional(z.literal(true)),
      model_provider: z.exactOptional(z.literal(true)),
      approval_policy: z.exactOptional(approvalPolicy),
      sandbox_mode: z.exactOptional(sandboxMode),
    }),
  ),
});
const duration_ms = z.exactOptional(seconds);
const spent = { files, duration_ms, cost_usd: z.exactOptional(seconds) };
const serverLimits = z.strictObject({
  omit: z.array(z.string()),
  images: z.boolean(),
  reasoning: z.boolean(),
  short_ids: z.boolean(),
  max_output_tokens: z.nullable(z.int()),
});
const seq = z.int().check(z.nonnegative());
const turn = { seq, turn_id: z.string() };

/** An event of a thread, whole: what front ends get, and what the rollout stores of it. */
export const threadEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("thread.started"),
    seq,
    thread_id: z.string(),
    schema_version: z.int(),
    cwd: z.string(),
    moat_version: z.string(),
    forked_from: z.exactOptional(z.string()),
  }),
  z.strictObject({ type: z.literal("turn.started"), ...turn, context }),
  z.strictObject({ type: z.literal("turn.completed"), ...turn, ...counts, ...spent }),
  z.strictObject({ type: z.literal("turn.failed"), ...turn, error: failure, ...counts, ...spent }),
  ...(["item.started", "item.updated"] as const).map((type) =>
    z.strictObject({ type: z.literal(type), seq, item: itemSchema }),
  ),
  z.strictObject({ type: z.literal("item.completed"), seq, item: itemSchema, duration_ms }),
  z.strictObject({ ...delta, seq }),
  z.strictObject({ type: z.literal("error"), seq, message: z.string() }),
  z.strictObject({ ...asked, seq }),
  z.strictObject({ ...answered, seq }),
  z.strictObject({ ...inputAsked, seq }),
  z.strictObject({ ...inputAnswered, seq }),
  z.strictObject({ ...denied, seq }),
  z.strictObject({ ...retrying, seq, error: failure }),
  z.strictObject({ ...reset, seq }),
  z.strictObject({ ...budget, seq }),
  z.strictObject({ ...restored, seq }),
  z.strictObject({
    type: z.literal("context.measured"),
    seq,
    tokens: z.int(),
    window: z.nullable(z.int()),
    limit: z.nullable(z.int()),
  }),
  z.strictObject({ type: z.literal("history.added"), seq, item: historyItemSchema }),
  z.strictObject({
    type: z.literal("server.learned"),
    seq,
    provider: z.string(),
    model: z.string(),
    limits: serverLimits,
  }),
  z.strictObject({ type: z.literal("settings.changed"), seq, context }),
  z.strictObject({
    type: z.literal("history.replaced"),
    seq,
    why: z.enum(["compacted", "rewound"]),
    history: z.array(historyItemSchema),
    tokens_before: z.int(),
    tokens_after: z.int(),
  }),
]) satisfies z.ZodMiniType<Event>;

const stored = { timestamp: z.string() };
/** One line of a rollout, with its big values in it. */
export const rolloutLine = z.union([
  ...threadEvent.def.options.map((option) => z.extend(option, stored)),
  z.strictObject({ ...stored, type: z.literal("thread.named"), name: z.nullable(z.string()) }),
]);

const TITLES = {
  events: ["One line of `moat exec --json`", publicEvent],
  rollout: ["One line of a thread's rollout, as `moat threads export --format jsonl` writes it", rolloutLine],
} as const;

/** The JSON Schema (draft 2020-12) of one line. Readers must pass over fields and event types that they do not know. */
export function lineSchema(which: keyof typeof TITLES): JsonSchema {
  const [title, schema] = TITLES[which];
  const json = z.toJSONSchema(schema, {
    // Additions are no break: a reader that validates must not fall over them.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return JSON.parse(JSON.stringify({ title, ...json }));
}
