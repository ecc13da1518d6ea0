import type { Config, Setting } from "../../config/index.ts";
import type { Thread } from "../../core/index.ts";
import type { HeldCommand } from "../../open/index.ts";
import type { ApprovalPolicy, ApprovalRequest, Decision } from "../../protocol/index.ts";
import { safeJson } from "../../term/index.ts";
import type { Flags } from "../contract.ts";

/** Answers one question. Never rejects: a reviewer that fails says no. */
export type Approver = (request: ApprovalRequest, signal: AbortSignal) => Promise<Decision>;

/**
 * The approval policy of a headless run. With a program that answers, the configured one (undefined). Without, `never`,
 * which refuses what would need a question; but who configured `untrusted` is not given more freedom because nobody watches.
 */
export function execPolicy({ approve_with, approval_policy }: Config): ApprovalPolicy | undefined {
  if (approve_with !== null) return undefined;
  return approval_policy === "untrusted" ? "untrusted" : "never";
}

/** `--approve-with PROGRAM`; the key takes arguments too. */
export function reviewerSetting(flags: Flags): Setting[] {
  const program = flags["approve-with"];
  if (typeof program !== "string") return [];
  return [{ keys: ["approve_with"], value: [program], from: `--approve-with ${program}` }];
}

/**
 * Asks an external program: the question as one JSON object on its standard input, the answer as JSON on its standard
 * output (docs/exec.md). It runs with `env` outside the sandbox, as the user's own program. What it may say, `readReview` decides.
 */
export function createApprover(command: HeldCommand, thread: Thread, env: Record<string, string>): Approver {
  return async (request, signal) => {
    const { cwd } = thread.settings;
    const question = { type: "approval.requested", thread_id: thread.thread_id, cwd, request };
    const found = command.start(cwd);
    if (!found.ok) return { ...NO, reason: `the reviewer could not be run: ${found.message}` };
    try {
      const child = Bun.spawn(found.argv, {
        cwd,
        env,
        stdin: new Blob([`${safeJson(question)}\n`]),
        stdout: "pipe",
        stderr: "inherit",
        signal,
      });
      const [output, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
      if (signal.aborted) return { type: "abort" };
      const { readReview } = await import("../../policy/index.ts");
      return byProgram(readReview(output, exit));
    } catch (error) {
      return { ...NO, reason: `the reviewer ${found.argv[0]} could not be run: ${(error as Error).message}` };
    }
  };
}

const NO = { type: "denied", by: "program" } as const;

/** A no is told as the program's. */
function byProgram(decision: Decision): Decision {
  return decision.type === "denied" || decision.type === "abort" ? { ...decision, by: "program" } : decision;
}
