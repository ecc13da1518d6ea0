// The official servers and conformance tests of MCP, fetched from npm: with MOAT_TEST_FULL=1 alone.
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const root = join(import.meta.dir, "..", "..");
const place = join(root, "dist", "mcp-official");
const module = (name: string, file = "dist/index.js") =>
  join(place, "node_modules", "@modelcontextprotocol", name, file);
/** Pinned, so that a test says the same tomorrow. Servers and conformance are of the older line of the SDK, `server` is the newer. */
const PACKAGES = {
  "@modelcontextprotocol/conformance": "0.1.16",
  "@modelcontextprotocol/server": "2.4.0",
  "@modelcontextprotocol/server-everything": "2026.8.31",
  "@modelcontextprotocol/server-filesystem": "2026.8.31",
  zod: "4.6.7",
};
/** A server on the newer line, which speaks both eras or the newer alone. */
const NEWER = `import { inputRequired, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";
const form = { message: "who?", requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } };
serveStdio(() => {
  const server = new McpServer({ name: "newer", version: "1" });
  const reads = { annotations: { readOnlyHint: true } };
  server.registerTool("greet", { ...reads, inputSchema: z.object({ name: z.string() }) }, async ({ name }) => ({ content: [{ type: "text", text: "hello " + name }] }));
  server.registerTool("ask", { ...reads, inputSchema: z.object({}) }, async (_, { mcpReq }) => {
    const who = mcpReq.inputResponses?.who;
    if (who) return { content: [{ type: "text", text: JSON.stringify(who) }] };
    return inputRequired({ inputRequests: { who: inputRequired.elicit(form) }, requestState: "s" });
  });
  return server;
}, { legacy: process.argv[2] });
`;

beforeAll(() => {
  if (!FULL) return;
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ private: true, dependencies: PACKAGES }));
  writeFileSync(join(place, "newer.mjs"), NEWER);
  const done = Bun.spawnSync([process.execPath, "install", "--silent"], { cwd: place, stderr: "pipe" });
  if (!done.success) throw new Error(`the packages could not be installed: ${done.stderr}`);
}, 120_000);

const entry = (name: string, args: string[], more = "") =>
  `[mcp_servers.${name}]\ncommand = "node"\nargs = ${JSON.stringify(args)}\n${more}\n`;
const outputs = (w: TestWorld) => {
  const body = w.server.requests.at(-1)?.body as unknown as { input: { type: string; output?: unknown }[] } | undefined;
  return (body?.input ?? []).filter(({ type }) => type === "function_call_output").map(({ output }) => output);
};

/** Looks all tools up, makes the calls, and gives what the model was told. */
async function told(config: (w: TestWorld) => string, calls: (w: TestWorld) => ReturnType<typeof call>[]) {
  await using w = await world((_, at) => respond([call("tool_search", { query: "" }), ...calls(w)][at] ?? say("done")));
  w.config(config(w));
  const ran = await w.moat(["exec", "-s", "workspace-write", "go"]);
  expect(ran.exit).toBe(0);
  return outputs(w).slice(1);
}

describe.skipIf(!FULL)("official servers", () => {
  test("server-everything", async () => {
    const config = () => entry("all", [module("server-everything"), "stdio"]);
    const [echo, sum, structured, image, asked, resource, page] = await told(config, () => [
      call("mcp__all__echo", { message: "hi" }),
      call("mcp__all__get-sum", { a: 2, b: 3 }),
      call("mcp__all__get-structured-content", { location: "New York" }),
      call("mcp__all__get-tiny-image", {}),
      call("mcp__all__trigger-elicitation-request", {}),
      call("list_mcp_resources", { server: "all" }),
      call("mcp__all__get-annotated-message", { messageType: "error" }),
    ]);
    expect(echo).toBe("Echo: hi");
    expect(sum).toContain("5");
    expect(JSON.parse(String(structured))).toHaveProperty("temperature");
    expect(JSON.stringify(image)).toContain("data:image/png;base64,");
    // Nobody is there, or it is not said to only read: either way nothing was made up.
    expect(String(asked)).toMatch(/declined|policy is never/);
    expect(String(resource)).toContain("demo://resource/");
    expect(String(page)).toContain("Error");
  }, 60_000);

  test("server-filesystem writes in the workspace, and nowhere else whatever it was told", async () => {
    const free = 'default_tools_approval_mode = "approve"';
    const [written, read, outside] = await told(
      (w) =>
        `[sandbox_workspace_write]\nexclude_slash_tmp = true\n${entry("fs", [module("server-filesystem"), w.project.dir, w.home], free)}`,
      (w) => [
        call("mcp__fs__write_file", { path: w.project.path("a.txt"), content: "written" }),
        call("mcp__fs__read_text_file", { path: w.project.path("a.txt") }),
        call("mcp__fs__write_file", { path: join(w.home, "b.txt"), content: "written" }),
      ],
    );
    expect(String(written)).toContain("Successfully wrote");
    expect(String(read)).toContain("written");
    expect(String(outside)).toMatch(/EROFS|EACCES|read-only/);
  }, 60_000);

  test.each(["serve", "reject"])(
    "the newer SDK, which lets the older era %s",
    async (legacy) => {
      const config = () => entry("new", [join(place, "newer.mjs"), legacy]);
      const [greeted, asked] = await told(config, () => [
        call("mcp__new__greet", { name: "Ann" }),
        call("mcp__new__ask", {}),
      ]);
      expect(greeted).toBe("hello Ann");
      expect(JSON.parse(String(asked))).toEqual({ action: "decline" });
    },
    60_000,
  );
});

/** Scenarios of the conformance tests that are not met, and why. */
const NOT_MET: Record<string, string> = {
  "auth/basic-cimd": "a client id that is an address needs a page of the project's own",
  "auth/pre-registration": "a client that was registered by hand has no secret here",
  "auth/2025-03-26-oauth-metadata-backcompat": "of the revision before protected resource metadata",
  "auth/2025-03-26-oauth-endpoint-fallback": "the same",
};

describe.skipIf(!FULL)("conformance", () => {
  const client = join(root, "src", "mcp", "fixtures", "conformance-client.ts");
  const run = (args: string[]) => {
    const argv = [process.execPath, "--bun", module("conformance"), ...args];
    const done = Bun.spawnSync(argv, { stdout: "pipe", stderr: "pipe", cwd: place });
    return { exit: done.exitCode, said: `${done.stdout}${done.stderr}` };
  };
  test("every scenario for clients, as this version of the tests has them", () => {
    const list = run(["list"]).said;
    const own = list.slice(list.indexOf("Client scenarios"));
    const scenarios = [...own.matchAll(/^ {2}- (\S+) \[([^\]]*)\]/gm)].filter(([, , of]) => of !== "extension");
    expect(scenarios.length).toBeGreaterThan(20);
    const failed = scenarios
      .map(([, name = ""]) => name)
      .filter(
        (name) =>
          run(["client", "--timeout", "20000", "--scenario", name, "--command", `${process.execPath} ${client}`])
            .exit !== 0,
      );
    expect(failed.sort()).toEqual(Object.keys(NOT_MET).sort());
  }, 300_000);
});
