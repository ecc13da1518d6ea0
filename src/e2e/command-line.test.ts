// One test for each row of the command line's table: the row works, or it ends with 2 and the sentence that it should.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { type MoatRun, type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const command = (cmd: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, "c1");
const patch = "*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch\n";
const CTRL_D = "\x04";

/** A world whose project is trusted and whose first questions are answered. */
async function settled(
  script: Parameters<typeof world>[0] = [],
  files: Record<string, string> = {},
): Promise<TestWorld> {
  const w = await world(script, files);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

/** Runs every command line and expects this exit code and, on either stream, this text. */
async function expectAll(w: TestWorld, rows: [args: string[], exit: number, text: string, options?: MoatRun][]) {
  for (const [args, exit, text, options] of rows) {
    const ran = await w.moat(args, options);
    expect({ args, exit: ran.exit, text: ran.stdout + ran.stderr }).toEqual({
      args,
      exit,
      text: expect.stringContaining(text),
    });
  }
}

describe("commands", () => {
  test("moat [PROMPT]", async () => {
    await using w = await settled([respond(say("hello"))]);
    await expectAll(w, [[[], 2, "there is no terminal here"]]);
    await using t = pty(w, ["say hello"]);
    await t.shows("hello");
    await t.shows("✓");
    t.type(CTRL_D);
    expect(await t.exited).toBe(0);
  });

  test("tui (t), interactive, repl (r), exec (e), proto (p)", async () => {
    const turn = JSON.stringify({ type: "user_turn", input: [{ type: "text", text: "hi" }] });
    await using w = await settled(() => respond(say("hello")));
    await expectAll(w, [
      [["repl"], 0, "hello", { stdin: "hi\n" }],
      [["r", "hi"], 0, "hello", { stdin: "" }],
      [["exec", "hi"], 0, "hello"],
      [["e", "hi"], 0, "hello"],
      [["proto"], 0, "turn.completed", { stdin: turn }],
      [["p"], 0, "turn.completed", { stdin: turn }],
    ]);
  });

  test("acp, mcp-server", async () => {
    await using w = await settled();
    const hello = '{"jsonrpc":"2.0","id":1,"method":"no/such/method"}\n7';
    await expectAll(w, [
      [["acp"], 0, "a message is an object", { stdin: hello }],
      [["acp", "words"], 2, "takes no prompt"],
      [["acp", "login", "status"], 0, ""],
      [["mcp-server"], 0, "this is no JSON-RPC message", { stdin: "7" }],
      [["mcp-server", "words"], 2, "takes no prompt"],
    ]);
  });

  test("exec resume, exec fork, exec review", async () => {
    await using w = await settled(() => respond(say("hello")));
    await expectAll(w, [
      [["exec", "first"], 0, "hello"],
      [["exec", "resume", "--last", "on"], 0, "hello"],
      [["exec", "fork", "--last", "on"], 0, "hello"],
      [["exec", "review", "--uncommitted"], 0, "hello"],
      [["exec", "resume", "nobody", "on"], 1, "nobody"],
    ]);
  });

  test("review, resume, fork, archive, unarchive, delete, threads …", async () => {
    await using w = await settled(() => respond(say("hello")));
    await w.moat(["exec", "first words"]);
    const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout) as { thread_id: string }[];
    const id = thread?.thread_id ?? "";
    await expectAll(w, [
      [["review", "--uncommitted"], 0, "hello"],
      [["resume", id, "on"], 0, "hello"],
      [["fork", id, "on"], 0, "hello"],
      [["threads", "list"], 0, "first words"],
      [["threads", "show", id], 0, "first words"],
      [["threads", "search", "first"], 0, "first"],
      [["threads", "export", id], 0, "first words"],
      [["threads", "rename", id, "mine"], 0, ""],
      [["archive", "mine"], 0, ""],
      [["unarchive", "mine"], 0, ""],
      [["threads", "gc", "--dry-run"], 0, ""],
      [["delete", "mine", "--yes"], 0, ""],
      [["threads", "show", "mine"], 1, "mine"],
    ]);
  });

  test("resume and fork on a terminal are a conversation", async () => {
    let answers = 0;
    await using w = await settled(() => respond(say(`answer ${++answers}`)));
    await w.moat(["exec", "first words"]);
    for (const [at, name] of ["resume", "fork"].entries()) {
      await using t = pty(w, [name, "--last"]);
      await t.shows("What shall be done?");
      t.type("more");
      t.type("\r");
      // What a resumed thread shows of its past has the answers before it.
      await t.shows(`answer ${at + 2}`);
    }
    expect(w.server.requests[1]?.raw).toContain("first words");
  });

  test("apply (a), apply-patch (also as argv[0]), undo, redo, diff", async () => {
    await using w = await settled();
    const unified = "--- /dev/null\n+++ b/other.txt\n@@ -0,0 +1 @@\n+other\n";
    await expectAll(w, [
      [["apply-patch", patch], 0, "A new.txt"],
      [["apply", "-"], 0, "other.txt", { stdin: unified }],
      [["diff"], 0, "+other"],
      [["undo"], 1, "no thread was started in"],
      [["redo"], 1, "no thread was started in"],
      [["undo", "0"], 2, "say how many turns"],
      [["diff", "--turn", "1"], 1, "no thread was started in"],
    ]);
    expect(w.project.read("new.txt")).toBe("new\n");
  });

  test("login [status] [--with-api-key], logout, models", async () => {
    await using w = await settled([{ status: 200, body: { data: [{ id: "m1" }] } }]);
    const bare = { env: { OPENAI_API_KEY: "" } };
    await expectAll(w, [
      [["login", "--with-api-key"], 0, "", { ...bare, stdin: "sk-0123456789abcdefghij" }],
      [["login", "status"], 0, "openai", bare],
      [["logout"], 0, "openai", bare],
      [["login", "--device-auth"], 2, "needs a provider that offers it"],
      [["login", "--with-access-token"], 2, "needs a provider that offers it"],
      [["models"], 0, "m1"],
    ]);
  });

  test("mcp …, config …, init", async () => {
    await using w = await settled([respond(say("# AGENTS\n\nRun `make`."))]);
    await expectAll(w, [
      [["mcp", "add", "x", "--url", "http://127.0.0.1:1"], 0, "added x"],
      [["mcp", "add", "y", "--env", "A=1", "--", "server", "--stdio"], 0, "added y"],
      [["mcp", "list"], 0, "server --stdio"],
      [["mcp", "list", "--json"], 0, '"streamable_http"'],
      [["mcp", "get", "y"], 0, "not asked yet"],
      [["mcp", "get", "z"], 1, "there is no MCP server z"],
      [["mcp", "login", "y"], 1, "is a program, which has no login"],
      [["mcp", "logout", "x"], 0, "there was no login"],
      [["mcp", "remove", "x"], 0, "removed x"],
      [["mcp", "remove", "x"], 1, "has no MCP server x"],
      [["mcp", "frob"], 2, "there is no frob"],
      [["mcp", "add", "x"], 2, "--url, and not both"],
      [["config", "set", "model", "m2"], 0, "model"],
      [["config", "get", "model"], 0, "m2"],
      [["config", "list"], 0, "m2"],
      [["config", "unset", "model"], 0, "model"],
      [["config", "path"], 0, "config.toml"],
      [["config", "schema"], 0, "json-schema.org"],
      [["init", "--yes"], 0, "+Run `make`."],
    ]);
    expect(w.project.read("AGENTS.md")).toBe("# AGENTS\n\nRun `make`.\n");
  });

  test("sandbox …, execpolicy check, doctor, debug landlock seatbelt prompt-input models, features list", async () => {
    await using w = await settled();
    await expectAll(w, [
      [["sandbox", "--", "echo", "confined"], 0, "confined"],
      [["execpolicy", "check", "--", "ls"], 0, "safe"],
      [["doctor"], 0, "sandbox"],
      [["doctor", "--summary"], 0, "No problem"],
      [["debug", "landlock", "--", "echo", "confined"], process.platform === "linux" ? 0 : 125, ""],
      [["debug", "seatbelt", "--", "true"], process.platform === "darwin" ? 0 : 125, ""],
      [["debug", "nothing"], 2, "moat debug"],
      [["debug", "prompt-input", "my words"], 0, "my words"],
      [["debug", "models"], 0, "gpt"],
      [["features", "list"], 0, ""],
    ]);
  });

  test("completion SHELL, schema, replay, demo, update, help [CMD]", async () => {
    await using w = await settled([respond(say("recorded words"))]);
    await expectAll(w, [
      [["completion", "bash"], 0, "complete"],
      [["completion", "tcsh"], 2, "bash"],
      [["schema", "events"], 0, "turn.completed"],
      [["schema", "config"], 0, "sandbox_mode"],
      [["schema", "rollout"], 0, "history.added"],
      [["schema", "ops"], 0, "user_turn"],
      [["exec", "--record", "run.jsonl", "hi"], 0, "recorded words"],
      [["replay", "run.jsonl"], 0, "recorded words"],
      [["demo"], 0, "What really happened"],
      [["update", "--base-url", "http://releases.example"], 1, "https:// only"],
      [["help"], 0, "moat help COMMAND"],
      [["help", "exec"], 0, "moat exec"],
    ]);
  });

  test("what is not part of moat", async () => {
    await using w = await settled();
    const words = ["app-server", "cloud", "remote-control", "exec-server", "plugin", "queue", "agents"];
    const more = ["migrate-rollouts", "responses-api-proxy", "stdio-to-uds"];
    await expectAll(
      w,
      [...words, ...more].map((word) => [[word], 2, `${word} is not part of moat`]),
    );
  });
});

describe("flags of the app and of exec", () => {
  /** Both, with these flags, and what the model was sent. */
  async function both(args: string[], script = () => respond(say("hello")), files: Record<string, string> = {}) {
    const w = await settled(script, files);
    const app = await w.moat(["repl", ...args], { stdin: "hi\n" });
    const exec = await w.moat(["exec", ...args, "hi"]);
    return { w, app, exec };
  }

  test("-c -p -m -i -C --add-dir -s --enable --disable --strict-config --search --trust", async () => {
    await using w = await settled(() => respond(say("hello")), { "sub/a.txt": "", "a.png": "\x89PNG" });
    await w.moat(["config", "set", "-p", "fast", "model", "m-profile"]);
    const rows: [string[], (raw: string) => void][] = [
      [["-c", "model=m-config"], (raw) => expect(raw).toContain('"model":"m-config"')],
      [["-p", "fast"], (raw) => expect(raw).toContain('"model":"m-profile"')],
      [["-m", "007"], (raw) => expect(raw).toContain('"model":"007"')],
      [["-C", "sub"], (raw) => expect(raw).toContain("/sub</cwd>")],
      [["-s", "workspace-write", "--add-dir", "/var/tmp"], (raw) => expect(raw).toContain("/var/tmp")],
      [["-s", "read-only"], (raw) => expect(raw).toContain("<sandbox>read-only")],
      [["--enable", "x", "--disable", "y", "--trust"], () => {}],
    ];
    for (const [args, check] of rows) {
      for (const front of [["repl"], ["exec"]]) {
        const ran = await w.moat([...front, ...args, "hi"], { stdin: "" });
        expect({ args, front, exit: ran.exit, stderr: ran.stderr }).toMatchObject({ exit: 0 });
        check(w.server.requests.at(-1)?.raw ?? "");
      }
    }
    for (const front of ["repl", "exec"])
      expect((await w.moat([front, "--strict-config", "-c", "typo=1", "hi"], { stdin: "" })).exit).toBe(2);
  });

  test("-a, in the app only", async () => {
    await using w = await settled([respond(command("touch out.txt")), respond(say("ok"))]);
    const ran = await w.moat(["repl", "-a", "unless-allow-listed", "go"], { stdin: "y\n" });
    expect(ran.stdout).toContain("Run this command?");
    expect(existsSync(w.project.path("out.txt"))).toBe(true);
    await expectAll(w, [
      [["exec", "-a", "never", "hi"], 2, "unknown flag -a"],
      [["repl", "-a", "maybe", "hi"], 2, "untrusted", { stdin: "" }],
    ]);
  });

  test("--full-auto: works in the workspace, and asks a person only", async () => {
    const { w, app, exec } = await both(["--full-auto"]);
    await using _ = w;
    expect(app.stdout).toContain("sandbox workspace-write · approvals on-request");
    expect(exec.stderr).toContain("sandbox workspace-write · approvals never");
  });

  test("--suggest, --auto-edit, --approval-mode", async () => {
    const asks = () => [respond(call("apply_patch", { input: patch }, "c1")), respond(say("ok"))];
    await using free = await settled(asks());
    const edited = await free.moat(["repl", "--auto-edit", "go"], { stdin: "" });
    expect(edited.stdout).not.toContain("Apply this patch?");
    expect(existsSync(free.project.path("new.txt"))).toBe(true);
    await using suggest = await settled(asks());
    const asked = await suggest.moat(["repl", "--approval-mode", "suggest", "go"], { stdin: "n\n" });
    expect(asked.stdout).toContain("Apply this patch?");
    expect(existsSync(suggest.project.path("new.txt"))).toBe(false);
    await expectAll(suggest, [[["exec", "--approval-mode", "yolo", "hi"], 2, "suggest, auto-edit, full-auto"]]);
  });

  test("--dangerously-bypass-approvals-and-sandbox loses to --full-auto", async () => {
    const { w, app, exec } = await both(["--dangerously-auto-approve-everything"]);
    await using _ = w;
    for (const shown of [app.stdout, exec.stderr]) expect(shown).toContain("sandbox danger-full-access");
    const { w: other, app: confined } = await both(["--dangerously-bypass-approvals-and-sandbox", "--full-auto"]);
    await using __ = other;
    expect(confined.stdout).toContain("sandbox workspace-write");
  });

  test("--no-alt-screen", async () => {
    await using w = await settled(() => respond(say("hello")));
    await using t = pty(w, ["--no-alt-screen", "hi"]);
    await t.shows("hello");
    expect(t.raw).not.toContain("\x1b[?1049h");
  });

  test("--max-tokens and its kind", async () => {
    for (const args of [
      ["--max-turns", "0"],
      ["--max-tokens", "nonsense"],
    ]) {
      await using w = await settled(() => respond(say("hello")));
      expect((await w.moat(["exec", ...args, "hi"])).exit).not.toBe(0);
      expect((await w.moat(["repl", ...args, "hi"], { stdin: "" })).exit).not.toBe(0);
    }
  });

  test("--provider, --writable-root, --no-project-doc, --project-doc, --flex-mode, --reasoning, --view", async () => {
    const files = { "AGENTS.md": "the project's words", "extra.md": "extra words" };
    await using w = await settled(() => respond(say("hello")), files);
    const sent = async (...args: string[]) => {
      const ran = await w.moat(["repl", ...args, "hi"], { stdin: "" });
      expect({ args, exit: ran.exit, stderr: ran.stderr }).toMatchObject({ exit: 0 });
      return w.server.requests.at(-1)?.raw ?? "";
    };
    expect(await sent()).toContain("the project's words");
    expect(await sent("--no-project-doc")).not.toContain("the project's words");
    expect(await sent("--project-doc", "extra.md")).toContain("extra words");
    expect(await sent("--reasoning", "low")).toContain('"effort":"low"');
    expect(await sent("--flex-mode")).toContain('"service_tier":"flex"');
    expect(await sent("-w", "/var/tmp")).toContain("/var/tmp");
    await expectAll(w, [[["repl", "--provider", "nobody", "hi"], 1, "no provider is called nobody", { stdin: "" }]]);
    const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout) as {
      thread_id: string;
      path: string;
    }[];
    await expectAll(w, [
      [["--view", thread?.thread_id ?? ""], 0, "> hi"],
      [["-v", thread?.path ?? ""], 0, "hello"],
      [["--view", "extra.md"], 1, "no thread of moat"],
      [["--view", "nobody"], 1, "nobody"],
    ]);
  });

  test("--worktree works in a copy, which is kept when something changed", async () => {
    for (const args of [["repl"], ["exec"]]) {
      await using w = await settled([respond(command("echo x > out.txt")), respond(say("ok"))], { "a.txt": "" });
      for (const git of [
        ["add", "."],
        ["commit", "-qm", "first"],
      ])
        Bun.spawnSync(["git", ...git], { cwd: w.project.dir });
      const ran = await w.moat([...args, "--worktree", "-s", "workspace-write", "go"], { stdin: "" });
      const [, path = ""] = ran.stderr.match(/working in (.*)/) ?? [];
      expect(existsSync(join(path, "out.txt"))).toBe(true);
      expect(existsSync(w.project.path("out.txt"))).toBe(false);
    }
  });

  test("--full-stdout shows whole outputs, --notify rings", async () => {
    const script = () => [respond(command("seq 1 40")), respond(say("ok"))];
    await using w = await settled(script());
    const whole = await w.moat(["repl", "--full-stdout", "--notify", "go"], { stdin: "" });
    expect(whole.stdout).toContain("\n  3\n");
    expect(whole.stdout).toContain("\x07");
    await using short = await settled(script());
    const cut = await short.moat(["repl", "go"], { stdin: "" });
    expect(cut.stdout).not.toContain("\n  3\n");
    expect(cut.stdout).toContain("28 lines before");
  });

  test("--thread-source and --cyber-access-program are accepted, --approve-for-me is refused with a reason", async () => {
    await using w = await settled(() => respond(say("hello")));
    await expectAll(w, [
      [["exec", "--thread-source", "sdk", "--cyber-access-program", "p", "hi"], 0, "hello"],
      [["exec", "--approve-for-me", "hi"], 2, "not available yet"],
      [["repl", "--approve-for-me", "hi"], 2, "not available yet", { stdin: "" }],
      [["exec", "--dangerously-bypass-hook-trust", "hi"], 2, "--trust"],
    ]);
  });

  test("-h, -V, --version --json", async () => {
    await using w = await settled();
    await expectAll(w, [
      [["-h"], 0, "Usage:"],
      [["exec", "-h"], 0, "moat exec"],
      [["-V"], 0, "moat "],
      [["--version", "--json"], 0, '"runtime"'],
    ]);
  });

  test("the sandbox by the names of the first Rust CLI", async () => {
    const names = {
      "network-restricted": "workspace-write",
      "file-write-restricted": "workspace-write",
      "network-and-file-write-restricted": "workspace-write",
      "dangerous-no-restrictions": "danger-full-access",
    };
    await using w = await settled(() => respond(say("hello")));
    for (const [name, mode] of Object.entries(names))
      expect((await w.moat(["exec", "--sandbox-policy", name, "hi"])).stderr).toContain(`sandbox ${mode}`);
  });
});

describe("the doctor", () => {
  test("says of a problem what to do, as text and as JSON, and shows no key", async () => {
    await using w = await settled();
    w.config('model = "m"\ntypo = 1\n');
    const env = { OPENAI_API_KEY: "", OPENAI_BASE_URL: "", ANTHROPIC_API_KEY: "sk-ant-secret-0123456789" };
    const ran = await w.moat(["doctor", "--json"], { env: { ...env, SSL_CERT_FILE: "/proc/nowhere.pem" } });
    expect(ran.exit).toBe(1);
    const { ok, checks } = JSON.parse(ran.stdout) as {
      ok: boolean;
      checks: { group: string; name: string; status: string; what: string; remedy: string | null }[];
    };
    expect(ok).toBe(false);
    for (const { status, remedy } of checks) if (status === "problem") expect(remedy).not.toBeNull();
    const problems = checks.filter(({ status }) => status === "problem").map(({ group, name }) => `${group} ${name}`);
    expect(problems).toEqual(["model provider", "model tls"]);
    expect(checks.find(({ what }) => what.includes("typo"))).toMatchObject({ status: "note" });
    expect(checks.find(({ what }) => what.includes("ANTHROPIC_API_KEY"))).toMatchObject({ status: "ok" });
    expect(ran.stdout).not.toContain("sk-ant-secret");
    const text = await w.moat(["doctor"], { env });
    expect(text.stdout).toContain("moat login");
    expect(text.stdout).toContain(`(user, ${join(w.moat_home, "config.toml")})`);
  });

  test("sends nothing and starts nothing, unless it is told to", async () => {
    await using w = await settled(() => ({ status: 200, body: { data: [{ id: "gpt-6.2-sol" }] } }));
    const program = w.project.path("key.sh");
    w.project.write("key.sh", "#!/bin/sh\ntouch ran\necho key\n", 0o755);
    w.config(
      `model = "gpt-6.2-sol"\nmodel_provider = "own"\n[model_providers.own]\nbase_url = "${w.server.url}"\nauth.command = "${program}"\n[mcp_servers.x]\ncommand = "${program}"\n`,
    );
    const ran = await w.moat(["doctor", "--all"]);
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain("a program prints it");
    expect(w.server.requests).toHaveLength(0);
    expect(existsSync(w.project.path("ran"))).toBe(false);
    const asked = await w.moat(["doctor", "--network"]);
    expect(asked.stdout).toContain("the server answers within");
    expect(w.server.requests.length).toBeGreaterThan(0);
  });

  test("leaves nothing behind", async () => {
    await using w = await world([]);
    await w.moat(["doctor"]);
    expect(existsSync(w.moat_home)).toBe(false);
  });
});
