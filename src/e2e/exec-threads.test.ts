// Threads that go on, reviews, worktrees, and answers with a schema.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { call, callCustom, respond, say } from "../testkit/index.ts";
import { type JsonEvent, type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";
import { itemsOf, scenarios } from "./scenario.ts";

const idOf = (events: JsonEvent[]) => events[0]?.thread_id as unknown as string;
const git = (w: TestWorld, ...args: string[]) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...args], { cwd: w.project.dir });
  expect({ exitCode, stderr: stderr.toString() }).toMatchObject({ exitCode: 0 });
  return stdout.toString().trim();
};
const commit = (w: TestWorld) => {
  git(w, "add", "-A");
  git(w, "commit", "-qm", "a commit");
  return git(w, "rev-parse", "HEAD");
};

describe("resume and fork", () => {
  const start = async (answers = 3) => {
    const w = await world(Array.from({ length: answers }, (_, index) => respond(say(`answer ${index}`))));
    const id = idOf((await w.moat(["exec", "--json", "first prompt"])).events());
    return { w, id, [Symbol.asyncDispose]: () => w[Symbol.asyncDispose]() };
  };

  test.each([
    ["by id", (id: string) => ["exec", "--json", "resume", id, "second"]],
    [
      "flags on both sides",
      (id: string) => ["exec", "--json", "-m", "m2", "resume", "-s", "workspace-write", id, "second"],
    ],
    ["--last", () => ["exec", "--json", "resume", "--last", "second"]],
    ["the top-level form", (id: string) => ["resume", "--json", id, "second"]],
    ["the beginning of the id", (id: string) => ["exec", "--json", "resume", id.slice(0, 13), "second"]],
  ])("%s", async (_, args) => {
    await using started = await start();
    const { w, id } = started;
    const ran = await w.moat(args(id));
    expect(ran.exit).toBe(0);
    const events = ran.events();
    expect(idOf(events)).toBe(id);
    expect(events.at(-1)).toMatchObject({
      usage: { input_tokens: 2000 },
      turn_usage: { input_tokens: 1000 },
    } as object);
    const { raw, body } = w.server.requests[1] ?? {};
    for (const said of ["first prompt", "answer 0", "second"]) expect(raw).toContain(said);
    expect((body as { prompt_cache_key: string }).prompt_cache_key).toBe(id);
  });

  test("the prompt on stdin, as SDKs send it", async () => {
    await using started = await start();
    const { w, id } = started;
    expect((await w.moat(["exec", "--experimental-json", "resume", id], { stdin: "from stdin" })).exit).toBe(0);
    expect(w.server.requests[1]?.raw).toContain("from stdin");
  });

  test("the model is told once of a project's instructions that changed meanwhile, and that there are none any more", async () => {
    await using w = await world(
      Array.from({ length: 5 }, () => respond(say("ok"))),
      // What is a key here is not in the thread's file.
      { "AGENTS.md": "Use tabs, and sk-test.\n" },
    );
    const resume = async () => {
      expect((await w.moat(["exec", "resume", "--last", "on"])).exit).toBe(0);
      return w.server.requests.at(-1)?.raw ?? "";
    };
    const times = (raw: string, text: string) => raw.split(text).length - 1;
    expect((await w.moat(["exec", "first"])).exit).toBe(0);
    expect(times(await resume(), "AGENTS.md instructions")).toBe(1);
    w.project.write("AGENTS.md", "Use spaces.\n");
    await resume();
    const again = await resume();
    expect([times(again, "Use tabs,"), times(again, "Use spaces.")]).toEqual([1, 1]);
    rmSync(w.project.path("AGENTS.md"));
    expect(times(await resume(), "There are none any more")).toBe(1);
  });

  test("fork: a new id with the same history; the original stays as it was", async () => {
    await using started = await start();
    const { w, id } = started;
    const forked = idOf((await w.moat(["exec", "--json", "fork", id, "other way"])).events());
    expect(forked).not.toBe(id);
    expect(w.server.requests[1]?.raw).toContain("first prompt");
    expect(w.server.requests[1]?.body).toMatchObject({ prompt_cache_key: forked });
    await w.moat(["exec", "--json", "resume", id, "on"]);
    expect(w.server.requests[2]?.raw).not.toContain("other way");
  });

  test.each(["resume", "fork"])("%s with a person is a conversation", async (verb) => {
    await using started = await start();
    const { w, id } = started;
    w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
    await using t = pty(w, [verb, id, "second"]);
    await t.shows("answer 1");
    t.type("third\r");
    await t.shows("answer 2");
    t.type("\x04");
    expect(await t.exited).toBe(0);
    for (const said of ["first prompt", "second", "third"]) expect(w.server.requests[2]?.raw).toContain(said);
    const { body } = w.server.requests[2] ?? {};
    expect((body as { prompt_cache_key: string }).prompt_cache_key === id).toBe(verb === "resume");
  });

  test("fork --ephemeral writes nothing", async () => {
    await using started = await start();
    const { w, id } = started;
    const list = async () => (await w.moat(["threads", "list", "--json"])).stdout;
    const before = await list();
    expect((await w.moat(["exec", "--ephemeral", "fork", id, "other way"])).exit).toBe(0);
    expect(await list()).toBe(before);
  });

  test("--last looks in this directory only, --all everywhere", async () => {
    await using started = await start();
    const { w, id } = started;
    const elsewhere = { cwd: w.home };
    const refused = await w.moat(["exec", "--skip-git-repo-check", "resume", "--last", "hi"], elsewhere);
    expect({ exit: refused.exit, stderr: refused.stderr }).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("--all"),
    });
    const found = await w.moat(
      ["exec", "--json", "--skip-git-repo-check", "resume", "--last", "--all", "hi"],
      elsewhere,
    );
    expect(idOf(found.events())).toBe(id);
  });

  scenarios([
    {
      name: "an id that is not there",
      script: [],
      args: ["exec", "resume", "0000-none", "hi"],
      exit: 1,
      stderr: ["0000-none"],
    },
    {
      name: "no word, no terminal",
      script: [],
      args: ["exec", "resume"],
      before: async () => {},
      exit: 1,
      stderr: ["no thread"],
    },
  ]);
});

describe("review", () => {
  test("--uncommitted, read-only, with the model for reviews", async () => {
    await using w = await world([respond(say("[P1] wrong"))]);
    w.config('review_model = "critic"\nsandbox_mode = "workspace-write"\n');
    const ran = await w.moat(["review", "--uncommitted", "--title", "The title"]);
    expect(ran.stdout).toBe("[P1] wrong\n");
    const { raw, body } = w.server.requests[0] ?? {};
    expect(body).toMatchObject({ model: "critic" });
    for (const said of ["git diff HEAD", "The title", "<sandbox>read-only"]) expect(raw).toContain(said);
  });

  test("--base names the merge base, --commit the commit", async () => {
    await using w = await world([respond(say("fine")), respond(say("fine"))], { a: "1" });
    const base = commit(w);
    git(w, "checkout", "-qb", "topic");
    await Bun.write(w.project.path("a"), "2");
    const head = commit(w);
    expect((await w.moat(["exec", "review", "--base", "main"])).exit).toBe(0);
    expect(w.server.requests[0]?.raw).toContain(`git diff ${base}`);
    expect((await w.moat(["exec", "--json", "review", "--commit", "HEAD"])).exit).toBe(0);
    expect(w.server.requests[1]?.raw).toContain(`git show ${head}`);
  });

  scenarios([
    {
      name: "own words",
      script: [respond(say("fine"))],
      args: ["exec", "review", "look at the locks"],
      stdout: "fine\n",
      told: ["look at the locks"],
    },
    { name: "nothing to review", script: [], args: ["review"], exit: 2, stderr: ["--uncommitted"] },
    {
      name: "two ways at once",
      script: [],
      args: ["review", "--uncommitted", "--base", "main"],
      exit: 2,
      stderr: ["in one way"],
    },
    {
      name: "a branch that is not there",
      script: [],
      args: ["review", "--base", "gone"],
      exit: 1,
      stderr: ["--base gone"],
    },
    {
      name: "a commit that looks like a flag",
      script: [],
      args: ["review", "--commit=--output=x"],
      exit: 1,
      stderr: ["no such commit"],
      after: { x: null },
    },
  ]);
});

describe("--worktree", () => {
  // This MOAT_HOME lies in the temporary directory, where commands could otherwise write beside the worktree.
  const no_tmp = ["exclude_slash_tmp", "exclude_tmpdir_env_var"].flatMap((key) => [
    "-c",
    `sandbox_workspace_write.${key}=true`,
  ]);
  const added = callCustom("apply_patch", "*** Begin Patch\n*** Add File: new.txt\n+x\n*** End Patch\n");
  const trees = (w: TestWorld) =>
    existsSync(`${w.moat_home}/worktrees`) ? readdirSync(`${w.moat_home}/worktrees`) : [];

  test("changes stay in it, the project is as it was, and its path is told", async () => {
    await using w = await world(
      [respond(added), respond(call("exec_command", { cmd: "cat a new.txt", login: false })), respond(say("ok"))],
      { a: "1\n" },
    );
    commit(w);
    const ran = await w.moat(["exec", "--json", "--worktree", "-s", "workspace-write", ...no_tmp, "go"]);
    expect(itemsOf(ran.events())).toMatchObject([
      { type: "file_change", status: "completed" },
      { aggregated_output: "1\nx\n" },
      {},
    ]);
    const [name = ""] = trees(w);
    expect(ran.stderr).toContain(`kept ${w.moat_home}/worktrees/${name}`);
    expect(existsSync(w.project.path("new.txt"))).toBe(false);
    expect(git(w, "status", "--porcelain")).toBe("");
  });

  test("nothing changed: it is gone", async () => {
    await using w = await world([respond(say("ok"))], { a: "1\n" });
    commit(w);
    const ran = await w.moat(["exec", "--worktree", "go"]);
    expect(ran.stderr).toContain("removed ");
    expect(trees(w)).toEqual([]);
    expect(git(w, "worktree", "list").split("\n")).toHaveLength(1);
  });

  test("no hook of the repository runs", async () => {
    await using w = await world([respond(say("ok"))], { a: "1\n" });
    commit(w);
    w.project.write(".git/hooks/post-checkout", `#!/bin/sh\ntouch ${w.home}/hooked\n`, 0o755);
    await w.moat(["exec", "--worktree", "go"]);
    expect(existsSync(`${w.home}/hooked`)).toBe(false);
  });

  scenarios([
    { name: "without a commit", script: [], args: ["exec", "--worktree", "go"], exit: 1, stderr: ["no commit yet"] },
  ]);
});

describe("--output-schema", () => {
  const schema = JSON.stringify({
    type: "object",
    properties: { n: { type: "integer" } },
    required: ["n"],
    additionalProperties: false,
  });
  const files = { "schema.json": schema };
  const args = ["exec", "--json", "--output-schema", "schema.json", "-o", "last", "go"];
  scenarios([
    {
      name: "sent as a strict format, and held",
      files,
      script: [respond(say('{"n":1}'))],
      args,
      after: { last: '{"n":1}' },
      check: (w) =>
        expect(w.server.requests[0]?.body).toMatchObject({
          text: { format: { type: "json_schema", strict: true, schema: JSON.parse(schema) } },
        }),
    },
    {
      name: "sent back once with what is wrong",
      files,
      script: [respond(say('{"n":"one"}')), respond(say('{"n":1}'))],
      args,
      after: { last: '{"n":1}' },
      told: ["n: Invalid input", "additionalProperties"],
      requests: 2,
    },
    {
      name: "no JSON at all",
      files,
      script: [respond(say("It is one.")), respond(say('{"n":1}'))],
      args,
      told: ["it is no JSON"],
      requests: 2,
    },
    {
      name: "wrong twice: the turn fails with the reason",
      files,
      script: [respond(say('{"n":"one"}')), respond(say('{"m":1}'))],
      args,
      exit: 1,
      last: { type: "turn.failed", error: { kind: "invalid_output", message: expect.stringContaining("n: ") } },
      requests: 2,
    },
    {
      name: "a file that is not there",
      files,
      script: [respond(say("x"))],
      args: ["exec", "--output-schema", "gone.json", "go"],
      exit: 1,
      stderr: ["--output-schema gone.json"],
    },
    {
      name: "a file that is nested without end",
      files: { "schema.json": `{"a":"[[[\\"[",\n${'"b":{'.repeat(20_000)}` },
      script: [],
      args,
      exit: 1,
      stderr: ["schema.json:2: brackets are nested deeper than 100 levels"],
    },
    {
      name: "a file that is no JSON",
      files: { "schema.json": "{" },
      script: [],
      args,
      exit: 1,
      stderr: ["it is no JSON"],
    },
    {
      name: "a list is no schema",
      files: { "schema.json": "[]" },
      script: [],
      args,
      exit: 1,
      stderr: ["no JSON object"],
    },
  ]);
});
