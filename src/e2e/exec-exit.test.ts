// Exit codes, evidence, and who may say yes.
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { call, callCustom, createGate, respond, say } from "../testkit/index.ts";
import { parseLines, world } from "./harness.ts";
import { type Scenario, scenarios } from "./scenario.ts";

const sh = (cmd: string, id = "c1") => call("exec_command", { cmd, login: false }, id);
const add = (name: string, id = "p1") =>
  callCustom("apply_patch", `*** Begin Patch\n*** Add File: ${name}\n+x\n*** End Patch\n`, id);
const ESCALATION = { login: false, sandbox_permissions: "require_escalated", justification: "needed" };
const escalated = call("exec_command", { ...ESCALATION, cmd: "echo out > free" });
/** Turns the reading direction, hides, and begins an escape sequence in one character. */
const HIDDEN = "echo a\u202eb\u2066c\u200bd\u009be\ufeff";
const done = respond(say("done"));
const write = ["exec", "--json", "-s", "workspace-write"];
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("exit codes", () => {
  scenarios([
    {
      name: "0: commands failed and a call was declined",
      script: [respond(sh("false"), escalated), done],
      args: ["exec", "--json", "go"],
      exit: 0,
      last: { type: "turn.completed", evidence: { declined: 1 } },
    },
    { name: "1: the turn failed", script: [{ status: 400, body: {} }], args: ["exec", "--json", "go"], exit: 1 },
    { name: "2: usage", script: [], args: ["exec", "--give-up-after", "soon", "go"], exit: 2, stderr: ["90s"] },
    {
      name: "3: a call was declined, and the flag asked for it",
      script: [respond(escalated), done],
      args: ["exec", "--json", "--fail-on-decline", "go"],
      exit: 3,
      stderr: ["1 call was declined"],
      last: { type: "turn.completed" },
    },
    {
      name: "3: not when nothing was declined",
      script: [respond(sh("false")), done],
      args: ["exec", "--fail-on-decline", "go"],
      exit: 0,
    },
    {
      name: "4: a budget",
      script: [respond(sh("true")), done],
      args: ["exec", "--json", "--max-turns", "1", "go"],
      exit: 4,
      last: { type: "turn.failed", error: { kind: "budget" } },
      requests: 1,
    },
    {
      name: "5: given up, and the flag asked for it",
      script: () => ({ status: 503, body: {} }),
      args: ["exec", "--json", "--give-up-after", "0s", "-c", "model_providers.openai.request_max_retries=1", "go"],
      exit: 5,
      last: { type: "turn.failed" },
    },
    {
      name: "1: the same without the flag",
      script: () => ({ status: 503, body: {} }),
      args: ["exec", "--json", "-c", "model_providers.openai.request_max_retries=1", "go"],
      exit: 1,
    },
    {
      name: "1: a refusal is no outage",
      script: [{ status: 401, body: {} }],
      args: ["exec", "--give-up-after", "10s", "go"],
      exit: 1,
    },
    {
      name: "7: the required command was not run",
      script: [done],
      args: ["exec", "--json", "--require-evidence", "./test", "go"],
      exit: 7,
      stderr: ["`./test` did not run after the last edit"],
      last: { type: "turn.completed", evidence: { required: [{ command: "./test", met: false }] } },
    },
  ]);
});

describe("required evidence", () => {
  const test_script = { test: "#!/bin/sh\ntest -e good\n" };
  const makeRunnable: Scenario["before"] = (w) => chmodSync(w.project.path("test"), 0o755);
  const row = (name: string, exit: number, ...turns: Parameters<typeof respond>[]): Scenario => ({
    name,
    exit,
    files: test_script,
    before: makeRunnable,
    script: [...turns.map((outputs) => respond(...outputs)), done],
    args: [...write, "--require-evidence", "./test", "go"],
    last: { evidence: { required: [{ command: "./test", met: exit === 0 }] } },
  });
  scenarios([
    row("run after the last edit, with 0", 0, [add("good")], [sh("./test", "c2")]),
    row("run before the last edit only", 7, [sh("touch good; ./test")], [sh("./test", "c2")], [add("later")]),
    row(
      "a command behind the hundred paths that are listed changed something after it",
      7,
      [sh("touch good; for i in $(seq 120); do echo > a$i; done")],
      [sh("./test", "c2")],
      [sh("echo > z", "c3")],
    ),
    row("it failed", 7, [sh("./test")]),
    row("it failed first, then passed", 0, [sh("./test")], [add("good")], [sh("./test", "c3")]),
    row(
      "it passed first, then failed",
      7,
      [add("good")],
      [sh("./test", "c2")],
      [sh("rm good", "c3")],
      [sh("./test", "c4")],
    ),
    row(
      "a patch that failed is no edit",
      0,
      [add("good")],
      [sh("./test", "c2")],
      [callCustom("apply_patch", "*** Begin Patch\n*** Delete File: gone\n*** End Patch\n", "p2")],
    ),
    row("hidden behind || true", 7, [sh("./test || true")]),
    row("only talked about", 7, [sh("echo ./test")]),
  ]);
});

describe("evidence", () => {
  scenarios([
    {
      name: "commands with exit codes, test runs, files with hashes",
      files: { "package.json": '{"scripts":{"test":"true"}}' },
      script: [respond(add("a.txt")), respond(sh("CI=1 npm test", "c1")), respond(sh("exit 4", "c2")), done],
      args: [...write, "go"],
      last: {
        evidence: {
          commands: [
            { command: "CI=1 npm test", test_runner: "npm" },
            { command: "exit 4", exit_code: 4 },
          ],
          files: [{ kind: "add", sha256: sha256("x\n") }],
          declined: 0,
        },
      },
    },
    {
      name: "a file that is gone in the end has no hash",
      script: [respond(add("a.txt")), respond(sh("rm a.txt")), done],
      args: [...write, "go"],
      last: { evidence: { files: [{ sha256: null }] } },
    },
    {
      name: "a failed turn has it too",
      script: [respond(sh("true")), { status: 400, body: {} }],
      args: ["exec", "--json", "go"],
      exit: 1,
      last: { type: "turn.failed", evidence: { commands: [{ command: "true", exit_code: 0 }] } },
    },
    {
      name: "for people, at the end of stderr",
      script: [respond(add("a.txt")), respond(sh("go test ./...")), done],
      args: ["exec", "-s", "workspace-write", "go"],
      stdout: "done\n",
      stderr: ["evidence:\n", "go test ./... (tests: go)\n", `a.txt sha256:${sha256("x\n")}`],
    },
    {
      name: "nothing to say: no block",
      script: [done],
      args: ["exec", "go"],
      check: (_, ran) => expect(ran.stderr).not.toContain("evidence"),
    },
  ]);
});

describe("--approve-with", () => {
  const reviewer = (body: string) => ({ reviewer: `#!/bin/sh\ncat > question.json\n${body}\n` });
  const row = (name: string, body: string, more: Partial<Scenario>): Scenario => ({
    name,
    files: reviewer(body),
    before: (w) => chmodSync(w.project.path("reviewer"), 0o755),
    script: [respond(escalated), done],
    args: ["exec", "--json", "--approve-with", "./reviewer", "go"],
    ...more,
  });
  const yes = `echo '{"decision":"approved"}'`;
  scenarios([
    row("yes: the command runs as it was asked", yes, {
      after: { free: "out\n" },
      items: [{ status: "completed", sandbox: { tier: "none" } }, {}],
      check: async (w) => {
        const question = await Bun.file(w.project.path("question.json")).json();
        expect(question).toMatchObject({
          type: "approval.requested",
          cwd: w.project.dir,
          request: { justification: "needed", effect: { kind: "command" } },
        });
      },
    }),
    row("what a terminal would obey or hide is escaped, and the same text", "echo no", {
      script: [respond(call("exec_command", { ...ESCALATION, cmd: HIDDEN }, "c1")), done],
      check: async (w) => {
        const line = await Bun.file(w.project.path("question.json")).text();
        expect(line).not.toMatch(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\ufeff]/);
        expect(line).toContain("\\u202e");
        expect(JSON.stringify(JSON.parse(line))).toContain(HIDDEN);
      },
    }),
    row("no, with a reason that the model reads", `echo '{"decision":"denied","reason":"not on a Friday"}'`, {
      after: { free: null },
      told: ["not on a Friday"],
      items: [{ status: "declined" }, {}],
    }),
    row("stop", `echo '{"decision":"abort"}'`, {
      exit: 1,
      after: { free: null },
      last: { type: "turn.failed", error: { kind: "interrupted" } },
    }),
    row("an exit code is a no", `${yes}; exit 1`, { after: { free: null }, items: [{ status: "declined" }, {}] }),
    row("an answer that cannot be read is a no", "echo yes", { after: { free: null } }),
    row("a yes for the session counts once", `echo '{"decision":"session"}'`, {
      script: [respond(escalated), respond({ ...escalated, call_id: "again" } as never), done],
      check: (_, ran) => expect(ran.events().filter(({ type }) => type === "approval.requested")).toHaveLength(2),
    }),
    row("a program that is not there is found before the model is asked", yes, {
      args: ["exec", "--json", "--approve-with", "./gone", "go"],
      exit: 1,
      requests: 0,
      after: { free: null },
      last: { type: "error" },
    }),
    row("--fail-on-decline counts its no", "echo no", {
      args: ["exec", "--json", "--fail-on-decline", "--approve-with", "./reviewer", "go"],
      exit: 3,
    }),
    row("it does not see the provider's key", `env > seen; ${yes}`, {
      check: async (w) => expect(await Bun.file(w.project.path("seen")).text()).not.toContain("sk-test"),
    }),
    row("the key approve_with takes arguments", `test "$1" = strict && ${yes}`, {
      args: ["exec", "--json", "-c", 'approve_with=["./reviewer", "strict"]', "go"],
      after: { free: "out\n" },
    }),
  ]);

  test("SIGINT while the reviewer thinks: it is ended, and the turn is closed", async () => {
    await using w = await world([respond(escalated)], reviewer("touch asked; exec sleep 60"));
    chmodSync(w.project.path("reviewer"), 0o755);
    const child = w.start(["exec", "--json", "--approve-with", "./reviewer", "go"]);
    while (!(await Bun.file(w.project.path("asked")).exists())) await Bun.sleep(5);
    child.kill("SIGINT");
    const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect(exit).toBe(130);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: "turn.failed" } as object);
  });
});

describe("signals close the turn", () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    test(`${signal}: ${code}`, async () => {
      const gate = createGate();
      await using w = await world([[{ wait: gate }]]);
      const child = w.start(["exec", "--json", "go"]);
      await gate.reached;
      child.kill(signal);
      const [stdout, exit] = await Promise.all([new Response(child.stdout).text(), child.exited]);
      expect(exit).toBe(code);
      const events = parseLines(stdout);
      expect(events.filter(({ type }) => type.startsWith("turn.")).map(({ type }) => type)).toEqual([
        "turn.started",
        "turn.failed",
      ]);
    });
  }
});

test("notify gets the JSON of the Codex CLI as its last argument", async () => {
  await using w = await world([respond(say("all done"))], {
    tell: '#!/bin/sh\nprintf %s "$2" > told.tmp && mv told.tmp told.json\n',
  });
  chmodSync(w.project.path("tell"), 0o755);
  await w.moat(["exec", "-c", `notify=["${w.project.path("tell")}", "first"]`, "please"]);
  while (!(await Bun.file(w.project.path("told.json")).exists())) await Bun.sleep(5);
  expect(await Bun.file(w.project.path("told.json")).json()).toEqual({
    type: "agent-turn-complete",
    "thread-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    "turn-id": expect.any(String),
    cwd: w.project.dir,
    client: "moat",
    "input-messages": ["please"],
    "last-assistant-message": "all done",
  });
});
