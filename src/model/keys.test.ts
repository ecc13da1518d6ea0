import { afterEach, describe, expect, test } from "bun:test";
import { chatEvents, type ModelServer, say, startModelServer, tempProject } from "../testkit/index.ts";
import { createClient } from "./client.ts";
import { createKeySource } from "./keys.ts";
import { resolveProvider } from "./providers.ts";
import { collect, INSTANT, REQUEST } from "./setup.suite.ts";

const servers: ModelServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});
const sh = (script: string, more = {}) => ({
  command: "/bin/sh",
  args: ["-c", script],
  timeout_ms: 60_000,
  refresh_interval_ms: 0,
  ...more,
});

describe("auth command", () => {
  test("its first line is the key; it runs again only when the key is old or was refused", async () => {
    using project = tempProject();
    let now = 0;
    const script = `echo x >> ${project.path("runs")}; echo "key-$(wc -l < ${project.path("runs")})"; echo more`;
    const keys = createKeySource(sh(script, { refresh_interval_ms: 1000 }), {}, () => now);
    expect(await keys.current()).toBe("key-1");
    now = 999;
    expect(await keys.current()).toBe("key-1");
    now = 1000;
    expect(await keys.current()).toBe("key-2");
    keys.refused();
    expect(await keys.current()).toBe("key-3");
  });

  test.each([
    [sh("echo no such account >&2; exit 3"), "ended with exit code 3: no such account"],
    [sh("true"), "printed no key"],
    [sh("sleep 300", { timeout_ms: 20 }), "no answer within 20 ms"],
    [{ ...sh(""), command: "/proc/nowhere/key-program" }, "cannot be started"],
  ])("%j fails in words", async (auth, text) => {
    expect(createKeySource(auth, {}, () => 0).current()).rejects.toThrow(text);
  });

  test("a refused key is asked for anew, once, within the same request", async () => {
    using project = tempProject();
    const refusal = { status: 401, body: { error: { message: "expired" } } };
    const server = await startModelServer([refusal, chatEvents([say("hi")], { type: "completed" }), refusal, refusal]);
    servers.push(server);
    const auth = sh(`echo x >> ${project.path("runs")}; echo "key-$(wc -l < ${project.path("runs")})"`);
    const provider = { base_url: server.url, wire_api: "chat" as const, auth };
    const found = await resolveProvider(
      { model: "m", model_provider: "p", model_providers: { p: provider } },
      {},
      { version: "1", originator: "o" },
    );
    if (!found.ok) throw new Error(found.message);
    const client = await createClient(found.provider, { ...INSTANT, keys: found.keys });
    const run = () => collect(client.stream(REQUEST, new AbortController().signal));
    expect((await run()).at(-1)?.type).toBe("completed");
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer key-1", "Bearer key-2"]);
    expect((await run()).at(-1)).toMatchObject({ type: "failed", error: { kind: "unauthorized" } });
    expect(server.requests).toHaveLength(4);
  });
});
