// The published TypeScript SDK, unchanged, with moat in the place of its CLI; on Node and on Bun.
import { describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { call, respond, type Script, say } from "../testkit/index.ts";
import { binary, running, world } from "./harness.ts";

const root = join(import.meta.dir, "..", "..");
const runtimes = { node: "node", bun: process.execPath };

/** Runs a case of the runner in a project; its module lies beside node_modules, as in a user's own project. */
async function sdk(runtime: string, name: string, script: Script) {
  await using w = await world(script);
  const app = join(w.home, "app");
  mkdirSync(app);
  symlinkSync(join(root, "node_modules"), join(app, "node_modules"));
  copyFileSync(join(import.meta.dir, "fixtures", "sdk-runner.mjs"), join(app, "runner.mjs"));
  const child = Bun.spawn([runtime, join(app, "runner.mjs"), binary, w.server.url, name], {
    cwd: w.project.dir,
    env: { PATH: w.env.PATH ?? "", HOME: w.home },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect({ exit: await child.exited, stderr }).toEqual({ exit: 0, stderr: "" });
  return { result: JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""), requests: w.server.requests };
}

for (const [name, runtime] of Object.entries(runtimes)) {
  describe(`@openai/codex-sdk on ${name}`, () => {
    test("run: no configuration, only a base URL and a key", async () => {
      const { result, requests } = await sdk(runtime, "run", [respond(say("Hello."))]);
      expect(result.turn.finalResponse).toBe("Hello.");
      expect(result.turn.items).toEqual([{ id: "item_0", type: "agent_message", text: "Hello." }]);
      expect(result.turn.usage).toMatchObject({ input_tokens: 1000, cached_input_tokens: 600, output_tokens: 50 });
      expect(result.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(requests[0]?.headers.authorization).toBe("Bearer sk-from-sdk");
      expect(requests[0]?.headers.originator).toBe("codex_sdk_ts");
      expect(requests[0]?.body).toMatchObject({ model: "gpt-sdk", reasoning: { effort: "low" } });
    });

    test("runStreamed", async () => {
      const script = [respond(call("exec_command", { cmd: "echo hi", login: false })), respond(say("It says hi."))];
      const { result } = await sdk(runtime, "streamed", script);
      expect(result.types).toEqual([
        "thread.started",
        "turn.started",
        "item.started command_execution",
        "item.completed command_execution",
        "item.completed agent_message",
        "turn.completed",
      ]);
    });

    test("resumeThread: the same thread, with all that was said", async () => {
      const { result, requests } = await sdk(runtime, "resume", [respond(say("Yes.")), respond(say("7"))]);
      expect(result.ids[1]).toBe(result.ids[0]);
      expect(result.turn.finalResponse).toBe("7");
      expect(result.turn.usage.input_tokens).toBe(2000);
      expect(requests[1]?.raw).toContain("remember 7");
      expect(requests[1]?.raw).toContain("which number?");
    });

    test("images", async () => {
      const { requests } = await sdk(runtime, "images", [respond(say("a dot"))]);
      expect(requests[0]?.raw).toContain("data:image/png;base64,iVBORw0KGgo");
      expect(requests[0]?.raw).toContain("what is it?\\n\\nsay");
    });

    test("outputSchema", async () => {
      const { result, requests } = await sdk(runtime, "schema", [respond(say('{"n":7}'))]);
      expect(JSON.parse(result.turn.finalResponse)).toEqual({ n: 7 });
      expect(requests[0]?.body).toMatchObject({ text: { format: { type: "json_schema", strict: true } } });
    });

    test("a turn that fails throws with the server's words", async () => {
      const refusal = { status: 401, body: { error: { message: "Incorrect API key provided" } } };
      const { result } = await sdk(runtime, "failed", [refusal]);
      expect(result.error).toContain("Incorrect API key provided");
    });

    test("abort ends the command that runs", async () => {
      const seconds = `100.${process.pid}${name === "bun" ? 1 : 0}`;
      const script = [respond(call("exec_command", { cmd: `touch started; sleep ${seconds}`, login: false }))];
      const { result } = await sdk(runtime, "abort", script);
      expect(result.error).toBe("AbortError");
      while (running(`sleep ${seconds}`).length > 0) await Bun.sleep(20);
    });
  });
}
