// Rules and approvals as a user meets them: the built binary, rule files in MOAT_HOME, real commands in the real sandbox.
import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const done = respond(say("done"));

function rules(w: TestWorld, text: string, name = "default.rules"): string {
  const path = join(w.moat_home, "rules", name);
  mkdirSync(join(w.moat_home, "rules"), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What the model got for each call, in its last request. */
function outputs(w: TestWorld): Map<string, string> {
  const { input = [] } = (w.server.requests.at(-1)?.body ?? {}) as unknown as { input?: Record<string, string>[] };
  return new Map(
    input.filter(({ type }) => type?.endsWith("_output")).map(({ call_id = "", output = "" }) => [call_id, output]),
  );
}

describe("rule files", () => {
  test("one whose own example fails is refused at start, with its place, and nothing is asked of the model", async () => {
    await using w = await world([]);
    const path = rules(w, '# mine\nprefix_rule(\n  pattern=["git", "push"],\n  match=["git pull"],\n)\n');
    const ran = await w.moat(["exec", "hi"]);
    expect([ran.exit, ran.stdout]).toEqual([1, ""]);
    expect(ran.stderr).toBe(`moat: ${path}:4:10: the rule does not match its own example \`git pull\`\n`);
    expect(w.server.requests).toEqual([]);
  });

  test("forbidden is not run, prompt is refused where nobody can be asked, allow leaves the sandbox", async () => {
    await using w = await world([
      respond(run("true; rm kept", "c1")),
      respond(run("touch prompted", "c2")),
      respond(run('mkdir "$HOME/made"', "c3"), run("mkdir inside", "c4")),
      done,
    ]);
    w.project.write("kept", "");
    rules(w, 'prefix_rule(["rm"], "forbidden", justification="use trash/")\nprefix_rule(["touch"], "prompt")\n');
    rules(w, 'prefix_rule(["mkdir"])\n', "more.rules");
    const ran = await w.moat(["exec", "-s", "read-only", "go"]);
    expect(ran.exit).toBe(0);
    const out = outputs(w);
    expect(out.get("c1")).toContain("forbids `rm`: use trash/");
    expect(out.get("c2")).toContain("asks about `touch`");
    expect(out.get("c3")).toContain("Process exited with code 0");
    const there = ["kept", "prompted", "inside"].map((name) => existsSync(w.project.path(name)));
    expect([...there, existsSync(join(w.home, "made"))]).toEqual([true, false, true, true]);
  });
});

describe("without anybody to ask", () => {
  test("what the model asks for beyond the sandbox is refused, and it learns why", async () => {
    const more = { sandbox_permissions: "require_escalated", justification: "May I?" };
    await using w = await world([respond(run("touch a", "c1", more)), done]);
    const ran = await w.moat(["exec", "-s", "workspace-write", "go"]);
    expect(ran.exit).toBe(0);
    expect(outputs(w).get("c1")).toStartWith(
      "not run: the model asks for running outside the sandbox, and the approval",
    );
    expect(existsSync(w.project.path("a"))).toBe(false);
  });

  test.each([["unless-allow-listed"], ["{granular={rules=true}}"], ["{ sandbox_approval = true }"]])(
    "approval_policy=%s is understood",
    async (policy) => {
      await using w = await world([done]);
      expect((await w.moat(["exec", "-c", `approval_policy=${policy}`, "go"])).exit).toBe(0);
    },
  );
});

describe("untrusted", () => {
  /** Each acts, in its own way; before it runs a person is asked, and here is none. */
  const ACTING = [
    'find victim "$XDG_CACHE_HOME-delete"',
    'for f in "" a; do sort a "$f-oout"; done',
    'false && x=a; find victim "$x-delete"',
    'sort a {"}",-oout}',
    'echo "$\\\n(touch out)"',
    "git rev-list --output=out HEAD",
    "git blame -- a --output=out",
    "git config user.name --global",
    "echo victim | xargs --max-lines rm cat",
    'awk \'BEGIN{if(0) exit /"/; print "touch out" | "sh" }#"}\'',
    "awk ~/';BEGIN{system(\"touch out\")}#/' a",
    "yes | find a -ok sort {} + -o out \\;",
    "env -i git status",
    "find . -execdir git status \\;",
    "xxd a -p/../out",
    "find . -exec uniq {} +",
    "git branch -- new --list",
    "timeout touch out",
  ];
  /** So that what runs can be told from what does not. */
  const READING = ["git status --short -- a", "for f in a victim; do sed -n 1p $f; done | sort -u", 'wc -l "$PWD/a"'];

  test("runs what only reads without a question, and nothing that acts", async () => {
    const lines = [...ACTING, ...READING];
    const calls = lines.map((line, index) => run(line, `c${index}`));
    await using w = await world([respond(...calls), done], { a: "b\na\n", victim: "x\n" });
    const ran = await w.moat(["exec", "-s", "workspace-write", "-c", "approval_policy=untrusted", "go"]);
    expect(ran.exit).toBe(0);
    const said = outputs(w);
    const wasRun = lines.filter((_, index) => said.get(`c${index}`)?.includes("Process exited with code 0"));
    expect(wasRun).toEqual(READING);
    expect([w.project.read("a"), w.project.read("victim")]).toEqual(["b\na\n", "x\n"]);
    expect(existsSync(w.project.path("out"))).toBe(false);
  });
});

describe("moat repl", () => {
  /** A world whose project is trusted, so that nothing but the call is asked about. */
  async function trusted(script: Parameters<typeof world>[0]): Promise<TestWorld> {
    const w = await world(script);
    w.config(`approval_policy = "untrusted"\n[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    return w;
  }

  test("killed while a question waits: it is asked again when the thread goes on, and the command runs once", async () => {
    await using w = await trusted([respond(run("echo x >> log", "c1")), done]);
    const first = w.start(["repl"], { stdin: "" });
    if (typeof first.stdin !== "object") throw new Error("no stdin");
    first.stdin.write("go\n");
    await first.stdin.flush();
    for await (const bytes of first.stdout) if (Buffer.from(bytes).includes("answer [")) break;
    first.kill("SIGKILL");
    expect([await first.exited, existsSync(w.project.path("log"))]).toEqual([137, false]);
    const [thread] = JSON.parse((await w.moat(["threads", "--json"])).stdout);
    const ran = await w.moat(["repl"], { stdin: `/resume ${thread.thread_id}\ny\n` });
    expect(ran.exit).toBe(0);
    expect(w.project.read("log")).toBe("x\n");
    expect(outputs(w).get("c1")).toContain("Process exited with code 0");
  });

  test("always writes a rule that holds in the next process; an edited command is asked about again", async () => {
    await using w = await trusted([respond(run("touch one", "c1")), respond(run("touch wrong", "c2")), done]);
    const ran = await w.moat(["repl"], { stdin: "go\np\ne touch right\ny\n" });
    expect(ran.exit).toBe(0);
    expect(readFileSync(join(w.moat_home, "rules", "default.rules"), "utf8")).toBe(
      'prefix_rule(pattern=["touch", "one"], decision="allow", sandboxed=True)\n',
    );
    expect(["wrong", "right"].map((name) => existsSync(w.project.path(name)))).toEqual([false, true]);
    await using next = await world([respond(run("touch one more", "c3")), done]);
    next.config('approval_policy = "untrusted"\n');
    cpSync(join(w.moat_home, "rules"), join(next.moat_home, "rules"), { recursive: true });
    await next.moat(["exec", "-s", "workspace-write", "go"]);
    expect(existsSync(next.project.path("more"))).toBe(true);
  });
});

describe("moat execpolicy check", () => {
  test("shows every rule that speaks, and the stricter one wins", async () => {
    await using w = await world([]);
    w.project.write("a.rules", 'prefix_rule(["git"], justification="ours")\n');
    w.project.write("b.rules", 'prefix_rule(["git", ["push", "fetch"]], "forbidden")\n');
    const files = ["--rules", "a.rules", "--rules", "b.rules"];
    const ran = await w.moat(["execpolicy", "check", ...files, "--", "bash", "-lc", "ls && git push"]);
    expect([ran.exit, ran.stderr]).toEqual([0, ""]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      matchedRules: [
        { prefixRuleMatch: { matchedPrefix: ["git", "push"], decision: "forbidden", source: "b.rules:1" } },
        { prefixRuleMatch: { matchedPrefix: ["git"], decision: "allow", justification: "ours" } },
      ],
      decision: "forbidden",
      judgement: {
        segments: [
          { command: "ls", verdict: "safe" },
          { command: "git push", verdict: "mutating" },
        ],
      },
    });
  });

  test("--require-safe exits with 12 for all but what is safe; a file that is wrong with 1", async () => {
    await using w = await world([]);
    const exit = async (...args: string[]) => (await w.moat(["execpolicy", "check", ...args])).exit;
    expect(await exit("--require-safe", "--", "git", "status")).toBe(0);
    expect(await exit("--require-safe", "--", "git", "branch", "-D", "main")).toBe(12);
    expect(await exit("--require-safe", "--", "bash", "-c", "git status; find . -delete")).toBe(12);
    w.project.write("bad.rules", 'prefix_rule(["git"],\n  not_match=["git x"])\n');
    const bad = await w.moat(["execpolicy", "check", "--rules", "bad.rules", "--", "git", "x"]);
    expect([bad.exit, bad.stdout]).toEqual([1, ""]);
    expect(bad.stderr).toContain("bad.rules:2:14: the rule matches `git x`, which its not_match rules out");
  });
});
