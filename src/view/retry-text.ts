import type { Failure } from "../protocol/index.ts";

/** `stream error: …; retrying 1/10 in 232ms…`, the words that the seed gave a retry. */
export function retryText(attempt: number, max: number | null, delay_ms: number, error: Failure): string {
  const count = max === null ? String(attempt) : `${attempt}/${max}`;
  return `stream error: ${error.message}; retrying ${count} in ${Math.round(delay_ms)}ms…`;
}
