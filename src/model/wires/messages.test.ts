import { afterEach, describe, expect, test } from "bun:test";
import type { HistoryItem } from "../../protocol/index.ts";
import {
  type ModelServer,
  messagesEvents,
  type Script,
  type SseEvent,
  say,
  startModelServer,
} from "../../testkit/index.ts";
import { createClient } from "../client.ts";
import { type WireUnderTest, wireContract } from "../contract.suite.ts";
import type { ModelRequest } from "../contract.ts";
import { dialectContract } from "../dialects.suite.ts";
import { collect, INSTANT, providerFor, REQUEST } from "../setup.suite.ts";
import { messagesBody } from "./messages-request.ts";

const MESSAGES: WireUnderTest = {
  wire_api: "anthropic",
  events: messagesEvents,
  model: "claude-sonnet-5",
  replayed_reasoning: '"signature":"encrypted:first then"',
  history: (body) => (body as { messages: unknown[] }).messages,
};
wireContract(MESSAGES);
dialectContract({
  ...MESSAGES,
  good_end: '"stop_reason":"end_turn"',
  end: (reason) => `"stop_reason":${JSON.stringify(reason)}`,
  whole: (text) => ({ id: "m", type: "message", content: [{ type: "text", text }], stop_reason: "end_turn" }),
  optional: { field: "thinking", request: {} },
});

describe("servers of this wire that are not Anthropic's", () => {
  const servers: ModelServer[] = [];
  const none = new AbortController().signal;
  const start = async (script: Script) => {
    const server = await startModelServer(script);
    servers.push(server);
    const client = await createClient(providerFor(server, { wire_api: "anthropic" }), INSTANT);
    const run = (more: Partial<ModelRequest> = {}) =>
      collect(client.stream({ ...REQUEST, model: "qwen3-coder", ...more }, none));
    return { server, run };
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop();
  });
  const events = (stop_reason: string, usage: object, ...blocks: object[]) =>
    [
      { data: { type: "message_start", message: { id: "m", usage: { input_tokens: 9, output_tokens: 1 } } } },
      ...blocks.flatMap((content_block, index) => [
        { data: { type: "content_block_start", index, content_block } },
        { data: { type: "content_block_stop", index } },
      ]),
      { data: { type: "message_delta", delta: { stop_reason }, usage } },
      { data: { type: "message_stop" } },
    ] as SseEvent[];

  test("other models get the plain fields only, and the limit that they announced", () => {
    const plain = messagesBody({ ...REQUEST, model: "qwen3-coder", effort: "high" });
    expect(Object.keys(plain).sort()).toEqual(["max_tokens", "messages", "model", "stream", "system"]);
    expect(plain.max_tokens).toBe(8192);
    expect(messagesBody({ ...REQUEST, model: "x", max_output_tokens: 60_000 }).max_tokens).toBe(60_000);
  });

  test("a limit that the server names is kept to", async () => {
    const { run, server } = await start([
      {
        status: 400,
        body: { error: { message: "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens" } },
      },
      events("end_turn", {}, { type: "text", text: "ok" }),
    ]);
    expect((await run()).at(-1)?.type).toBe("completed");
    expect(server.requests[1]?.body).toMatchObject({ max_tokens: 4096 });
  });

  test("blank text blocks are not sent; zeros at the end do not take back what was counted", async () => {
    const { run, server } = await start([
      events("end_turn", { input_tokens: 0, output_tokens: 0 }, { type: "text", text: "ok" }),
    ]);
    const blank: HistoryItem = { type: "message", role: "user", content: [{ type: "input_text", text: " \n" }] };
    expect((await run({ input: [blank, ...REQUEST.input] })).at(-1)).toMatchObject({
      usage: { input_tokens: 9, output_tokens: 1 },
    });
    expect(server.requests[0]?.body).toMatchObject({ messages: [{ content: [{ text: "hello" }] }] });
  });

  test("thinking without a signature goes back as it came, to the server that sent it", async () => {
    const { run, server } = await start([
      events("end_turn", {}, { type: "thinking", thinking: "hm" }, { type: "text", text: "ok" }),
      events("end_turn", {}, { type: "text", text: "ok" }),
    ]);
    const items = (await run()).flatMap((event) => (event.type === "item" ? [event.item] : []));
    await run({ input: [...REQUEST.input, ...items, ...REQUEST.input] });
    expect(server.requests[1]?.raw).toContain('{"type":"thinking","thinking":"hm"}');
  });

  test("a server that paused wants to go on", async () => {
    const { run } = await start([events("pause_turn", {}, { type: "text", text: "first" })]);
    expect((await run()).at(-1)).toMatchObject({ type: "completed", paused: true });
  });
});

describe("Messages request", () => {
  test("a provider without a key sends none", async () => {
    const server = await startModelServer([messagesEvents([say("ok")], { type: "completed" })]);
    const settings = providerFor(server, { wire_api: "anthropic", api_key: null });
    await collect((await createClient(settings, INSTANT)).stream(REQUEST, new AbortController().signal));
    server.stop();
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  const body = (model: string, effort: string | null, more: Partial<ModelRequest> = {}) =>
    messagesBody({ ...REQUEST, model, effort, ...more });

  test.each([
    ["claude-opus-5-5", null, { type: "adaptive", display: "summarized" }, undefined],
    ["claude-opus-5-5", "none", { type: "adaptive", display: "summarized" }, { effort: "low" }],
    ["claude-opus-4-6", "high", { type: "adaptive", display: "summarized" }, { effort: "high" }],
    ["claude-sonnet-4-5-20250929", "high", { type: "enabled", budget_tokens: 20_000 }, undefined],
    ["claude-sonnet-4-5", null, undefined, undefined],
    ["claude-3-5-sonnet-latest", "high", undefined, undefined],
  ])("%s with effort %j", (model, effort, thinking, output_config) => {
    expect(body(model, effort)).toMatchObject({ ...(thinking ? { thinking } : {}) });
    expect(body(model, effort).thinking).toEqual(thinking as never);
    expect(body(model, effort).output_config).toEqual(output_config as never);
  });

  test("the cache ends at the last block, and the system prompt has a mark of its own", () => {
    expect(body("claude-opus-5-5", null)).toMatchObject({
      cache_control: { type: "ephemeral" },
      system: [{ text: "You are a test.", cache_control: { type: "ephemeral" } }],
    });
  });

  test("results of parallel calls are one message; developer messages at the start belong to the system prompt", () => {
    const message = (role: "developer" | "user", text: string): HistoryItem => ({
      type: "message",
      role,
      content: [{ type: "input_text", text }],
    });
    const call = (call_id: string, args: string): HistoryItem => ({
      type: "function_call",
      call_id,
      name: "f",
      arguments: args,
    });
    const output = (call_id: string): HistoryItem => ({ type: "function_call_output", call_id, output: "ok" });
    const input = [
      message("developer", "Be brief."),
      message("user", "go"),
      call("a", '{"x":1}'),
      call("b", "not json"),
      output("a"),
      output("b"),
      message("developer", "One more thing."),
    ];
    const { system, messages } = body("claude-opus-5-5", null, { input });
    expect(system).toMatchObject([{ text: "You are a test.\n\nBe brief." }]);
    expect(messages).toEqual([
      { role: "user", content: [{ type: "text", text: "go" }] },
      {
        role: "assistant",
        content: [
          { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
          { type: "tool_use", id: "b", name: "f", input: { malformed_arguments: "not json" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "ok" },
          { type: "tool_result", tool_use_id: "b", content: "ok" },
          { type: "text", text: "One more thing." },
        ],
      },
    ]);
  });
});
