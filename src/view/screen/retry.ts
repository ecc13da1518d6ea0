import type { Failure } from "../../protocol/index.ts";
import { duration } from "../quantity.ts";

/** What went wrong, in words that do not alarm: nothing of it is lost, and it is tried again. */
const WHAT: Partial<Record<Failure["kind"], string>> = {
  stream_disconnected: "connection lost",
  idle_timeout: "the model has stopped sending",
  rate_limited: "too many requests for now",
  server_error: "the provider has a problem",
  empty_answer: "the model said nothing",
};

/** `connection lost: retrying 3/10 in 0.4 s`. `left_ms`: until the try; null: what it was when it was planned, and why in full. */
export function retryWords(
  { attempt, max, delay_ms, error }: { attempt: number; max: number | null; delay_ms: number; error: Failure },
  left_ms: number | null,
): string {
  const what = WHAT[error.kind] ?? error.message;
  const tries = max === null ? String(attempt) : `${attempt}/${max}`;
  const known = left_ms === null && WHAT[error.kind] !== undefined && error.message !== "" ? ` (${error.message})` : "";
  return `${what}${known}: retrying ${tries} in ${duration(left_ms ?? delay_ms)}`;
}
