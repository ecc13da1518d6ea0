// What can go wrong between moat and a model, through the built binary: for each fault the number of requests, the
// retries that were announced, the exit code, exactly one final answer, and each tool run exactly once. The delays and
// hints in full are the table of src/model/faults.test.ts, with a clock that costs no time.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import {
  call,
  createGate,
  encodeEvent,
  messagesEvents,
  type Reply,
  respond,
  responseEvents,
  type Script,
  type Step,
  say,
} from "../testkit/index.ts";
import { type JsonEvent, type MoatRun, type TestWorld, world } from "./harness.ts";

const full = process.env.MOAT_TEST_FULL === "1";

/** A command that leaves a line behind each time it runs. */
const work = (id: string) => call("exec_command", { cmd: `echo ${id} >> ran.txt`, login: false }, id);
const WORK = respond(say("I will ", "do it."), work("c1"));
const DONE = respond(say("All ", "done."));
const error = (message: string, more: object = {}) => ({ error: { message, ...more } });
const answer = (status: number, body: object | string = "", headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: body as never,
});
const failed = (code: string, message = "m") => responseEvents([say("a")], { type: "failed", code, message });

const ofType = (events: JsonEvent[], type: string) => events.filter((event) => event.type === type);
const messages = (events: JsonEvent[]) =>
  ofType(events, "item.completed")
    .map(({ item }) => item as unknown as { type: string; text: string })
    .filter(({ type }) => type === "agent_message")
    .map(({ text }) => text);
const closings = (events: JsonEvent[]) => events.filter(({ type }) => /^turn\.(completed|failed)$/.test(type));
const ran = (w: TestWorld) =>
  existsSync(w.project.path("ran.txt")) ? w.project.read("ran.txt").trim().split("\n") : [];

const run = (w: TestWorld, options: MoatRun = {}) =>
  w.moat(["exec", "--json", "-s", "workspace-write", "do it"], options);

/** Quick retries only: two, so that a fault that stays is given up soon. */
const TWO = { OPENAI_REQUEST_MAX_RETRIES: "2", OPENAI_STREAM_MAX_RETRIES: "2" };
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();

describe("faults that pass: one repetition, and the work is done once", () => {
  const quick = [180, 220] as const;
  const exactly = (ms: number) => [ms, ms] as const;
  const table: [string, Reply | (() => Reply), readonly [number, number], string][] = [
    ["reset before headers", [{ cut: "rst" }], quick, "stream_disconnected"],
    ["closed before headers", [{ cut: "fin" }], quick, "stream_disconnected"],
    ["headers, then reset", [{ head: true }, { cut: "rst" }], quick, "stream_disconnected"],
    ["an empty stream", [], quick, "stream_disconnected"],
    ["a clean early close after whole items", WORK.slice(0, -1), quick, "stream_disconnected"],
    ["a last event that is not JSON", malformed(), quick, "stream_disconnected"],
    ["408", answer(408, error("slow client")), quick, "server_error"],
    ["409", answer(409, error("conflict")), quick, "server_error"],
    ["429 without a hint", answer(429, error("slow down")), quick, "rate_limited"],
    ["429 retry-after-ms", answer(429, error("slow"), { "retry-after-ms": "31" }), exactly(31), "rate_limited"],
    ["429 retry-after", answer(429, error("slow"), { "retry-after": "0.05" }), exactly(50), "rate_limited"],
    ["429 in words", answer(429, error("Please try again in 70ms.")), exactly(70), "rate_limited"],
    ["429 reset header", answer(429, error("slow"), resets("60ms")), exactly(60), "rate_limited"],
    ["503 until a date", () => answer(503, "", { "retry-after": inSeconds(1) }), [1, 1000], "server_error"],
    ["500", answer(500, error("oops")), quick, "server_error"],
    ["502 HTML", answer(502, "<html><title>502 Bad Gateway</title></html>"), quick, "server_error"],
    ["503", answer(503), quick, "server_error"],
    ["529", answer(529, error("Overloaded", { type: "overloaded_error" })), quick, "server_error"],
    ["response.failed: server", failed("server_error"), quick, "server_error"],
    ["response.failed: rate", failed("rate_limit_exceeded", "try again in 45ms"), exactly(45), "rate_limited"],
  ];
  test.each(table)("%s", async (_, fault, [least, most], kind) => {
    const reply = typeof fault === "function" ? () => fault() : fault;
    await using w = await world([reply, WORK, DONE]);
    const { exit, events: read, stderr } = await run(w);
    const events = read();
    expect([exit, stderr]).toEqual([0, ""]);
    expect(w.server.requests.map(({ raw }) => raw === w.server.requests[0]?.raw)).toEqual([true, true, false]);
    const [retry, ...more] = ofType(events, "stream.retrying") as unknown as { delay_ms: number; error: unknown }[];
    expect(more).toEqual([]);
    expect(retry?.error).toMatchObject({ kind });
    expect(retry?.delay_ms).toBeWithin(least, most + 1);
    expect(messages(events)).toEqual(["I will do it.", "All done."]);
    expect(closings(events).map(({ type }) => type)).toEqual(["turn.completed"]);
    expect(ran(w)).toEqual(["c1"]);
  });
});

function malformed(): Step[] {
  return [
    ...WORK.slice(0, -2).filter(({ event }) => !event?.endsWith("item.done")),
    { event: "response.completed", data: "{oops" },
  ];
}

function resets(after: string) {
  return { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": after };
}

describe("faults that stay: no repetition, the server's own words, nothing runs", () => {
  const table: [string, Reply, string, string][] = [
    ["400", answer(400, error("no such field")), "invalid_request", "no such field"],
    ["401", answer(401, error("Incorrect API key")), "unauthorized", "Incorrect API key"],
    ["403", answer(403, error("not your region")), "unauthorized", "not your region"],
    ["404", answer(404, error("no such model")), "invalid_request", "no such model"],
    ["413", answer(413, "<title>413 Too Large</title>"), "context_overflow", "413 Too Large"],
    ["429 quota", answer(429, error("pay first", { code: "insufficient_quota" })), "quota", "pay first"],
    [
      "429 plan",
      answer(429, error("limit", { type: "usage_limit_reached", resets_in_seconds: 60 })),
      "quota",
      "resets at",
    ],
    ["a hint of a day", answer(429, error("tomorrow"), { "retry-after": "86400" }), "rate_limited", "tomorrow"],
    [
      "200 with HTML",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in" },
      "invalid_request",
      "text/html",
    ],
    ["response.failed: quota", failed("insufficient_quota", "empty"), "quota", "empty"],
    ["response.failed: context", failed("context_length_exceeded", "too long"), "context_overflow", "too long"],
    ["response.failed: prompt", failed("invalid_prompt", "flagged"), "invalid_request", "flagged"],
    [
      "response.incomplete",
      responseEvents([work("c1")], { type: "incomplete", reason: "max_output_tokens" }),
      "incomplete",
      "max_output_tokens",
    ],
  ];
  test.each(table)("%s", async (_, fault, kind, words) => {
    await using w = await world([fault, WORK, DONE]);
    const { exit, events: read } = await run(w);
    const events = read();
    expect(exit).toBe(1);
    expect(w.server.requests).toHaveLength(1);
    expect(ofType(events, "stream.retrying")).toEqual([]);
    expect(closings(events)).toMatchObject([{ type: "turn.failed", error: { kind } }]);
    const [{ error: told }] = closings(events) as unknown as [{ error: { message: string } }];
    const { message } = told;
    expect(message).toContain(words);
    expect(message).not.toMatch(/[{}<>]/);
    expect(messages(events)).toEqual([]);
    expect(ran(w)).toEqual([]);
  });
});

describe("faults that do not end: given up after the retries", () => {
  test("a status", async () => {
    await using w = await world(() => answer(503, error("down for repairs")));
    const { exit, events } = await run(w, { env: TWO });
    expect([exit, w.server.requests.length]).toEqual([1, 3]);
    expect(ofType(events(), "stream.retrying").map(({ attempt, max }) => [attempt, max] as unknown)).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const [end] = closings(events()) as unknown as { error: { message: string } }[];
    expect(end?.error.message).toContain("down for repairs (given up after 2 retries)");
  });

  test("a stream that is cut", async () => {
    await using w = await world(() => WORK.slice(0, -1));
    const { exit, events } = await run(w, { env: TWO });
    expect([exit, w.server.requests.length]).toEqual([1, 3]);
    expect(ofType(events(), "stream.reset")).toHaveLength(3);
    expect(closings(events())).toMatchObject([{ error: { kind: "stream_disconnected" } }]);
    expect([messages(events()), ran(w)]).toEqual([[], []]);
  });

  test.each([
    ["refused", "http://127.0.0.1:9/v1", "nothing listens there"],
    ["no such host", "http://moat.invalid/v1", "host name"],
  ])("%s", async (_, OPENAI_BASE_URL, words) => {
    await using w = await world([]);
    const { exit, events } = await run(w, { env: { ...TWO, OPENAI_BASE_URL } });
    expect(exit).toBe(1);
    expect(ofType(events(), "stream.retrying")).toHaveLength(2);
    const [end] = closings(events()) as unknown as { error: { kind: string; message: string } }[];
    expect(end?.error.kind).toBe("stream_disconnected");
    expect(end?.error.message).toContain(words);
  });
});

describe("what a void response cost", () => {
  const ANTHROPIC = { ANTHROPIC_API_KEY: "sk-test" };
  const args = ["exec", "--json", "-c", 'model_provider="anthropic"', "-m", "claude-haiku-4-5"];

  test("counts as wasted, and in the total", async () => {
    const whole = messagesEvents([say("All ", "done.")], { type: "completed" });
    await using w = await world([whole.slice(0, 4), whole]);
    // A table for a built-in provider changes only what it names: the wire stays that provider's own.
    w.config(`[model_providers.anthropic]\nbase_url = "${w.server.url}"\n`);
    const { exit, events } = await w.moat([...args, "hi"], { env: ANTHROPIC });
    expect(exit).toBe(0);
    expect(w.server.requests.map(({ path }) => path)).toEqual(["/v1/messages", "/v1/messages"]);
    const [reset] = ofType(events(), "stream.reset") as unknown as { usage: { input_tokens: number } }[];
    expect(reset?.usage.input_tokens).toBe(1000);
    const [end] = closings(events()) as unknown as { usage: { input_tokens: number } }[];
    expect(end?.usage.input_tokens).toBe(2000);
  });

  test("also when the turn fails with it", async () => {
    await using w = await world([responseEvents([], { type: "incomplete", reason: "max_output_tokens" })]);
    const { events } = await run(w);
    expect(closings(events())).toMatchObject([{ usage: { input_tokens: 1000, output_tokens: 50 } }]);
  });
});

describe("silence", () => {
  const IDLE = { OPENAI_STREAM_IDLE_TIMEOUT_MS: "400" };

  /** Says something else first; then what the work needs, however often a busy machine takes a pause for silence. */
  const after = (first: Reply): Script => {
    return ({ raw }, index) => (index === 0 ? first : raw.includes("function_call_output") ? DONE : WORK);
  };
  const kinds = (events: JsonEvent[]) =>
    new Set(ofType(events, "stream.retrying").map(({ error }) => (error as unknown as { kind: string }).kind));

  test("in the middle of a stream", async () => {
    await using w = await world(after([...WORK.slice(0, 5), { wait: createGate() }]));
    const { exit, events } = await run(w, { env: IDLE });
    expect([exit, messages(events()).at(-1), ran(w)]).toEqual([0, "All done.", ["c1"]]);
    expect(kinds(events())).toEqual(new Set(["idle_timeout"]));
  });

  test("the limit of the environment holds for a provider with a table of its own", async () => {
    await using w = await world((_, index) => (index > 0 ? DONE : [...DONE.slice(0, 4), { wait: createGate() }]));
    w.config(`[model_providers.openai]\nbase_url = "${w.server.url}"\n`);
    const { exit, events } = await run(w, { env: IDLE });
    expect([exit, kinds(events())]).toEqual([0, new Set(["idle_timeout"])]);
  });

  test("accepted and never answered, where there is a limit on that", async () => {
    await using w = await world(after([{ wait: createGate() }]));
    const { exit, events } = await run(w, { env: { OPENAI_TIMEOUT_MS: "300" } });
    expect([exit, messages(events()).at(-1), ran(w)]).toEqual([0, "All done.", ["c1"]]);
    expect(kinds(events())).toEqual(new Set(["idle_timeout"]));
  });

  // With a clock that is moved by hand, src/model/streams.test.ts does the same in no time.
  test.if(full)(
    "one byte a second for 90 s is none, where 30 s are",
    async () => {
      const bytes = Buffer.from(DONE.map(encodeEvent).join(""));
      const gates = Array.from({ length: 90 }, createGate);
      const steps = gates.flatMap((gate, at): Step[] => [{ bytes: bytes.subarray(at, at + 1) }, { wait: gate }]);
      await using w = await world([[...steps, { bytes: bytes.subarray(gates.length) }]]);
      const opened = (async () => {
        for (const gate of gates) {
          await gate.reached;
          await Bun.sleep(1000);
          gate.open();
        }
      })();
      const { exit, events } = await run(w, { env: { OPENAI_STREAM_IDLE_TIMEOUT_MS: "30000" } });
      await opened;
      expect([exit, w.server.requests.length, messages(events())]).toEqual([0, 1, ["All done."]]);
    },
    600_000,
  );
});

describe("a recorded stream that breaks at every event boundary and inside every event", () => {
  const bytes = (id: string) => Buffer.from(respond(say("Step."), work(id)).map(encodeEvent).join(""));
  /** All places of a stream with a call of this id, but for its very end. */
  function places(id: string): number[] {
    const events = respond(say("Step."), work(id));
    const ends = events.map((_, at) => Buffer.from(events.slice(0, at).map(encodeEvent).join("")).length);
    return [...ends, ...ends.map((at) => at + 25)].filter((at) => at < bytes(id).length - 2);
  }

  /** One run in which every request is broken once, each at another place: the retries of one do not count for the next. */
  async function breakEverywhere(cut: (at: number) => "fin" | "rst") {
    const ids = places("t00").map((_, at) => `t${String(at).padStart(2, "0")}`);
    const script = ids.flatMap((id, index): Reply[] => [
      [{ bytes: bytes(id).subarray(0, places(id)[index]) }, { cut: cut(index) }],
      respond(say("Step."), work(id)),
    ]);
    await using w = await world([...script, DONE]);
    const { exit, events } = await run(w);
    expect(exit).toBe(0);
    expect(w.server.requests).toHaveLength(2 * ids.length + 1);
    expect(ofType(events(), "stream.retrying")).toHaveLength(ids.length);
    expect(messages(events())).toEqual([...ids.map(() => "Step."), "All done."]);
    expect(ran(w)).toEqual(ids);
    const shown = ofType(events(), "item.completed").map(({ item }) => (item as unknown as { id: string }).id);
    expect(new Set(shown).size).toBe(shown.length);
  }

  test("resets and closes in turn", () => breakEverywhere((at) => (at % 2 ? "rst" : "fin")), 60_000);
  test.if(full)("the other way round", () => breakEverywhere((at) => (at % 2 ? "fin" : "rst")), 60_000);
});
