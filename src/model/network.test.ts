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

describe("redirections", () => {
  const servers = (answer: (request: Request, other: string) => Response) => {
    const got: string[] = [];
    const other = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        got.push(`${request.method} ${request.headers.get("x-team")}`);
        return new Response("");
      },
    });
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(request, other.url.origin) });
    return {
      server,
      other,
      got,
      [Symbol.asyncDispose]: async () => void (await Promise.all([server.stop(true), other.stop(true)])),
    };
  };
  const failure = async (url: string) => {
    const settings = providerFor({ url }, { http_headers: { "x-team": "team-secret" } });
    const client = await createClient(settings, INSTANT);
    return (await collect(client.stream(REQUEST, new AbortController().signal))).at(-1);
  };

  test.each([301, 302, 303, 307, 308])(
    "%d to another server gets neither the conversation nor a header",
    async (status) => {
      await using s = servers((_, other) => new Response(null, { status, headers: { location: `${other}/v1/x?y=z` } }));
      expect(await failure(`${s.server.url.origin}/v1`)).toMatchObject({
        type: "failed",
        error: {
          kind: "invalid_request",
          retryable: false,
          message: expect.stringContaining(`redirects to ${s.other.url.origin}/v1/x (status ${status})`),
        },
      });
      expect(s.got).toEqual([]);
    },
  );

  test("one that repeats the request within the server is followed; a circle, and one that would lose the body, are not", async () => {
    const seen: string[] = [];
    await using s = servers((request) => {
      const { pathname } = new URL(request.url);
      seen.push(`${request.method} ${pathname}`);
      if (pathname.startsWith("/slash") && !pathname.endsWith("/"))
        return new Response(null, { status: 307, headers: { location: `${pathname}/` } });
      if (pathname.startsWith("/circle")) return new Response(null, { status: 308, headers: { location: pathname } });
      if (pathname.startsWith("/moved")) return new Response(null, { status: 302, headers: { location: "/login" } });
      return new Response(respond(say("hi")).map(encodeEvent).join(""));
    });
    const { origin } = s.server.url;
    expect(await failure(`${origin}/slash`)).toMatchObject({ type: "completed" });
    expect(seen.splice(0)).toEqual(["POST /slash/responses", "POST /slash/responses/"]);
    expect(await failure(`${origin}/circle`)).toMatchObject({ type: "failed", error: { retryable: false } });
    expect(seen.splice(0)).toHaveLength(4);
    expect(await failure(`${origin}/moved`)).toMatchObject({ type: "failed", error: { retryable: false } });
    expect(seen.splice(0)).toEqual(["POST /moved/responses"]);
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
