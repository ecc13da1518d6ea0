import * as z from "zod/mini";
import { EFFORTS, type Json, type JsonSchema, type Op } from "../../protocol/index.ts";

const text = z.string();

const inputPart = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text }),
  z.strictObject({ type: z.literal("image"), image_url: text }),
  z.strictObject({ type: z.literal("local_image"), path: text }),
]);

const settings = z.strictObject({
  model: z.optional(z.string().check(z.minLength(1))),
  effort: z.optional(z.enum(EFFORTS)),
  approval_policy: z.optional(z.enum(["untrusted", "on-failure", "on-request", "never"])),
  free_patches: z.optional(z.boolean()),
  sandbox_mode: z.optional(z.enum(["read-only", "workspace-write", "danger-full-access", "external"])),
  plan: z.optional(z.boolean()),
});

const decision = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("approved") }),
  z.strictObject({ type: z.literal("session") }),
  z.strictObject({ type: z.literal("always"), prefix: z.array(text) }),
  z.strictObject({ type: z.literal("edited"), command: text }),
  z.strictObject({ type: z.literal("denied"), reason: z.optional(text) }),
  z.strictObject({ type: z.literal("abort") }),
]);

const userInput = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("answered"), answers: z.record(text, z.strictObject({ answers: z.array(text) })) }),
  z.strictObject({ type: z.literal("declined"), reason: z.optional(text) }),
  z.strictObject({ type: z.literal("abort") }),
]);

/** One schema an op; the compiler holds the names against the type. */
const ops = {
  user_turn: z.strictObject({
    type: z.literal("user_turn"),
    input: z.array(inputPart),
    overrides: z.optional(settings),
  }),
  steer: z.strictObject({ type: z.literal("steer"), input: z.array(inputPart) }),
  settings: z.strictObject({ type: z.literal("settings"), changes: settings }),
  approval: z.strictObject({ type: z.literal("approval"), call_id: text, decision, thread_id: z.optional(text) }),
  user_input: z.strictObject({
    type: z.literal("user_input"),
    call_id: text,
    answer: userInput,
    thread_id: z.optional(text),
  }),
  interrupt: z.strictObject({ type: z.literal("interrupt"), take_back: z.optional(z.boolean()) }),
  user_command: z.strictObject({ type: z.literal("user_command"), command: text.check(z.minLength(1)) }),
  compact: z.strictObject({ type: z.literal("compact"), instructions: z.optional(text) }),
  undo: z.strictObject({
    type: z.literal("undo"),
    turns: z.optional(z.int().check(z.positive())),
    to: z.optional(text),
    force: z.optional(z.boolean()),
  }),
  redo: z.strictObject({ type: z.literal("redo"), force: z.optional(z.boolean()) }),
  shutdown: z.strictObject({ type: z.literal("shutdown") }),
} satisfies Record<Op["type"], unknown>;

/** Every op, as it may stand on a line of `moat proto`. The public contract: an unknown type or field is an error. */
const opSchema = z.discriminatedUnion("type", Object.values(ops) as [(typeof ops)[Op["type"]]]);

export type ReadOp = { ok: true; op: Op } | { ok: false; message: string };

/** Reads one line. The message says where it is wrong. */
export function readOp(line: string): ReadOp {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch (error) {
    return { ok: false, message: `this is no JSON: ${(error as Error).message}` };
  }
  const parsed = opSchema.safeParse(value);
  if (parsed.success) return { ok: true, op: parsed.data as Op };
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  return { ok: false, message: `this is no op: ${where}${issue ? wrong(issue) : "unknown"}` };
}

/** What is wrong, and what would be right. */
function wrong(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return oneOf(issue.values);
    case "invalid_type":
      return `it must be of type ${issue.expected}`;
    case "invalid_union":
      return "options" in issue && issue.options ? oneOf(issue.options) : issue.message;
    case "unrecognized_keys":
      return `there is no field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "it must not be empty"
        : `it must be more than ${issue.minimum}`;
    default:
      return issue.message;
  }
}

const oneOf = (values: readonly unknown[]) =>
  `it must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;

/** The same as JSON Schema. */
export function opJsonSchema(): JsonSchema {
  return z.toJSONSchema(opSchema) as JsonSchema;
}
