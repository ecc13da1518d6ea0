import { afterEach, describe, expect, test } from "bun:test";
import type { HistoryItem } from "../protocol/index.ts";
import {
  call,
  callCustom,
  createGate,
  type End,
  encodeEvent,
  type ModelServer,
  type Output,
  type Script,
  type SseEvent,
  say,
  startModelServer,
  think,
} from "../testkit/index.ts";
import { createClient } from "./client.ts";
import type { ModelEvent, ModelRequest, ProviderSettings, ToolSpec } from "./contract.ts";
import { collect, INSTANT, providerFor, REQUEST } from "./setup.suite.ts";

/** What the suite needs to know of a wire. */
export interface WireUnderTest {
  wire_api: ProviderSettings["wire_api"];
  events(outputs: Output[], end: End): SseEvent[];
  /** A model that has every trait on this wire. */
  model: string;
  /** How the reasoning of the script is found in the next request. */
  replayed_reasoning: string;
  /** The part of a request's body that grows with the conversation. */
  history(body: unknown): unknown[];
}

const FREEFORM: ToolSpec = {
  type: "custom",
  name: "apply_patch",
  description: "Edits files.",
  format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
  fallback_argument: "input",
};
const SHELL: ToolSpec = {
  type: "function",
  name: "exec_command",
  description: "Runs a command.",
  parameters: { type: "object", properties: { cmd: { type: "string" } }, required: ["cmd"] },
};

/** What every wire promises, whatever it looks like inside. */
export function wireContract(wire: WireUnderTest): void {
  const servers: ModelServer[] = [];
  const complete = (...outputs: Output[]) => wire.events(outputs, { type: "completed" });
  const request: ModelRequest = { ...REQUEST, model: wire.model, tools: [SHELL, FREEFORM] };

  async function start(script: Script) {
    const server = await startModelServer(script);
    servers.push(server);
    const client = await createClient(providerFor(server, { wire_api: wire.wire_api }), INSTANT);
    const run = (more: Partial<ModelRequest> = {}, signal = new AbortController().signal) =>
      client.stream({ ...request, ...more }, signal);
    return { server, client, run };
  }

  const itemsOf = (events: ModelEvent[]) => events.flatMap((event) => (event.type === "item" ? [event.item] : []));
  const textOf = (events: ModelEvent[], kind: "text" | "reasoning") =>
    events.map((event) => (event.type === "delta" && event.kind === kind ? event.delta : "")).join("");

  afterEach(() => {
    for (const server of servers.splice(0)) server.stop();
  });

  describe(`${wire.wire_api} wire`, () => {
    test("text comes as deltas and as a whole item under the same key", async () => {
      const { run } = await start([complete(say("Hel", "lo, ", "wörld 🎉"))]);
      const events = await collect(run());
      expect(textOf(events, "text")).toBe("Hello, wörld 🎉");
      const [item] = events.filter((event) => event.type === "item");
      expect(item?.item).toMatchObject({ type: "message", role: "assistant", content: [{ text: "Hello, wörld 🎉" }] });
      const keys = new Set(events.flatMap((event) => ("key" in event ? [event.key] : [])));
      expect(keys.size).toBe(1);
    });

    test("the last event is completed, with the usage and its parts", async () => {
      const { run } = await start([complete(say("hi"))]);
      const events = await collect(run());
      expect(events.at(-1)).toMatchObject({
        type: "completed",
        usage: { input_tokens: 1000, cached_input_tokens: 600, output_tokens: 50 },
      });
      expect(events.filter((event) => event.type === "completed" || event.type === "failed")).toHaveLength(1);
    });

    test("events of one chunk are one batch", async () => {
      const all = complete(say(...Array.from({ length: 50 }, (_, i) => `${i} `))).map(encodeEvent);
      const { run } = await start([[{ bytes: all.join("") }]]);
      const batches: ModelEvent[][] = [];
      for await (const batch of run()) batches.push(batch);
      expect(batches.length).toBeLessThanOrEqual(2);
      expect(textOf(batches.flat(), "text")).toStartWith("0 1 2 ");
    });

    test("reasoning comes as deltas and goes back as it came", async () => {
      const { run, server } = await start([complete(think("first ", "then"), say("done")), complete(say("again"))]);
      const events = await collect(run());
      expect(textOf(events, "reasoning")).toBe("first then");
      const items = itemsOf(events);
      expect(items.map((item) => item.type)).toEqual(["reasoning", "message"]);
      await collect(run({ input: [...request.input, ...items, ...request.input] }));
      expect(server.requests[1]?.raw).toContain(wire.replayed_reasoning);
    });

    test("parallel calls keep their own arguments, streamed in pieces", async () => {
      const { run } = await start([
        complete(
          say("Two things."),
          call("exec_command", { cmd: "ls -la" }, "call_1"),
          call("exec_command", { cmd: "echo ü" }, "call_2"),
        ),
      ]);
      const calls = itemsOf(await collect(run())).filter((item) => item.type === "function_call");
      expect(calls.map(({ call_id, name, arguments: args }) => [call_id, name, JSON.parse(args)])).toEqual([
        ["call_1", "exec_command", { cmd: "ls -la" }],
        ["call_2", "exec_command", { cmd: "echo ü" }],
      ]);
    });

    test("arguments that are not JSON are handed up as they are", async () => {
      const { run } = await start([complete(call("exec_command", '{"cmd": "ls'))]);
      expect(itemsOf(await collect(run()))).toMatchObject([{ type: "function_call", arguments: '{"cmd": "ls' }]);
    });

    test("a freeform call is one, whether the wire has such tools or not", async () => {
      const patch = "*** Begin Patch\n*** Delete File: a\n*** End Patch";
      const { run, server } = await start([complete(callCustom("apply_patch", patch)), complete(say("ok"))]);
      const items = itemsOf(await collect(run()));
      expect(items).toMatchObject([{ type: "custom_tool_call", name: "apply_patch", input: patch }]);
      const output: HistoryItem = { type: "custom_tool_call_output", call_id: "call_apply_patch", output: "Done 17" };
      await collect(run({ input: [...request.input, ...items, output] }));
      expect(server.requests[1]?.raw).toContain("*** Delete File: a");
      expect(server.requests[1]?.raw).toContain("Done 17");
    });

    test("tools, images and the schema of the answer are sent", async () => {
      const { run, server } = await start([complete(say("{}"))]);
      const image = `data:image/png;base64,${btoa("not really a picture")}`;
      await collect(
        run({
          input: [
            {
              type: "message",
              role: "user",
              content: [
                { type: "input_text", text: "what is this?" },
                { type: "input_image", image_url: image },
              ],
            },
          ],
          output_schema: { type: "object", properties: { verdict: { type: "string" } } },
        }),
      );
      const raw = server.requests[0]?.raw ?? "";
      for (const part of ["exec_command", "apply_patch", btoa("not really a picture"), "verdict", "You are a test."])
        expect(raw).toContain(part);
    });

    test("what was sent once is sent again byte for byte", async () => {
      const turn = () => complete(think("hm"), say("Look."), call("exec_command", { cmd: "ls" }));
      const { run, server } = await start([turn(), turn(), turn()]);
      let input: HistoryItem[] = [...request.input];
      for (let round = 0; round < 3; round++) {
        const items = itemsOf(await collect(run({ input })));
        input = [
          ...input,
          ...items,
          { type: "function_call_output", call_id: "call_exec_command", output: `out ${round}` },
        ];
      }
      const bodies = server.requests.map(({ body }) => wire.history(body).map((item) => JSON.stringify(item)));
      for (const [index, body] of bodies.entries()) {
        const next = bodies[index + 1];
        if (next) expect(next.slice(0, body.length)).toEqual(body);
      }
      expect(bodies[2]?.length).toBeGreaterThan(bodies[1]?.length ?? 0);
    });

    test("an abort in the middle ends with `interrupted` and closes the connection", async () => {
      const gate = createGate();
      const events = complete(say("a", "b", "c"));
      const { run, server } = await start([[...events.slice(0, -3), { wait: gate }]]);
      const abort = new AbortController();
      const seen: ModelEvent[] = [];
      for await (const batch of run({}, abort.signal)) {
        seen.push(...batch);
        abort.abort();
      }
      expect(seen.at(-1)).toMatchObject({ type: "failed", error: { kind: "interrupted", retryable: false } });
      await (await server.request(0)).closed;
    });

    test("an abort before any header does too", async () => {
      const { run, server } = await start([[{ wait: createGate() }]]);
      const abort = new AbortController();
      const events = collect(run({}, abort.signal));
      const arrived = await server.request(0);
      abort.abort();
      expect(await events).toMatchObject([{ type: "failed", error: { kind: "interrupted" } }]);
      await arrived.closed;
    });

    test("an abort that came before the start sends nothing", async () => {
      const { run, server } = await start([]);
      expect(await collect(run({}, AbortSignal.abort()))).toMatchObject([
        { type: "failed", error: { kind: "interrupted" } },
      ]);
      expect(server.requests).toHaveLength(0);
    });

    test("a reader that leaves ends the request", async () => {
      const { run, server } = await start([[...complete(say("a", "b")).slice(0, -3), { wait: createGate() }]]);
      for await (const _ of run()) break;
      await (await server.request(0)).closed;
    });

    test.each([
      ["cut", [{ cut: "rst" as const }]],
      ["ended early", []],
    ])("a stream that is %s is void and repeated", async (_, ending) => {
      const gate = createGate();
      const { run, server } = await start([
        [...complete(say("half", " of it")).slice(0, -3), { wait: gate }, ...ending],
        complete(say("all of it")),
      ]);
      const events: ModelEvent[] = [];
      for await (const batch of run()) {
        events.push(...batch);
        gate.open();
      }
      const reset = events.findIndex((event) => event.type === "reset");
      expect(textOf(events.slice(0, reset), "text")).toStartWith("half");
      expect(events[reset + 1]).toMatchObject({
        type: "retrying",
        attempt: 1,
        max: 10,
        delay_ms: 200,
        error: { kind: "stream_disconnected" },
      });
      expect(itemsOf(events.slice(reset))).toMatchObject([{ content: [{ text: "all of it" }] }]);
      expect(events.at(-1)?.type).toBe("completed");
      expect(server.requests[1]?.raw).toBe(server.requests[0]?.raw ?? "");
    });

    test("a refused key fails at once, in the server's words", async () => {
      const body = { error: { message: "Incorrect API key provided: sk-test.", code: "invalid_api_key" } };
      const { run, server } = await start([{ status: 401, body }]);
      const [event, ...rest] = await collect(run());
      expect(event).toMatchObject({ type: "failed", error: { kind: "unauthorized", status: 401 } });
      expect(JSON.stringify(event)).toContain("Incorrect API key provided: sk-test.");
      expect(rest).toEqual([]);
      expect(server.requests).toHaveLength(1);
    });

    test("an answer cut by the token limit is incomplete", async () => {
      const { run } = await start([wire.events([say("and so")], { type: "incomplete", reason: "max_output_tokens" })]);
      expect((await collect(run())).at(-1)).toMatchObject({
        type: "failed",
        error: { kind: "incomplete", message: expect.stringContaining("max_output_tokens") },
      });
    });

    test("a busy server is tried again", async () => {
      const { run } = await start([
        wire.events([], { type: "failed", code: "server_error", message: "try later" }),
        complete(say("now")),
      ]);
      const events = await collect(run());
      expect(events.map((event) => event.type)).toContain("retrying");
      expect(events.at(-1)?.type).toBe("completed");
    });
  });
}
