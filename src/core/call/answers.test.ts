// What each answer to a question does, with real commands in the real sandbox.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import type { HookInput, HookVerdict } from "../../config/index.ts";
import { parseRules } from "../../policy/index.ts";
import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { call, callCustom, respond, say, tempProject } from "../../testkit/index.ts";
import { type Played, play, SILENT, stage, turnOf } from "../harness.suite.ts";

const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const UNTRUSTED = { settings: { approval_policy: "untrusted" } } as const;
const done = respond(say("done"));
const yes: Decision = { type: "approved" };
const ids = ({ asked }: Played) => asked.map(({ call_id }) => call_id);
const choice = (request: ApprovalRequest | undefined, type: Decision["type"]) =>
  request?.choices.find(({ decision }) => decision === type);

/** Answers in their order; a question too many is a no. */
function inOrder(...answers: Decision[]): () => Decision {
  const left = [...answers];
  return () => left.shift() ?? { type: "denied", reason: "unexpected question" };
}

function rules(text: string) {
  const parsed = parseRules(text, "test.rules");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.rules;
}

describe("this session", () => {
  test("covers exactly this command in this directory", async () => {
    using set = await stage(
      [
        respond(run("touch a", "c1")),
        respond(run("touch a", "c2")),
        respond(run("touch a b", "c3")),
        respond(run("touch a", "c4", { workdir: "sub" })),
        done,
      ],
      UNTRUSTED,
    );
    mkdirSync(set.project.path("sub"));
    const played = await play(set, [turnOf("go")], inOrder({ type: "session" }, yes, yes));
    expect(ids(played)).toEqual(["c1", "c3", "c4"]);
    expect(["a", "b", "sub/a"].map((name) => existsSync(set.project.path(name)))).toEqual([true, true, true]);
  });

  test("for a grant after a refusal, the next run has it from the start", async () => {
    using out = tempProject();
    const append = (id: string) => respond(run(`echo x >> ${out.path("log")}`, id));
    using set = await stage([append("c1"), append("c2"), done]);
    const played = await play(set, [turnOf("go")], () => ({ type: "session" }));
    expect(ids(played)).toEqual(["c1:again"]);
    expect(played.events.filter(({ type }) => type === "sandbox.denied")).toHaveLength(1);
    expect(out.read("log")).toBe("x\nx\n");
  });
});

test("an answer for the session that was not offered counts once", async () => {
  const fire = async ({ hook_event_name }: HookInput): Promise<HookVerdict> => ({
    ...SILENT,
    permission: hook_event_name === "PreToolUse" ? "ask" : null,
  });
  using set = await stage([respond(run("touch a", "c1")), done], { services: { hooks: { fire } } });
  const played = await play(set, [turnOf("go")], () => ({ type: "session" }));
  expect(played.asked.map(({ choices }) => choices.map(({ decision }) => decision))).toEqual([
    ["approved", "denied", "abort"],
  ]);
  expect(existsSync(set.project.path("a"))).toBe(true);
  expect(set.thread.parts.permissions.grants).toEqual([]);
});

describe("always for this prefix", () => {
  const script = [
    respond(run("touch one", "c1")),
    respond(run("touch one two", "c2")),
    respond(run("touch one three", "c3")),
    respond(run("touch four", "c4")),
    done,
  ];
  const always = (request: ApprovalRequest): Decision => ({
    type: "always",
    prefix: choice(request, "always")?.prefix ?? [],
  });

  test("is in force at once, is kept, and showed what it would have matched", async () => {
    using set = await stage(script, UNTRUSTED);
    const played = await play(set, [turnOf("go")], (request) => (request.call_id === "c2" ? always(request) : yes));
    expect(ids(played)).toEqual(["c1", "c2", "c4"]);
    expect(set.kept).toEqual(['prefix_rule(pattern=["touch", "one"], decision="allow", sandboxed=True)\n']);
    const offered = choice(played.asked[1], "always");
    expect(offered).toMatchObject({ rule: set.kept[0] ?? "", matched: ["/bin/bash -c 'touch one'"] });
    expect(existsSync(set.project.path("three"))).toBe(true);
  });

  test("for words that were not offered counts once and keeps nothing", async () => {
    using set = await stage(script, UNTRUSTED);
    const played = await play(set, [turnOf("go")], () => ({ type: "always", prefix: ["touch"] }));
    expect(ids(played)).toEqual(["c1", "c2", "c3", "c4"]);
    expect(set.kept).toEqual([]);
  });

  test("that cannot be written counts all the same, and says so", async () => {
    const saveRule = () => {
      throw new Error("disk full");
    };
    using set = await stage(script, { ...UNTRUSTED, services: { saveRule } });
    const played = await play(set, [turnOf("go")], (request) => (request.call_id === "c1" ? always(request) : yes));
    expect(ids(played)).toEqual(["c1", "c4"]);
    expect(JSON.stringify(played.events)).toContain(
      "the rule could not be kept, and counts until moat ends: disk full",
    );
  });
});

describe("edit", () => {
  const edit = (command: string): Decision => ({ type: "edited", command });

  test("the changed command is asked about, runs in the other's place, and the model is told", async () => {
    using set = await stage([respond(run("touch wrong", "c1")), done], UNTRUSTED);
    const played = await play(set, [turnOf("go")], inOrder(edit("touch right"), yes));
    expect(choice(played.asked[0], "edited")?.command).toBe("touch wrong");
    expect(ids(played)).toEqual(["c1", "c1:edited:1"]);
    expect(played.asked[1]?.effect).toMatchObject({ command: "/bin/bash -c 'touch right'" });
    expect([existsSync(set.project.path("wrong")), existsSync(set.project.path("right"))]).toEqual([false, true]);
    expect(played.outputs.get("c1")).toContain("The user changed the command before it ran: touch right\n");
    const items = played.events.flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
    expect(items).toContainEqual(expect.objectContaining({ command: "/bin/bash -c 'touch right'", exit_code: 0 }));
  });

  test("what only reads then runs without another question; what is forbidden is not run", async () => {
    using set = await stage([respond(run("touch a", "c1")), respond(run("touch b", "c2")), done], {
      settings: { approval_policy: "untrusted", rules: rules('prefix_rule(["rm"], "forbidden", "never here")') },
    });
    set.project.write("kept.txt", "kept");
    const played = await play(set, [turnOf("go")], inOrder(edit("cat kept.txt"), edit("rm kept.txt")));
    expect(ids(played)).toEqual(["c1", "c2"]);
    expect(played.outputs.get("c1")).toContain("kept");
    expect(played.outputs.get("c2")).toContain("not run: a rule (test.rules:1) forbids `rm`: never here");
    expect(readFileSync(set.project.path("kept.txt"), "utf8")).toBe("kept");
  });

  test("an answer that comes late does not count for the changed command", async () => {
    using set = await stage([respond(run("touch wrong", "c1")), done], UNTRUSTED);
    const played = await play(set, [turnOf("go")], (request) => {
      if (request.call_id !== "c1") return { type: "denied" };
      set.thread.submit({ type: "approval", call_id: "c1", decision: edit("touch right") });
      return yes;
    });
    expect(ids(played)).toEqual(["c1", "c1:edited:1"]);
    expect([existsSync(set.project.path("wrong")), existsSync(set.project.path("right"))]).toEqual([false, false]);
  });

  test("words without a shell become a script", async () => {
    using set = await stage([respond(call("shell", { command: ["touch", "a b"] }, "c1")), done], UNTRUSTED);
    const played = await play(set, [turnOf("go")], inOrder(edit("touch c && touch d"), yes));
    expect(choice(played.asked[0], "edited")?.command).toBe("touch 'a b'");
    expect(["a b", "c", "d"].map((name) => existsSync(set.project.path(name)))).toEqual([false, true, true]);
    expect(JSON.parse(played.outputs.get("c1") ?? "").output).toStartWith("The user changed the command before it ran");
  });

  test("is no answer to a patch, or to nothing", async () => {
    const patch = callCustom("apply_patch", "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch", "c1");
    using set = await stage([respond(patch), respond(run("touch b", "c2")), done], UNTRUSTED);
    const played = await play(set, [turnOf("go")], inOrder(edit("touch a"), edit("  ")));
    for (const id of ["c1", "c2"]) expect(played.outputs.get(id)).toStartWith("not run: the user wanted to change it");
    expect([existsSync(set.project.path("a")), existsSync(set.project.path("b"))]).toEqual([false, false]);
  });
});

describe("no", () => {
  test("with a reason lets the model go on; with a stop ends the turn, and nothing after it runs", async () => {
    using set = await stage(
      [respond(run("touch a", "c1")), respond(run("touch b", "c2"), run("touch c", "c3"))],
      UNTRUSTED,
    );
    const played = await play(set, [turnOf("go")], inOrder({ type: "denied", reason: "use b" }, { type: "abort" }));
    expect(ids(played)).toEqual(["c1", "c2"]);
    expect(played.outputs.get("c1")).toBe("not run: the user said no; the reason: use b");
    expect(played.events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "interrupted" } });
    for (const name of ["a", "b", "c"]) expect(existsSync(set.project.path(name))).toBe(false);
  });
});

test("the first answer wins", async () => {
  for (const [first, second, made] of [
    ["approved", "denied", true],
    ["denied", "approved", false],
  ] as const) {
    using set = await stage([respond(run("touch a", "c1")), done], UNTRUSTED);
    const { events } = await play(set, [turnOf("go")], ({ call_id }) => {
      set.thread.submit({ type: "approval", call_id: "unknown", decision: { type: second } });
      set.thread.submit({ type: "approval", call_id, decision: { type: first } });
      return { type: second };
    });
    expect(existsSync(set.project.path("a"))).toBe(made);
    expect(events.filter(({ type }) => type === "approval.resolved")).toHaveLength(1);
  }
});

describe("a question", () => {
  test("about what the mode allows opens nothing", async () => {
    using set = await stage([respond(run("touch a", "c1")), done], UNTRUSTED);
    const { asked } = await play(set, [turnOf("go")], () => yes);
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toHaveProperty("opens");
  });

  test("is not asked about a command that ended well without what was refused: that is told", async () => {
    const said = "echo 'error: could not lock config file .vscode/settings.json: Read-only file system'";
    using set = await stage([respond(run(said, "c1")), done], { settings: { approval_policy: "on-request" } });
    const { events, asked } = await play(set, [turnOf("go")], () => yes);
    expect(asked).toEqual([]);
    expect(events.filter(({ type }) => type === "sandbox.denied")).toHaveLength(1);
  });

  test("takes time: the disk is looked at once more before the command runs", async () => {
    using set = await stage([respond(run("touch .cursor/x", "c1")), done], UNTRUSTED);
    const { asked } = await play(set, [turnOf("go")], ({ denial }) => {
      // An editor of the user's puts its settings there meanwhile.
      mkdirSync(set.project.path(".cursor"), { recursive: true });
      return denial === null ? yes : { type: "denied" };
    });
    expect(asked.map(({ denial }) => denial?.rule)).toEqual([undefined, "protected"]);
    expect(existsSync(set.project.path(".cursor/x"))).toBe(false);
  });
});

test("of a long output a megabyte is kept for people", async () => {
  using set = await stage([respond(run("head -c 1100000 /dev/zero | tr '\\0' x", "c1")), done]);
  const { events } = await play(set, [turnOf("go")], () => null);
  const shown = events.flatMap((event) =>
    event.type === "item.completed" && event.item.type === "command_execution" ? [event.item.aggregated_output] : [],
  );
  expect(shown[0]?.length).toBeGreaterThan(1024 * 1024 - 100);
  expect(shown[0]?.length).toBeLessThan(1024 * 1024 + 100);
});

/** Node is on every machine that sets moat up; curl need not be. */
const fetchText = (port: number | undefined) =>
  `node -e 'fetch("http://127.0.0.1:${port}/").then((r) => r.text()).then((t) => process.stdout.write(t))'`;

describe("escalation", () => {
  const server = () => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("pong 42") });

  test("a command that needs several things gets there one question at a time, the narrowest first", async () => {
    await using site = server();
    using out = tempProject();
    using set = await stage([respond(run(`${fetchText(site.port)} > ${out.path("got")}`, "c1")), done]);
    const played = await play(set, [turnOf("go")], () => yes);
    expect(played.asked.map(({ call_id, sandbox, opens }) => ({ call_id, sandbox, opens }))).toEqual([
      { call_id: "c1:again", sandbox: "workspace-write", opens: { write: [out.dir], network: false } },
      { call_id: "c1:again:2", sandbox: "workspace-write", opens: { write: [out.dir], network: true } },
    ]);
    expect(out.read("got")).toBe("pong 42");
  });

  const write = (target: string) => ({
    sandbox_permissions: "with_write",
    permission_target: target,
    justification: "May I keep the log there?",
  });

  test("the question names the directory that would really be opened, and why", async () => {
    using out = tempProject();
    using set = await stage([respond(run("touch link/a", "c1", write("link"))), done]);
    symlinkSync(out.dir, set.project.path("link"));
    const { asked } = await play(set, [turnOf("go")], () => yes);
    expect(asked).toMatchObject([
      {
        reason: `The model asks for writing to ${out.dir}.`,
        justification: "May I keep the log there?",
        opens: { write: [out.dir], network: false },
      },
    ]);
    expect(existsSync(out.path("a"))).toBe(true);
  });

  test("what cannot be opened is said to the model; what is open already is not asked for", async () => {
    using set = await stage([
      respond(run("true", "c1", write("/proc/nowhere"))),
      respond(run("true", "c2", write("/"))),
      respond(run("true", "c3", { sandbox_permissions: "with_write" })),
      respond(run("touch a", "c4", write("."))),
      respond(run("true", "c5", { sandbox_permissions: "with_wings" })),
      done,
    ]);
    const { asked, outputs } = await play(set, [turnOf("go")], () => yes);
    expect(asked).toEqual([]);
    expect(outputs.get("c1")).toContain("with_write cannot open /proc/nowhere: it is no directory that exists");
    expect(outputs.get("c2")).toContain("with_write cannot open /: that is everything");
    expect(outputs.get("c3")).toContain("with_write needs permission_target");
    expect(outputs.get("c5")).toContain("sandbox_permissions");
    expect(existsSync(set.project.path("a"))).toBe(true);
  });

  test("a protected place lies in a directory that may be written, and is asked for all the same", async () => {
    using set = await stage([respond(run("touch .git/hooks/post-commit", "c1", write(".git/hooks"))), done]);
    const played = await play(set, [turnOf("go")], () => ({ type: "denied" }));
    expect(played.asked[0]?.opens?.write).toEqual([set.project.path(".git/hooks")]);
    expect(existsSync(set.project.path(".git/hooks/post-commit"))).toBe(false);
  });

  test("a directory can be granted for a prefix, inside the sandbox", async () => {
    using out = tempProject();
    using other = tempProject();
    using set = await stage([
      respond(run(`touch ${out.path("a")}`, "c1", write(out.dir))),
      respond(run(`touch ${out.path("b")}`, "c2")),
      respond(run(`touch ${other.path("c")}`, "c3")),
      done,
    ]);
    const played = await play(set, [turnOf("go")], (request) =>
      request.call_id === "c1"
        ? { type: "always", prefix: choice(request, "always")?.prefix ?? [] }
        : { type: "denied" },
    );
    expect(set.kept).toEqual([
      `prefix_rule(pattern=["touch"], decision="allow", sandboxed=True, write=["${out.dir}"])\n`,
    ]);
    expect(ids(played)).toEqual(["c1", "c3:again"]);
    expect([existsSync(out.path("b")), existsSync(other.path("c"))]).toEqual([true, false]);
  });
});

describe("settings", () => {
  const patch = (name: string, id: string) =>
    callCustom("apply_patch", `*** Begin Patch\n*** Add File: ${name}\n+x\n*** End Patch`, id);

  test("a granular policy lets through the questions that it names, and answers the others with no", async () => {
    const granular = { sandbox_approval: false, rules: true, mcp_elicitations: false, request_permissions: true };
    using out = tempProject();
    using set = await stage(
      [
        respond(run("true", "c1", { sandbox_permissions: "require_escalated" })),
        respond(run("true", "c2", { sandbox_permissions: "with_network" })),
        respond(run("touch asked", "c3")),
        respond(patch(out.path("a"), "c4")),
        respond(run(`touch ${out.path("b")}`, "c5")),
        done,
      ],
      { settings: { granular, rules: rules('prefix_rule(["touch", "asked"], "prompt")') } },
    );
    const played = await play(set, [turnOf("go")], () => yes);
    expect(ids(played)).toEqual(["c2", "c3", "c5:again"]);
    expect(played.outputs.get("c1")).toContain("the granular approval policy does not allow this question");
    expect(["a", "b"].map((name) => existsSync(out.path(name)))).toEqual([false, true]);
  });

  test("another policy for a turn replaces what was said before: switches and free patches", async () => {
    const steps = (name: string) => [respond(patch(name, name)), respond(say("ok"))];
    using set = await stage([...steps("a"), ...steps("b"), ...steps("c")], {
      settings: { approval_policy: "untrusted", free_patches: true },
    });
    const over = (overrides: object) => ({ ...turnOf("go"), overrides });
    const turns = [
      turnOf("go"),
      over({ approval_policy: "untrusted" }),
      over({ approval_policy: "untrusted", free_patches: true }),
    ];
    const played = await play(set, turns, () => yes);
    expect(ids(played)).toEqual(["b"]);
    expect(["a", "b", "c"].map((name) => existsSync(set.project.path(name)))).toEqual([true, true, true]);
  });
});

describe("rules", () => {
  test("forbidden is never run, prompt is asked every time, allow leaves the sandbox", async () => {
    using out = tempProject();
    const list = rules(`
prefix_rule(["rm"], "forbidden", justification = "move it to trash/ instead")
prefix_rule(["touch", "asked"], "prompt")
prefix_rule(["mkdir"], "allow")
`);
    using set = await stage(
      [
        respond(run("true && rm -f kept", "c1")),
        respond(run("touch asked", "c2")),
        respond(run("touch asked", "c3")),
        respond(run(`mkdir ${out.path("made")}`, "c4")),
        done,
      ],
      { settings: { approval_policy: "on-request", rules: list } },
    );
    set.project.write("kept", "");
    const played = await play(set, [turnOf("go")], () => yes);
    expect(ids(played)).toEqual(["c2", "c3"]);
    expect(played.asked[0]?.reason).toContain("a rule (test.rules:3) asks about `touch asked`".slice(2));
    expect(played.outputs.get("c1")).toBe("not run: a rule (test.rules:2) forbids `rm`: move it to trash/ instead");
    expect([existsSync(set.project.path("kept")), existsSync(out.path("made"))]).toEqual([true, true]);
  });
});
