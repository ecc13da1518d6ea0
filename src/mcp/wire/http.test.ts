// Streamable HTTP against servers that this file scripts.
import { afterEach, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../protocol/index.ts";
import { address, played } from "../mcp.suite.ts";

interface Got {
  method: string;
  rpc: string;
  headers: Record<string, string>;
  body: JsonObject | null;
}
type Handle = (got: Got, request: Request) => Response | Promise<Response>;
const servers: { stop(force: boolean): unknown }[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) one.stop(true);
});

/** A server that keeps what it got. */
function serve(handle: Handle) {
  const got: Got[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 30,
    async fetch(request) {
      const text = await request.text();
      const body = text === "" ? null : (JSON.parse(text) as JsonObject);
      const one = {
        method: request.method,
        rpc: String(body?.method ?? ""),
        headers: Object.fromEntries(request.headers),
        body,
      };
      got.push(one);
      return handle(one, request);
    },
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${server.port}/mcp`, got };
}

const result = ({ body }: Got, value: object, init?: ResponseInit) =>
  Response.json({ jsonrpc: "2.0", id: body?.id, result: value }, init);
const refuse = ({ body }: Got, code: number, status = 400, data?: object) =>
  Response.json(
    { jsonrpc: "2.0", id: body?.id ?? null, error: { code, message: "no", ...(data ? { data } : {}) } },
    { status },
  );
const TOOLS = {
  tools: [
    {
      name: "echo",
      inputSchema: { type: "object", properties: { who: { type: "string", "x-mcp-header": "Who" } } },
      annotations: { readOnlyHint: true },
    },
  ],
};

/** A server of the older revision with a session. */
const legacy: Handle = (got) => {
  if (got.method !== "POST") return new Response(null, { status: 405 });
  if (got.rpc === "initialize")
    return result(
      got,
      { protocolVersion: "2025-11-25", capabilities: { tools: {} } },
      { headers: { "mcp-session-id": "s1" } },
    );
  if (got.rpc === "tools/list") return result(got, TOOLS);
  if (got.rpc === "tools/call") return result(got, { content: [{ type: "text", text: "hello" }] });
  return got.rpc.startsWith("notifications/") ? new Response(null, { status: 202 }) : refuse(got, -32000);
};
/** One of the newer. */
const modern: Handle = (got) => {
  if (got.rpc === "server/discover")
    return result(got, { supportedVersions: ["2026-07-28"], capabilities: { tools: {} } });
  if (got.rpc === "tools/list") return result(got, TOOLS);
  if (got.rpc === "tools/call") return result(got, { content: [{ type: "text", text: "hello" }] });
  return refuse(got, -32601, 404);
};
const connect = async (one: ReturnType<typeof played>) => {
  await one.set.servers?.connect(new AbortController().signal);
  return (await one.set.servers?.status())?.[0];
};

describe("eras", () => {
  test("the newer revision says in headers what a request is about, and needs no session", async () => {
    const { url, got } = serve(modern);
    using one = played([address(url)]);
    await connect(one);
    expect((await one.call("mcp__t__echo", { who: "Zoë" })).body).toBe("hello");
    const call = got.at(-1);
    expect(call?.headers).toMatchObject({
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "echo",
      "mcp-param-who": `=?base64?${btoa(unescape(encodeURIComponent("Zoë")))}?=`,
    });
    expect(call?.body?.params).toMatchObject({
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {}, url: {} } },
      },
    });
    expect(got.map(({ rpc }) => rpc)).not.toContain("initialize");
  });

  test("the older one is greeted, and has its session and revision with each request", async () => {
    const { url, got } = serve(legacy);
    using one = played([address(url)]);
    expect(await connect(one)).toMatchObject({ state: "ready", version: "2025-11-25" });
    await one.call("mcp__t__echo");
    expect(got.at(-1)?.headers).toMatchObject({ "mcp-session-id": "s1", "mcp-protocol-version": "2025-11-25" });
  });

  test("one that speaks only a revision which moat does not know says so", async () => {
    const { url } = serve((got) => refuse(got, -32022, 400, { supported: ["2099-01-01"] }));
    using one = played([address(url)]);
    expect(await connect(one)).toMatchObject({ state: "failed", problem: "the MCP server t: no" });
  });

  test("what was found out is remembered: the next time the older one is greeted at once", async () => {
    const { url, got } = serve(legacy);
    using one = played([address(url)]);
    await connect(one);
    using next = played([address(url)], undefined, { moat_home: one.world.moat_home });
    got.splice(0);
    await connect(next);
    expect(got.map(({ rpc }) => rpc)).not.toContain("server/discover");
  });
});

test("an answer may be a stream, with what comes before it", async () => {
  const { url } = serve((got) => {
    if (got.rpc !== "tools/call") return modern(got, new Request("http://x"));
    const events = [
      { jsonrpc: "2.0", method: "notifications/progress", params: {} },
      { jsonrpc: "2.0", id: got.body?.id, result: { content: [{ type: "text", text: "streamed" }] } },
    ];
    const text = `: comment\n\n${events.map((event) => `event: message\ndata: ${JSON.stringify(event)}\n\n`).join("")}`;
    return new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  });
  using one = played([address(url)]);
  expect((await one.call("mcp__t__echo")).body).toBe("streamed");
});

describe("limits", () => {
  const answering =
    (answer: (got: Got) => Response): Handle =>
    (got, request) =>
      got.rpc === "tools/call" ? answer(got) : modern(got, request);

  test.each<[string, (got: Got) => Response, string]>([
    [
      "too long",
      () => new Response("x".repeat(11 * 1024 * 1024), { headers: { "content-type": "application/json" } }),
      "it sent more than 10 MB",
    ],
    [
      "a flood of events",
      () =>
        new Response(`data: ${"x".repeat(1000)}\n\n`.repeat(70_000), {
          headers: { "content-type": "text/event-stream" },
        }),
      "it sent more than 64 MB in one answer",
    ],
    [
      "an event that is too long",
      () => new Response(`data: ${"x".repeat(11 * 1024 * 1024)}`, { headers: { "content-type": "text/event-stream" } }),
      "it sent a message of more than 10 MB",
    ],
    [
      "a page",
      () => new Response("<html>", { headers: { "content-type": "text/html" } }),
      "it answered with something else than MCP",
    ],
    ["an error page", () => new Response("Bad\n  Gateway", { status: 502 }), "it answered HTTP 502: Bad Gateway"],
    ["nothing", () => new Response(""), "its answer ended without a result"],
    ["a refusal", (got) => refuse(got, -32603, 500), "no"],
    [
      "the end of a stream",
      () => new Response(": bye\n\n", { headers: { "content-type": "text/event-stream" } }),
      "its answer ended without a result",
    ],
    ["a login", () => new Response("", { status: 401 }), "it wants a login (HTTP 401); `moat mcp login t` logs in"],
  ])("%s", async (_, answer, message) => {
    const { url } = serve(answering(answer));
    // 70 MB take a busy machine their time.
    using one = played([address(url, "t", { tool_timeout_ms: 50_000 })]);
    expect((await one.call("mcp__t__echo")).body).toBe(`the MCP server t: ${message}`);
  });
});

describe("headers", () => {
  test("go nowhere but to the server's own origin", async () => {
    const other = serve(modern);
    const { url, got } = serve((one) =>
      one.headers["x-key"] === "secret" ? Response.redirect(other.url, 307) : refuse(one, 0),
    );
    const config = address(url);
    using one = played([{ ...config, place: { ...config.place, headers: { "x-key": "secret" } } as never }]);
    expect(await connect(one)).toMatchObject({ state: "failed" });
    expect(got.length).toBeGreaterThan(0);
    expect(other.got).toEqual([]);
  });

  test("a redirection below the same origin is followed, with body and method", async () => {
    const { url } = serve((got, request) =>
      new URL(request.url).pathname === "/mcp"
        ? new Response(null, { status: 308, headers: { location: "/mcp/" } })
        : modern(got, request),
    );
    using one = played([address(url)]);
    expect((await one.call("mcp__t__echo")).body).toBe("hello");
  });
});

test("a session that the server forgot is opened anew for the next call", async () => {
  let forgotten = false;
  const { url, got } = serve((one, request) => {
    if (one.rpc === "tools/call" && !forgotten) {
      forgotten = true;
      return new Response("gone", { status: 404 });
    }
    return legacy(one, request);
  });
  using one = played([address(url)]);
  expect((await one.call("mcp__t__echo")).body).toContain("it has forgotten the session");
  expect((await one.call("mcp__t__echo")).body).toBe("hello");
  expect(got.filter(({ rpc }) => rpc === "initialize")).toHaveLength(2);
});

describe("cancellation", () => {
  const hanging =
    (base: Handle, left: () => void): Handle =>
    (got, request) => {
      if (got.rpc !== "tools/call") return base(got, request);
      request.signal.addEventListener("abort", left);
      return new Promise<Response>(() => {});
    };

  test.each([
    ["older", legacy, true],
    ["newer", modern, false],
  ])("the %s revision: the connection ends, and the older one is told as well", async (_, base, told) => {
    const left = Promise.withResolvers<void>();
    const { url, got } = serve(hanging(base, left.resolve));
    using one = played([address(url)]);
    await connect(one);
    const abort = new AbortController();
    const called = one.call("mcp__t__echo", {}, abort.signal);
    while (!got.some(({ rpc }) => rpc === "tools/call")) await Bun.sleep(1);
    abort.abort();
    expect((await called).body).toBe("the MCP server t: cancelled");
    await left.promise;
    while (told && !got.some(({ rpc }) => rpc === "notifications/cancelled")) await Bun.sleep(1);
    expect(got.some(({ rpc }) => rpc === "notifications/cancelled")).toBe(told);
  });
});
