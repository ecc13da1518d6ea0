import { describe, expect, test } from "bun:test";
import { respond, say, tempProject } from "../testkit/index.ts";
import { createClient } from "./client.ts";
import type { Env } from "./contract.ts";
import { type ModelConfig, type Resolution, resolveProvider } from "./providers.ts";
import { collect, INSTANT, REQUEST } from "./setup.suite.ts";

const IDENTITY = { version: "1.2.3", originator: "moat_exec" };
const resolve = (config: ModelConfig, env: Env = {}) => resolveProvider(config, env, IDENTITY);
const found = (resolution: Resolution) => {
  if (!resolution.ok) throw new Error(resolution.message);
  return resolution;
};
const message = (resolution: Resolution) => (resolution.ok ? "" : resolution.message);

describe("resolveProvider", () => {
  test.each([
    ["http://h/v1/chat/completions?api-version=7", "http://h/v1", { "api-version": "7" }],
    ["http://h/v1/messages?beta=true", "http://h", { beta: "true" }],
    ["http://h/openai/?a=1&b=2", "http://h/openai", { a: "1", b: "2" }],
    [" http://h/v1// ", "http://h/v1", {}],
  ])("an address with an end point or a query: %s", async (written, base_url, query_params) => {
    const config = { model: "m", model_provider: "x", model_providers: { x: { base_url: written } } };
    expect(found(await resolve(config)).provider).toMatchObject({ base_url, query_params });
  });

  test("OPENAI_API_KEY alone is enough", async () => {
    expect(found(await resolve({}, { OPENAI_API_KEY: "sk" }))).toMatchObject({
      model: "gpt-6.2-sol",
      provider: {
        id: "openai",
        base_url: "https://api.openai.com/v1",
        wire_api: "responses",
        api_key: "sk",
        request_max_retries: null,
        stream_max_retries: null,
        stream_idle_timeout_ms: 300_000,
        header_timeout_ms: 300_000,
        give_up_after_ms: 600_000,
        user_agent: "moat/1.2.3",
        originator: "moat_exec",
      },
    });
  });

  test.each([
    [{ CODEX_API_KEY: "codex", OPENAI_API_KEY: "openai" }, {}, "codex"],
    [{ OPENAI_API_KEY: "openai" }, { keys: { openai: "saved" } }, "openai"],
    [{ OPENAI_API_KEY: "" }, { keys: { openai: "saved" } }, "saved"],
  ] as [Env, ModelConfig, string][])("key of %j %j is %s", async (env, config, key) => {
    expect(found(await resolve(config, env)).provider.api_key).toBe(key);
  });

  test.each([
    [{ openai_base_url: "http://127.0.0.1:9/v1" }, { OPENAI_BASE_URL: "http://b/v1" }, "http://127.0.0.1:9/v1"],
    [{}, { OPENAI_BASE_URL: "http://b/v1/" }, "http://b/v1"],
    [{}, { OPENAI_API_BASE: "https://api.openai.com" }, "https://api.openai.com/v1"],
    [{}, { OPENAI_API_BASE: "https://api.openai.com/v2" }, "https://api.openai.com/v2"],
  ] as [ModelConfig, Env, string][])("base URL of %j %j is %s", async (config, env, url) => {
    expect(found(await resolve(config, { OPENAI_API_KEY: "k", ...env })).provider.base_url).toBe(url);
  });

  test("nothing configured: the ways are named, and the demo", async () => {
    const resolution = await resolve({});
    expect(resolution).toMatchObject({ ok: false, reason: "nothing_configured" });
    for (const way of ["OPENAI_API_KEY", "moat login", "model_provider", "moat demo"])
      expect(message(resolution)).toContain(way);
  });

  test("a provider of the configuration", async () => {
    const config: ModelConfig = {
      model: "m",
      model_provider: "mock",
      model_providers: {
        mock: {
          name: "Mock",
          base_url: "http://127.0.0.1:7/v1",
          env_key: "MOCK_KEY",
          http_headers: { a: "1" },
          env_http_headers: { b: "B", c: "NOT_SET" },
          query_params: { v: "2" },
          request_max_retries: 1,
          stream_max_retries: 0,
          stream_idle_timeout_ms: 5,
        },
      },
    };
    expect(found(await resolve(config, { MOCK_KEY: "k", B: "2" })).provider).toMatchObject({
      id: "mock",
      name: "Mock",
      api_key: "k",
      http_headers: { a: "1", b: "2" },
      query_params: { v: "2" },
      request_max_retries: 1,
      stream_max_retries: 0,
      stream_idle_timeout_ms: 5,
      header_timeout_ms: null,
      organization: null,
    });
    expect(message(await resolve(config))).toBe("Missing environment variable: `MOCK_KEY`.");
  });

  test("any NAME_API_KEY with NAME_BASE_URL", async () => {
    const env = { MY_LAB_API_KEY: "k", MY_LAB_BASE_URL: "http://lab.invalid/v1" };
    expect(found(await resolve({ model_provider: "my-lab", model: "m" }, env)).provider).toMatchObject({
      api_key: "k",
      base_url: "http://lab.invalid/v1",
      wire_api: "chat",
    });
  });

  test.each([
    [{ model_provider: "nope", model: "m" }, {}, "no provider is called nope. Known: openai"],
    [{ model_provider: "x", model: "m", model_providers: { x: {} } }, {}, "model_providers.x.base_url is missing"],
    [{ model_provider: "x", model_providers: { x: { base_url: "http://h/" } } }, {}, "no model is named"],
    [{ model_provider: "openai" }, {}, "OpenAI needs a key: set CODEX_API_KEY or OPENAI_API_KEY, or run `moat login`"],
    [{}, { OPENAI_API_KEY: "k", OPENAI_TIMEOUT_MS: "soon" }, "OPENAI_TIMEOUT_MS must be a whole number, not `soon`"],
  ] as [ModelConfig, Env, string][])("%j %j is refused in words", async (config, env, text) => {
    expect(message(await resolve(config, env))).toContain(text);
  });

  test.each([
    [{}, { OPENAI_API_KEY: "k", OPENAI_DEFAULT_MODEL: "o3" }, "o3"],
    [{ model: "mine" }, { OPENAI_API_KEY: "k", OPENAI_DEFAULT_MODEL: "o3" }, "mine"],
    [{ model_provider: "anthropic" }, { ANTHROPIC_API_KEY: "k", OPENAI_DEFAULT_MODEL: "o3" }, "claude-sonnet-5-5"],
  ] as [ModelConfig, Env, string][])("model of %j %j is %s", async (config, env, model) => {
    expect(found(await resolve(config, env)).model).toBe(model);
  });

  test("Azure's address is the user's own, its key goes into both headers", async () => {
    const env = { AZURE_OPENAI_API_KEY: "k", AZURE_BASE_URL: "https://mine.openai.azure.com/openai/v1" };
    expect(found(await resolve({ model_provider: "azure", model: "m" }, env)).provider).toMatchObject({
      api_key: "k",
      http_headers: { "api-key": "k" },
    });
    expect(message(await resolve({ model_provider: "azure", model: "m" }))).toContain("AZURE_BASE_URL sets it too");
  });

  test.each([
    [{}, { OPENAI_BASE_URL: "ftp://user:hunter2@h/v1" }],
    [{}, { OPENAI_API_BASE: "htp://user:hunter2@h" }],
    [{}, { OPENAI_BASE_URL: "user:hunter2@h/v1" }],
    [{ model_provider: "mistral" }, { MISTRAL_API_KEY: "k", MISTRAL_BASE_URL: "file:///hunter2@h" }],
    [{ model_provider: "own" }, { OWN_BASE_URL: "s3://user:hunter2@h/v1" }],
  ] as [ModelConfig, Env][])(
    "an address of the environment that is not spoken is refused at once: %j %j",
    async (config, env) => {
      const said = message(await resolve(config, { OPENAI_API_KEY: "k", ...env }));
      expect(said).toContain("no http:// or https:// address");
      expect(said).toContain("_BASE_URL sets it too");
      expect(said).not.toContain("hunter2");
    },
  );

  test("a server on this machine needs no key and has no limit before its first byte", async () => {
    expect(found(await resolve({ openai_base_url: "http://localhost:1/v1" })).provider).toMatchObject({
      api_key: null,
      header_timeout_ms: null,
    });
  });
});

describe("offline stream", () => {
  test("MOAT_SSE_FIXTURE answers every request from a file, one event a line", async () => {
    using project = tempProject();
    const lines = respond(say("from a file")).map(({ data }) => `data: ${JSON.stringify(data)}`);
    project.write("stream.sse", lines.join("\n"));
    const { provider } = found(await resolve({}, { CODEX_RS_SSE_FIXTURE: project.path("stream.sse") }));
    const client = await createClient(provider, INSTANT);
    for (let i = 0; i < 2; i++) {
      const events = await collect(client.stream(REQUEST, new AbortController().signal));
      expect(events.find((event) => event.type === "item")).toMatchObject({
        item: { content: [{ text: "from a file" }] },
      });
      expect(events.at(-1)?.type).toBe("completed");
    }
  });

  test("a file that is not there fails at once, by name", async () => {
    const { provider } = found(await resolve({}, { MOAT_SSE_FIXTURE: "/proc/nowhere/stream.sse" }));
    const client = await createClient(provider, INSTANT);
    const events = await collect(client.stream(REQUEST, new AbortController().signal));
    expect(events).toMatchObject([
      { type: "failed", error: { message: expect.stringContaining("/proc/nowhere/stream.sse") } },
    ]);
  });
});
