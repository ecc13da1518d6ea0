// What the provider offers, and what it hosts: `moat models` and `--search`.
import { describe, expect, test } from "bun:test";
import { messagesEvents, respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const list = { status: 200, body: { data: [{ id: "gpt-6-luna" }, { id: "local", context_length: 32_768 }] } };

describe("moat models", () => {
  test("lists them with windows and prices, and marks the one in use", async () => {
    await using w = await world([list]);
    const ran = await w.moat(["models", "-c", "model=gpt-6-luna"]);
    expect([ran.exit, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toContain("* gpt-6-luna    1.05M  0.1 / 0.01 / 0.5\n");
    expect(ran.stdout).toContain("  local           33k  -\n");
    expect(w.server.requests[0]?.path).toBe("/v1/models");
  });

  test("as JSON; model_catalog_json wins over both", async () => {
    await using w = await world([list]);
    w.project.write("catalog.json", '{"local": {"context_window": 9, "images": true}}');
    const ran = await w.moat(["models", "--json", "-c", "model_catalog_json=catalog.json"]);
    const { models } = JSON.parse(ran.stdout);
    expect(models[1]).toMatchObject({ id: "local", context_window: 9, images: true, price: null, current: false });
  });

  test("a provider that has no model named can be asked all the same; what it answers is told", async () => {
    await using w = await world([{ status: 401, body: { error: { message: "Incorrect API key" } } }]);
    const env = { GROQ_API_KEY: "gsk-test", GROQ_BASE_URL: w.server.url };
    const ran = await w.moat(["models", "--provider", "groq"], { env });
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("Incorrect API key");
    expect(w.server.requests[0]?.headers.authorization).toBe("Bearer gsk-test");
  });

  test("a catalog that is none is an error with the place", async () => {
    await using w = await world([]);
    w.project.write("catalog.json", '{"local": {"context_window": "big"}}');
    const ran = await w.moat(["models", "-c", "model_catalog_json=catalog.json"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("local.context_window");
  });
});

describe("--search", () => {
  const tools = (body: unknown) =>
    (body as { tools: { type: string }[] }).tools.filter(({ type }) => type === "web_search");

  test("the search that OpenAI hosts is offered, and shown when it is used", async () => {
    const search = {
      type: "response.output_item.done",
      output_index: 7,
      item: { id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query: "moats" } },
    };
    const [first, ...others] = respond(say("ok"));
    if (!first) throw new Error("no events");
    await using w = await world([[first, { data: search }, ...others]]);
    const ran = await w.moat(["exec", "--json", "--search", "hi"]);
    expect(tools(w.server.requests[0]?.body)).toEqual([{ type: "web_search", external_web_access: true }] as never);
    expect(ran.stdout).toContain('"query":"moats"');
  });

  test("the search that Anthropic hosts is offered, shown, and goes back as it came; on another wire it is left out", async () => {
    const called = { type: "server_tool_use", id: "srv", name: "web_search", input: { query: "moats" } };
    const found = {
      type: "web_search_tool_result",
      tool_use_id: "srv",
      content: [{ type: "web_search_result", url: "u" }],
    };
    const [begin, ping, ...others] = messagesEvents([say("ok")], { type: "completed" });
    if (!begin || !ping) throw new Error("no events");
    const search = [called, found].flatMap((content_block, index) => [
      { data: { type: "content_block_start", index: 7 + index, content_block } },
      { data: { type: "content_block_stop", index: 7 + index } },
    ]);
    await using w = await world([
      [begin, ping, ...search, ...others],
      messagesEvents([say("more")], { type: "completed" }),
      respond(say("elsewhere")),
    ]);
    const env = {
      ANTHROPIC_BASE_URL: w.server.url,
      ANTHROPIC_API_KEY: "sk-a",
      OPENAI_API_KEY: "",
      OPENAI_BASE_URL: "",
    };
    const claude = ["-c", "model_provider=anthropic", "-m", "claude-opus-5"];
    const ran = await w.moat(["exec", "--json", "--search", ...claude, "hi"], { env });
    expect(ran.stdout).toContain('"query":"moats"');
    const offered = w.server.requests[0]?.body as { tools: { type?: string }[] };
    expect(offered.tools.filter(({ type }) => type)).toEqual([
      { type: "web_search_20250305", name: "web_search" },
    ] as never);
    await w.moat(["exec", "resume", "--last", "--search", "on"], { env });
    const sent = JSON.stringify(w.server.requests[1]?.body);
    expect(sent).toContain(JSON.stringify(called));
    expect(sent).toContain(JSON.stringify(found));
    await w.moat(["exec", "resume", "--last", "-c", "model_provider=openai", "-m", "gpt-5", "on"]);
    expect(JSON.stringify(w.server.requests[2]?.body)).not.toContain("server_tool_use");
    const cached = await w.moat(["exec", ...claude, "-c", "web_search=cached", "hi"], { env });
    expect(cached.stderr).toContain("has no cached one");
  });

  test("where none is hosted the user is told", async () => {
    await using w = await world([respond(say("ok"))]);
    w.config(`[model_providers.mine]\nbase_url = "${w.server.url}"\n`);
    const ran = await w.moat(["exec", "--search", "-m", "x", "-c", "model_provider=mine", "hi"]);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toContain("no web search: mine hosts none");
    expect(tools(w.server.requests[0]?.body)).toEqual([]);
  });
});
