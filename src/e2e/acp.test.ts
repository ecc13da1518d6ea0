// `moat acp` as an editor of the official SDK drives it.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { type McpServer, methods, RequestError } from "@agentclientprotocol/sdk";
import { call, createGate, type Reply, respond, type Script, say } from "../testkit/index.ts";
import { type Editor, editor } from "./acp-editor.ts";
import { running, type TestWorld, world } from "./harness.ts";
import { fixture } from "./mcp-runs.ts";

const { session } = methods.agent;
const text = (words: string) => [{ type: "text" as const, text: words }];
const command = (cmd: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, "c1");

/** The replies of the model, one a turn; the list of models is asked for whenever the editor may show it. */
function model(...replies: Reply[]): Script {
  const left = [...replies];
  return ({ path }) =>
    path.endsWith("/models")
      ? { status: 200, body: { data: [{ id: "m1" }, { id: "m2" }] } }
      : (left.shift() ?? { status: 400, body: { error: { message: "past the end of the script" } } });
}

const open = (e: Editor, w: TestWorld) => e.agent.request(session.new, { cwd: w.project.dir, mcpServers: [] });
/** A prompt to its end, with every update that came before it taken up: the SDK hands those on in microtasks. */
async function asks(e: Editor, sessionId: string, words: string) {
  const answer = await e.agent.request(session.prompt, { sessionId, prompt: text(words) });
  await new Promise((resolve) => setImmediate(resolve));
  return answer;
}
/** Requests to the model, without those for its list. */
const requests = (w: TestWorld) => w.server.requests.filter(({ path }) => !path.endsWith("/models"));

async function refused(request: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error = await request.then(
    () => null,
    (reason) => reason,
  );
  if (!(error instanceof RequestError)) throw new Error(`not refused: ${error}`);
  return { code: error.code, message: error.message };
}

describe("a prompt", () => {
  test("initialize → new → prompt → permission → load: what was said, asked and done", async () => {
    await using w = await world(
      model(
        respond(command("echo made > out.txt", { sandbox_permissions: "require_escalated", justification: "to see" })),
        respond(say("Hel", "lo.")),
      ),
    );
    await using e = await editor(w);
    const { sessionId, modes } = await open(e, w);
    expect(modes?.availableModes.map(({ id }) => id)).toEqual(["auto", "ask", "plan", "custom"]);
    expect(await asks(e, sessionId, "go")).toEqual({ stopReason: "end_turn" });
    expect(w.project.read("out.txt")).toBe("made\n");

    const [question] = e.asked;
    expect(question?.toolCall).toMatchObject({ title: "echo made > out.txt", kind: "execute", status: "pending" });
    expect(JSON.stringify(question?.toolCall.content)).toContain("the model says: to see");
    // The narrowest grant comes first.
    expect(question?.options.map(({ optionId, kind }) => [optionId, kind])).toEqual([
      ["approved", "allow_once"],
      ["session", "allow_always"],
      ["denied", "reject_once"],
      ["abort", "reject_once"],
    ]);
    const done = await e.seen("tool_call_update", ({ status }) => status === "completed");
    // The call goes on under the id of its question: it stands there once.
    expect(done.toolCallId).toBe(question?.toolCall.toolCallId ?? "");
    expect(e.updates.some(({ update }) => update.sessionUpdate === "tool_call")).toBe(false);
    expect(e.said()).toEndWith("Hello.");
    expect(await e.seen("usage_update")).toMatchObject({ size: expect.any(Number) });

    e.updates.length = 0;
    await e.agent.request(session.load, { sessionId, cwd: w.project.dir, mcpServers: [] });
    expect(await e.seen("user_message_chunk")).toMatchObject({ content: { text: "go" } });
    expect(await e.seen("tool_call")).toMatchObject({ title: "echo made > out.txt" });
    expect(await e.seen("agent_message_chunk", ({ content }) => content.type === "text")).toMatchObject({
      content: { text: "Hello." },
    });
  });

  test("pictures, embedded files and links reach the model", async () => {
    await using w = await world(model(respond(say("seen"))));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    await e.agent.request(session.prompt, {
      sessionId,
      prompt: [
        { type: "text", text: "look" },
        { type: "image", mimeType: "image/png", data: "AAAA" },
        { type: "resource", resource: { uri: "file:///a%20b.ts", text: "const a = 1;" } },
        { type: "resource_link", name: "c.ts", uri: "file:///c.ts" },
      ],
    });
    const sent = JSON.stringify(requests(w)[0]?.body);
    expect(sent).toContain("data:image/png;base64,AAAA");
    expect(sent).toContain('<context ref=\\"/a b.ts\\">\\nconst a = 1;');
    expect(sent).toContain("[@c.ts](/c.ts)");
    const audio = [{ type: "audio" as const, mimeType: "audio/wav", data: "AAAA" }];
    expect(await refused(e.agent.request(session.prompt, { sessionId, prompt: audio }))).toMatchObject({
      code: -32602,
    });
  });

  test("a patch is shown as a diff, a plan as a plan, thoughts as thoughts", async () => {
    const patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n*** End Patch\n";
    await using w = await world(
      model(
        respond(call("update_plan", { plan: [{ step: "change it", status: "completed" }] }, "c0")),
        respond(call("apply_patch", { input: patch }, "c1")),
        respond(say("done")),
      ),
      { "a.txt": "one\ntwo\n" },
    );
    await using e = await editor(w, { args: ["-s", "workspace-write"] });
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "go");
    expect((await e.seen("plan")).entries).toEqual([{ content: "change it", priority: "medium", status: "completed" }]);
    const { content, locations } = await e.seen(
      "tool_call_update",
      ({ kind, status }) => kind === undefined && status === "completed",
    );
    const path = w.project.path("a.txt");
    expect(content).toEqual([{ type: "diff", path, oldText: "one\ntwo\n", newText: "one\n2\n" }]);
    expect(locations ?? []).toEqual([]);
    expect(w.project.read("a.txt")).toBe("one\n2\n");
  });

  test("what fails at the provider is the error of the prompt, and the session goes on", async () => {
    const unknown = { status: 404, body: { error: { message: "no such model", code: "model_not_found" } } };
    await using w = await world(model(unknown, respond(say("back"))));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    expect((await refused(asks(e, sessionId, "go"))).message).toContain("no such model");
    expect(await asks(e, sessionId, "again")).toEqual({ stopReason: "end_turn" });
  });

  test("one prompt at a time", async () => {
    const gate = createGate();
    await using w = await world(model([{ wait: gate }, ...respond(say("slow"))]));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    const first = asks(e, sessionId, "one");
    await gate.reached;
    expect(await refused(asks(e, sessionId, "two"))).toMatchObject({ code: -32600 });
    gate.open();
    expect(await first).toEqual({ stopReason: "end_turn" });
  });

  test("/compact replaces the history, and says so in the editor's own form", async () => {
    await using w = await world(model(respond(say("one")), respond(say("notes"))));
    await using e = await editor(w, { capabilities: { session: { compaction: {} } } });
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "say one");
    expect(await asks(e, sessionId, "/compact the numbers")).toEqual({ stopReason: "end_turn" });
    const { compactionId } = await e.seen("compaction_update", ({ status }) => status === "in_progress");
    expect(await e.seen("compaction_update", ({ status }) => status === "completed")).toMatchObject({ compactionId });
    expect(JSON.stringify(requests(w)[1]?.body)).toContain("the numbers");
  });
});

describe("stopping", () => {
  const SLEEP = `sleep 86${process.pid}`;

  test("cancel ends the command, and the prompt says cancelled", async () => {
    await using w = await world(model(respond(command(`echo on; exec ${SLEEP}`))));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    const prompt = asks(e, sessionId, "go");
    while (running(SLEEP).length === 0) await Bun.sleep(1);
    await e.agent.notify(session.cancel, { sessionId });
    expect(await prompt).toEqual({ stopReason: "cancelled" });
    expect(running(SLEEP)).toEqual([]);
  });

  test("cancel settles a question that nobody answered", async () => {
    const asking = command("true", { sandbox_permissions: "require_escalated", justification: "x" });
    await using w = await world(model(respond(asking), respond(say("next"))));
    await using e = await editor(w, { permit: () => null });
    const { sessionId } = await open(e, w);
    const prompt = asks(e, sessionId, "go");
    while (e.asked.length === 0) await Bun.sleep(1);
    await e.agent.notify(session.cancel, { sessionId });
    expect(await prompt).toEqual({ stopReason: "cancelled" });
    expect(await asks(e, sessionId, "and now")).toEqual({ stopReason: "end_turn" });
  });

  test("the end of the input ends the process and its commands, of every session", async () => {
    await using w = await world(
      model(respond(command(`echo on; exec ${SLEEP}`)), respond(command(`echo on; exec ${SLEEP}`))),
    );
    await using e = await editor(w);
    for (let n = 0; n < 2; n++) {
      const { sessionId } = await open(e, w);
      void asks(e, sessionId, "go").catch(() => {});
    }
    while (running(SLEEP).length < 2) await Bun.sleep(1);
    await e.process.stdin.end();
    expect(await e.process.exited).toBe(0);
    expect(running(SLEEP)).toEqual([]);
    expect(await new Response(e.process.stderr).text()).toBe("");
  });

  test("a signal does, too", async () => {
    await using w = await world(model(respond(command(`echo on; exec ${SLEEP}`))));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    void asks(e, sessionId, "go").catch(() => {});
    while (running(SLEEP).length === 0) await Bun.sleep(1);
    e.process.kill("SIGTERM");
    expect(await e.process.exited).toBe(143);
    expect(running(SLEEP)).toEqual([]);
  });

  test("a session that is closed is gone, with what it runs; the others stay", async () => {
    await using w = await world(model(respond(command(`echo on; exec ${SLEEP}`)), respond(say("still here"))));
    await using e = await editor(w);
    const [first, second] = [await open(e, w), await open(e, w)];
    const prompt = asks(e, first.sessionId, "go");
    while (running(SLEEP).length === 0) await Bun.sleep(1);
    await e.agent.request(session.close, { sessionId: first.sessionId });
    expect(running(SLEEP)).toEqual([]);
    expect(await prompt).toEqual({ stopReason: "cancelled" });
    expect((await refused(asks(e, first.sessionId, "hello?"))).code).toBe(-32002);
    expect(await asks(e, second.sessionId, "you?")).toEqual({ stopReason: "end_turn" });
  });
});

describe("sessions and their settings", () => {
  test("list, resume, delete", async () => {
    await using w = await world(model(respond(say("one")), respond(say("two"))));
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "first words");
    const listed = await e.agent.request(session.list, { cwd: w.project.dir });
    expect(listed.sessions).toMatchObject([{ sessionId, cwd: w.project.dir, title: "first words" }]);
    expect((await e.agent.request(session.list, { cwd: "/elsewhere" })).sessions).toEqual([]);
    e.updates.length = 0;
    await e.agent.request(session.resume, { sessionId, cwd: w.project.dir });
    await asks(e, sessionId, "more");
    expect(JSON.stringify(requests(w)[1]?.body)).toContain("first words");
    expect(e.updates.some(({ update }) => update.sessionUpdate === "user_message_chunk")).toBe(false);
    const elsewhere = { sessionId, cwd: "/", mcpServers: [] };
    expect((await refused(e.agent.request(session.load, elsewhere))).code).toBe(-32602);
    await e.agent.request(session.delete, { sessionId });
    expect((await e.agent.request(session.list, {})).sessions).toEqual([]);
    const gone = { sessionId, cwd: w.project.dir, mcpServers: [] };
    expect((await refused(e.agent.request(session.load, gone))).code).toBe(-32002);
  });

  test("mode, model and effort: chosen, told, and in force in the next turn", async () => {
    await using w = await world(model(respond(say("one"))));
    await using e = await editor(w);
    const { sessionId, configOptions } = await open(e, w);
    expect(configOptions?.map(({ id, category }) => [id, category])).toEqual([
      ["mode", "mode"],
      ["model", "model"],
      ["effort", "thought_level"],
    ]);
    const offered = await e.seen("config_option_update");
    expect(JSON.stringify(offered)).toContain('"value":"m2"');
    const set = (configId: string, value: string) =>
      e.agent.request(session.setConfigOption, { sessionId, configId, value });
    const current = ({ configOptions: options }: Awaited<ReturnType<typeof set>>) =>
      Object.fromEntries(options.map(({ id, currentValue }) => [id, currentValue]));
    expect(current(await set("model", "m2"))).toEqual({ mode: "custom", model: "m2", effort: "default" });
    expect(current(await set("effort", "high"))).toEqual({ mode: "custom", model: "m2", effort: "high" });
    await e.agent.request(session.setMode, { sessionId, modeId: "auto" });
    expect(await e.seen("current_mode_update")).toMatchObject({ currentModeId: "auto" });
    for (const [id, value] of [
      ["mode", "yolo"],
      ["effort", "x"],
      ["colour", "red"],
    ] as const)
      expect((await refused(set(id, value))).code).toBe(-32602);
    await asks(e, sessionId, "go");
    expect(requests(w)[0]?.body).toMatchObject({ model: "m2", reasoning: { effort: "high" } });
    expect(JSON.stringify(requests(w)[0]?.body)).toContain("workspace-write");
  });

  test("plan mode: the plan is put to the person, and carried out in the same prompt", async () => {
    await using w = await world(
      model(respond(call("exit_plan_mode", { plan: "1. write it" }, "c1")), respond(say("written"))),
    );
    await using e = await editor(w);
    const { sessionId } = await open(e, w);
    await e.agent.request(session.setMode, { sessionId, modeId: "plan" });
    expect(await asks(e, sessionId, "plan it")).toEqual({ stopReason: "end_turn" });
    expect(e.asked[0]?.toolCall).toMatchObject({ kind: "switch_mode" });
    expect(e.said()).toContain("1. write it");
    expect(e.said()).toEndWith("written");
    expect(await e.seen("current_mode_update", ({ currentModeId }) => currentModeId !== "plan")).toBeTruthy();
  });

  test("questions of the model are a form; where there are none, the model is told", async () => {
    const question = { id: "q", header: "Colour", question: "Which?", options: [{ label: "red", description: "hot" }] };
    const asking = () => respond(call("request_user_input", { questions: [question] }, "c1"));
    for (const [forms, said] of [
      [true, "red"],
      [false, "cannot show questions"],
    ] as const) {
      await using w = await world(model(asking(), respond(say("ok"))));
      await using e = await editor(w, {
        capabilities: forms ? { elicitation: { form: {} } } : {},
        answer: (request) => {
          expect(JSON.stringify(request)).toContain('"const":"red"');
          return { action: "accept", content: { q: "red" } };
        },
      });
      const { sessionId } = await open(e, w);
      await asks(e, sessionId, "ask me");
      expect(JSON.stringify(requests(w)[1]?.body)).toContain(said);
    }
  });

  test("an untrusted folder: its configuration takes no effect, and the editor is told; notices where it has them", async () => {
    await using w = await world(model(respond(say("one"))), {
      ".moat/config.toml": 'model = "theirs"\nsandbox_mode = "danger-full-access"\n',
    });
    await using e = await editor(w, { capabilities: { session: { notices: {} } } });
    const { sessionId, configOptions } = await open(e, w);
    expect(await e.seen("notice", ({ title }) => title.includes("is not trusted"))).toMatchObject({
      severity: "warning",
    });
    expect(JSON.stringify(configOptions)).not.toContain("theirs");
    await asks(e, sessionId, "go");
    expect(requests(w)[0]?.body).not.toMatchObject({ model: "theirs" });
    expect(e.said()).toBe("one");
  });

  test("servers of the editor are used under names of their own; a way that moat does not know is told", async () => {
    await using w = await world([
      respond(call("tool_search", { query: "" })),
      respond(say("known")),
      respond(call("mcp__editor-files__echo", { text: "hi" })),
      respond(say("done")),
    ]);
    await using e = await editor(w, { capabilities: { session: { notices: {} } } });
    const files = { name: "files", command: process.execPath, args: ["--no-install", fixture, "plain"], env: [] };
    const old = { type: "sse", name: "old", url: "http://127.0.0.1:1/", headers: [] } as const;
    const mcpServers: McpServer[] = [files, { ...old, headers: [] }];
    const { sessionId } = await e.agent.request(session.new, { cwd: w.project.dir, mcpServers });
    expect((await e.seen("notice", ({ title }) => title.includes("MCP servers"))).title).toEndWith("left out: old");
    for (const text of ["look", "go"]) await asks(e, sessionId, text);
    expect(w.server.requests.at(-1)?.raw).toContain("echo: hi");
  });

  test("without a key: authentication is asked for, and can be tried again", async () => {
    await using w = await world(model());
    await using e = await editor(w, { run: { stdin: "", env: { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" } } });
    expect(await refused(open(e, w))).toMatchObject({ code: -32000 });
    expect(await refused(e.agent.request(methods.agent.authenticate, { methodId: "moat-login" }))).toMatchObject({
      code: -32000,
    });
  });
});

describe("files that are open in the editor", () => {
  const patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n*** End Patch\n";
  const script = () => model(respond(call("apply_patch", { input: patch }, "c1")), respond(say("done")));

  test("what is not saved is saved by the editor before a patch, and stays", async () => {
    await using w = await world(script(), { "a.txt": "one\ntwo\n" });
    const path = w.project.path("a.txt");
    const buffers = new Map([[path, "zero\none\ntwo\n"]]);
    const fs = { readTextFile: true, writeTextFile: true };
    await using e = await editor(w, { buffers, capabilities: { fs }, args: ["-s", "workspace-write"] });
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "go");
    expect(w.project.read("a.txt")).toBe("zero\none\n2\n");
    expect(buffers.get(path)).toBe("zero\none\ntwo\n");
  });

  test("an editor that saves nothing: the patch is refused, in words, and nothing is lost", async () => {
    await using w = await world(script(), { "a.txt": "one\ntwo\n" });
    const buffers = new Map([[w.project.path("a.txt"), "mine\n"]]);
    const fs = { readTextFile: true };
    await using e = await editor(w, { buffers, capabilities: { fs }, args: ["-s", "workspace-write"] });
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "go");
    expect(w.project.read("a.txt")).toBe("one\ntwo\n");
    expect(JSON.stringify(requests(w)[1]?.body)).toContain("not saved");
  });

  test("a file that is not open, or is saved, is patched as ever; line ends do not count", async () => {
    for (const text of [null, "one\ntwo\n"]) {
      await using w = await world(script(), { "a.txt": "one\r\ntwo\r\n" });
      const buffers = new Map(text === null ? [] : [[w.project.path("a.txt"), text]]);
      await using e = await editor(w, {
        buffers,
        capabilities: { fs: { readTextFile: true } },
        args: ["-s", "workspace-write"],
      });
      const { sessionId } = await open(e, w);
      await asks(e, sessionId, "go");
      expect(w.project.read("a.txt")).toBe("one\r\n2\r\n");
    }
  });
});

test("/undo takes back what a turn changed, /redo brings it back; each ends its prompt, and says what was done", async () => {
  const patch = "*** Begin Patch\n*** Add File: new.txt\n+x\n*** End Patch\n";
  await using w = await world(model(respond(call("apply_patch", { input: patch }, "c1")), respond(say("done"))));
  await using e = await editor(w, { args: ["-s", "workspace-write"] });
  const { sessionId } = await open(e, w);
  await asks(e, sessionId, "go");
  const there = () => existsSync(w.project.path("new.txt"));
  expect(there()).toBe(true);
  expect(await asks(e, sessionId, "/undo")).toEqual({ stopReason: "end_turn" });
  expect(there()).toBe(false);
  expect(e.said()).toContain("new.txt");
  expect(await asks(e, sessionId, "/redo")).toEqual({ stopReason: "end_turn" });
  expect(there()).toBe(true);
  expect(await asks(e, sessionId, "/redo")).toEqual({ stopReason: "end_turn" });
});

describe("where the editor shows terminals", () => {
  test("a command prints into one of its own, and ends there", async () => {
    await using w = await world(model(respond(command("printf 'a\\nb\\n'; exit 3")), respond(say("ok"))));
    await using e = await editor(w, { capabilities: { _meta: { terminal_output: true } } });
    const { sessionId } = await open(e, w);
    await asks(e, sessionId, "go");
    const { toolCallId, content } = await e.seen("tool_call");
    expect(content).toEqual([{ type: "terminal", terminalId: toolCallId }]);
    const printed = e.updates.flatMap(({ update }) => {
      const meta = update._meta?.terminal_output as { data: string } | undefined;
      return meta ? [meta.data] : [];
    });
    expect(printed.join("")).toBe("a\nb\n");
    const end = await e.seen("tool_call_update", ({ status }) => status === "failed");
    expect(end._meta).toEqual({ terminal_exit: { terminal_id: toolCallId, exit_code: 3, signal: null } });
  });
});
