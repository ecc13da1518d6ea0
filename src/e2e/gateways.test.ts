// Two published gateways, unchanged, between moat and the scripted model. They are installed from npm, so this runs with --full.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json, JsonObject } from "../protocol/index.ts";
import { call, chatEvents, createGate, type Output, type Script, say } from "../testkit/index.ts";
import { type JsonEvent, type TestWorld, world } from "./harness.ts";

const full = process.env.MOAT_TEST_FULL === "1";
const base = mkdtempSync(join(tmpdir(), "moat-gateways-"));
const module = (path: string) => join(base, "node_modules", path);

beforeAll(async () => {
  if (!full) return;
  const dependencies = { "@portkey-ai/gateway": "1.15.2", "@musistudio/claude-code-router": "2.0.0" };
  // Newer ones answer 500 to every stream of this gateway.
  const overrides = { "@hono/node-server": "1.13.8" };
  writeFileSync(join(base, "package.json"), JSON.stringify({ private: true, dependencies, overrides }));
  const install = Bun.spawn(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: base,
    stdout: "ignore",
    stderr: "inherit",
  });
  expect(await install.exited).toBe(0);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A free port of this machine. Somebody else may take it before the gateway does. */
function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return port;
}

/** Resolves with true once something listens there, with false when the gateway ended before. */
async function listens(port: number, gateway: Bun.Subprocess): Promise<boolean> {
  while (gateway.exitCode === null) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return true;
    } catch {
      await Bun.sleep(50);
    }
  }
  return false;
}

/** Starts the gateway on a free port, on another one when that was taken meanwhile. */
async function startGateway({ command }: Gateway, { home, env, server }: TestWorld): Promise<[Bun.Subprocess, number]> {
  for (;;) {
    const port = freePort();
    const child = Bun.spawn(command(port, home, server.url), {
      cwd: home,
      env: { PATH: env.PATH ?? "", HOME: home, TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    if (await listens(port, child)) return [child, port];
  }
}

interface Gateway {
  name: string;
  /** Wire between moat and the gateway. */
  wire_api: "chat" | "anthropic";
  command(port: number, home: string, upstream: string): string[];
  provider(port: number, upstream: string): string;
}

const GATEWAYS: Gateway[] = [
  {
    name: "@portkey-ai/gateway",
    wire_api: "chat",
    command: (port) => ["node", module("@portkey-ai/gateway/build/start-server.js"), `--port=${port}`, "--headless"],
    provider: (port, upstream) =>
      `base_url = "http://127.0.0.1:${port}/v1"\nhttp_headers = { "x-portkey-provider" = "openai", "x-portkey-custom-host" = "${upstream}" }`,
  },
  {
    name: "@musistudio/claude-code-router",
    wire_api: "anthropic",
    command(port, home, upstream) {
      const directory = join(home, ".claude-code-router");
      mkdirSync(directory, { recursive: true });
      const Providers = [{ name: "up", api_base_url: `${upstream}/chat/completions`, api_key: "k", models: ["m"] }];
      const config = { PORT: port, LOG: false, NON_INTERACTIVE_MODE: true, Providers, Router: { default: "up,m" } };
      writeFileSync(join(directory, "config.json"), JSON.stringify(config));
      return ["node", module("@musistudio/claude-code-router/dist/cli.js"), "start"];
    },
    provider: (port) => `base_url = "http://127.0.0.1:${port}"`,
  },
];

/** A world whose provider is the gateway, with the scripted model behind it. */
async function behind(gateway: Gateway, script: Script): Promise<TestWorld> {
  const w = await world(script);
  const [child, port] = await startGateway(gateway, w);
  w.config(
    `model = "m"\nmodel_provider = "gw"\n[model_providers.gw]\nname = "gw"\nwire_api = "${gateway.wire_api}"\nexperimental_bearer_token = "k"\nrequest_max_retries = 2\nstream_max_retries = 2\n${gateway.provider(port, w.server.url)}\n`,
  );
  return {
    ...w,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      await w[Symbol.asyncDispose]();
    },
  };
}

const complete = (...outputs: Parameters<typeof chatEvents>[0]) => chatEvents(outputs, { type: "completed" });
const at = (data: Json, name: string) => (data as JsonObject | null)?.[name];
const sh = (cmd: string, id: string) => call("exec_command", { cmd, login: false }, id);
const items = (events: JsonEvent[], type: string) =>
  events.flatMap((event) => {
    const { item } = event as unknown as { item?: { type: string } & Record<string, unknown> };
    return event.type === "item.completed" && item?.type === type ? [item] : [];
  });
const ARGS = ["exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "go"];

for (const gateway of GATEWAYS) {
  describe.skipIf(!full)(gateway.name, () => {
    test("a tool round", async () => {
      await using w = await behind(gateway, [complete(sh("echo one", "call_1")), complete(say("It says one."))]);
      const ran = await w.moat(ARGS);
      expect(ran.stderr).toBe("");
      expect(items(ran.events(), "command_execution")).toMatchObject([{ aggregated_output: "one\n" }]);
      expect(items(ran.events(), "agent_message")).toMatchObject([{ text: "It says one." }]);
      expect(w.server.requests[1]?.raw).toContain("one");
    });

    test("parallel calls", async () => {
      await using w = await behind(gateway, [
        complete(sh("echo one", "call_1"), sh("echo two", "call_2")),
        complete(say("Both.")),
      ]);
      const ran = await w.moat(ARGS);
      const outputs = items(ran.events(), "command_execution").map(({ aggregated_output }) => aggregated_output);
      expect(outputs.sort()).toEqual(["one\n", "two\n"]);
      expect(ran.exit).toBe(0);
    });

    test("an error is told in the server's words", async () => {
      await using w = await behind(gateway, () => ({
        status: 400,
        body: { error: { message: "no such model here", type: "invalid_request_error" } },
      }));
      const ran = await w.moat(ARGS);
      expect(ran.exit).toBe(1);
      expect(ran.stdout).toContain("no such model here");
    });

    test("what it does not count is estimated: the window is never passed", async () => {
      const uncounted = (...outputs: Output[]) =>
        complete(...outputs).filter(({ data }) => at(data, "usage") === undefined);
      await using w = await behind(gateway, ({ raw }, index) => {
        if (index >= 12) return uncounted(say("Done."));
        return uncounted(
          raw.includes("Pause the work here.") ? say("NOTES") : sh("printf '%08000d' 7", `call_${index}`),
        );
      });
      const ran = await w.moat([...ARGS, "-c", "model_context_window=16000"]);
      expect(ran.exit).toBe(0);
      const sizes = w.server.requests.map(({ raw }) => raw.length / 4);
      expect(Math.max(...sizes)).toBeLessThan(16_000);
      expect(w.server.requests.filter(({ raw }) => raw.includes("Pause the work here."))).toHaveLength(1);
    });

    test("a stream that is cut is never an answer, and half a call is never run", async () => {
      const gate = createGate();
      gate.open();
      const half = complete(call("exec_command", '{"cmd":"touch ran.txt","login":false}', "call_1")).slice(0, 3);
      await using w = await behind(gateway, (_, index) =>
        index === 0 ? [...half, { wait: gate }, { cut: "rst" as const }] : complete(say("Whole.")),
      );
      const ran = await w.moat(ARGS);
      expect(items(ran.events(), "agent_message").at(-1)).toMatchObject({ text: "Whole." });
      expect(existsSync(w.project.path("ran.txt"))).toBe(false);
      expect(ran.exit).toBe(0);
    });
  });
}
