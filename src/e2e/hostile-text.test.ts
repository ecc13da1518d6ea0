// Text that attacks a terminal, as the model, a file or a name can bring it: the built binary in a real terminal.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, respond, say } from "../testkit/index.ts";
import { binary, type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

/** A harmless command to look at: what runs beside it stands inside a terminal's title, or behind characters that nobody sees. */
const TITLE = "ls a.txt \x1b]0;\ntouch canary\n#\x07";
const HIDDEN = "touch can\rary\b\u202e\u200b\u3164\u2800\x9b2J";
const HIDDEN_SHOWN = "touch can\\x0dary\\x08\\u{202e}\\u{200b}\\u{3164}\\u{2800}\\x9b2J";
/** What may not come out raw. */
const RAW = /\x1b\]|\x07|\x1bP|[\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060-\u206f\u3164\u2800]/u;

const outside = { sandbox_permissions: "require_escalated", justification: "May I \x1b]0;x\x07?" };
const run = (cmd: string, id: string, more: object = {}) => call("exec_command", { cmd, login: false, ...more }, id);
const done = respond(say("the end"));

async function trusting(script: Parameters<typeof world>[0], toml = ""): Promise<TestWorld> {
  const w = await world(script, { "a.txt": "" });
  w.config(`${toml}\n[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

test("a question shows every character of a command, and what is edited is what was shown", async () => {
  await using w = await trusting([respond(run(TITLE, "c1", outside)), respond(run(HIDDEN, "c2", outside)), done]);
  await using t = pty(w, ["repl", "go"]);
  await t.shows("$ ls a.txt \\x1b]0;\n| touch canary\n| #\\x07");
  await t.shows("each stands there as its code");
  await t.shows("May I \\x1b]0;x\\x07?");
  await t.shows("Yes, once");
  await t.answer("n");
  await t.shows("Why not?");
  await t.answer("\r");
  await t.shows(`$ ${HIDDEN_SHOWN}`);
  await t.shows("Change the command");
  await t.answer("e");
  await t.shows("Run this instead");
  await t.shows(HIDDEN_SHOWN);
  await t.answer("\x15echo edited > out.txt\r");
  await t.shows("$ echo edited");
  await t.shows("Yes, once");
  await t.answer("y");
  await t.shows("the end");
  expect(w.project.read("out.txt")).toBe("edited\n");
  expect(existsSync(w.project.path("canary"))).toBe(false);
  expect(t.raw).not.toMatch(RAW);
});

test("a shell of the model's choice is one of the system, or nothing is run", async () => {
  await using w = await trusting([
    respond(run("git fetch", "c1", { ...outside, shell: "./sh" })),
    respond(run("echo from $0", "c2", { ...outside, shell: "dash" })),
    done,
  ]);
  w.project.write("sh", "#!/bin/sh\ntouch canary\n");
  await using t = pty(w, ["repl", "go"]);
  await t.shows('shell "./sh" is not a shell of this system');
  await t.shows("dash -c 'echo from $0'");
  await t.shows("Yes, once");
  await t.answer("y");
  await t.shows("the end");
  expect(existsSync(w.project.path("canary"))).toBe(false);
  expect(w.server.requests[1]?.raw).toContain("leave it out, or use bash, sh");
});

test("a question about a patch shows what it puts in, line by line", async () => {
  const patch = "*** Begin Patch\n*** Add File: /elsewhere/a\u202eb\n+one\x1b[1A\n+++two\n*** End Patch";
  await using w = await trusting([respond(call("apply_patch", { input: patch }, "c1")), done]);
  await using t = pty(w, ["repl", "go"]);
  await t.shows("A /elsewhere/a\\u{202e}b");
  await t.shows("+one\\x1b[1A");
  await t.shows("+++two");
  await t.shows("Yes, once");
  expect(t.raw).not.toMatch(RAW);
});

/** Without the joiners and variations that belong to the answer's pictures and words. */
const bare = (text: string) => text.replace(/\u200c|\u200d|\ufe0f/g, "");

/** Everything that a turn can bring without a question. */
const story = [
  respond(
    call("update_plan", { plan: [{ step: "copy \x1b]52;c;Y2FuYXJ5\x07\n[x] done", status: "pending" }] }, "p1"),
    run(`printf '\\033]0;t\\007\\342\\200\\256'; : ${"\x1b]0;q\x07"}`, "c1"),
    call("apply_patch", { input: "*** Begin Patch\n*** Add File: n\x1b[2Jame\n+\x9b2J\n*** End Patch" }, "f1"),
    call("no\x1b]0;tool\x07such", {}, "t1"),
  ),
  respond(say("bye \x1b]0;t", "\x07\u202e👩🏽‍💻 ", "می‌خواهم ❤️")),
];
const SHOWN = [
  "[ ] copy \\x1b]52;c;Y2FuYXJ5\\x07\\x0a[x] done",
  "\\x1b]0;t\\x07\\u{202e}",
  "\\x1b]0;q\\x07",
  "n\\x1b[2Jame",
  "+\\x9b2J",
  "no\\x1b]0;tool\\x07such",
];
const ANSWER = "bye \\x1b]0;t\\x07\\u{202e}👩🏽‍💻 می‌خواهم ❤️";

test("exec says on stderr what there is, and on a terminal the answer too", async () => {
  await using w = await trusting(story);
  const ran = await w.moat(["exec", "-s", "workspace-write", "go"]);
  for (const part of SHOWN) expect(ran.stderr).toContain(part);
  expect(bare(ran.stderr)).not.toMatch(RAW);
  expect(ran.stdout).toBe("bye \x1b]0;t\x07\u202e👩🏽‍💻 می‌خواهم ❤️\n");
  await using again = await trusting(story);
  await using t = pty(again, ["exec", "-s", "workspace-write", "go"]);
  await t.shows(ANSWER);
  expect(bare(t.raw)).not.toMatch(RAW);
});

test("the repl, the lists, what is stored and JSON say the same", async () => {
  await using w = await trusting(story);
  {
    await using t = pty(w, ["repl", "-s", "workspace-write", "go"]);
    // The plan stands where the model made it.
    await t.shows("[ ] copy");
    await t.shows(ANSWER);
    await t.shows("user> ");
    for (const part of SHOWN) expect(t.text).toContain(part);
    expect(bare(t.raw)).not.toMatch(RAW);
  }
  const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout);
  await using t = pty(w, ["threads", "show", thread.thread_id]);
  await t.exited;
  for (const part of [...SHOWN, ANSWER]) expect(t.text).toContain(part);
  for (const args of [
    ["threads", "show", thread.thread_id],
    ["threads", "show", thread.thread_id, "--json"],
    ["threads", "search", "bye"],
    ["--view", thread.thread_id],
  ]) {
    const { stdout, stderr } = await w.moat(args);
    expect(bare(stdout + stderr)).not.toMatch(RAW);
    expect(stdout).toContain("bye ");
  }
});

test("exec --json and proto escape as JSON does, and lose nothing", async () => {
  await using w = await trusting(story);
  const ran = await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
  expect(ran.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  const texts = ran.events().flatMap(({ item }) => (item as { text?: string } | undefined)?.text ?? []);
  expect(texts).toContain("bye \x1b]0;t\x07\u202e👩🏽‍💻 می‌خواهم ❤️");
});

test("names of directories, files, settings and hooks: doctor, trust, configuration", async () => {
  const name = "d\x1b]0;n\x07\u202e";
  const shown = "d\\x1b]0;n\\x07\\u{202e}";
  await using w = await world([done, done], {
    [`${name}/.moat/config.toml`]: `model = "\\u202etheirs"\nnotify = ["a", "\u202e"]\n`,
    [`${name}/.moat/hooks.json`]: JSON.stringify({
      hooks: { Stop: [{ hooks: [{ type: "command", command: "x\x1b]0;h\x07\ny" }] }] },
    }),
    [`${name}/.git/HEAD`]: "ref: refs/heads/main\n",
    [`${name}/@${name}`]: "",
  });
  const cwd = join(w.project.dir, name);
  for (const args of [
    ["doctor"],
    ["doctor", "--json"],
    ["config", "list", "--origin"],
    ["exec", "go"],
    ["config", "trust", "add"],
  ]) {
    const { stdout, stderr } = await w.moat(args, { cwd });
    expect(stdout + stderr).not.toMatch(RAW);
    expect(stdout + stderr).toContain(args.includes("--json") ? "d\\u001b]0;n\\u0007\\u202e" : shown);
  }
  writeFileSync(join(w.project.dir, "bad.toml"), "");
  w.config('model = 3\n"m\u202e\x1b\x07" = 1\n');
  const wrong = await w.moat(["exec", "go"], { cwd });
  expect(wrong.stderr).toContain("config.toml:");
  expect(wrong.stderr).not.toMatch(RAW);
  w.config("");
  const child = Bun.spawn([binary, "repl"], { cwd, env: { ...w.env }, stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  child.stdin.write("");
  child.stdin.end();
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(out + err).toContain(shown);
  expect(out + err).not.toMatch(RAW);
});

test("the trust dialog and Tab show no name that draws", async () => {
  const name = "z\x1b]0;n\x07\u202e";
  await using w = await world([done], { [`${name}`]: "", zeta: "", ".moat/config.toml": `model = "\u202etheirs"\n` });
  mkdirSync(w.moat_home, { recursive: true });
  w.config("");
  await using t = pty(w, ["repl"]);
  await t.shows('+model = "\\u{202e}theirs"');
  await t.shows("Trust ");
  await t.answer("n");
  await t.shows("user> ");
  t.type("@z\t");
  await t.shows("@zeta");
  expect(t.raw).not.toMatch(RAW);
});
