// The core as a library: what README's example does, and the promises of the event stream.

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Secrets } from "../base/index.ts";
import { modelInfo } from "../model/index.ts";
import type { Event, Op } from "../protocol/index.ts";
import { openSandbox } from "../sandbox/index.ts";
import { RolloutWriter, readThread } from "../session/index.ts";
import {
  call,
  createGate,
  respond,
  responseEvents,
  type Script,
  say,
  startModelServer,
  type TempProject,
  tempProject,
} from "../testkit/index.ts";
import { clientOf, turnOf } from "./harness.suite.ts";
import { builtInTools, Thread, type ThreadSettings } from "./index.ts";

const made: TempProject[] = [];
afterAll(() => {
  for (const project of made) project.remove();
});

/** A thread on a scripted model, in a project of its own. */
async function start(script: Script, settings: Partial<ThreadSettings> = {}, stored: { path: string } | null = null) {
  const server = await startModelServer(script);
  const project = tempProject({}, { git: true });
  const home = tempProject();
  made.push(project, home);
  const path = stored?.path ?? home.path("thread.jsonl");
  const sink = new RolloutWriter(path, () => new Date());
  const thread = new Thread({
    resumed: stored ? readThread(stored.path) : null,
    thread_id: "0198a0c0-0000-7000-8000-000000000000",
    settings: {
      cwd: project.dir,
      model: "scripted",
      model_provider: "test",
      effort: null,
      reasoning_summary: null,
      verbosity: null,
      service_tier: null,
      approval_policy: "never",
      sandbox_mode: "workspace-write",
      memory_limit: null,
      sandbox_workspace_write: {
        writable_roots: [],
        network_access: false,
        exclude_slash_tmp: true,
        exclude_tmpdir_env_var: true,
        hidden_paths: [],
      },
      shell_environment_policy: {
        inherit: "all",
        ignore_default_excludes: false,
        exclude: [],
        set: {},
        include_only: [],
      },
      login_shell: { once: false, files: [] },
      provider_key_names: ["OPENAI_API_KEY"],
      granular: null,
      free_patches: false,
      rules: { prefix: [] },
      tool_output_token_limit: 10_000,
      system_prompt: null,
      developer_instructions: null,
      project_instructions: null,
      skills: [],
      agents: [],
      web_search: null,
      context_window: null,
      auto_compact_token_limit: null,
      compact_prompt: null,
      budget: { tokens: null, cost: null, time_ms: null, turns: null, commands: null },
      output_schema: null,
      ...settings,
    },
    services: {
      openModel: () => clientOf(server.url),
      tape: null,
      checkpoints: null,
      tools: builtInTools(),
      modelInfo: async (model) => modelInfo(model),
      openChild() {
        throw new Error("no call asks for a child here");
      },
      openSandbox: () => openSandbox({ cache_dir: home.path("bin") }),
      sink,
      saveRule: () => {},
      secrets: new Secrets(),
      keys: new Secrets(),
      key_files: [],
      hooks: null,
      held: [],
      administrator: { restrict: (wanted) => ({ ...wanted, notes: [] }), no_network: null },
      transcript_path: null,
      open_files: null,
      ownCommands: () => null,
      env: { PATH: process.env.PATH, HOME: home.dir },
      home: home.dir,
      moat_home: home.path(".moat"),
      moat_version: "test",
      date: () => new Date("2026-01-02T03:04:05Z"),
      now: () => performance.now(),
    },
  });
  return { thread, server, project, sink, path };
}

/** Reads events until `turns` turns are closed, then shuts the thread down; an event may lead to an op. */
async function collect(
  thread: Thread,
  turns: number,
  react: (event: Event) => Op | null = () => null,
): Promise<Event[]> {
  const events: Event[] = [];
  let closed = 0;
  for await (const event of thread.events) {
    events.push(event);
    const op = react(event);
    if (op) thread.submit(op);
    if (event.type === "turn.completed" || event.type === "turn.failed") closed++;
    if (closed === turns) thread.submit({ type: "shutdown" });
  }
  return events;
}

const texts = (events: Event[]) =>
  events.flatMap((event) =>
    event.type === "item.completed" && event.item.type === "agent_message" ? [event.item.text] : [],
  );

describe("Thread", () => {
  test("as a library: submit an op, iterate over the events", async () => {
    const { thread, server } = await start([respond(say("Hello."))]);
    thread.submit(turnOf("hi"));
    const events = await collect(thread, 1);
    expect(texts(events)).toEqual(["Hello."]);
    server.stop();
  });

  test("seq is dense, whatever is merged", async () => {
    const words = Array.from({ length: 500 }, (_, index) => `w${index} `);
    const { thread, server } = await start([respond(say(...words))]);
    thread.submit(turnOf("hi"));
    const events = await collect(thread, 1);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    const streamed = events.map((event) => (event.type === "item.delta" ? event.delta : "")).join("");
    expect(streamed).toBe(words.join(""));
    server.stop();
  });

  test("a new turn aborts the running one and takes its place", async () => {
    const gate = createGate();
    const { thread, server } = await start([[{ wait: gate }], respond(say("second"))]);
    thread.submit(turnOf("first"));
    await gate.reached;
    thread.submit(turnOf("other"));
    const events = await collect(thread, 2);
    expect(events.filter(({ type }) => type.startsWith("turn.")).map(({ type }) => type)).toEqual([
      "turn.started",
      "turn.failed",
      "turn.started",
      "turn.completed",
    ]);
    expect(texts(events)).toEqual(["second"]);
    server.stop();
  });

  test("every call has exactly one output, also after an interrupt", async () => {
    const sleep = (id: string) => call("exec_command", { cmd: "sleep 100", login: false }, id);
    const { thread, server } = await start([respond(sleep("c1"), sleep("c2")), respond(say("back"))]);
    thread.submit(turnOf("run"));
    let turns = 0;
    await collect(thread, 2, (event) => {
      if (event.type === "item.started") return { type: "interrupt" };
      if (event.type === "turn.failed" && ++turns === 1) return turnOf("again");
      return null;
    });
    const { input } = (server.requests[1]?.body ?? {}) as unknown as { input: { type: string; call_id?: string }[] };
    const ids = (type: string) => input.filter((item) => item.type === type).map(({ call_id }) => call_id);
    expect(ids("function_call")).toEqual(["c1", "c2"]);
    expect(ids("function_call_output").sort()).toEqual(["c1", "c2"]);
    server.stop();
  });

  test("what is said while a turn runs reaches the model between two tool calls", async () => {
    const wait = call("exec_command", { cmd: "sleep 0.2", login: false });
    const { thread, server } = await start([respond(wait), respond(say("seen"))]);
    thread.submit(turnOf("run"));
    await collect(thread, 1, (event) =>
      event.type === "item.started" ? { type: "steer", input: [{ type: "text", text: "and be quick" }] } : null,
    );
    expect(server.requests[1]?.raw).toContain("and be quick");
    server.stop();
  });

  test("what is said as the turn ends is not lost", async () => {
    const { thread, server } = await start([respond(say("one")), respond(say("two"))]);
    thread.submit(turnOf("run"));
    const events = await collect(thread, Number.POSITIVE_INFINITY, (event) => {
      const [text] = texts([event]);
      if (text === "one") return { type: "steer", input: [{ type: "text", text: "late" }] };
      return text === "two" ? { type: "shutdown" } : null;
    });
    expect(texts(events)).toEqual(["one", "two"]);
    expect(server.requests[1]?.raw).toContain("late");
    server.stop();
  });

  test.each([
    [true, ["turn.failed"]],
    [undefined, ["turn.failed", "turn.completed"]],
  ])("what waits at an interrupt with take_back %p", async (take_back, ends) => {
    const wait = call("exec_command", { cmd: "sleep 60", login: false });
    const { thread, server } = await start([respond(wait), respond(say("seen"))]);
    thread.submit(turnOf("run"));
    const found: string[] = [];
    await collect(thread, Number.POSITIVE_INFINITY, (event) => {
      if (event.type === "item.started") {
        thread.submit({ type: "steer", input: [{ type: "text", text: "and be quick" }] });
        return take_back === undefined ? { type: "interrupt" } : { type: "interrupt", take_back };
      }
      if (event.type !== "turn.failed" && event.type !== "turn.completed") return null;
      found.push(event.type);
      return found.length === ends.length ? { type: "shutdown" } : null;
    });
    expect(found).toEqual(ends);
    expect(server.requests.some(({ raw }) => raw.includes("and be quick"))).toBe(take_back !== true);
    server.stop();
  });

  test("the prefix of every request is the same to the byte", async () => {
    const run = call("exec_command", { cmd: "true", login: false });
    const { thread, server } = await start([respond(run), respond(say("one")), respond(say("two"))]);
    thread.submit(turnOf("a"));
    await collect(thread, 2, (event) =>
      event.type === "turn.completed" && event.turn_id.endsWith(":1") ? turnOf("b") : null,
    );
    const inputs = server.requests.map(({ body }) =>
      JSON.stringify((body as unknown as { input: unknown[] }).input).slice(0, -1),
    );
    expect(inputs).toHaveLength(3);
    expect(inputs[1]).toStartWith(inputs[0] ?? "-");
    expect(inputs[2]).toStartWith(inputs[1] ?? "-");
    server.stop();
  });

  test("a response without its end is void and repeated", async () => {
    const { thread, server } = await start([responseEvents([say("half")], { type: "none" }), respond(say("whole"))]);
    thread.submit(turnOf("hi"));
    const events = await collect(thread, 1);
    const shown = events.flatMap((event) => (event.type === "item.delta" ? [event.item_id] : []));
    const reset = events.find((event) => event.type === "stream.reset");
    expect(reset?.item_ids).toEqual([shown[0] ?? ""]);
    expect(texts(events)).toEqual(["whole"]);
    server.stop();
  });

  test("a thread goes on where it was: same prefix, same total, every call answered", async () => {
    const run = call("exec_command", { cmd: "true", login: false });
    const first = await start([respond(run), respond(say("one"))]);
    first.thread.submit(turnOf("a"));
    await collect(first.thread, 1);
    const second = await start([respond(say("two"))], { cwd: first.project.dir }, first);
    second.thread.submit(turnOf("b"));
    const events = await collect(second.thread, 1);
    const inputs = [...first.server.requests, ...second.server.requests].map(({ body }) =>
      JSON.stringify((body as unknown as { input: unknown[] }).input).slice(0, -1),
    );
    expect(inputs[2]).toStartWith(inputs[1] ?? "-");
    const end = events.at(-1);
    expect(end?.type === "turn.completed" && [end.usage.input_tokens, end.turn_usage.input_tokens]).toEqual([
      3000, 1000,
    ]);
    expect(readThread(first.path).turns).toBe(2);
  });

  test("a question that waited when the process ended is asked again, and its answer runs the call", async () => {
    const touch = call("exec_command", { cmd: "touch made", login: false }, "c1");
    const asking = { approval_policy: "untrusted" } as const;
    const first = await start([respond(touch)], asking);
    first.thread.submit(turnOf("a"));
    for await (const event of first.thread.events) if (event.type === "approval.requested") break;
    first.sink.close();
    const second = await start([respond(say("done"))], { ...asking, cwd: first.project.dir }, first);
    const events = await collect(second.thread, 1, (event) =>
      event.type === "approval.requested"
        ? { type: "approval", call_id: event.request.call_id, decision: { type: "approved" } }
        : null,
    );
    expect(texts(events)).toEqual(["done"]);
    expect(existsSync(first.project.path("made"))).toBe(true);
    expect(second.server.requests[0]?.raw).toContain("Process exited with code 0");
    const { open_turn, pending_approval } = readThread(first.path);
    expect([open_turn, pending_approval]).toEqual([null, null]);
  });

  test("the op `compact` is a turn of its own after the one that runs, and takes what to keep", async () => {
    const run = call("exec_command", { cmd: "true", login: false });
    const { thread, server } = await start([
      respond(run),
      respond(say("one")),
      respond(say("NOTES")),
      respond(say("two")),
    ]);
    thread.submit(turnOf("a"));
    thread.submit({ type: "compact", instructions: "the names of the files" });
    const events = await collect(thread, 3, (event) =>
      event.type === "turn.completed" && event.turn_id.endsWith(":2") ? turnOf("b") : null,
    );
    const kinds = events.flatMap(({ type }) => (/^turn\.|replaced/.test(type) ? [type] : []));
    const whole = ["turn.started", "turn.completed"] as const;
    expect(kinds).toEqual([...whole, "turn.started", "history.replaced", "turn.completed", ...whole]);
    expect(texts(events)).toEqual(["one", "two"]);
    expect(server.requests[2]?.raw).toContain("keep above all: the names of the files");
    expect(server.requests[3]?.raw).toContain("NOTES");
    server.stop();
  });

  test("with nothing said there is nothing to compact", async () => {
    const { thread, server } = await start([]);
    thread.submit({ type: "compact" });
    const events = await collect(thread, 1);
    expect(events.find(({ type }) => type === "error")).toMatchObject({ message: "there is nothing to compact" });
    expect(server.requests).toEqual([]);
    server.stop();
  });

  test("how full the context is: estimated, then as the server counted it, and with each output", async () => {
    const run = call("exec_command", { cmd: "seq 1000", login: false });
    const { thread, server } = await start([respond(run), respond(say("one"))]);
    thread.submit(turnOf("a"));
    const events = await collect(thread, 1);
    const tokens = events.flatMap((event) => (event.type === "context.measured" ? [event.tokens] : []));
    expect(tokens).toHaveLength(4);
    expect(tokens[0]).toBeGreaterThan(1000);
    expect([tokens[1], tokens[3]]).toEqual([1050, 1050]);
    // 3,893 bytes of numbers, and the frame that the tool puts around them.
    expect(tokens[2]).toBeWithin(1050 + 973, 1050 + 1050);
    server.stop();
  });
});
