import { afterEach, describe, expect, test } from "bun:test";
import { type ModelServer, respond, responseEvents, type Script, say, startModelServer } from "../../testkit/index.ts";
import { createClient } from "../client.ts";
import { type WireUnderTest, wireContract } from "../contract.suite.ts";
import { dialectContract } from "../dialects.suite.ts";
import { collect, INSTANT, providerFor, REQUEST } from "../setup.suite.ts";

const RESPONSES: WireUnderTest = {
  wire_api: "responses",
  events: responseEvents,
  model: "gpt-5.5",
  replayed_reasoning: '"encrypted_content":"encrypted:first then"',
  history: (body) => (body as { input: unknown[] }).input,
};
wireContract(RESPONSES);
dialectContract({
  ...RESPONSES,
  good_end: '"status":"completed"',
  end: (reason) => `"status":${JSON.stringify(reason)}`,
  whole: (text) => ({
    id: "r",
    status: "completed",
    output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }],
  }),
  optional: { field: "reasoning", request: { effort: "high" } },
});

describe("Responses request", () => {
  const servers: ModelServer[] = [];
  const start = async (script: Script) => {
    const server = await startModelServer(script);
    servers.push(server);
    return server;
  };
  const none = new AbortController().signal;
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop();
  });

  test("the body holds what the contract says, and nothing is stored", async () => {
    const server = await start([respond(say("ok"))]);
    const client = await createClient(providerFor(server), INSTANT);
    await collect(client.stream({ ...REQUEST, effort: "high", reasoning_summary: "auto", verbosity: "low" }, none));
    expect(server.requests[0]?.body).toEqual({
      model: "gpt-5.5",
      instructions: "You are a test.",
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] }],
      tools: [],
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: { effort: "high", summary: "auto" },
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "thread-1",
      text: { verbosity: "low" },
    });
  });

  test("headers name moat, the thread and the key, and say nothing of the machine", async () => {
    const server = await start([respond(say("ok"))]);
    const settings = providerFor(server, { http_headers: { "x-team": "blue" }, query_params: { "api-version": "7" } });
    await collect((await createClient(settings, INSTANT)).stream(REQUEST, none));
    const [request] = server.requests;
    expect(request?.path).toBe("/v1/responses");
    expect(request?.query.get("api-version")).toBe("7");
    expect(request?.headers).toMatchObject({
      authorization: "Bearer sk-test",
      "user-agent": "moat/test",
      originator: "moat_test",
      "session-id": "thread-1",
      "thread-id": "thread-1",
      accept: "text/event-stream",
      "x-team": "blue",
    });
    expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith("x-stainless"))).toEqual([]);
  });

  test("a provider without a key sends no authorization", async () => {
    const server = await start([respond(say("ok"))]);
    await collect((await createClient(providerFor(server, { api_key: null }), INSTANT)).stream(REQUEST, none));
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("the key is asked for each request", async () => {
    const server = await start([respond(say("one")), respond(say("two")), respond(say("three"))]);
    const keys = ["first", "first", "second"];
    const source = { current: async () => keys[server.requests.length] ?? "", refused: () => {} };
    const client = await createClient(providerFor(server), { ...INSTANT, keys: source });
    for (const model of ["a", "b", "c"]) await collect(client.stream({ ...REQUEST, model }, none));
    const sent = server.requests.map(({ headers, body }) => [headers.authorization, (body as { model: string }).model]);
    expect(sent).toEqual([
      ["Bearer first", "a"],
      ["Bearer first", "b"],
      ["Bearer second", "c"],
    ]);
  });

  test("a lost `output_item.done` is taken from the last event", async () => {
    const events = respond(say("whole")).filter(({ event }) => event !== "response.output_item.done");
    const server = await start([[{ bytes: "event: response.output_item.done\ndata: {broken\n\n" }, ...events]]);
    const seen = await collect((await createClient(providerFor(server), INSTANT)).stream(REQUEST, none));
    expect(seen.filter((event) => event.type === "item")).toMatchObject([{ item: { content: [{ text: "whole" }] } }]);
    expect(seen.at(-1)?.type).toBe("completed");
  });
});
