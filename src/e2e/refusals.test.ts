// What was not done: who said no, why, and what would let it through, on the screen and in the record.
import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, callCustom, respond, say } from "../testkit/index.ts";
import { KEY, onScreen, READY } from "./app/on-screen.ts";
import { type Ran, type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";
import { itemsOf } from "./scenario.ts";

const done = respond(say("the end"));
const run = (cmd: string, more: object = {}) => respond(call("exec_command", { cmd, login: false, ...more }, "c1"));
const escalated = run("touch ran", { sandbox_permissions: "require_escalated", justification: "to see" });

async function trusted(script: Parameters<typeof world>[0], files: Record<string, string> = {}): Promise<TestWorld> {
  const w = await world(script, files);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

interface No {
  script: Parameters<typeof world>[0];
  /** Beside `exec`. */
  args?: string[];
  files?: Record<string, string>;
  before?: (w: TestWorld) => void;
  /** Of the item in the record. */
  declined: object;
  /** Parts of what is on the screen. */
  shown: string[];
}

const hook = (line: string) => (w: TestWorld) => {
  mkdirSync(w.moat_home, { recursive: true });
  const groups = { PreToolUse: [{ hooks: [{ type: "command", command: line }] }] };
  writeFileSync(join(w.moat_home, "hooks.json"), JSON.stringify({ hooks: groups }));
};
const reviewer = (body: string) => ({
  args: ["--approve-with", "./reviewer"],
  files: { reviewer: `#!/bin/sh\n${body}\n` },
  before: (w: TestWorld) => chmodSync(w.project.path("reviewer"), 0o755),
});
const PATCH = "*** Begin Patch\n*** Add File: new\n+a\n*** End Patch\n";

const NOES: [string, No][] = [
  [
    "the approval policy, and a way to be asked",
    {
      script: [escalated, done],
      declined: { by: "policy", reason: expect.stringContaining("the approval policy is never"), grant: /moat/ },
      shown: ["declined by policy: the model asks for running outside", "to allow it: somebody who is asked: `moat`"],
    },
  ],
  [
    "the approval policy, and the flags that open a directory",
    {
      script: [
        run("touch /var/ran", { sandbox_permissions: "with_write", permission_target: "/var", justification: "x" }),
        done,
      ],
      args: ["-s", "workspace-write"],
      declined: { by: "policy", grant: "--add-dir /var" },
      shown: ["declined by policy: the model asks for writing to /var, and", "to allow it: --add-dir /var"],
    },
  ],
  [
    "the policy, of a patch in a read-only run",
    {
      script: [respond(callCustom("apply_patch", PATCH, "c1")), done],
      declined: { by: "policy", grant: "-s workspace-write" },
      shown: ["patch declined by policy: ", "to allow it: -s workspace-write"],
    },
  ],
  [
    "a rule, with its place",
    {
      script: [run("rm kept"), done],
      before: (w) => {
        mkdirSync(join(w.moat_home, "rules"), { recursive: true });
        writeFileSync(join(w.moat_home, "rules", "a.rules"), 'prefix_rule(["rm"], "forbidden", justification="no")\n');
      },
      declined: { by: "policy", reason: expect.stringContaining("a.rules:1) forbids `rm`: no") },
      shown: ["declined by policy: a rule (", "a.rules:1) forbids `rm`: no"],
    },
  ],
  [
    "a hook",
    {
      script: [run("touch ran"), done],
      before: hook("echo 'not on a Friday' >&2; exit 2"),
      declined: { by: "hook", reason: "not on a Friday" },
      shown: ["declined by a hook: not on a Friday"],
    },
  ],
  [
    "the program that answers",
    {
      script: [escalated, done],
      ...reviewer(`cat >/dev/null; echo '{"decision":"denied","reason":"not today"}'`),
      declined: { by: "program", reason: "not today" },
      shown: ["declined by the program that answers (approve_with): not today"],
    },
  ],
  [
    "the program that answers, when it fails",
    {
      script: [escalated, done],
      ...reviewer("exit 3"),
      declined: { by: "program", reason: "the reviewer failed with exit code 3" },
      shown: ["declined by the program that answers (approve_with): the reviewer failed with exit code 3"],
    },
  ],
];

describe.each(NOES)("a call is declined by %s", (_, { script, args = [], files = {}, before, declined, shown }) => {
  const first = ({ grant, ...rest }: Record<string, unknown>) =>
    grant instanceof RegExp
      ? { ...rest, grant: expect.stringMatching(grant) }
      : { ...rest, ...(grant ? { grant } : {}) };

  test("in the record and in what exec prints", async () => {
    for (const form of [["--json"], []]) {
      await using w = await trusted(script, files);
      before?.(w);
      const ran: Ran = await w.moat(["exec", ...form, ...args, "go"]);
      expect(ran.exit).toBe(0);
      if (form.length > 0) {
        const [item] = itemsOf(ran.events()).filter(({ status }) => status === "declined") as {
          declined?: { by: string };
        }[];
        expect(item?.declined).toMatchObject(first(declined as Record<string, unknown>));
        const { thread_id } = ran.events()[0] as unknown as { thread_id: string };
        const exported = await w.moat(["threads", "export", thread_id]);
        expect(exported.stdout).toContain(`declined by ${item?.declined?.by}`);
      } else for (const part of shown) expect(ran.stderr).toContain(part);
    }
  });
});

test("a program that answers and goes away while the turn runs is named", async () => {
  await using w = await trusted([escalated, done], { reviewer: "#!/bin/sh\n" });
  chmodSync(w.project.path("reviewer"), 0o755);
  const script = w.project.path("reviewer");
  hook(`rm -f ${script}`)(w);
  const ran = await w.moat(["exec", "--approve-with", "./reviewer", "go"]);
  expect(ran.stderr).toContain("declined by the program that answers (approve_with): the reviewer could not be run: ");
  rmSync(script, { force: true });
});

test("what the sandbox refused is told with the flags that open exactly this, in exec and in repl", async () => {
  for (const [front, grant] of [
    [["exec", "go"], "To allow exactly this: -s workspace-write"],
    [["repl", "-s", "read-only", "-a", "never", "go"], "To allow exactly this: -s workspace-write"],
  ] as const) {
    await using w = await trusted([run("touch out"), done]);
    const { stdout, stderr } = await w.moat([...front], { stdin: "" });
    expect(stdout + stderr).toContain(`The sandbox is read-only, so ${w.project.path("out")} could not be written.`);
    expect(stdout + stderr).toContain(grant);
  }
});

test("the network, too, and the administrator's no is the policy's", async () => {
  await using w = await trusted([run("getent hosts example.org || curl -sS http://example.org"), done]);
  const { stderr } = await w.moat(["exec", "-s", "workspace-write", "go"]);
  expect(stderr).toContain("To allow exactly this: -c sandbox_workspace_write.network_access=true");
});

test("in the app: the no of a person with its reason, and the flags of what the sandbox refused", async () => {
  await using w = await trusted([escalated, run("touch out"), done]);
  await using t = onScreen(w, ["tui", "-s", "read-only", "-a", "on-request", "go"]);
  await t.shows("outside the sandbox?");
  await t.shows("Esc No, and stop here");
  await t.answer("n");
  await t.shows("No, because");
  t.type(`use make${KEY.enter}`);
  await t.shows("by you: use make");
  await t.shows("The sandbox is read-only");
  // What was refused is why it is asked: that is said once.
  expect(t.screen.split("The sandbox is read-only")).toHaveLength(2);
  await t.shows("Esc No, and stop here");
  await t.answer("n");
  await t.shows("No, because");
  t.type(`leave it${KEY.enter}`);
  await t.shows("the end");
  await t.shows(READY);
  await t.shows("Not opened: declined by you: leave it");
  expect(t.screen.replace(/\s+/g, " ")).toContain("To allow exactly this: -s workspace-write");
});

test("in the repl: the no of a person", async () => {
  await using w = await trusted([escalated, done]);
  await using t = pty(w, ["repl", "-a", "on-request", "go"], { TERM: "dumb" });
  await t.shows("[y");
  await t.answer("n not now\r");
  await t.shows("declined by you: not now");
});
