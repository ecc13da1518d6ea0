import type { Json } from "../protocol/index.ts";
import { at, numberIn, string } from "./json.ts";

/**
 * How long a server asks to wait, in ms, from whatever form it says so in; undefined when it gives no usable hint. The
 * more exact forms come first: `retry-after-ms`, `retry-after`, Google's RetryInfo, "try again in 1.5s", reset headers.
 */
export function retryHint(headers: Headers | null, body: Json, message: string, now: number): number | undefined {
  const hints = [
    headers ? retryAfter(headers, now) : undefined,
    bodyDelay(body, now),
    textDelay(message),
    headers ? resetDelay(headers, now) : undefined,
  ];
  return hints.find((hint) => hint !== undefined && hint > 0);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after, and the variant in ms that OpenAI and Azure send. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const ms = positive(headers.get("retry-after-ms"));
  if (ms !== undefined) return ms;
  const text = headers.get("retry-after");
  const seconds = positive(text);
  return seconds !== undefined ? seconds * 1000 : untilDate(text, now);
}

/** `resets_at` (s since 1970) and `resets_in_seconds` of OpenAI's usage limits, `retryDelay` of google.rpc.RetryInfo. */
function bodyDelay(body: Json, now: number): number | undefined {
  const error = at(body, "error");
  const seconds = numberIn(at(error, "resets_in_seconds"));
  if (seconds !== undefined) return seconds * 1000;
  const resets_at = numberIn(at(error, "resets_at"));
  if (resets_at !== undefined) return resets_at * 1000 - now;
  const details = at(error, "details");
  const delays = Array.isArray(details) ? details.map((detail) => duration(string(at(detail, "retryDelay")))) : [];
  return delays.find((delay) => delay !== undefined);
}

/** OpenAI writes "Please try again in 1.5s" or "6m0s", Azure "Please retry after 12 seconds". */
function textDelay(message: string): number | undefined {
  const match =
    /(?:try again|retry) (?:in|after) ((?:[\d.]+ ?(?:ms|milliseconds?|s|seconds?|m|minutes?|h|hours?)\s*)+)/i.exec(
      message,
    );
  return duration(match?.[1]);
}

/**
 * `x-ratelimit-reset-requests: 6m0s` (OpenAI, Groq), `x-ratelimit-reset: <ms since 1970>` (OpenRouter),
 * `anthropic-ratelimit-tokens-reset: <RFC 3339>`. Each counts only when its `remaining` says that it is used up.
 */
function resetDelay(headers: Headers, now: number): number | undefined {
  const delays: number[] = [];
  for (const [name, value] of headers) {
    const remaining = name.startsWith("anthropic-ratelimit-")
      ? name.replace(/-reset$/, "-remaining")
      : name.replace("-reset", "-remaining");
    if (!name.includes("ratelimit") || remaining === name || headers.get(remaining) !== "0") continue;
    const delay = untilDate(value, now) ?? duration(value);
    if (delay !== undefined) delays.push(delay);
  }
  return delays.length > 0 ? Math.max(...delays) : undefined;
}

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** "1m30.5s", "20ms", "2 seconds" in ms. */
function duration(text: string | undefined): number | undefined {
  if (!text) return undefined;
  const parts = [...text.matchAll(/([\d.]+) ?(ms|milli|h|m|s)/gi)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count = "", unit = ""]) => {
    const ms = UNITS[unit.toLowerCase() === "milli" ? "ms" : unit.toLowerCase()] ?? 0;
    return sum + Number(count) * ms;
  }, 0);
}

/** Milliseconds until a point in time: an HTTP or RFC 3339 date, or a large number of ms since 1970. */
function untilDate(text: string | null, now: number): number | undefined {
  if (!text) return undefined;
  const time = /^\d{12,}$/.test(text) ? Number(text) : /\d[-:/ ]\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time - now : undefined;
}

function positive(text: string | null): number | undefined {
  if (!text || !/^[\d.]+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
