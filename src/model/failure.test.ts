import { describe, expect, test } from "bun:test";
import type { Json } from "../protocol/index.ts";
import { failureOfEvent, failureOfStatus, StatusError } from "./failure.ts";
import { retryHint } from "./hints.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const answer = (status: number, body: Json, headers: Record<string, string> = {}) =>
  failureOfStatus(
    new StatusError(
      status,
      new Headers(headers),
      typeof body === "string" ? body : JSON.stringify(body),
      "http://h/v1/x",
    ),
    NOW,
  );

describe("status", () => {
  test.each([
    [400, { error: { message: "bad tool" } }, "invalid_request", false],
    [400, { error: { message: "too long", code: "context_length_exceeded" } }, "context_overflow", false],
    [400, { error: { message: "too long", type: "exceed_context_size_error" } }, "context_overflow", false],
    [
      400,
      { error: { message: "'messages[3].content' too long", code: "string_above_max_length" } },
      "context_overflow",
      false,
    ],
    [
      400,
      { error: { message: "'tools[0].function.name' too long", code: "string_above_max_length" } },
      "invalid_request",
      false,
    ],
    [401, { error: { message: "no key" } }, "unauthorized", false],
    [402, { error: { message: "Insufficient Balance" } }, "quota", false],
    [403, { error: { message: "region" } }, "unauthorized", false],
    [404, { error: "model 'x' not found" }, "invalid_request", false],
    [408, "", "server_error", true],
    [409, "", "server_error", true],
    [413, "<html><title>413 Request Entity Too Large</title></html>", "context_overflow", false],
    [422, { detail: "input: field required" }, "invalid_request", false],
    [429, { error: { message: "slow down" } }, "rate_limited", true],
    [429, { error: { message: "pay", code: "insufficient_quota" } }, "quota", false],
    [500, "", "server_error", true],
    [501, "", "invalid_request", false],
    [502, "<html><head><title>502 Bad Gateway</title></head></html>", "server_error", true],
    [503, { error: { message: "loading model" } }, "server_error", true],
    [529, { error: { type: "overloaded_error", message: "Overloaded" } }, "server_error", true],
  ] as const)("%d %j is %s", (status, body, kind, retryable) => {
    expect(answer(status, body as Json)).toMatchObject({ kind, retryable, status });
  });

  test.each([
    [{ error: { message: "own words" } }, "own words"],
    [{ error: "own words" }, "own words"],
    [{ message: "own words" }, "own words"],
    [{ detail: "own words" }, "own words"],
    [[{ error: { message: "own words" } }], "own words"],
    ["own words\nand more", "own words"],
    ["<html><title>own words</title>", "own words"],
    ["", "status 400 without a message"],
  ] as [Json, string][])("the server's message is taken out of %j", (body, message) => {
    expect(answer(400, body).message).toBe(`the server refused the request (status 400): ${message}`);
  });

  test("a used-up quota says when it is there again", () => {
    const body = { error: { type: "usage_limit_reached", message: "Limit reached.", resets_in_seconds: 3600 } };
    expect(answer(429, body).message).toContain("(resets at 2026-01-01T01:00:00.000Z)");
  });
});

describe("errors inside a stream", () => {
  test.each([
    [{ code: "rate_limit_exceeded", message: "Please try again in 1.5s." }, "rate_limited", 1500],
    [{ code: "server_error", message: "oops" }, "server_error", undefined],
    [{ code: "server_is_overloaded", message: "busy" }, "server_error", undefined],
    [{ code: "insufficient_quota", message: "pay" }, "quota", undefined],
    [{ code: "context_length_exceeded", message: "long" }, "context_overflow", undefined],
    [{ code: "invalid_prompt", message: "no" }, "invalid_request", undefined],
    [{ type: "error", code: null, message: "what" }, "server_error", undefined],
    [{ type: "error", error: { type: "overloaded_error", message: "busy" } }, "server_error", undefined],
    [{ type: "error", error: { type: "authentication_error", message: "key" } }, "unauthorized", undefined],
    [{ code: 502, message: "upstream" }, "server_error", undefined],
    [{ code: 400, message: "bad" }, "invalid_request", undefined],
    ["plain text", "server_error", undefined],
  ] as [Json, string, number | undefined][])("%j is %s", (error, kind, hint) => {
    const failure = failureOfEvent(error, NOW);
    expect(failure.kind).toBe(kind as typeof failure.kind);
    expect("retry_after_ms" in failure ? failure.retry_after_ms : undefined).toBe(hint);
  });
});

describe("hints", () => {
  test.each([
    [{ "retry-after-ms": "250", "retry-after": "9" }, null, "", 250],
    [{ "retry-after": "2" }, null, "", 2000],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, null, "", 30_000],
    [{ "retry-after": "Wed, 31 Dec 2025 00:00:30 GMT" }, null, "", undefined],
    [{ "retry-after": "0" }, null, "", undefined],
    [{ "retry-after": "soon" }, null, "", undefined],
    [{}, null, "Rate limit reached. Please try again in 1.5s. Visit …", 1500],
    [{}, null, "Please try again in 20ms.", 20],
    [{}, null, "Please try again in 6m0s.", 360_000],
    [{}, null, "Please try again in 1h2m3.5s.", 3_723_500],
    [{}, null, "Please retry after 12 seconds.", 12_000],
    [{}, null, "try again in a while", undefined],
    [{}, { error: { resets_in_seconds: 60 } }, "", 60_000],
    [{}, { error: { resets_at: NOW / 1000 + 90 } }, "", 90_000],
    [
      {},
      { error: { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }] } },
      "",
      34_000,
    ],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s" }, null, "", 90_000],
    [{ "x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "1m30s" }, null, "", undefined],
    [
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "7.66s",
      },
      null,
      "",
      7660,
    ],
    [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW + 5000) }, null, "", 5000],
    [
      { "anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-01-01T00:00:07Z" },
      null,
      "",
      7000,
    ],
  ] as [Record<string, string>, Json, string, number | undefined][])("%j %j %j", (headers, body, message, expected) => {
    expect(retryHint(new Headers(headers), body, message, NOW)).toBe(expected as number);
  });
});
