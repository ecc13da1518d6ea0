// `moat mcp-server` as the official clients drive it, in every era of the protocol that they speak.
import { describe, expect, test } from "bun:test";
import { existsSync, symlinkSync } from "node:fs";
import { call, type RecordedRequest, respond, say } from "../testkit/index.ts";
import { running, type TestWorld, world } from "./harness.ts";
import { CLIENTS, caller, type ToolAnswer } from "./mcp-callers.ts";

const command = (cmd: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, "c1");
const outside = { sandbox_permissions: "require_escalated", justification: "to see" };
const accept = (decision: string) => () => ({ action: "accept" as const, content: { decision } });
const said = ({ content }: ToolAnswer) => content.map(({ text }) => text).join("");

/** What the model was told of its calls. */
const outputs = (request: RecordedRequest | undefined) => {
  const { input = [] } = (request?.body ?? {}) as { input?: { type: string; output?: string }[] };
  return input.flatMap(({ type, output }) => (type === "function_call_output" ? [output] : [])).join("\n");
};

for (const client of CLIENTS) {
  describe(client, () => {
    test("a task, a question about it, progress, and more in the same thread", async () => {
      await using w = await world([
        respond(command("echo made > out.txt", outside)),
        respond(say("Made it.")),
        respond(say("Again.")),
      ]);
      await using c = await caller(w, client, { answer: accept("approved") });
      if (c.protocol) expect(c.protocol).toBe(client === "client 2.x" ? "2025-11-25" : "2026-07-28");
      expect((await c.tools()).map(({ name }) => name)).toEqual(["moat", "moat-reply"]);

      const done = await c.call("moat", { prompt: "go" });
      expect(done).toMatchObject({ structuredContent: { content: "Made it." } });
      expect(said(done)).toBe("Made it.");
      expect(w.project.read("out.txt")).toBe("made\n");
      expect(c.forms).toHaveLength(1);
      expect(c.forms[0]?.message).toContain("the model says: to see");
      const choices = c.forms[0]?.requestedSchema.properties.decision?.oneOf?.map((one) => one.const);
      expect(choices).toEqual(["approved", "session", "denied", "abort"]);
      expect(c.progress).toContain("Made it.");
      expect(c.progress.some((line) => line.startsWith("exit 0"))).toBe(true);

      const threadId = done.structuredContent?.threadId;
      expect(await c.call("moat-reply", { threadId, prompt: "more" })).toMatchObject({
        structuredContent: { threadId, content: "Again." },
      });
      expect(JSON.stringify(w.server.requests[2]?.body)).toContain("Made it.");
    });

    test("a no, a form that is dismissed, and a client that has no forms", async () => {
      for (const [answer, told] of [
        [() => ({ action: "decline" as const }), "the user said no"],
        [accept("forever"), "none of those that were offered"],
        [undefined, "cannot ask the user"],
      ] as const) {
        await using w = await world([respond(command("touch out.txt", outside)), respond(say("ok"))]);
        await using c = await caller(w, client, answer ? { answer } : {});
        expect(said(await c.call("moat", { prompt: "go" }))).toBe("ok");
        expect(outputs(w.server.requests[1])).toContain(told);
        expect(existsSync(w.project.path("out.txt"))).toBe(false);
      }
      await using w = await world([respond(command("touch out.txt", outside))]);
      await using c = await caller(w, client, { answer: () => ({ action: "cancel" }) });
      expect(await c.call("moat", { prompt: "go" })).toMatchObject({ isError: true });
      expect(existsSync(w.project.path("out.txt"))).toBe(false);
    });

    test("a call that is cancelled ends its command; the end of the connection ends everything", async () => {
      const SLEEP = `sleep 87${process.pid}${CLIENTS.indexOf(client)}`;
      await using w = await world([respond(command(`exec ${SLEEP}`)), respond(command(`exec ${SLEEP}`))]);
      const c = await caller(w, client);
      const abort = new AbortController();
      const first = c.call("moat", { prompt: "go" }, abort.signal).catch(() => "cancelled");
      await until(() => running(SLEEP).length > 0);
      abort.abort();
      expect(await first).toBe("cancelled");
      await until(() => running(SLEEP).length === 0);
      void c.call("moat", { prompt: "go" }).catch(() => {});
      await until(() => running(SLEEP).length > 0);
      await c[Symbol.asyncDispose]();
      await until(() => running(SLEEP).length === 0 && !isAlive(c.pid));
    });
  });
}

/** Waits for what has to come; the limit of the test is the limit. */
async function until(there: () => boolean): Promise<void> {
  while (!there()) await Bun.sleep(1);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("what callers get", () => {
  const client = "client 2.x";

  test("no more than the server was started with, and less when they ask for it", async () => {
    await using w = await world([respond(say("ok"))], { "inner/a.txt": "a\n" });
    symlinkSync("/", w.project.path("out"));
    await using c = await caller(w, client, { args: ["-s", "workspace-write", "-a", "untrusted"] });
    const refused = async (args: object) => {
      const answer = await c.call("moat", { prompt: "go", ...args });
      expect(answer.isError).toBe(true);
      return said(answer);
    };
    expect(await refused({ sandbox: "danger-full-access" })).toContain("more than this server gives");
    expect(await refused({ "approval-policy": "never" })).toContain("more than this server gives");
    expect(await refused({ cwd: "/" })).toContain("outside of");
    expect(await refused({ cwd: "out" })).toContain("outside of");
    expect(await refused({ cwd: "nowhere" })).toContain("no such directory");
    expect(w.server.requests).toEqual([]);
    await c.call("moat", { prompt: "go", cwd: "inner", sandbox: "read-only", model: "m2" });
    expect(w.server.requests[0]?.body).toMatchObject({ model: "m2" });
    const sent = JSON.stringify(w.server.requests[0]?.body);
    expect(sent).toContain("read-only");
    expect(sent).toContain(w.project.path("inner"));
  });

  test("a stored thread goes on, without what it had more", async () => {
    const write = respond(command("echo x > /var/tmp/moat-mcp-canary", {}));
    await using w = await world([respond(say("one")), write, respond(say("two"))]);
    await w.moat(["exec", "--dangerously-bypass-approvals-and-sandbox", "first"]);
    const listed = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout);
    await using c = await caller(w, client);
    const answer = await c.call("moat-reply", { threadId: listed[0].thread_id, prompt: "on" });
    expect(answer).toMatchObject({ structuredContent: { content: "two" } });
    expect(JSON.stringify(w.server.requests[2]?.body)).toContain("first");
    expect(JSON.stringify(w.server.requests[2]?.body)).toContain("Read-only file system");
    expect(await c.call("moat-reply", { threadId: "../x", prompt: "on" })).toMatchObject({ isError: true });
  });

  test("questions of the model are forms; a failure says why, and names the thread", async () => {
    const question = { id: "q", header: "Colour", question: "Which?", options: [{ label: "red", description: "hot" }] };
    const failure = { status: 404, body: { error: { message: "no such model", code: "model_not_found" } } };
    await using w = await world([respond(call("request_user_input", { questions: [question] }, "c1")), failure]);
    await using c = await caller(w, client, { answer: () => ({ action: "accept", content: { q: "red" } }) });
    const answer = await c.call("moat", { prompt: "ask me" });
    expect(answer).toMatchObject({ isError: true, structuredContent: { threadId: expect.any(String) } });
    expect(said(answer)).toContain("no such model");
    expect(JSON.stringify(w.server.requests[1]?.body)).toContain("red");
  });
});

describe("what no client sends", () => {
  test("is answered with an error of the protocol, and the next message as ever", async () => {
    await using w = await world([]);
    const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const lines = [
      "not json",
      "[]",
      '"text"',
      '{"jsonrpc":"2.0","id":{},"method":"x"}',
      "x".repeat(33 * 1024 * 1024),
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: hello }),
      '{"jsonrpc":"2.0","id":2,"method":"no/such/method"}',
      '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"nothing"}}',
      '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"moat","arguments":{"prompt":7}}}',
    ];
    const codes = await answered(w, lines, lines.length);
    expect(codes.slice(0, 5)).toEqual([-32700, -32600, -32600, -32600, -32600].map((code) => [null, code]));
    expect(Object.fromEntries(codes.slice(5))).toMatchObject({ 1: "ok", 2: -32601 });
    expect(w.server.requests).toEqual([]);
  });

  async function answered(w: TestWorld, lines: string[], expected: number) {
    const child = w.start(["mcp-server"], { stdin: "" });
    const stdin = child.stdin as Bun.FileSink;
    stdin.write(`${lines.join("\n")}\n`);
    await stdin.flush();
    const all: [unknown, number | "ok"][] = [];
    let open = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream() as never)) {
      const parts = (open + String(chunk)).split("\n");
      open = parts.pop() ?? "";
      for (const { id, error } of parts.map((line) => JSON.parse(line))) all.push([id, error?.code ?? "ok"]);
      if (all.length >= expected) await stdin.end();
    }
    expect(await child.exited).toBe(0);
    return all;
  }
});
