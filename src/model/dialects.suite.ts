import { afterEach, describe, expect, test } from "bun:test";
import type { HistoryItem, Json, JsonObject } from "../protocol/index.ts";
import {
  call,
  encodeEvent,
  type ModelServer,
  type Output,
  type Script,
  type SseEvent,
  type Step,
  say,
  startModelServer,
  think,
} from "../testkit/index.ts";
import { createClient } from "./client.ts";
import type { WireUnderTest } from "./contract.suite.ts";
import type { ModelEvent, ModelRequest, ToolSpec } from "./contract.ts";
import { collect, INSTANT, providerFor, REQUEST } from "./setup.suite.ts";

/** What this suite needs beside: how a wire says why it ended, and a whole answer that is not streamed. */
export interface DialectWire extends WireUnderTest {
  /** `"finish_reason":"stop"` or what the wire has in its place, as it stands in the events. */
  good_end: string;
  /** The same with another reason. */
  end(reason: string): string;
  /** The answer as one document. */
  whole(text: string): Json;
  /** Optional field of the body that a strict server may refuse, and a request that has it. */
  optional: { field: string; request: Partial<ModelRequest> };
}

const SHELL: ToolSpec = {
  type: "function",
  name: "exec_command",
  description: "Runs a command.",
  parameters: { type: "object", properties: { cmd: { type: "string" } }, required: ["cmd"] },
};

/** What every wire makes of servers that are not quite what they imitate. */
export function dialectContract(wire: DialectWire): void {
  const servers: ModelServer[] = [];
  const complete = (...outputs: Output[]) => wire.events(outputs, { type: "completed" });
  const request: ModelRequest = { ...REQUEST, model: wire.model, tools: [SHELL] };
  const none = new AbortController().signal;

  async function start(script: Script) {
    const server = await startModelServer(script);
    servers.push(server);
    const client = await createClient(providerFor(server, { wire_api: wire.wire_api }), INSTANT);
    return { server, run: (more: Partial<ModelRequest> = {}) => collect(client.stream({ ...request, ...more }, none)) };
  }
  const itemsOf = (events: ModelEvent[]) => events.flatMap((event) => (event.type === "item" ? [event.item] : []));
  const textOf = (events: ModelEvent[]) =>
    itemsOf(events)
      .flatMap((item) => (item.type === "message" ? item.content : []))
      .map((part) => ("text" in part ? part.text : ""))
      .join("");
  const shown = (events: ModelEvent[], kind: "text" | "reasoning") =>
    events.map((event) => (event.type === "delta" && event.kind === kind ? event.delta : "")).join("");
  /** The events of an answer that ended for this reason. */
  const ended = (reason: string, ...outputs: Output[]): Step[] => [
    {
      bytes: complete(...outputs)
        .map(encodeEvent)
        .join("")
        .replaceAll(wire.good_end, wire.end(reason)),
    },
  ];
  const refusing =
    (matches: (body: JsonObject) => boolean, message: string, answer: SseEvent[]): Script =>
    (got) =>
      matches(got.body as JsonObject)
        ? { status: 400, body: { error: { message, type: "invalid_request_error" } } }
        : answer;

  afterEach(() => {
    for (const server of servers.splice(0)) server.stop();
  });

  describe(`${wire.wire_api} wire, in other servers' dialects`, () => {
    test.each(["error", "abort", "insufficient_system_resource", "malformed_function_call", "engine_error"])(
      "an answer that ended for the reason %p is no answer: it is asked for again",
      async (reason) => {
        const { run } = await start([ended(reason, say("half an ans")), complete(say("all of it"))]);
        const events = await run();
        expect(events.map(({ type }) => type)).toContain("retrying");
        expect(textOf(events.slice(events.findIndex(({ type }) => type === "reset")))).toBe("all of it");
      },
    );

    test.each([
      ["nothing", [] as Output[]],
      ["reasoning alone", [think("I should look")]],
      ["a message of blanks", [say("  \n")]],
    ])("%s is asked for once more, then it is a failure of its own kind", async (_, outputs) => {
      const empty = complete(...outputs);
      const { run, server } = await start([empty, empty, complete(say("never asked for"))]);
      const events = await run();
      expect(events.filter(({ type }) => type === "retrying")).toMatchObject([{ error: { kind: "empty_answer" } }]);
      expect(events.at(-1)).toMatchObject({ type: "failed", error: { kind: "empty_answer" } });
      expect(server.requests).toHaveLength(2);
      const again = await start([empty, complete(say("here"))]);
      expect(textOf(await again.run())).toBe("here");
    });

    test.each([400, 413, 500])("a request that is too long, said in words under status %i, is one", async (status) => {
      const body = { error: { message: "This model's maximum context length is 8192 tokens." } };
      const { run, server } = await start([{ status, body }]);
      expect((await run()).at(-1)).toMatchObject({ type: "failed", error: { kind: "context_overflow" } });
      expect(server.requests).toHaveLength(1);
    });

    test("the same inside a stream that began well", async () => {
      const message = "prompt is too long: 213423 tokens > 200000 maximum";
      const { run } = await start([wire.events([], { type: "failed", code: "400", message })]);
      expect((await run()).at(-1)).toMatchObject({ type: "failed", error: { kind: "context_overflow" } });
    });

    test("arguments that are no object go back as one", async () => {
      const { run, server } = await start([complete(call("exec_command", '{"cmd": "ls')), complete(say("ok"))]);
      const items = itemsOf(await run());
      const output: HistoryItem = { type: "function_call_output", call_id: "call_exec_command", output: "no JSON" };
      await run({ input: [...request.input, ...items, output] });
      expect(server.requests[1]?.raw).toContain("malformed_arguments");
    });

    test("arguments of a hundred thousand levels are a call like any other, and go back as text", async () => {
      const args = `{"cmd":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
      const { run, server } = await start([complete(call("exec_command", args)), complete(say("ok"))]);
      const items = itemsOf(await run());
      expect(items).toMatchObject([{ type: "function_call", arguments: args }]);
      const output: HistoryItem = { type: "function_call_output", call_id: "call_exec_command", output: "too many" };
      expect(textOf(await run({ input: [...request.input, ...items, output] }))).toBe("ok");
      expect(server.requests).toHaveLength(2);
      expect(server.requests[1]?.raw).toContain("malformed_arguments");
    });

    test("ids that come twice are made unique when they arrive", async () => {
      const twice = complete(
        call("exec_command", { cmd: "a" }, "call_0"),
        call("exec_command", { cmd: "b" }, "call_0"),
      );
      const { run } = await start([twice, complete(call("exec_command", { cmd: "c" }, "call_0"))]);
      const first = itemsOf(await run());
      const second = itemsOf(await run({ input: [...request.input, ...first] }));
      const ids = [...first, ...second].map((item) => (item.type === "function_call" ? item.call_id : ""));
      expect(ids[0]).toBe("call_0");
      expect(new Set(ids).size).toBe(3);
    });

    test("reasoning of another provider is never sent", async () => {
      const { run, server } = await start([complete(say("ok"))]);
      const foreign: HistoryItem[] = [
        {
          type: "reasoning",
          summary: [{ type: "summary_text", text: "SECRET" }],
          encrypted_content: "gAAA",
          provider: "x",
        },
        { type: "reasoning", summary: [{ type: "summary_text", text: "SECRET" }], signature: "gAAA", provider: "x" },
        { type: "reasoning", summary: [{ type: "summary_text", text: "SECRET" }], field: "reasoning", provider: "x" },
      ];
      await run({ input: [...foreign, ...request.input] });
      expect(server.requests[0]?.raw).not.toMatch(/gAAA|SECRET/);
    });

    test("an image that is refused is left out, that is said, and it is remembered", async () => {
      const image = { type: "input_image" as const, image_url: "data:image/png;base64,AA==" };
      const input: HistoryItem[] = [
        { type: "message", role: "user", content: [image, { type: "input_text", text: "?" }] },
      ];
      const script = refusing(
        (body) => JSON.stringify(body).includes("AA=="),
        "no image input here",
        complete(say("ok")),
      );
      const { run, server } = await start(script);
      const events = await run({ input });
      expect(events).toContainEqual({
        type: "adjusted",
        message: expect.stringContaining("images"),
        limits: expect.objectContaining({ images: false }),
      });
      expect(textOf(events)).toBe("ok");
      expect(textOf(await run({ input }))).toBe("ok");
      expect(server.requests).toHaveLength(3);
    });

    test("reasoning that the server takes back no more is left out", async () => {
      const thought = complete(think("hm"), say("one"));
      const { run, server } = await start((got, index) => {
        const refused = index > 0 && got.raw.includes("hm");
        const message = "The encrypted content could not be verified: thinking blocks with this signature.";
        return refused ? { status: 400, body: { error: { message, type: "invalid_request_error" } } } : thought;
      });
      const items = itemsOf(await run());
      expect(textOf(await run({ input: [...request.input, ...items, ...request.input] }))).toBe("one");
      expect(server.requests).toHaveLength(3);
    });

    test("a field that is refused is left out, that is said, and it is remembered", async () => {
      const { field, request: more } = wire.optional;
      const script = refusing(
        (body) => field in body,
        `Unrecognized request argument supplied: ${field}`,
        complete(say("ok")),
      );
      const { run, server } = await start(script);
      const events = await run(more);
      expect(server.requests[0]?.body).toHaveProperty(field);
      expect(events).toContainEqual({
        type: "adjusted",
        message: expect.stringContaining(field),
        limits: expect.objectContaining({ omit: [field] }),
      });
      expect(textOf(events)).toBe("ok");
      await run(more);
      expect(server.requests).toHaveLength(3);
    });

    test("what is not optional is believed", async () => {
      const { run, server } = await start([{ status: 400, body: { error: { message: "model not found: x" } } }]);
      expect((await run()).at(-1)).toMatchObject({ type: "failed", error: { kind: "invalid_request" } });
      expect(server.requests).toHaveLength(1);
    });

    test("reasoning that the model wrote into its text is reasoning", async () => {
      const { run } = await start([complete(say("<thi", "nk>I see.</th", "ink>\n\nHel", "lo"))]);
      const events = await run();
      expect([shown(events, "reasoning"), shown(events, "text"), textOf(events)]).toEqual(["I see.", "Hello", "Hello"]);
      expect(itemsOf(events).map(({ type }) => type)).toEqual(["reasoning", "message"]);
    });

    test("one fence around a schema's answer is taken off, and only there", async () => {
      const fenced = '```json\n{"a": 1}\n```';
      const { run } = await start([complete(say(fenced)), complete(say(fenced))]);
      expect(textOf(await run({ output_schema: { type: "object" } }))).toBe('{"a": 1}');
      expect(textOf(await run())).toBe(fenced);
    });

    test("a whole answer under status 200 is taken, an error there is told in the server's words", async () => {
      const { run } = await start([
        { status: 200, headers: { "content-type": "application/json" }, body: wire.whole("all at once") },
        {
          status: 200,
          headers: { "content-type": "application/json" },
          body: { error: { message: "try pulling it" } },
        },
      ]);
      expect(textOf(await run())).toBe("all at once");
      expect((await run()).at(-1)).toMatchObject({
        type: "failed",
        error: { kind: "invalid_request", message: expect.stringContaining("try pulling it") },
      });
    });

    test.each(["text/plain", "text/event-stream", "application/octet-stream"])(
      "a document is read as one under %s, and a stream as one under application/json",
      async (type) => {
        const headers = { "content-type": type };
        const { run } = await start([
          { status: 200, headers, body: JSON.stringify(wire.whole("all at once")) },
          { status: 200, headers, body: JSON.stringify({ error: { message: "try pulling it" } }) },
          { headers: { "content-type": "application/json" }, steps: complete(say("streamed")) },
        ]);
        expect(textOf(await run())).toBe("all at once");
        expect((await run()).at(-1)).toMatchObject({ error: { message: expect.stringContaining("try pulling it") } });
        expect(textOf(await run())).toBe("streamed");
      },
    );

    test.each([
      ["plain text", "event: error\ndata: out of WORDS\n\n"],
      ["a text for an error", 'event: error\ndata: {"error":"out of WORDS"}\n\n'],
      ["no type", 'data: {"error":{"message":"out of WORDS","type":"invalid_request_error"}}\n\n'],
      ["the mark of vLLM", 'data: {"object":"error","message":"out of WORDS","code":400}\n\n'],
    ])("an error in the stream reaches the person: %s", async (_, bytes) => {
      const { run } = await start(() => [{ bytes }]);
      expect((await run()).at(-1)).toMatchObject({
        type: "failed",
        error: { message: expect.stringContaining("WORDS") },
      });
    });

    test.each([
      ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
      ["CR", (text: string) => text.replaceAll("\n", "\r")],
      ["a BOM and no blanks", (text: string) => `\uFEFF${text.replaceAll("data: ", "data:")}`],
      ["no last blank line", (text: string) => text.trimEnd()],
      [
        "comments and other fields",
        (text: string) => `: hi\n\nretry: 3\n\n${text.replaceAll("\n\n", "\n\n: KEEP\n\n")}`,
      ],
      [
        "data on many lines",
        (text: string) =>
          text.replace(/^data: (\{.*)$/gm, (_, json) =>
            JSON.stringify(JSON.parse(json), null, 1).replace(/^/gm, "data: "),
          ),
      ],
    ])("a stream with %s", async (_, change) => {
      const bytes = Buffer.from(change(complete(say("ünï ☃")).map(encodeEvent).join("")));
      const cut = Array.from({ length: 7 }, (_, part) => ({
        bytes: bytes.subarray(...[part, part + 1].map((n) => Math.floor((n * bytes.length) / 7))),
      }));
      const { run } = await start([cut]);
      expect(textOf(await run())).toBe("ünï ☃");
    });

    test("a refusal under status 500 is one when it says so", async () => {
      const { field, request: more } = wire.optional;
      const message = `create() got an unexpected keyword argument '${field}'`;
      const { run, server } = await start((got) =>
        field in (got.body as JsonObject) ? { status: 500, body: { error: { message } } } : complete(say("ok")),
      );
      expect(textOf(await run(more))).toBe("ok");
      expect(server.requests).toHaveLength(2);
    });

    test("the words of the server behind a gateway, and the address of a 404", async () => {
      const raw = JSON.stringify({ message: "tools are not supported by this model" });
      const { run } = await start([
        { status: 422, body: { error: { message: "Provider returned error", metadata: { raw } } } },
        { status: 404, body: "404 page not found" },
      ]);
      expect(JSON.stringify(await run())).toContain("tools are not supported by this model");
      expect(JSON.stringify(await run())).toContain("asked for http://127.0.0.1:");
    });
  });
}
