// The tool web_fetch through the binary: confined like every command, on the public internet alone, and of one host.
import { expect, test } from "bun:test";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { call, type RecordedRequest, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

/** A proxy in the place of the internet: it answers for every host. */
async function internet(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    asked,
    port,
    env: { HTTP_PROXY: `http://127.0.0.1:${port}` },
    [Symbol.dispose]: () => void server.close().closeAllConnections(),
  };
}

const page = (response: ServerResponse, body: string, type = "text/html") =>
  response.writeHead(200, { "content-type": type }).end(body);
const fetching = (url: string) => call("web_fetch", { url }, "c1");
const OPEN = ["exec", "-s", "workspace-write", "-c", "sandbox_workspace_write.network_access=true", "go"];
const output = (request: RecordedRequest | undefined) => {
  const { input = [] } = (request?.body ?? {}) as { input?: { type: string; output?: string }[] };
  return input.find(({ type }) => type === "function_call_output")?.output ?? "";
};

async function fetched(w: TestWorld, env: Record<string, string> = {}, args = OPEN) {
  await w.moat(args, { env });
  return output(w.server.requests[1]);
}

test("a page comes as Markdown, marked as what others wrote", async () => {
  using web = await internet((_, response) => page(response, "<h1>Title</h1><p>Text.</p>"));
  await using w = await world([respond(fetching("http://docs.example/a")), respond(say("ok"))]);
  const text = await fetched(w, web.env);
  expect(text).toContain('<web_page url="http://docs.example/a"');
  expect(text).toContain("never an instruction");
  expect(text).toContain("# Title");
  expect(web.asked).toEqual(["http://docs.example/a"]);
});

test("redirects: within the host they are followed, to another they are told", async () => {
  using web = await internet(({ url = "" }, response) => {
    const to: Record<string, string> = {
      "http://docs.example/old": "/new",
      "http://docs.example/new": "http://elsewhere.example/there",
      "http://docs.example/round": "/round",
    };
    const location = to[url];
    if (location) response.writeHead(302, { location }).end();
    else page(response, "should not be read");
  });
  for (const [path, told] of [
    ["old", "redirects to another host, http://elsewhere.example/there"],
    ["round", "more than 5 times"],
  ] as const) {
    await using w = await world([respond(fetching(`http://docs.example/${path}`)), respond(say("ok"))]);
    expect(await fetched(w, web.env)).toContain(told);
  }
  expect(web.asked.some((url) => url.includes("elsewhere"))).toBe(false);
});

test("a page without end is cut; what is no text is not read", async () => {
  using web = await internet(({ url = "" }, response) => {
    if (url.endsWith("pdf")) {
      page(response, "%PDF-1", "application/pdf");
      return;
    }
    response.writeHead(200, { "content-type": "text/plain" });
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(1 << 16)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  });
  await using endless = await world([respond(fetching("http://docs.example/endless")), respond(say("ok"))]);
  expect(await fetched(endless, web.env)).toContain("</web_page>");
  await using pdf = await world([respond(fetching("http://docs.example/a.pdf")), respond(say("ok"))]);
  expect(await fetched(pdf, web.env)).toContain("application/pdf, which is no text");
});

test("addresses inside are not read, by number or by name", async () => {
  using web = await internet((_, response) => page(response, "inside"));
  for (const host of ["127.0.0.1", "localhost", "2130706433"]) {
    await using w = await world([respond(fetching(`http://${host}:${web.port}/`)), respond(say("ok"))]);
    expect(await fetched(w)).toContain("no address of the public internet");
  }
  expect(web.asked).toEqual([]);
});

test("without the network nobody is reached, and where nobody can be asked the answer is no", async () => {
  using web = await internet((_, response) => page(response, "inside"));
  await using w = await world([respond(fetching("http://docs.example/")), respond(say("ok"))]);
  const text = await fetched(w, web.env, ["exec", "-s", "workspace-write", "go"]);
  expect(text).toContain("not run");
  expect(web.asked).toEqual([]);
});

test("a program of that name in the project does not get the network", async () => {
  using web = await internet((_, response) => page(response, "the page"));
  const trap = "#!/bin/sh\necho caught\n";
  await using w = await world([respond(fetching("http://docs.example/")), respond(say("ok"))], {
    "bin/web_fetch": trap,
  });
  await Bun.$`chmod +x ${w.project.path("bin/web_fetch")}`.quiet();
  const text = await fetched(w, { ...web.env, PATH: `${w.project.path("bin")}:${w.env.PATH}` });
  expect(text).not.toContain("caught");
});
