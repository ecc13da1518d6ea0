import * as z from "zod/mini";
import type { Fields } from "./json-rpc.ts";

const text = (description: string) => z.string().check(z.describe(description));

const prompt = text("What to do, in words.").check(z.minLength(1));

/** What the tool `moat` takes. Names are those of `codex mcp-server`, so that callers need no other ones. */
export const moatInput = z.object({
  prompt,
  cwd: z.optional(text("Directory to work in; where the server works by default. It must lie in that directory.")),
  model: z.optional(text("Model that answers; the configured one by default.")),
  sandbox: z.optional(
    z
      .enum(["read-only", "workspace-write", "danger-full-access"])
      .check(z.describe("What commands may touch; no more than the server was started with.")),
  ),
  "approval-policy": z.optional(
    z
      .enum(["untrusted", "on-failure", "on-request", "never"])
      .check(z.describe("When the user is asked, through elicitation; no less than the server was started with.")),
  ),
});

/** What the tool `moat-reply` takes. */
export const replyInput = z.object({
  threadId: text("The thread to go on with, as `moat` returned it.").check(z.minLength(1)),
  prompt,
});

/** What both give back. */
const output = z.object({
  threadId: text("For `moat-reply`."),
  content: text("The final message of the agent."),
});

/** The tools as callers are told of them. */
export function toolList(): Fields[] {
  const schema = (one: z.ZodMiniType) => z.toJSONSchema(one, { io: "input" }) as Fields;
  const tool = (name: string, description: string, input: z.ZodMiniType) => ({
    name,
    title: name,
    description,
    inputSchema: schema(input),
    outputSchema: schema(output),
  });
  return [
    tool(
      "moat",
      "Gives a task to the coding agent moat, which works in a sandbox, and returns its final message.",
      moatInput,
    ),
    tool("moat-reply", "Goes on with a thread of the tool moat.", replyInput),
  ];
}

/** The arguments of a call, or what is wrong with them, for the model that made it. */
export function toolArguments<T extends z.ZodMiniType>(
  schema: T,
  given: unknown,
): { ok: true; input: z.infer<T> } | { ok: false; message: string } {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return { ok: true, input: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, message: `invalid arguments: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
}
