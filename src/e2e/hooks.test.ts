// Hooks as a user meets them: the built binary, hooks files, and real programs.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, callCustom, chatEvents, respond, say } from "../testkit/index.ts";
import { type Ran, type TestWorld, world } from "./harness.ts";

const command = (cmd: string, id = "call_1") => call("exec_command", { cmd, login: false }, id);
const turn = ["exec", "--json", "go"];

/** Writes MOAT_HOME/hooks.json with one program an event. */
function hooks(w: TestWorld, programs: Record<string, string>, timeout = 20): void {
  const groups = Object.entries(programs).map(([event, line]) => [
    event,
    [{ hooks: [{ type: "command", command: line, timeout }] }],
  ]);
  mkdirSync(w.moat_home, { recursive: true });
  writeFileSync(join(w.moat_home, "hooks.json"), JSON.stringify({ hooks: Object.fromEntries(groups) }));
}

const prints = (value: object) => `printf '%s' '${JSON.stringify(value).replaceAll("'", "'\"'\"'")}'`;
const specific = (hookEventName: string, fields: object) =>
  prints({ hookSpecificOutput: { hookEventName, ...fields } });

type Item = { type: string; role?: string; output?: string; content?: { text: string }[] };
const bodyOf = <T>(w: TestWorld, index: number): T => (w.server.requests[index]?.body ?? {}) as T;
const input = (w: TestWorld, index: number): Item[] => bodyOf<{ input: Item[] }>(w, index).input;
const outputs = (w: TestWorld, index: number) => input(w, index).flatMap(({ output }) => output ?? []);
const told = (w: TestWorld, index: number) =>
  input(w, index).flatMap(({ role, content }) => (role === "developer" ? (content ?? []).map(({ text }) => text) : []));
const errors = (ran: Ran) =>
  ran.events().flatMap(({ type, item }) => {
    const { type: kind, message } = (item ?? {}) as unknown as { type?: string; message?: string };
    return type === "item.completed" && kind === "error" ? [message] : [];
  });
const seen = (w: TestWorld, name: string) =>
  readFileSync(join(w.home, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("programs are told of a turn in order, and never see a key", async () => {
  await using w = await world([respond(command("echo hi")), respond(say("bye"))]);
  w.config(
    '[model_providers.other]\nbase_url = "http://127.0.0.1:9/v1"\nenv_key = "MY_PASS"\nenv_http_headers = { X = "MY_HEADER" }\n',
  );
  const record = `cat >>"$HOME/seen"; env >>"$HOME/env"`;
  const events = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"];
  hooks(w, Object.fromEntries(events.map((event) => [event, record])));
  const ran = await w.moat(turn, { env: { MY_PASS: "p4ss", MY_HEADER: "h3ader", LD_PRELOAD: "", PLAIN: "kept" } });
  expect([ran.exit, errors(ran)]).toEqual([0, []]);
  const inputs = seen(w, "seen");
  expect(inputs.map(({ hook_event_name }) => hook_event_name)).toEqual(events);
  const thread_id = (ran.events()[0] as unknown as { thread_id: string }).thread_id;
  for (const one of inputs) {
    expect(one).toMatchObject({ session_id: thread_id, cwd: w.project.dir, model: expect.any(String) });
    expect(existsSync(one.transcript_path)).toBe(true);
    expect(one.permission_mode).toBe("dontAsk");
  }
  expect(inputs[0].source).toBe("startup");
  expect(inputs[1].prompt).toBe("go");
  expect(inputs[2]).toMatchObject({ tool_name: "Bash", tool_input: { command: "echo hi" }, tool_use_id: "call_1" });
  expect(inputs[3].tool_response).toContain("hi");
  expect(inputs[4]).toMatchObject({ stop_hook_active: false, last_assistant_message: "bye" });
  const env = readFileSync(join(w.home, "env"), "utf8");
  expect(env).toContain("PLAIN=kept");
  expect(env).not.toMatch(/sk-test|p4ss|h3ader|^LD_/m);
});

describe("before the first request", () => {
  test("what SessionStart and UserPromptSubmit say reaches the model, before the prompt", async () => {
    await using w = await world([respond(say("ok"))]);
    const more = { additionalContext: "the branch is main" };
    hooks(w, { SessionStart: "echo 'read the notes'", UserPromptSubmit: specific("UserPromptSubmit", more) });
    expect((await w.moat(turn)).exit).toBe(0);
    expect(told(w, 0)).toEqual(["read the notes", "the branch is main"]);
    expect(input(w, 0).at(-1)).toMatchObject({ role: "user", content: [{ text: "go" }] });
  });

  test("a blocked prompt is not sent, and is in no record of the conversation", async () => {
    await using w = await world([]);
    hooks(w, { UserPromptSubmit: "echo 'no secrets in prompts' >&2; exit 2" });
    const ran = await w.moat(["exec", "--json", "the password is hunter2"]);
    expect(ran.exit).toBe(1);
    expect(ran.events().at(-1)).toMatchObject({ type: "turn.failed", error: { message: "no secrets in prompts" } });
    expect(w.server.requests).toEqual([]);
    expect(JSON.stringify(ran.stdout)).not.toContain("hunter2");
  });

  test("`continue: false` ends the turn with its reason", async () => {
    await using w = await world([]);
    hooks(w, { SessionStart: prints({ continue: false, stopReason: "not on a Friday" }) });
    const ran = await w.moat(turn);
    expect(ran.exit).toBe(1);
    expect(ran.events().at(-1)).toMatchObject({ error: { message: "not on a Friday" } });
  });
});

describe("PreToolUse", () => {
  const run = async (program: string, cmd: string, args = turn) => {
    const w = await world([respond(command(cmd)), respond(say("done"))]);
    hooks(w, { PreToolUse: program });
    return { w, ran: await w.moat(args) };
  };

  test("exit code 2 and `deny`: the call is not run and the model is told why", async () => {
    const decision = { permissionDecision: "deny", permissionDecisionReason: "use rg" };
    for (const program of ["echo 'use rg' >&2; exit 2", specific("PreToolUse", decision)]) {
      const { w, ran } = await run(program, "echo ran; grep x");
      expect(ran.exit).toBe(0);
      expect(outputs(w, 1)).toEqual(["not run: a hook refused it: use rg"]);
      const declined = ran.events().filter(({ type }) => type === "item.completed");
      expect(declined[0]).toMatchObject({ item: { type: "command_execution", status: "declined" } });
      await w[Symbol.asyncDispose]();
    }
  });

  test("`allow` leaves the sandbox as it is", async () => {
    const { w, ran } = await run(specific("PreToolUse", { permissionDecision: "allow" }), "touch made; echo ended");
    expect(ran.exit).toBe(0);
    expect(outputs(w, 1)[0]).toContain("ended");
    expect(existsSync(w.project.path("made"))).toBe(false);
    await w[Symbol.asyncDispose]();
  });

  test("`ask` is a no where nobody can be asked", async () => {
    const { w, ran } = await run(specific("PreToolUse", { permissionDecision: "ask" }), "echo ran");
    expect(ran.exit).toBe(0);
    expect(outputs(w, 1)).toEqual(["not run: a hook wants a person to decide, and nobody can be asked here"]);
    await w[Symbol.asyncDispose]();
  });

  test("other arguments take the place of the call's own, for commands and patches", async () => {
    const other = specific("PreToolUse", { updatedInput: { command: "echo safe" } });
    const { w, ran } = await run(other, "echo danger");
    expect(outputs(w, 1)[0]).toContain("safe");
    expect(outputs(w, 1)[0]).not.toContain("danger");
    expect(ran.stdout).toContain("/bin/bash -c 'echo safe'");
    await w[Symbol.asyncDispose]();

    const patch = (name: string) => `*** Begin Patch\n*** Add File: ${name}\n+x\n*** End Patch\n`;
    await using p = await world([respond(callCustom("apply_patch", patch("a.txt"), "call_1")), respond(say("done"))]);
    hooks(p, { PreToolUse: specific("PreToolUse", { updatedInput: { command: patch("b.txt") } }) });
    await p.moat(["exec", "-s", "workspace-write", "go"]);
    expect([existsSync(p.project.path("a.txt")), existsSync(p.project.path("b.txt"))]).toEqual([false, true]);
  });

  test("arguments that cannot be run are said to be so, and nothing is run", async () => {
    const { w } = await run(specific("PreToolUse", { updatedInput: { cmd: 1 } }), "echo ran");
    expect(outputs(w, 1)[0]).toContain("not run: a hook changed it into something that cannot be run");
    await w[Symbol.asyncDispose]();
  });

  test("a patch is told as the peers tell it: `command` and `file_path`", async () => {
    const patch = "*** Begin Patch\n*** Add File: a.txt\n+x\n*** End Patch\n";
    await using w = await world([respond(callCustom("apply_patch", patch, "call_1")), respond(say("done"))]);
    hooks(w, { PreToolUse: 'cat >"$HOME/seen"' });
    await w.moat(turn);
    const [one] = seen(w, "seen");
    expect(one.tool_name).toBe("apply_patch");
    expect(one.tool_input.command).toContain("*** Add File: a.txt");
    expect(one.tool_input.file_path).toBe(w.project.path("a.txt"));
  });
});

describe("PostToolUse", () => {
  test("an objection is part of the output; what it adds stands behind the outputs of all calls", async () => {
    await using w = await world([
      respond(command("echo one", "call_1"), command("echo two", "call_2")),
      respond(say("done")),
    ]);
    const both = { decision: "block", reason: "format it", hookSpecificOutput: { additionalContext: "see STYLE.md" } };
    hooks(w, { PreToolUse: "true", PostToolUse: prints(both) });
    await w.moat(turn);
    expect(outputs(w, 1).map((text) => text.split("\n").at(-1))).toEqual(["format it", "format it"]);
    const kinds = input(w, 1).map(({ type, role }) => role ?? type);
    expect(kinds.slice(-6)).toEqual([
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
      "developer",
      "developer",
    ]);
  });

  test("on the chat wire a call's answer follows it at once, too", async () => {
    await using w = await world([
      chatEvents([command("echo one")], { type: "completed" }),
      chatEvents([say("done")], { type: "completed" }),
    ]);
    w.config(
      `model = "m"\nmodel_provider = "c"\n[model_providers.c]\nbase_url = "${w.server.url}"\nwire_api = "chat"\n`,
    );
    hooks(w, { PreToolUse: specific("PreToolUse", { additionalContext: "careful" }) });
    expect((await w.moat(turn)).exit).toBe(0);
    const { messages } = bodyOf<{ messages: { role: string }[] }>(w, 1);
    expect(messages.map(({ role }) => role).slice(-4)).toEqual(["assistant", "tool", "assistant", "user"]);
  });

  test("one that ends the turn does not take the output of the call that ran", async () => {
    await using w = await world([respond(command("echo ran"))]);
    hooks(w, { PostToolUse: 'cat >"$HOME/seen"; printf \'{"continue": false, "stopReason": "enough"}\'' });
    const ran = await w.moat(turn);
    expect(ran.exit).toBe(1);
    expect(ran.events().at(-1)).toMatchObject({ error: { message: "enough" } });
    const rollout = readFileSync(seen(w, "seen")[0].transcript_path, "utf8");
    expect(rollout).toMatch(/function_call_output.*ran/);
    expect(rollout).not.toContain("its effects are unknown");
  });
});

test("Stop: the model goes on with the reason, and the program is told that it did", async () => {
  await using w = await world([respond(say("done?")), respond(say("done."))]);
  hooks(w, {
    Stop: 'tee -a "$HOME/seen" | grep -q \'"stop_hook_active":true\' || { echo "run the tests" >&2; exit 2; }',
  });
  const ran = await w.moat(["exec", "go"]);
  expect([ran.exit, ran.stdout]).toEqual([0, "done.\n"]);
  expect(told(w, 1)).toEqual(["run the tests"]);
  expect(seen(w, "seen").map(({ stop_hook_active }) => stop_hook_active)).toEqual([false, true]);
});

test("a list with a comma guards each of its tools, and a no counts although the guard then fails", async () => {
  const no = specific("PreToolUse", { permissionDecision: "deny", permissionDecisionReason: "not here" });
  await using w = await world([respond(command("touch ran")), respond(say("done"))]);
  const hook = { type: "command", command: `${no}; exit 1` };
  const groups = [{ matcher: "Edit, Bash", hooks: [hook] }];
  mkdirSync(w.moat_home, { recursive: true });
  writeFileSync(join(w.moat_home, "hooks.json"), JSON.stringify({ hooks: { PreToolUse: groups } }));
  const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
  expect(ran.exit).toBe(0);
  expect(existsSync(w.project.path("ran"))).toBe(false);
  expect(outputs(w, 1)[0]).toContain("not here");
  expect(errors(ran)).toEqual([expect.stringContaining("failed with exit code 1")]);
});

describe("programs that go wrong stop nothing and are named", () => {
  for (const [what, program, message, limit_s] of [
    ["a slow one", "sleep 300", "took longer than its time limit", 0.2],
    ["garbage", "head -c 3000000 /dev/zero | tr '\\0' '{'", "printed something that is meant as JSON", 50],
    ["an error", "echo broken >&2; exit 1", "failed with exit code 1: broken", 50],
    ["a program that is not there", "/proc/nowhere/guard", "failed with exit code 127", 50],
  ] as const) {
    test(what, async () => {
      await using w = await world([respond(command("echo ran")), respond(say("done"))]);
      hooks(w, { PreToolUse: program }, limit_s);
      const ran = await w.moat(turn);
      expect(ran.exit).toBe(0);
      expect(outputs(w, 1)[0]).toContain("ran");
      expect(errors(ran)).toEqual([expect.stringContaining(message)]);
    });
  }

  test("a flood of words is cut to the size of a tool's output", async () => {
    await using w = await world([respond(say("done"))]);
    hooks(w, { SessionStart: "yes word | head -c 900000" });
    expect((await w.moat(turn)).exit).toBe(0);
    const [text = ""] = told(w, 0);
    expect(text.length).toBeLessThan(50_000);
    expect(text).toContain("tokens truncated");
  });

  test("an interrupt ends a program that hangs", async () => {
    await using w = await world([]);
    hooks(w, { SessionStart: 'echo $$ >"$HOME/pid"; exec sleep 300' });
    const child = w.start(turn);
    const written = () => existsSync(join(w.home, "pid")) && readFileSync(join(w.home, "pid"), "utf8");
    while (!written()) await Bun.sleep(20);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    const pid = Number(written());
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

describe("a project's hooks", () => {
  const files = {
    ".claude/settings.json": JSON.stringify({
      permissions: { allow: ["Bash(ls:*)"] },
      hooks: {
        PreToolUse: [
          { matcher: "Bash", hooks: [{ type: "command", command: '"$CLAUDE_PROJECT_DIR"/.claude/hooks/guard.sh' }] },
        ],
        SubagentStop: [{ hooks: [{ type: "command", command: "true" }] }],
      },
    }),
    ".claude/hooks/guard.sh":
      '#!/bin/sh\ntouch "$HOME/canary"\ngrep -q forbidden && { echo "guarded" >&2; exit 2; }\nexit 0\n',
    ".codex/hooks.json": JSON.stringify({
      hooks: { SessionStart: [{ matcher: "startup|resume", hooks: [{ type: "command", command: "cat notes.md" }] }] },
    }),
    "notes.md": "remember the milk\n",
  };
  const script = [respond(command("echo forbidden")), respond(say("done"))];
  const open = async () => {
    const w = await world(script, files);
    chmodSync(w.project.path(".claude/hooks/guard.sh"), 0o755);
    return w;
  };

  test("do not run before they are trusted; then the files of both peers do", async () => {
    await using w = await open();
    const first = await w.moat(turn);
    expect(first.exit).toBe(0);
    expect(existsSync(join(w.home, "canary"))).toBe(false);
    expect(told(w, 0)).toEqual([]);
    expect(outputs(w, 1)[0]).toContain("forbidden");
    expect(first.stderr.match(/this file is not trusted/g)).toHaveLength(2);

    expect((await w.moat(["config", "trust", "add", "--yes"])).exit).toBe(0);
    await using again = await world(script);
    const second = await w.moat(turn, { env: { OPENAI_BASE_URL: again.server.url } });
    expect(second.exit).toBe(0);
    expect(existsSync(join(w.home, "canary"))).toBe(true);
    expect(told(again, 0)).toEqual(["remember the milk"]);
    expect(outputs(again, 1)).toEqual(["not run: a hook refused it: guarded"]);
  });

  test("--trust runs them this once, and remembers nothing", async () => {
    await using w = await open();
    await w.moat([...turn, "--trust"]);
    expect(outputs(w, 1)).toEqual(["not run: a hook refused it: guarded"]);
    expect(existsSync(join(w.moat_home, "trust.json"))).toBe(false);
  });

  test("a guard whose program changed is not used in exec, and the change is shown before it is trusted again", async () => {
    await using w = await open();
    await w.moat(["config", "trust", "add", "--yes"]);
    w.project.write(".claude/hooks/guard.sh", "#!/bin/sh\nexit 0\n");
    const ran = await w.moat(turn);
    expect(ran.stderr).toContain("settings.json: this file is not trusted");
    expect((await w.moat(["config", "trust", "add"])).stdout).toContain("-grep -q forbidden");
  });

  const guarded = (first: string) => ({
    script: [respond(command(first, "call_1")), respond(command("echo ran", "call_2")), respond(say("done"))],
    files: {
      ".claude/settings.json": JSON.stringify({
        hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "sh tools/guard.sh" }] }] },
      }),
      "tools/guard.sh": "exit 0\n",
    },
  });

  test("a guard cannot be written over by a command of the same thread, nor moved, and goes on guarding", async () => {
    const { script, files } = guarded("echo 'exit 0 # mine' >tools/guard.sh; mv tools away; mkdir -p tools");
    await using w = await world(script, files);
    await w.moat(["config", "trust", "add", "--yes"]);
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
    expect(ran.exit).toBe(0);
    expect(outputs(w, 2)[1]).toContain("ran");
    expect(readFileSync(w.project.path("tools/guard.sh"), "utf8")).toBe("exit 0\n");
  });

  test("a guard that somebody else writes over refuses from then on", async () => {
    const { script, files } = guarded("true");
    await using w = await world(script, files);
    await w.moat(["config", "trust", "add", "--yes"]);
    hooks(w, { PostToolUse: "echo 'exit 0 # other' >tools/guard.sh" });
    const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
    expect(ran.exit).toBe(0);
    expect(outputs(w, 2)[1]).toContain(
      "tools/guard.sh has changed since it was trusted; `moat config trust add` shows",
    );
  });
});
