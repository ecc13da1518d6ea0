import { afterEach, describe, expect, test } from "bun:test";
import { type ModelServer, type Script, startModelServer } from "../testkit/index.ts";
import { modelInfo } from "./catalog.ts";
import { findLocalServers, listModels, localAddresses } from "./models.ts";
import { providerFor } from "./setup.suite.ts";

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

describe("listModels", () => {
  test("what the server offers, with what is known of it", async () => {
    const data = [{ id: "gpt-5.5" }, { id: "a-local-one", max_model_len: 4096 }, { object: "odd" }];
    const server = await start([{ status: 200, body: { data } }]);
    const list = await listModels(providerFor(server), 0, none);
    expect(list.ok && list.models.map(({ id, context_window, price }) => [id, context_window, price?.input])).toEqual([
      ["a-local-one", 4096, undefined],
      ["gpt-5.5", 1_050_000, 5],
    ]);
    expect(server.requests[0]?.path).toBe("/v1/models");
    expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-test");
  });

  test("Anthropic's list wants its own headers", async () => {
    const server = await start([{ status: 200, body: { data: [{ id: "claude-sonnet-5" }] } }]);
    await listModels(providerFor(server, { wire_api: "anthropic" }), 0, none);
    expect(server.requests[0]?.path).toBe("/v1/models");
    expect(server.requests[0]?.headers).toMatchObject({ "x-api-key": "sk-test", "anthropic-version": "2023-06-01" });
  });

  test("a refusal is a failure with the server's words", async () => {
    const server = await start([{ status: 401, body: { error: { message: "bad key" } } }]);
    const list = await listModels(providerFor(server), 0, none);
    expect(list).toMatchObject({
      ok: false,
      error: { kind: "unauthorized", message: expect.stringContaining("bad key") },
    });
  });
});

describe("findLocalServers", () => {
  test("the first server that has a model, whatever else listens or not", async () => {
    const web = await start([{ status: 404, body: "not here" }]);
    const empty = await start([{ status: 200, body: { data: [] } }]);
    const full = await start([{ status: 200, body: { data: [{ id: "qwen" }] } }]);
    const places = { none: "http://127.0.0.1:1/v1", web: web.url, empty: empty.url, full: full.url };
    expect(await findLocalServers(none, () => true, places)).toEqual([
      { id: "full", base_url: full.url, models: ["qwen"] },
    ]);
    expect(await findLocalServers(none, () => true, { none: places.none })).toEqual([]);
  });

  test("a model that embeds, ranks or hears is never picked; a server that has no other is none", async () => {
    const mute = [
      "nomic-embed-text:latest",
      "bge-m3",
      "text-embedding-3-small",
      "whisper-1",
      "jina-reranker-v2",
      "e5-large",
      "mxbai-embed-large",
      "paraphrase-multilingual",
      "sentence-transformers/all-mpnet-base-v2",
      "snowflake-arctic-embed2",
      "m3e-base",
      "BAAI/bge-large-en",
      "jina-clip-v2",
      "colbert-ir/colbertv2.0",
      "stable-diffusion-3.5",
      "kokoro-82m",
    ];
    const data = (ids: string[]) => [{ status: 200, body: { data: ids.map((id) => ({ id })) } }];
    const only = await start(data(mute));
    const both = await start(data([...mute, "qwen3:8b", "gemma3", "gpt-oss:20b"]));
    const found = await findLocalServers(none, () => true, { only: only.url, both: both.url });
    expect(found.map(({ id, models }) => [id, models])).toEqual([["both", ["qwen3:8b", "gemma3", "gpt-oss:20b"]]]);
  });

  test("a variable moves where a server is looked for", () => {
    expect(localAddresses({ OLLAMA_BASE_URL: "http://127.0.0.1:5/v1" })).toMatchObject({
      ollama: "http://127.0.0.1:5/v1",
      lmstudio: "http://127.0.0.1:1234/v1",
    });
  });

  test("what is not allowed is not asked", async () => {
    const first = await start([{ status: 200, body: { data: [{ id: "a" }] } }]);
    const second = await start([{ status: 200, body: { data: [{ id: "b" }] } }]);
    const places = { first: first.url, second: second.url };
    const only = (id: string, url: string) => id === "second" && url === second.url;
    expect(await findLocalServers(none, only, places)).toMatchObject([{ id: "second" }]);
    expect(first.requests).toEqual([]);
  });
});

describe("modelInfo", () => {
  test.each([
    ["gpt-5.5-2026-04-23", 1_050_000, true, true],
    ["openai/gpt-6.2-sol", 1_050_000, true, true],
    ["claude-haiku-4-5-20251001", 200_000, false, true],
    ["gpt-4.1", null, false, false],
    ["qwen3-coder:30b", null, false, true],
  ])("%s", (id, context_window, custom_tools, reasoning) => {
    expect(modelInfo(id)).toMatchObject({ id, context_window, custom_tools, reasoning });
  });

  test("the configuration knows better", () => {
    expect(modelInfo("mine", { mine: { context_window: 9 } }).context_window).toBe(9);
  });
});
