import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { encodeEvent, respond, say, tempProject } from "../testkit/index.ts";
import { createClient } from "./client.ts";
import { directLoopback } from "./proxy.ts";
import { collect, INSTANT, providerFor, REQUEST } from "./setup.suite.ts";

const fixtures = join(import.meta.dir, "fixtures", "tls");

describe("certificates", () => {
  const serve = () =>
    Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert: Bun.file(join(fixtures, "server.pem")), key: Bun.file(join(fixtures, "server.key")) },
      fetch: () => new Response(respond(say("hi")).map(encodeEvent).join("")),
    });
  const run = async (ca_file: string | null) => {
    const server = serve();
    try {
      const settings = providerFor({ url: `https://127.0.0.1:${server.port}/v1` }, { ca_file });
      const client = await createClient(settings, INSTANT);
      return (await collect(client.stream(REQUEST, new AbortController().signal))).at(-1);
    } finally {
      await server.stop(true);
    }
  };

  test("an authority that nobody knows is refused at once, with the remedy", async () => {
    expect(await run(null)).toMatchObject({
      type: "failed",
      error: { kind: "invalid_request", retryable: false, message: expect.stringContaining("ca_file") },
    });
  });

  test("ca_file adds one", async () => {
    expect(await run(join(fixtures, "ca.pem"))).toMatchObject({ type: "completed" });
  });

  test("a ca_file that is not there is named", async () => {
    expect(await run("/proc/nowhere/ca.pem")).toMatchObject({
      type: "failed",
      error: { retryable: false, message: expect.stringContaining("/proc/nowhere/ca.pem") },
    });
  });
});

describe("proxy", () => {
  test.each([
    [{}, {}],
    [{ HTTP_PROXY: "" }, {}],
    [{ HTTP_PROXY: "http://p:1", NO_PROXY: "*" }, {}],
  ])("%j needs nothing", (env, expected) => {
    expect(directLoopback(env)).toEqual(expected);
  });

  test("what was given is kept", () => {
    const list = "corp.example,localhost,127.0.0.0/8,::1,[::1]";
    expect(directLoopback({ https_proxy: "http://p:1", no_proxy: "corp.example, localhost" })).toEqual({
      NO_PROXY: list,
      no_proxy: list,
    });
  });

  test("a server on this machine is reached directly, others through the proxy", async () => {
    using project = tempProject();
    const direct = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("direct") });
    const proxy = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("proxied") });
    project.write(
      "main.ts",
      `import { directLoopback } from ${JSON.stringify(join(import.meta.dir, "proxy.ts"))};
       Object.assign(process.env, directLoopback(process.env));
       for (const url of process.argv.slice(2)) console.log(await (await fetch(url)).text());`,
    );
    const urls = [`http://127.0.0.1:${direct.port}/`, `http://localhost:${direct.port}/`, "http://example.invalid/"];
    const child = Bun.spawn([process.execPath, project.path("main.ts"), ...urls], {
      env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, PATH: "/usr/bin" },
      stdout: "pipe",
    });
    expect(await child.stdout.text()).toBe("direct\ndirect\nproxied\n");
    await Promise.all([direct.stop(true), proxy.stop(true)]);
  });
});
