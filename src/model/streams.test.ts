import { afterEach, describe, expect, test } from "bun:test";
import {
  createGate,
  encodeEvent,
  type ManualClock,
  type ModelServer,
  manualClock,
  type Reply,
  respond,
  type Step,
  say,
  startModelServer,
} from "../testkit/index.ts";
import { createClient } from "./client.ts";
import type { ModelEvent, ProviderSettings } from "./contract.ts";
import { collect, INSTANT, providerFor, REQUEST } from "./setup.suite.ts";

const servers: ModelServer[] = [];
const none = new AbortController().signal;
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

async function start(replies: Reply[], more: Partial<ProviderSettings> = {}, clock?: ManualClock) {
  const server = await startModelServer(replies);
  servers.push(server);
  const hooks = clock ? { now: clock.now, random: () => 0.5, timer: clock.timer } : INSTANT;
  const client = await createClient(providerFor(server, more), hooks);
  return { server, stream: () => client.stream(REQUEST, none) };
}
const textOf = (events: ModelEvent[]) =>
  events.flatMap((event) => (event.type === "item" && event.item.type === "message" ? event.item.content : []));
const wire = (text: string) => respond(say(text)).map(encodeEvent).join("");
const spoken = (events: ModelEvent[]) =>
  events.flatMap((event) => (event.type === "delta" ? [event.delta] : [])).join("");
const TEXT = "Zürich → 東京 👩‍👩‍👧‍👦 \u2028 end";

describe("odd streams", () => {
  const encoded = Buffer.from(wire(TEXT));
  test.each([
    ["one byte in each chunk", { steps: [...encoded].map((byte) => ({ bytes: Uint8Array.of(byte) })) }],
    ["CRLF", { steps: [{ bytes: wire(TEXT).replaceAll("\n", "\r\n") }] }],
    [
      "CR LF in two chunks",
      {
        steps: wire(TEXT)
          .replaceAll("\n", "\r\n")
          .split(/(?<=\r)/)
          .map((bytes) => ({ bytes })),
      },
    ],
    ["bare CR", { steps: [{ bytes: wire(TEXT).replaceAll("\n", "\r") }] }],
    [
      "comments and empty lines between",
      { steps: [{ comment: "hi" }, { bytes: "\n\n" }, { bytes: encoded }, { comment: "" }] },
    ],
    ["a BOM", { steps: [{ bytes: `\ufeff${wire(TEXT)}` }] }],
    ["no blank line at the very end", { steps: [{ bytes: wire(TEXT).trimEnd() }] }],
    ["no content type", { headers: { "content-type": "" }, steps: [{ bytes: encoded }] }],
    ["no event names", { steps: [{ bytes: wire(TEXT).replaceAll(/^event: .*\n/gm, "") }] }],
    ["[DONE] at the end", { steps: [{ bytes: encoded }, { bytes: "data: [DONE]\n\n" }] }],
    ["gzip", { headers: { "content-encoding": "gzip" }, steps: [{ bytes: Bun.gzipSync(encoded) }] }],
    [
      "gzip, one byte in each chunk",
      {
        headers: { "content-encoding": "gzip" },
        steps: [...Bun.gzipSync(encoded)].map((byte) => ({ bytes: Uint8Array.of(byte) })),
      },
    ],
  ] as [string, { headers?: Record<string, string>; steps: Step[] }][])("%s", async (_, reply) => {
    const { stream, server } = await start([reply]);
    const events = await collect(stream());
    expect(textOf(events)).toMatchObject([{ text: TEXT }]);
    expect(events.at(-1)?.type).toBe("completed");
    expect(server.requests).toHaveLength(1);
  });

  /** A response whose one item comes in a single event of this many bytes. */
  const single = (bytes: number) => {
    const item = { type: "message", role: "assistant", content: [{ type: "output_text", text: "x".repeat(bytes) }] };
    const events = [
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: { id: "r" } },
    ];
    return events.map((data) => encodeEvent({ data })).join("");
  };

  test("an event of 20 MB comes whole", async () => {
    const { stream } = await start([[{ bytes: single(20_000_000) }]]);
    expect(textOf(await collect(stream()))[0]).toHaveProperty("text.length", 20_000_000);
  });
});

/** Waits for the client, whose sockets live in a thread of their own. */
const until = async (condition: () => boolean) => {
  while (!condition()) await Bun.sleep(1);
};
/** Gives it time for something that it should not do: nothing that can be waited for says that it did not. */
const settle = () => Bun.sleep(40);

/** A clock that counts how often it was read and how often a timer was set, which shows how far the client is. */
function watchedClock() {
  const clock = manualClock();
  const seen = { reads: 0, timers: 0 };
  return {
    ...clock,
    seen,
    now: () => {
      seen.reads++;
      return clock.now();
    },
    timer: (ms: number, callback: () => void) => {
      seen.timers++;
      return clock.timer(ms, callback);
    },
  };
}

describe("silence", () => {
  test("an event every 4 minutes for an hour is never cut", async () => {
    const clock = manualClock();
    const words = Array.from({ length: 15 }, (_, i) => `${i} `);
    const gates = words.map(() => createGate());
    const events = respond(say(...words));
    const steps = events.flatMap((event, i): Step[] => {
      const gate = gates[i - 4];
      return gate ? [{ wait: gate }, event] : [event];
    });
    const { stream, server } = await start([steps], {}, clock);
    const all: ModelEvent[] = [];
    const done = (async () => {
      for await (const batch of stream()) all.push(...batch);
    })();
    for (const [i, gate] of gates.entries()) {
      await gate.reached;
      await until(() => all.length >= i);
      clock.advance(240_000);
      gate.open();
    }
    await done;
    expect(all.at(-1)?.type).toBe("completed");
    expect(server.requests).toHaveLength(1);
    expect(clock.now() - 1_700_000_000_000).toBe(3_600_000);
  });

  test.each([
    ["before any header", [] as Step[], 1],
    ["after the headers", [{ head: true }] as Step[], 2],
    ["in the middle of the answer", respond(say("a", "b")).slice(0, 6) as Step[], 3],
  ])("300 s of it %s are a broken stream, which is repeated", async (_, before, timers) => {
    const clock = watchedClock();
    const gate = createGate();
    const { stream } = await start([[...before, { wait: gate }], respond(say("again"))], {}, clock);
    const all: ModelEvent[] = [];
    const done = (async () => {
      for await (const batch of stream()) all.push(...batch);
    })();
    await gate.reached;
    // The limit was set anew with each sign of life, and all that came was read.
    await until(() => clock.seen.timers >= timers && (timers < 3 || spoken(all) === "ab"));
    clock.advance(299_999);
    await settle();
    expect(all.some((event) => event.type === "retrying")).toBe(false);
    clock.advance(1);
    await until(() => all.some((event) => event.type === "retrying"));
    await clock.armed();
    clock.advance(1000);
    await done;
    expect(all.find((event) => event.type === "retrying")).toMatchObject({
      attempt: 1,
      error: { kind: "idle_timeout", message: expect.stringContaining("300 s") },
    });
    expect(all.at(-1)?.type).toBe("completed");
  });

  test("a server on this machine may think as long as it likes before its first byte, but not after", async () => {
    const clock = manualClock();
    const [first, second] = [createGate(), createGate()];
    const events = respond(say("a", "b"));
    const steps: Step[] = [{ head: true }, { wait: first }, ...events.slice(0, 6), { wait: second }];
    const { stream } = await start([steps], { header_timeout_ms: null, stream_max_retries: 0 }, clock);
    const done = collect(stream());
    await first.reached;
    await settle();
    expect(clock.next()).toBeNull();
    clock.advance(7_200_000);
    first.open();
    await second.reached;
    // The limit is set with the first byte that was read.
    await clock.armed();
    clock.advance(300_000);
    expect((await done).at(-1)).toMatchObject({ type: "failed", error: { kind: "idle_timeout" } });
  });

  test("comments count as life, empty lines do not", async () => {
    const clock = watchedClock();
    const gates = [createGate(), createGate(), createGate()] as const;
    const steps: Step[] = [
      { head: true },
      { wait: gates[0] },
      { comment: "ping" },
      { wait: gates[1] },
      { bytes: "\n\n" },
      { wait: gates[2] },
    ];
    const { stream } = await start([steps], { stream_max_retries: 0 }, clock);
    const done = collect(stream());
    for (const [i, gate] of gates.slice(0, 2).entries()) {
      await gate.reached;
      // With the request, the headers and the comment.
      await until(() => clock.seen.timers === i + 2);
      clock.advance(200_000);
      gate.open();
    }
    await gates[2].reached;
    await settle();
    // 200 s since the comment: the empty line must not have counted.
    clock.advance(99_999);
    await settle();
    expect(clock.next()).toBe(1);
    clock.advance(1);
    expect((await done).at(-1)).toMatchObject({ error: { kind: "idle_timeout" } });
  });

  test("a drip of one byte a second is alive", async () => {
    const clock = watchedClock();
    const bytes = Buffer.from(wire("slow"));
    const gates = Array.from({ length: 90 }, () => createGate());
    const steps = gates.flatMap((gate, i): Step[] => [{ bytes: bytes.subarray(i, i + 1) }, { wait: gate }]);
    const { stream } = await start(
      [[...steps, { bytes: bytes.subarray(90) }]],
      { stream_idle_timeout_ms: 60_000 },
      clock,
    );
    const done = collect(stream());
    const reads: number[] = [];
    for (const gate of gates) {
      await gate.reached;
      // The client may be a few bytes behind, among them line ends, which are no sign of life.
      const earlier = reads.at(-10) ?? 0;
      await until(() => clock.seen.reads > earlier);
      reads.push(clock.seen.reads);
      clock.advance(1000);
      gate.open();
    }
    expect(textOf(await done)).toMatchObject([{ text: "slow" }]);
  });

  test("a reader that takes its time is not the server's silence", async () => {
    const clock = manualClock();
    const events = respond(say(...Array.from({ length: 20_000 }, () => "x ")));
    // It is a flood, too, whose pauses pass by themselves.
    const timer: typeof clock.timer = (ms, callback) => (ms < 100 ? INSTANT : clock).timer(ms, callback);
    const { stream, server } = await start([events], {}, { ...clock, timer });
    const all: ModelEvent[] = [];
    for await (const batch of stream()) {
      all.push(...batch);
      if (all.length <= 5 || all.length >= 5000) continue;
      // Nothing is asked of the server while we are behind.
      await until(() => clock.next() === null);
      clock.advance(100_000);
    }
    expect(all.at(-1)?.type).toBe("completed");
    expect(server.requests).toHaveLength(1);
  });
});

test("a connection lives on where the server ends a finished answer a moment later", async () => {
  const gate = createGate();
  const server = await startModelServer([[...respond(say("one")), { wait: gate }], respond(say("two"))]);
  servers.push(server);
  // What is left is read without an end: a limit would close the connection, too.
  const client = await createClient(providerFor(server), { ...INSTANT, timer: () => () => {} });
  await collect(client.stream(REQUEST, none));
  gate.open();
  const closed = server.requests[0]?.closed.then(() => "closed");
  const next = collect(client.stream(REQUEST, none)).then(() => "open");
  expect(await Promise.race([closed, next])).toBe("open");
});
