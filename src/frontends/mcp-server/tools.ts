// The SDK takes the schemas of the whole zod alone, and has loaded it.
import * as z from "zod";

const text = (description: string) => z.string().describe(description);

const prompt = text("What to do, in words.").min(1);

/** What the tool `moat` takes. Names are those of `codex mcp-server`, so that callers need no other ones. */
export const moatInput = z.object({
  prompt,
  cwd: z.optional(text("Directory to work in; where the server works by default. It must lie in that directory.")),
  model: z.optional(text("Model that answers; the configured one by default.")),
  sandbox: z.optional(
    z
      .enum(["read-only", "workspace-write", "danger-full-access"])
      .describe("What commands may touch; no more than the server was started with."),
  ),
  "approval-policy": z.optional(
    z
      .enum(["untrusted", "on-failure", "on-request", "never"])
      .describe("When the user is asked, through elicitation; no less than the server was started with."),
  ),
});

/** What the tool `moat-reply` takes. */
export const replyInput = z.object({
  threadId: text("The thread to go on with, as `moat` returned it.").min(1),
  prompt,
});

/** What both give back. */
export const toolOutput = z.object({
  threadId: text("For `moat-reply`."),
  content: text("The final message of the agent."),
});
