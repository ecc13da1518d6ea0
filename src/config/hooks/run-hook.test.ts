import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { sha256Of } from "../../base/index.ts";
import { Fixture } from "../fixture.ts";
import { HOOK_EVENTS, type HookEvent } from "./events.ts";
import type { Hook } from "./hooks.ts";
import type { HookInput } from "./input.ts";
import { fireHooks, type HookContext, runHook } from "./run-hook.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
});
afterEach(() => fixture.remove());

const never = new AbortController().signal;
const context: HookContext = {
  env: { PATH: process.env.PATH ?? "" },
  now: () => performance.now(),
  home: "/proc/nowhere",
  within: [],
  leftOut: () => null,
};

function hook(event: HookEvent, command: string, more: Partial<Hook> = {}): Hook {
  const project_dir = fixture.project;
  return {
    event,
    command,
    matcher: null,
    timeout_ms: 60_000,
    awaited: true,
    file: null,
    form: "codex",
    project: false,
    project_dir,
    programs: [],
    ...more,
  };
}

function input(event: HookEvent): HookInput {
  const common = {
    session_id: "t1",
    turn_id: "u1",
    transcript_path: null,
    cwd: fixture.project,
    model: "m",
    permission_mode: "default",
  } as const;
  const tool = { tool_name: "Bash", tool_input: { command: "rm -rf x" } };
  switch (event) {
    case "SessionStart":
      return { ...common, hook_event_name: event, source: "startup" };
    case "UserPromptSubmit":
      return { ...common, hook_event_name: event, prompt: "hi" };
    case "PreToolUse":
      return { ...common, hook_event_name: event, ...tool, tool_use_id: "c1" };
    case "PostToolUse":
      return {
        ...common,
        hook_event_name: event,
        ...tool,
        tool_use_id: "c1",
        tool_response: { codex: "done\n", claude: { stdout: "done" } },
      };
    case "PostToolUseFailure":
      return {
        ...common,
        hook_event_name: event,
        ...tool,
        tool_use_id: "c1",
        error: "Exit code 1",
        is_interrupt: false,
      };
    case "PermissionRequest":
      return { ...common, hook_event_name: event, ...tool, reason: "policy", sandbox: "read-only" };
    case "PreCompact":
      return { ...common, hook_event_name: event, trigger: "auto", custom_instructions: "" };
    case "PostCompact":
      return { ...common, hook_event_name: event, trigger: "auto", compact_summary: "notes" };
    case "SubagentStart":
      return { ...common, hook_event_name: event, agent_id: "a1", agent_type: "default" };
    case "SubagentStop":
      return {
        ...common,
        hook_event_name: event,
        agent_id: "a1",
        agent_type: "default",
        agent_transcript_path: null,
        stop_hook_active: false,
        last_assistant_message: "bye",
      };
    case "SessionEnd":
      return { ...common, hook_event_name: event, reason: "other" };
    case "Stop":
      return { ...common, hook_event_name: event, stop_hook_active: false, last_assistant_message: "bye" };
    case "Notification":
      return { ...common, hook_event_name: event, message: "look", notification_type: "approval" };
  }
}

/** What a hook of codex's form reads. */
function told(event: HookEvent): object {
  const own = input(event);
  return own.hook_event_name === "PostToolUse" ? { ...own, tool_response: own.tool_response.codex } : own;
}

const fire = (event: HookEvent, ...commands: string[]) =>
  fireHooks(
    commands.map((c) => hook(event, c)),
    input(event),
    context,
    never,
  );

/** Something to read from that makes programs wait: until it is opened, whatever the machine is busy with. */
function makeGate(name: string): { path: string; open(): void } {
  const path = join(fixture.home, name);
  Bun.spawnSync(["mkfifo", path]);
  const open = () => {
    const fd = openSync(path, constants.O_RDWR);
    opened.push(fd);
    writeSync(fd, "\n\n\n\n");
  };
  return { path, open };
}

const opened: number[] = [];
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

const until = async (condition: () => boolean) => {
  while (!condition()) await Bun.sleep(2);
};

test("a hook that is not awaited is started, and what it says does not count", async () => {
  const [seen, gate] = [join(fixture.home, "seen"), makeGate("gate")];
  const slow = hook("PreToolUse", `read -r _ < "${gate.path}"; touch "${seen}"; exit 2`, { awaited: false });
  const verdict = await fireHooks([slow], input("PreToolUse"), context, never);
  expect([verdict.permission, existsSync(seen)]).toEqual([null, false]);
  gate.open();
  await until(() => existsSync(seen));
});

test("a call's result is told in the form of the hook's file, to both where the same line stands in both", async () => {
  const seen = join(fixture.home, "seen");
  const forms = (["codex", "claude"] as const).map((form) => hook("PostToolUse", `cat >>"${seen}"`, { form }));
  await fireHooks(forms, input("PostToolUse"), context, never);
  const lines = readFileSync(seen, "utf8").trimEnd().split("\n");
  const told = lines.map((line) => JSON.parse(line).tool_response);
  expect(told.sort()).toEqual(["done\n", { stdout: "done" }].sort());
});

describe("every event, with a real program", () => {
  for (const event of HOOK_EVENTS) {
    test(`${event}: gets its JSON on stdin, the project's directory, and may object with exit code 2`, async () => {
      const seen = join(fixture.home, "seen.json");
      const verdict = await fire(event, `cat > "${seen}"; echo "$CLAUDE_PROJECT_DIR $PWD no" >&2; exit 2`);
      expect(JSON.parse(readFileSync(seen, "utf8"))).toEqual(told(event));
      const reason = `${fixture.project} ${fixture.project} no`;
      const guard = event === "PreToolUse" || event === "PermissionRequest";
      const silent = ["SessionStart", "PostCompact", "SubagentStart", "SessionEnd", "Notification"].includes(event);
      expect(verdict).toMatchObject({
        permission: guard ? "deny" : null,
        block: !guard && !silent,
        reason: silent ? null : reason,
        messages: silent ? [reason] : [],
        problems: [],
      });
    });

    test(`${event}: a quiet, a failing, a garbled and a slow program stop nothing`, async () => {
      const slow = hook(event, "sleep 300", { timeout_ms: 60 });
      const hooks = [
        hook(event, "true"),
        hook(event, "echo broken >&2; exit 7"),
        hook(event, "echo '{\"decision\": '"),
        slow,
      ];
      const verdict = await fireHooks(hooks, input(event), context, never);
      expect(verdict).toMatchObject({ permission: null, block: false, stop: null, context: [] });
      expect(verdict.problems.map((p) => p.replace(/\d+ ms/, "N ms"))).toEqual([
        `the ${event} hook \`echo broken >&2; exit 7\` failed with exit code 7: broken`,
        `the ${event} hook \`echo '{"decision": '\` printed something that is meant as JSON but is not a JSON object`,
        `the ${event} hook \`sleep 300\` took longer than its time limit (N ms) and was ended`,
      ]);
    });
  }
});

/** What a program prints, and the part of the verdict that must follow. */
const OUTPUTS: [HookEvent, unknown, object][] = [
  [
    "PreToolUse",
    { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: "r" } },
    { permission: "deny", reason: "r" },
  ],
  ["PreToolUse", { hookSpecificOutput: { permissionDecision: "ask" } }, { permission: "ask" }],
  [
    "PreToolUse",
    { hookSpecificOutput: { permissionDecision: "allow", updatedInput: { command: "ls" } } },
    { permission: "allow", updated_input: { command: "ls" } },
  ],
  ["PreToolUse", { decision: "block", reason: "old form" }, { permission: "deny", reason: "old form" }],
  ["PreToolUse", { decision: "approve" }, { permission: "allow" }],
  ["PreToolUse", { hookSpecificOutput: { hookEventName: "Stop", permissionDecision: "allow" } }, { permission: null }],
  [
    "PermissionRequest",
    { hookSpecificOutput: { hookEventName: "PermissionRequest", decision: { behavior: "allow" } } },
    { permission: "allow" },
  ],
  [
    "PermissionRequest",
    { hookSpecificOutput: { decision: { behavior: "deny", message: "m" } } },
    { permission: "deny", reason: "m" },
  ],
  ["PostToolUse", { decision: "block", reason: "format it" }, { block: true, reason: "format it" }],
  ["PostToolUse", { hookSpecificOutput: { additionalContext: "note" } }, { block: false, context: ["note"] }],
  ["UserPromptSubmit", { decision: "block", reason: "secret" }, { block: true, reason: "secret" }],
  ["UserPromptSubmit", { hookSpecificOutput: { additionalContext: "branch main" } }, { context: ["branch main"] }],
  ["Stop", { decision: "block", reason: "run the tests" }, { block: true, reason: "run the tests" }],
  ["Stop", { continue: false, stopReason: "enough" }, { stop: "enough", block: false }],
  ["SessionStart", { systemMessage: "hello", suppressOutput: true, unknown: 1 }, { messages: ["hello"], problems: [] }],
  ["PreCompact", { decision: "block", reason: "not now" }, { block: true, reason: "not now" }],
];

describe("what a program prints", () => {
  for (const [event, output, verdict] of OUTPUTS) {
    test(`${event} ${JSON.stringify(output)}`, async () => {
      expect(await fire(event, `echo '${JSON.stringify(output)}'`)).toMatchObject(verdict);
    });
  }

  test("plain text is context where the peers take it as such, and nothing elsewhere", async () => {
    expect((await fire("SessionStart", "echo branch main")).context).toEqual(["branch main"]);
    expect((await fire("UserPromptSubmit", "echo branch main")).context).toEqual(["branch main"]);
    expect(await fire("PreToolUse", "echo ok")).toMatchObject({ context: [], permission: null, problems: [] });
  });
});

describe("a no counts, however the program ends", () => {
  const said = (output: object) => `echo '${JSON.stringify(output)}'`;
  const deny = { hookSpecificOutput: { permissionDecision: "deny", permissionDecisionReason: "r" } };
  const block = { decision: "block", reason: "r" };
  const ENDS: [string, string, number?][] = [
    ["exit code 0", "exit 0"],
    ["exit code 1", "echo broken >&2; exit 1"],
    ["exit code 3", "exit 3"],
    ["exit code 127", "/proc/nowhere/next-step"],
    ["a signal", "kill -9 $$"],
    ["the time limit", "exec sleep 20", 300],
  ];

  for (const [name, end, timeout_ms] of ENDS) {
    for (const [event, output, verdict] of [
      ["PreToolUse", deny, { permission: "deny", reason: "r" }],
      ["PreToolUse", block, { permission: "deny", reason: "r" }],
      ["PreToolUse", { hookSpecificOutput: { permissionDecision: "ask" } }, { permission: "ask" }],
      ["PermissionRequest", { hookSpecificOutput: { decision: { behavior: "deny" } } }, { permission: "deny" }],
      ["UserPromptSubmit", block, { block: true, reason: "r" }],
      ["PostToolUse", block, { block: true, reason: "r" }],
      ["Stop", block, { block: true, reason: "r" }],
      ["PreCompact", block, { block: true, reason: "r" }],
      ["PostToolUse", { continue: false, stopReason: "enough" }, { stop: "enough" }],
    ] as const) {
      test(`${event} ${JSON.stringify(output)}, ${name}`, async () => {
        const guard = hook(event, `${said(output)}; ${end}`, timeout_ms ? { timeout_ms } : {});
        const given = await fireHooks([guard], input(event), context, never);
        expect(given).toMatchObject(verdict);
        expect(given.problems).toHaveLength(end === "exit 0" ? 0 : 1);
      });
    }
  }

  test("a yes of a program that failed does not", async () => {
    const yes = { hookSpecificOutput: { permissionDecision: "allow" } };
    expect(await fire("PreToolUse", `${said(yes)}; exit 1`)).toMatchObject({ permission: null });
  });

  test("exit code 2 is a no whatever is printed, and after the time limit", async () => {
    const yes = { hookSpecificOutput: { permissionDecision: "allow" } };
    expect(await fire("PreToolUse", `${said(yes)}; echo r >&2; exit 2`)).toMatchObject({
      permission: "deny",
      reason: "r",
    });
    const late = hook("PreToolUse", "trap 'exit 2' TERM; while :; do sleep 0.05; done", { timeout_ms: 300 });
    expect(await fireHooks([late], input("PreToolUse"), context, never)).toMatchObject({ permission: "deny" });
  });

  test("also when another field says yes, and under another event's name", async () => {
    const both = { decision: "block", hookSpecificOutput: { permissionDecision: "allow" } };
    expect(await fire("PreToolUse", said(both))).toMatchObject({ permission: "deny" });
    const other = { hookSpecificOutput: { hookEventName: "Stop", permissionDecision: "deny" } };
    const given = await fire("PreToolUse", said(other));
    expect(given).toMatchObject({ permission: "deny", problems: [expect.stringContaining("another event")] });
  });
});

describe("several hooks", () => {
  test("a line that is waited for guards, also beside the same line that is not", async () => {
    const line = "exit 2";
    const hooks = [hook("PreToolUse", line, { awaited: false }), hook("PreToolUse", line)];
    expect(await fireHooks(hooks, input("PreToolUse"), context, never)).toMatchObject({ permission: "deny" });
  });

  const answer = (word: string) =>
    `echo '{"hookSpecificOutput": {"permissionDecision": "${word}", "permissionDecisionReason": "${word}"}}'`;

  test("the strictest wins, whatever the order", async () => {
    for (const order of [
      ["allow", "ask", "deny"],
      ["deny", "allow", "ask"],
      ["ask", "deny", "allow"],
    ]) {
      expect(await fire("PreToolUse", ...order.map(answer))).toMatchObject({ permission: "deny", reason: "deny" });
    }
    expect(await fire("PreToolUse", answer("ask"), answer("allow"))).toMatchObject({
      permission: "ask",
      reason: "ask",
    });
  });

  test("they run side by side, and the same line only once", async () => {
    const log = join(fixture.home, "log");
    const [one, two] = [makeGate("one").path, makeGate("two").path];
    // Each waits for the other: one after the other they would wait for ever.
    const { problems } = await fire(
      "Stop",
      `read -r _ < ${one}; echo > ${two}`,
      `echo > ${one}; read -r _ < ${two}`,
      `echo x >> ${log}`,
      `echo x >> ${log}`,
    );
    expect(problems).toEqual([]);
    expect(readFileSync(log, "utf8")).toBe("x\n");
  });

  test("matchers: words, names of the peers, expressions; a broken expression guards everything", async () => {
    const run = (matcher: string) =>
      fireHooks([hook("PreToolUse", "exit 2", { matcher })], input("PreToolUse"), context, never).then(
        (v) => v.permission,
      );
    expect(await Promise.all(["Bash", "Edit|Bash", "shell", "^Ba", "*", "", "("].map(run))).toEqual(
      Array(7).fill("deny"),
    );
    expect(await Promise.all(["Ba", "Edit", "^ash", "mcp__.*"].map(run))).toEqual(Array(4).fill(null));
  });
});

describe("programs that misbehave", () => {
  test("one that ignores TERM is killed, with its children", async () => {
    const [mark, gate] = [join(fixture.home, "mark"), makeGate("gate")];
    const deaf = `trap '' TERM; (read -r _ < ${gate.path}; touch ${mark}) & read -r _ < ${gate.path}; touch ${mark}`;
    const run = await runHook(hook("Stop", deaf, { timeout_ms: 50 }), input("Stop"), context, never);
    expect(run.ended).toBe("timed_out");
    // Whoever is left goes on now, and is given time to show it.
    gate.open();
    await Bun.sleep(50);
    expect(existsSync(mark)).toBe(false);
  });

  test("an abort ends it at once", async () => {
    const [stop, started, gate] = [new AbortController(), join(fixture.home, "started"), makeGate("gate")];
    const running = runHook(
      hook("Stop", `: > ${started}; read -r _ < ${gate.path}`),
      input("Stop"),
      context,
      stop.signal,
    );
    await until(() => existsSync(started));
    stop.abort();
    expect((await running).ended).toBe("interrupted");
    expect((await runHook(hook("Stop", "true"), input("Stop"), context, stop.signal)).ended).toBe("interrupted");
  });

  test("one that leaves something in the background does not hold us", async () => {
    const gate = makeGate("gate");
    const left = `echo said; (read -r _ < ${gate.path}) & exit 0`;
    const run = await runHook(hook("Stop", left), input("Stop"), context, never);
    expect(run).toMatchObject({ ended: "exited", exit_code: 0, stdout: "said\n" });
    gate.open();
  });

  test("one that prints without end is read in bounded memory, and one that does not read its input does no harm", async () => {
    const flood = await runHook(hook("Stop", "head -c 20000000 /dev/zero"), input("Stop"), context, never);
    expect([flood.exit_code, flood.stdout.length]).toEqual([0, 1024 * 1024]);
    const big = { ...input("UserPromptSubmit"), prompt: "x".repeat(3_000_000) } as HookInput;
    expect(await runHook(hook("UserPromptSubmit", "exec <&-; exit 0"), big, context, never)).toMatchObject({
      exit_code: 0,
    });
  });

  test("a signal, a missing program and a missing directory", async () => {
    expect((await runHook(hook("Stop", "kill -9 $$"), input("Stop"), context, never)).exit_code).toBe(137);
    expect((await runHook(hook("Stop", "no-such-program-here"), input("Stop"), context, never)).exit_code).toBe(127);
    const gone = { ...input("Stop"), cwd: join(fixture.root, "gone") };
    expect((await runHook(hook("Stop", "true"), gone, context, never)).ended).toBe("not_started");
  });

  test("a program that was written over since it was trusted is not run, and its guard stays shut", async () => {
    const path = fixture.write("work/guard.sh", "exit 0\n");
    const programs = [{ path, sha256: sha256Of(Buffer.from("exit 0\n")), held: true }];
    const guard = hook("PreToolUse", `sh ${path}`, { programs, project: true });
    expect((await fireHooks([guard], input("PreToolUse"), context, never)).permission).toBeNull();
    const mark = join(fixture.home, "ran");
    fixture.write("work/guard.sh", `touch ${mark}\n`);
    const verdict = await fireHooks([guard], input("PreToolUse"), context, never);
    expect([verdict.permission, existsSync(mark)]).toEqual(["deny", false]);
    expect(verdict.reason).toContain("has changed since it was trusted");
  });
});
