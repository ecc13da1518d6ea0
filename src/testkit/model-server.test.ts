import { afterEach, describe, expect, test } from "bun:test";
import { createGate, type ModelServer, respond, type Script, say, startModelServer } from "./index.ts";

const servers: ModelServer[] = [];
const start = async (script: Script) => {
  const server = await startModelServer(script);
  servers.push(server);
  return server;
};
const post = (server: ModelServer, body: object, init: RequestInit = {}) =>
  fetch(`${server.url}/responses?v=1`, { method: "POST", body: JSON.stringify(body), ...init });
/** Reads a body until it ends; what went wrong is the second value. */
async function read(response: Response): Promise<[string, unknown]> {
  let text = "";
  try {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
    return [text, null];
  } catch (error) {
    return [text, error];
  }
}

afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

describe("scripted model server", () => {
  test("answers in the order of the script and records what came", async () => {
    const server = await start([respond(say("one")), { status: 503, headers: { "retry-after": "2" }, body: "busy" }]);
    const first = await post(server, { input: "hello" }, { headers: { Authorization: "Bearer k" } });
    expect(first.headers.get("content-type")).toBe("text/event-stream");
    expect((await read(first))[0]).toContain('"delta":"one"');
    const second = await post(server, {});
    expect([second.status, second.headers.get("retry-after"), await second.text()]).toEqual([503, "2", "busy"]);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/v1/responses", body: { input: "hello" } });
    expect(request?.headers.authorization).toBe("Bearer k");
    expect(request?.query.get("v")).toBe("1");
  });

  test("a request beyond the script is refused in words", async () => {
    const server = await start([]);
    const response = await post(server, {});
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("the script has 0 replies, this is request 1");
  });

  test("a gate holds the rest back until it is opened", async () => {
    const gate = createGate();
    const server = await start([[{ bytes: "a" }, { wait: gate }, { bytes: "b" }]]);
    const reader = (await post(server, {})).body?.getReader();
    expect((await reader?.read())?.value).toEqual(new TextEncoder().encode("a"));
    const next = reader?.read();
    await gate.reached;
    expect(await Promise.race([next, Promise.resolve("waiting")])).toBe("waiting");
    gate.open();
    expect((await next)?.value).toEqual(new TextEncoder().encode("b"));
    expect((await reader?.read())?.done).toBe(true);
  });

  test.each(["fin", "rst"] as const)(
    "a %s in the body is an error for the client, what came before is kept",
    async (cut) => {
      const gate = createGate();
      const server = await start([[{ bytes: "part" }, { wait: gate }, { cut }]]);
      const body = read(await post(server, {}));
      await gate.reached;
      gate.open();
      const [text, error] = await body;
      expect(text).toBe("part");
      expect(error).toHaveProperty("code", "ECONNRESET");
    },
  );

  test("a cut as the first step comes before any header", async () => {
    const server = await start([[{ cut: "rst" }]]);
    expect(post(server, {})).rejects.toHaveProperty("code", "ECONNRESET");
  });

  test("a reply that waits first has accepted and says nothing; the server sees the client go", async () => {
    const server = await start([[{ wait: createGate() }]]);
    const abort = new AbortController();
    const response = post(server, {}, { signal: abort.signal });
    const request = await server.request(0);
    abort.abort();
    expect(response).rejects.toHaveProperty("name", "AbortError");
    await request.closed;
  });

  test("20 MB pass through a slow reader whole", async () => {
    const server = await start([[{ bytes: "x".repeat(20_000_000) }]]);
    const response = await post(server, {});
    await Bun.sleep(20);
    expect((await response.text()).length).toBe(20_000_000);
  });

  test("a function can answer by what was asked", async () => {
    const server = await start((request, index) => ({ status: 200, body: { path: request.path, index } }));
    expect(await (await fetch(`${server.url}/models`)).json()).toEqual({ path: "/v1/models", index: 0 });
  });
});
