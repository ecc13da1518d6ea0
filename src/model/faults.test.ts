// The fault table: what can go wrong between moat and a model, and for each the requests, delays, events and the end.
import { afterEach, describe, expect, test } from "bun:test";
import type { Failure } from "../protocol/index.ts";
import {
  call,
  encodeEvent,
  type ModelServer,
  type Reply,
  respond,
  responseEvents,
  say,
  startModelServer,
  think,
} from "../testkit/index.ts";
import { createClient } from "./client.ts";
import type { ModelEvent, ProviderSettings } from "./contract.ts";
import { collect, INSTANT, providerFor, REQUEST } from "./setup.suite.ts";

const servers: ModelServer[] = [];
const none = new AbortController().signal;
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

async function run(replies: Reply[], more: Partial<ProviderSettings> = {}) {
  const server = await startModelServer(replies);
  servers.push(server);
  const client = await createClient(providerFor(server, more), INSTANT);
  const events = await collect(client.stream(REQUEST, none));
  return { events, requests: server.requests.length };
}
const delays = (events: ModelEvent[]) => events.flatMap((event) => (event.type === "retrying" ? [event.delay_ms] : []));
/** Items that hold: those after the last reset. */
const items = (events: ModelEvent[]) =>
  events
    .slice(events.findLastIndex((event) => event.type === "reset") + 1)
    .flatMap((event) => (event.type === "item" ? [event.item.type] : []));
const error = (message: string, more: object = {}) => ({ error: { message, ...more } });
const answer = (status: number, body: object | string = "", headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: body as never,
});
const OK = respond(think("hm"), say("fine"), call("ls", {}));
const QUICK = [200, 260, 338, 439, 571, 743, 965, 1255, 1631, 2121];

describe("final at once", () => {
  test.each([
    ["400", answer(400, error("bad")), "invalid_request"],
    ["400 context", answer(400, error("long", { code: "context_length_exceeded" })), "context_overflow"],
    ["401", answer(401, error("bad key")), "unauthorized"],
    ["402", answer(402, error("no money")), "quota"],
    ["403", answer(403, error("not you")), "unauthorized"],
    ["404", answer(404, error("no such model")), "invalid_request"],
    ["413", answer(413, "<html><title>413 Request Entity Too Large</title></html>"), "context_overflow"],
    ["429 quota", answer(429, error("pay", { code: "insufficient_quota" })), "quota"],
    ["429 plan", answer(429, error("limit", { type: "usage_limit_reached", resets_in_seconds: 60 })), "quota"],
    ["501", answer(501), "invalid_request"],
    [
      "200 HTML",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
      "invalid_request",
    ],
    ["200 JSON", { status: 200, body: error("not a stream") }, "invalid_request"],
    [
      "response.failed quota",
      responseEvents([], { type: "failed", code: "insufficient_quota", message: "m" }),
      "quota",
    ],
    [
      "response.failed context",
      responseEvents([], { type: "failed", code: "context_length_exceeded", message: "m" }),
      "context_overflow",
    ],
    [
      "response.failed prompt",
      responseEvents([], { type: "failed", code: "invalid_prompt", message: "m" }),
      "invalid_request",
    ],
    [
      "response.incomplete",
      responseEvents([say("a")], { type: "incomplete", reason: "max_output_tokens" }),
      "incomplete",
    ],
    ["hint of a day", answer(429, error("tomorrow"), { "retry-after": "86400" }), "rate_limited"],
  ] as [string, Reply, Failure["kind"]][])("%s", async (_, reply, kind) => {
    const { events, requests } = await run([reply, OK]);
    expect(requests).toBe(1);
    expect(events.filter((event) => event.type === "completed" || event.type === "failed")).toMatchObject([
      { type: "failed", error: { kind } },
    ]);
    expect(delays(events)).toEqual([]);
  });
});

describe("repeated, and well the second time", () => {
  test.each([
    ["408", answer(408), 200],
    ["409", answer(409), 200],
    ["429", answer(429, error("slow")), 200],
    ["429 retry-after", answer(429, error("slow"), { "retry-after": "2" }), 2000],
    ["429 retry-after-ms", answer(429, error("slow"), { "retry-after-ms": "1234" }), 1234],
    ["429 text", answer(429, error("Please try again in 1.5s")), 1500],
    [
      "429 reset header",
      answer(429, error("slow"), { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "59s" }),
      59_000,
    ],
    ["500", answer(500, error("oops")), 200],
    ["502 HTML", answer(502, "<html><title>502 Bad Gateway</title></html>"), 200],
    ["503 retry-after", answer(503, "", { "retry-after": "7" }), 7000],
    ["529", answer(529, error("Overloaded", { type: "overloaded_error" })), 200],
    [
      "response.failed rate limit",
      responseEvents([], { type: "failed", code: "rate_limit_exceeded", message: "try again in 1.5s" }),
      1500,
    ],
    ["response.failed server", responseEvents([say("a")], { type: "failed", code: "server_error", message: "m" }), 200],
    [
      "error event",
      [...OK.slice(0, 6), { event: "error", data: { type: "error", code: "server_error", message: "m" } }],
      200,
    ],
    ["reset before headers", [{ cut: "rst" }], 200],
    ["closed before headers", [{ cut: "fin" }], 200],
    ["headers, then reset", [{ head: true }, { cut: "rst" }], 200],
    ["empty stream", [], 200],
    ["only [DONE]", [{ data: "[DONE]" }], 200],
    ["malformed last event", [{ event: "response.completed", data: "{oops" }], 200],
    ["early end after whole items", OK.slice(0, -1), 200],
  ] as [string, Reply, number][])("%s", async (_, reply, delay) => {
    const { events, requests } = await run([reply, OK], { give_up_after_ms: 600_000 });
    expect(requests).toBe(2);
    expect(delays(events)).toEqual([delay]);
    expect(items(events)).toEqual(["reasoning", "message", "function_call"]);
    expect(events.at(-1)?.type).toBe("completed");
    const shown = events.findIndex((event) => event.type === "retrying");
    const before = events.slice(0, shown);
    expect(before.some((event) => event.type === "reset")).toBe(before.length > 0);
  });

  test("a broken delta harms nothing: the whole text comes later", async () => {
    const broken = { bytes: "event: response.output_text.delta\ndata: {oops\n\n" };
    const { events, requests } = await run([[...OK.slice(0, 5), broken, ...OK.slice(5)]]);
    expect([requests, events.at(-1)?.type]).toEqual([1, "completed"]);
  });
});

describe("never well", () => {
  test.each([
    ["500", answer(500, error("the disk is full")), "server_error", "the disk is full (given up after 10 retries)"],
    [
      "cut",
      OK.slice(0, 5),
      "stream_disconnected",
      "stream closed before response.completed (given up after 10 retries)",
    ],
  ] as [string, Reply, string, string][])(
    "%s for ever: ten retries, one budget, the server's words",
    async (_, reply, kind, words) => {
      const { events, requests } = await run(Array(20).fill(reply));
      expect(requests).toBe(11);
      expect(delays(events)).toEqual(QUICK);
      expect(events.at(-1)).toMatchObject({
        type: "failed",
        error: { kind, retryable: true, message: expect.stringContaining(words) },
      });
    },
  );

  test("failures of different kinds share the counter", async () => {
    const { requests } = await run(Array.from({ length: 20 }, (_, i) => (i % 2 ? answer(503) : OK.slice(0, 5))));
    expect(requests).toBe(11);
  });

  test.each([
    ["nothing listens", "http://127.0.0.1:1/v1", "nothing listens there"],
    ["no such host", "http://moat.invalid/v1", "host name"],
  ])("%s", async (_, base_url, words) => {
    const client = await createClient(providerFor({ url: base_url }, { request_max_retries: 2 }), INSTANT);
    const events = await collect(client.stream(REQUEST, none));
    expect(delays(events)).toEqual([200, 260]);
    expect(events.at(-1)).toMatchObject({
      error: { kind: "stream_disconnected", message: expect.stringContaining(words) },
    });
  });
});

describe("a recorded stream that breaks anywhere", () => {
  const bytes = Buffer.from(OK.map(encodeEvent).join(""));
  const boundaries = OK.map((_, i) => Buffer.from(OK.slice(0, i).map(encodeEvent).join("")).length);
  const places = [...boundaries, ...boundaries.map((at) => at + 25)].filter((at) => at < bytes.length - 2);
  test.each(["fin", "rst"] as const)("a %s at every event boundary and inside every event", async (cut) => {
    for (const at of places) {
      const { events, requests } = await run([[{ bytes: bytes.subarray(0, at) }, { cut }], OK]);
      expect([at, requests]).toEqual([at, 2]);
      expect(items(events)).toEqual(["reasoning", "message", "function_call"]);
      expect(events.filter((event) => event.type === "completed")).toHaveLength(1);
    }
  });
});
