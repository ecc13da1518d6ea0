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
import { collect, INSTANT, REQUEST, settingsFor } from "./setup.suite.ts";
import { createSseReader } from "./sse.ts";

const servers: ModelServer[] = [];
const none = new AbortController().signal;
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

async function start(replies: Reply[], more: Partial<ProviderSettings> = {}, clock?: ManualClock) {
  const server = await startModelServer(replies);
  servers.push(server);
  const hooks = clock ? { now: clock.now, random: () => 0.5, timer: clock.timer } : INSTANT;
  const client = await createClient(settingsFor(server, more), hooks);
  return { server, stream: () => client.stream(REQUEST, none) };
}
const textOf = (events: ModelEvent[]) =>
  events.flatMap((event) => (event.type === "item" && event.item.type === "message" ? event.item.content : []));
const wire = (text: string) => respond(say(text)).map(encodeEvent).join("");
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

  test("a large event takes time in proportion to its size, however it is cut", () => {
    /** Best of five, in ms: what is left when the machine's noise is taken away. */
    const time = (megabytes: number) => {
      const bytes = Buffer.from(single(megabytes * 1_000_000));
      const runs = Array.from({ length: 5 }, () => {
        const started = performance.now();
        let seen = 0;
        const reader = createSseReader((data) => {
          seen += data.length;
        });
        for (let at = 0; at < bytes.length; at += 1000) reader.feed(bytes.subarray(at, at + 1000));
        expect(seen).toBeGreaterThan(megabytes * 1_000_000);
        return performance.now() - started;
      });
      return Math.min(...runs);
    };
    time(1);
    const [small, large] = [time(2), time(16)];
    // 8 times the size: linear is 8, quadratic 64.
    expect(large / small).toBeLessThan(40);
  }, 20_000);
});

/** Lets the client do all that it has to do after the clock moved or the server wrote: its sockets live in a thread. */
const settle = (ms = 40) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => boolean) => {
  while (!condition()) await settle(1);
};

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
    ["before any header", [] as Step[]],
    ["after the headers", [{ head: true }] as Step[]],
    ["in the middle of the answer", respond(say("a", "b")).slice(0, 6) as Step[]],
  ])("300 s of it %s are a broken stream, which is repeated", async (_, before) => {
    const clock = manualClock();
    const gate = createGate();
    const { stream } = await start([[...before, { wait: gate }], respond(say("again"))], {}, clock);
    const done = collect(stream());
    await gate.reached;
    await settle();
    clock.advance(299_999);
    await settle();
    clock.advance(1);
    await clock.armed();
    await settle();
    clock.advance(1000);
    const events = await done;
    expect(events.find((event) => event.type === "retrying")).toMatchObject({
      attempt: 1,
      error: { kind: "idle_timeout", message: expect.stringContaining("300 s") },
    });
    expect(events.at(-1)?.type).toBe("completed");
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
    const clock = manualClock();
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
    for (const gate of gates.slice(0, 2)) {
      await gate.reached;
      await settle();
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
    const clock = manualClock();
    const bytes = Buffer.from(wire("slow"));
    const gates = Array.from({ length: 90 }, () => createGate());
    const steps = gates.flatMap((gate, i): Step[] => [{ bytes: bytes.subarray(i, i + 1) }, { wait: gate }]);
    const { stream } = await start(
      [[...steps, { bytes: bytes.subarray(90) }]],
      { stream_idle_timeout_ms: 60_000 },
      clock,
    );
    const done = collect(stream());
    for (const gate of gates) {
      await gate.reached;
      await settle(5);
      clock.advance(1000);
      gate.open();
    }
    expect(textOf(await done)).toMatchObject([{ text: "slow" }]);
  });

  test("a reader that takes its time is not the server's silence", async () => {
    const clock = manualClock();
    const events = respond(say(...Array.from({ length: 20_000 }, () => "x ")));
    const { stream, server } = await start([events], {}, clock);
    const all: ModelEvent[] = [];
    for await (const batch of stream()) {
      all.push(...batch);
      if (all.length > 5 && all.length < 5000) clock.advance(100_000);
      await settle();
    }
    expect(all.at(-1)?.type).toBe("completed");
    expect(server.requests).toHaveLength(1);
  });
});
