import type { Decision } from "../protocol/index.ts";

const UNREADABLE = "the reviewer's answer could not be read";

/**
 * The answer of an external reviewer (`--approve-with`), who got the question as JSON on standard input and printed JSON:
 * `{"decision": "approved" | "denied" | "abort", "reason": "…"}`. It may only narrow: a yes counts once and as it was asked,
 * never for the session or for a prefix; what cannot be read, and a program that failed, is a no.
 */
export function readReview(output: string, exit_code: number): Decision {
  if (exit_code !== 0) return { type: "denied", reason: `the reviewer failed with exit code ${exit_code}` };
  const answer = parse(output);
  if (answer === null) return { type: "denied", reason: UNREADABLE };
  const { decision, reason } = answer;
  if (decision === "approved" || decision === "session" || decision === "always") return { type: "approved" };
  if (decision === "abort") return { type: "abort" };
  if (decision !== "denied") return { type: "denied", reason: UNREADABLE };
  return typeof reason === "string" && reason !== "" ? { type: "denied", reason } : { type: "denied" };
}

function parse(output: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
