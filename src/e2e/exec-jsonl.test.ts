// The lines of `moat exec --json`: types, order, fields, and what the model was told meanwhile.
import { describe, expect, test } from "bun:test";
import { loadSchemas } from "../protocol/index.ts";
import { call, callCustom, respond, responseEvents, say, think } from "../testkit/index.ts";
import { world } from "./harness.ts";
import { scenarios, typesOf } from "./scenario.ts";

const sh = (cmd: string, id = "c1") => call("exec_command", { cmd, login: false }, id);
const patch = (...lines: string[]) =>
  callCustom("apply_patch", `*** Begin Patch\n${lines.join("\n")}\n*** End Patch\n`);
const json = (...args: string[]) => ["exec", "--json", ...args, "go"];
const write = (...args: string[]) => json("-s", "workspace-write", ...args);
const done = respond(say("done"));

describe("commands", () => {
  scenarios([
    {
      name: "started, then completed, with what was enforced",
      script: [respond(sh("echo out")), done],
      args: json(),
      types: [
        "thread.started",
        "turn.started",
        "item.started command_execution",
        "item.completed command_execution",
        "item.completed agent_message",
        "turn.completed",
      ],
      items: [
        {
          command: "/bin/bash -c 'echo out'",
          aggregated_output: "out\n",
          exit_code: 0,
          status: "completed",
          sandbox: { fs: "read-only", net: "none" },
        },
        { text: "done" },
      ],
      told: ["Process exited with code 0"],
    },
    {
      name: "a failing one does not fail the turn",
      script: [respond(sh("exit 7")), done],
      args: json(),
      items: [{ exit_code: 7, status: "failed" }, {}],
      told: ["Process exited with code 7"],
    },
    {
      name: "one that a signal ended",
      script: [respond(sh("kill -9 $$")), done],
      args: json(),
      items: [{ exit_code: 137, status: "failed" }, {}],
    },
    {
      name: "a program that is not there",
      script: [respond(call("shell", { command: ["no-such-program"] })), done],
      args: json(),
      items: [{ status: "failed" }, {}],
    },
    {
      name: "a time limit",
      script: [respond(call("exec_command", { cmd: "sleep 30", login: false, timeout_ms: 100 })), done],
      args: json(),
      items: [{ exit_code: 124, status: "failed" }, {}],
      told: ["after 100 ms"],
    },
    {
      name: "two of one response, answered in their order",
      script: [respond(sh("sleep 0.2; echo one", "c1"), sh("echo two", "c2")), done],
      args: json(),
      check: (w) => {
        const { input } = (w.server.requests[1] as { body: unknown }).body as {
          input: { type: string; call_id: string }[];
        };
        const outputs = input.filter(({ type }) => type === "function_call_output");
        expect(outputs.map(({ call_id }) => call_id)).toEqual(["c1", "c2"]);
      },
    },
    {
      name: "output that is no text",
      script: [respond(sh("printf '\\377\\001\\002ok'")), done],
      args: json(),
      items: [{ status: "completed", aggregated_output: "�\u0001\u0002ok" }, {}],
    },
    {
      name: "what the sandbox refused is an event",
      script: [respond(sh("echo x > /etc/moat-x")), done],
      args: json(),
      items: [{ status: "failed" }, {}],
      told: ["read-only"],
      check: (_, ran) => expect(ran.events().map(({ type }) => type)).toContain("sandbox.denied"),
    },
    {
      name: "leaving the sandbox is declined where nobody can be asked",
      script: [
        respond(
          call("exec_command", { cmd: "id", sandbox_permissions: "require_escalated", justification: "why not" }),
        ),
        done,
      ],
      args: json(),
      items: [{ type: "command_execution", status: "declined" }, {}],
      told: ["not run:"],
      last: { evidence: { commands: [], declined: 1 } },
    },
  ]);
});

describe("patches", () => {
  scenarios([
    {
      name: "add, update, delete",
      files: { "a.txt": "one\n", "d.txt": "x\n" },
      script: [
        respond(
          patch(
            "*** Add File: n.txt",
            "+new",
            "*** Update File: a.txt",
            "@@",
            "-one",
            "+two",
            "*** Delete File: d.txt",
          ),
        ),
        done,
      ],
      args: write(),
      items: [{ type: "file_change", status: "completed" }, {}],
      after: { "n.txt": "new\n", "a.txt": "two\n", "d.txt": null },
    },
    {
      name: "a move is an update of the old path",
      files: { "a.txt": "one\n" },
      script: [respond(patch("*** Update File: a.txt", "*** Move to: b.txt", "@@", "-one", "+two")), done],
      args: write(),
      items: [
        {
          changes: [
            { kind: "update", path: expect.stringContaining("/a.txt"), move_path: expect.stringContaining("/b.txt") },
          ],
        },
        {},
      ],
      after: { "b.txt": "two\n", "a.txt": null },
    },
    {
      name: "one that does not fit is visible, and changes nothing",
      files: { "a.txt": "one\n" },
      script: [respond(patch("*** Update File: a.txt", "@@", "-three", "+two")), done],
      args: write(),
      items: [{ type: "file_change", status: "failed" }, {}],
      told: ["apply_patch verification failed"],
      after: { "a.txt": "one\n" },
    },
    {
      name: "one without an end",
      script: [respond(callCustom("apply_patch", "*** Begin Patch\n*** Add File: a\n+x\n")), done],
      args: write(),
      items: [{}, {}],
      after: { a: null },
    },
    {
      name: "one outside of the workspace is declined",
      script: [respond(patch("*** Add File: /etc/moat-x", "+x")), done],
      args: write(),
      items: [{ type: "file_change", status: "declined" }, {}],
    },
    {
      name: "one into .git is declined",
      script: [respond(patch("*** Add File: .git/hooks/pre-commit", "+x")), done],
      args: write(),
      items: [{ type: "file_change", status: "declined" }, {}],
      after: { ".git/hooks/pre-commit": null },
    },
  ]);
});

describe("calls that cannot be understood", () => {
  scenarios([
    {
      name: "an unknown tool",
      script: [respond(call("no_such_tool", {})), done],
      args: json(),
      items: [{ type: "error", message: "unsupported call: no_such_tool" }, {}],
      told: ["unsupported call: no_such_tool"],
    },
    {
      name: "arguments that are no JSON",
      script: [respond(call("exec_command", '{"cmd": "ls')), done],
      args: json(),
      items: [{ type: "error" }, {}],
      told: ["failed to parse function arguments"],
    },
    {
      name: "arguments of the wrong kind",
      script: [respond(call("exec_command", { cmd: { ls: 3 } })), done],
      args: json(),
      items: [{ type: "error" }, {}],
      told: ["failed to parse function arguments"],
    },
    {
      name: "an empty command",
      script: [respond(call("exec_command", { cmd: "  " })), done],
      args: json(),
      items: [{ type: "error" }, {}],
      told: ["cmd is empty"],
    },
  ]);
});

describe("messages", () => {
  scenarios([
    {
      name: "reasoning, commentary and answer",
      script: [respond(think("hm"), say("Looking."), sh("true")), done],
      args: json(),
      items: [{ type: "reasoning", text: "hm" }, { text: "Looking." }, { type: "command_execution" }, { text: "done" }],
    },
    {
      name: "one that says nothing is asked for once more, and is no success",
      script: [respond(), respond()],
      args: json(),
      exit: 1,
      // What the server counted for them is wasted, and counts.
      types: [
        ...["thread.started", "turn.started", "stream.reset", "error", "stream.retrying", "stream.reset"],
        ...["error", "turn.failed"],
      ],
    },
    {
      name: "text of every script",
      script: [respond(say("héllo ", "мир 🌍\u2028end"))],
      args: json(),
      items: [{ text: "héllo мир 🌍\u2028end" }],
    },
    {
      name: "the last one is the answer",
      script: [respond(say("first")), done],
      args: ["exec", "-o", "last", "go"],
      stdout: "first\n",
      after: { last: "first" },
    },
    {
      name: "an answer that ends with a line end gets no second one",
      script: [respond(say("text\n"))],
      args: ["exec", "go"],
      stdout: "text\n",
    },
    {
      name: "usage sums the requests of the turn",
      script: [respond(sh("true")), done],
      args: json(),
      last: { usage: { input_tokens: 2000, output_tokens: 100 }, turn_usage: { input_tokens: 2000 } },
    },
  ]);

  test("--json-deltas adds the text as it comes, and changes nothing else", async () => {
    const script = () => [respond(think("hm"), say("a", "b", "c"), sh("echo x")), respond(say("d"))];
    await using plain = await world(script());
    await using full = await world(script());
    const without = (await plain.moat(json())).events();
    const events = (await full.moat(["exec", "--json-deltas", "go"])).events();
    const deltas = events.filter(({ type }) => type === "item.delta") as never as {
      item_type: string;
      delta: string;
    }[];
    const text = (type: string) =>
      deltas
        .filter((event) => event.item_type === type)
        .map(({ delta }) => delta)
        .join("");
    expect([text("agent_message"), text("reasoning"), text("command_execution")]).toEqual(["abcd", "hm", "x\n"]);
    expect(typesOf(events.filter(({ type }) => type !== "item.delta"))).toEqual(typesOf(without));
  });

  test("schema_version is on the first line", async () => {
    await using w = await world([done]);
    const [first] = (await w.moat(json())).events();
    expect(first).toMatchObject({ type: "thread.started", schema_version: 1 } as object);
  });
});

describe("trouble with the stream", () => {
  scenarios([
    {
      name: "a stream that breaks off is repeated; its text is void",
      script: [responseEvents([say("half")], { type: "none" }), done],
      args: json(),
      types: [
        "thread.started",
        "turn.started",
        "stream.reset",
        "error",
        "stream.retrying",
        "item.completed agent_message",
        "turn.completed",
      ],
      requests: 2,
    },
    {
      name: "a server error is repeated",
      script: [{ status: 500, body: { error: { message: "oops" } } }, done],
      args: json(),
      items: [{ text: "done" }],
      requests: 2,
    },
    {
      name: "a refusal is not",
      script: [{ status: 400, body: { error: { message: "no such model: m" } } }],
      args: json(),
      exit: 1,
      last: {
        type: "turn.failed",
        error: { kind: "invalid_request", message: expect.stringContaining("no such model: m") },
      },
      requests: 1,
    },
    {
      name: "a wrong key",
      script: [{ status: 401, body: { error: { message: "bad key" } } }],
      args: json(),
      exit: 1,
      last: { error: { kind: "unauthorized" } },
      requests: 1,
    },
    {
      name: "a full context",
      script: [responseEvents([], { type: "failed", code: "context_length_exceeded", message: "too long" })],
      args: json(),
      exit: 1,
      last: { error: { kind: "context_overflow" } },
      requests: 1,
    },
    {
      name: "an empty purse",
      script: [responseEvents([], { type: "failed", code: "insufficient_quota", message: "pay" })],
      args: json(),
      exit: 1,
      last: { error: { kind: "quota" } },
    },
    {
      name: "an answer that was cut off by the provider",
      script: [responseEvents([say("ha")], { type: "incomplete", reason: "max_output_tokens" })],
      args: json(),
      exit: 1,
      last: { error: { kind: "incomplete", message: expect.stringContaining("max_output_tokens") } },
    },
    {
      name: "a server that dies in the middle of every answer",
      script: () => [...responseEvents([say("x")], { type: "none" }), { cut: "rst" as const }],
      config: "[model_providers.openai]\nstream_max_retries = 2\n",
      args: json(),
      exit: 1,
      last: { type: "turn.failed" },
      requests: 3,
    },
    {
      name: "calls of a broken stream are not run",
      script: [responseEvents([sh("touch ran")], { type: "none" }), done],
      args: write(),
      after: { ran: null },
    },
  ]);
});

test("every line of the thread's own file is in the schema of rollouts", async () => {
  const script = [respond(think("hm"), sh("seq 20000")), respond(patch("*** Add File: a", "+x")), done];
  await using w = await world(script);
  const [first] = (await w.moat(write())).events();
  const id = (first as unknown as { thread_id: string }).thread_id;
  const { stdout } = await w.moat(["threads", "export", id, "--format", "jsonl"]);
  const { rolloutLine } = await loadSchemas();
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(10);
  const wrong = lines.filter((line) => !rolloutLine.safeParse(JSON.parse(line)).success);
  expect(wrong).toEqual([]);
});
