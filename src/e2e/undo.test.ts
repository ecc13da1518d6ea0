// What turns change on the disk, taken back and brought back, through the built binary.
import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { call, callCustom, responseEvents, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { type ProtoEvent, startProto } from "./proto.ts";

const complete = (...outputs: Parameters<typeof responseEvents>[0]) => responseEvents(outputs, { type: "completed" });
const run = (cmd: string) => complete(call("exec_command", { cmd, login: false }, "a"));
const done = complete(say("Done."));
const FILES = { "src/deep/one.txt": "one\n", "f.txt": "a\n", "x.txt": "x\n", "d.sh": "echo\n", "g.txt": "long text\n" };
const EVERYTHING =
  "rm -rf src; sed -i s/a/b/ f.txt; mv x.txt y.txt; mkdir c; chmod +x d.sh; ln -s f.txt link; truncate -s 1 g.txt";

const shell = (w: TestWorld, script: string) =>
  Bun.spawnSync(["sh", "-c", script], { cwd: w.project.dir, env: w.env }).stdout.toString();
/** Everything in the project but git's own: names, kinds, modes, links, contents. */
const treeOf = (w: TestWorld) =>
  shell(
    w,
    "find . -name .git -prune -o -printf '%P %y %m %l\\n' | sort; find . -name .git -prune -o -type f -print | sort | xargs cat",
  );
const exec = (w: TestWorld, ...more: string[]) => w.moat(["exec", "--json", "-s", "workspace-write", ...more, "go"]);

/** A turn of one command, what was there before and after it. */
async function changed(cmd: string, mode = "workspace-write") {
  const w = await world([run(cmd), done], FILES);
  shell(w, "git add -A; git -c user.name=a -c user.email=a@b commit -qm one");
  const before = treeOf(w);
  const ran = await w.moat(["exec", "--json", "-s", mode, "go"]);
  return { w, before, after: treeOf(w), end: ran.events().at(-1) };
}

describe("a command's changes", () => {
  for (const mode of ["workspace-write", "danger-full-access"])
    test.skipIf(mode === "danger-full-access" && process.getuid?.() !== 0)(
      `${mode}: undo, redo, and undo once more`,
      async () => {
        const { w, before, after, end } = await changed(EVERYTHING, mode);
        await using _ = w;
        expect(end).toMatchObject({ files: { count: 9, gaps: [], changes: expect.arrayContaining([]) } });
        const index = readFileSync(w.project.path(".git/index"));
        expect(await w.moat(["undo"])).toMatchObject({ exit: 0, stdout: expect.stringContaining("9 paths put right") });
        expect(treeOf(w)).toBe(before);
        // git itself refreshes its index when it is asked.
        expect(readFileSync(w.project.path(".git/index")).equals(index)).toBe(true);
        expect(shell(w, "git status --porcelain; git fsck 2>&1")).toBe("");
        expect(await w.moat(["redo"])).toMatchObject({ exit: 0 });
        expect(treeOf(w)).toBe(after);
        expect(await w.moat(["undo", "--json"])).toMatchObject({ exit: 0 });
        expect(treeOf(w)).toBe(before);
        expect(await w.moat(["undo"])).toMatchObject({ exit: 1, stderr: expect.stringContaining("moat: ") });
      },
    );

  test("what a person changed since stays, is named, and goes only when it is forced", async () => {
    const { w, before } = await changed(EVERYTHING);
    await using _ = w;
    appendFileSync(w.project.path("f.txt"), "mine\n");
    const asked = await w.moat(["undo"]);
    expect(asked.exit).toBe(1);
    for (const words of ["f.txt: changed after the turn", "nothing was done"]) expect(asked.stderr).toContain(words);
    expect(existsSync(w.project.path("src"))).toBe(false);
    expect(await w.moat(["undo", "--yes"])).toMatchObject({ exit: 1, stdout: expect.stringContaining("kept") });
    expect(readFileSync(w.project.path("f.txt"), "utf8")).toBe("b\nmine\n");
    expect(existsSync(w.project.path("src/deep/one.txt"))).toBe(true);
    await w.moat(["redo", "--yes"]);
    const forced = await w.moat(["undo", "--force", "--yes"]);
    expect(forced).toMatchObject({ exit: 0, stderr: expect.stringContaining("-mine") });
    expect(treeOf(w)).toBe(before);
  });
});

const PATCH =
  "*** Begin Patch\n*** Update File: f.txt\n@@\n-a\n+b\n*** Delete File: x.txt\n*** Add File: new/n.txt\n+n\n*** End Patch\n";
const WAYS = {
  patch: complete(callCustom("apply_patch", PATCH, "a")),
  "a shell command": run("echo b > f.txt; rm x.txt; mkdir new; echo n > new/n.txt"),
  "a Python script": run(
    `python3 -c 'import os; open("f.txt","w").write("b\\n"); os.remove("x.txt"); os.mkdir("new"); open("new/n.txt","w").write("n\\n")'`,
  ),
  "a job in the background": run("(echo b > f.txt; rm x.txt; mkdir new; echo n > new/n.txt) & wait"),
};
for (const [way, reply] of Object.entries(WAYS))
  test(`one change, made by ${way}, is undone alike`, async () => {
    await using w = await world([reply, done], FILES);
    const before = treeOf(w);
    await exec(w);
    expect(readFileSync(w.project.path("new/n.txt"), "utf8")).toBe("n\n");
    expect(await w.moat(["undo"])).toMatchObject({ exit: 0, stdout: expect.stringContaining("4 paths") });
    expect(treeOf(w)).toBe(before);
  });

test("several turns: each is listed, several go at once, and the model is told in the next", async () => {
  const script = ["1", "2", "3"].flatMap((n) => [run(`echo ${n} > n.txt; echo ${n} > file${n}.txt`), done]);
  await using w = await world([...script, done]);
  const before = treeOf(w);
  await exec(w);
  for (const _ of [2, 3]) await w.moat(["exec", "resume", "--last", "--json", "go on"]);
  const turns = JSON.parse((await w.moat(["undo", "--list", "--json"])).stdout) as { number: number }[];
  expect(turns.map(({ number }) => number)).toEqual([3, 2, 1]);
  // Numbers of turns, which are not how many of them.
  expect((await w.moat(["undo", "--list"])).stdout).toEndWith(
    "moat undo --to 2 takes back turn 2 and all after it; moat undo 2 takes back the last two\n",
  );
  const from = ["diff", "-C", w.project.dir];
  expect((await w.moat([...from, "--turn", "2"], { cwd: "/" })).stdout).toContain("-1\n+2\n");
  expect((await w.moat(from, { cwd: "/" })).stdout).toContain("+++ b/n.txt");
  expect(await w.moat(["undo", "--to", "2", "--dry-run"])).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("file3.txt"),
  });
  expect(await w.moat(["undo", "2"])).toMatchObject({ exit: 0 });
  expect(readFileSync(w.project.path("n.txt"), "utf8")).toBe("1\n");
  await w.moat(["exec", "resume", "--last", "--json", "and now"]);
  expect(w.server.requests.at(-1)?.raw).toContain("The user took back what the last 2 turns had changed");
  expect(await w.moat(["undo"])).toMatchObject({ exit: 0 });
  expect(treeOf(w)).toBe(before);
});

test("off keeps nothing, and says so; a command that only reads has nothing to keep", async () => {
  await using w = await world([run("echo x > x.txt"), done, run("cat f.txt"), done], FILES);
  expect((await exec(w, "--undo", "off")).events().at(-1)).not.toHaveProperty("files");
  expect(await w.moat(["undo"])).toMatchObject({ exit: 1 });
  const ran = await exec(w);
  const [item] = ran.events().filter(({ type }) => type === "item.completed");
  expect(item).not.toMatchObject({ item: { sandbox: { captured: expect.anything() } } });
});

test("over the protocol: the op is answered with what was done, or why nothing was", async () => {
  await using w = await world([run("rm f.txt"), done], FILES);
  const { tell, events } = startProto(w, "-s", "workspace-write");
  tell({ type: "redo" });
  tell({ type: "user_turn", input: [{ type: "text", text: "go" }] });
  const seen: ProtoEvent[] = [];
  for await (const event of events()) {
    seen.push(event);
    if (event.type === "turn.completed") tell({ type: "undo" });
    if (event.type === "files.restored") tell({ type: "shutdown" });
  }
  expect(seen.find(({ type }) => type === "error")).toBeDefined();
  expect(seen.find(({ type }) => type === "files.restored")).toMatchObject({ kind: "undo", count: 1 });
  expect(existsSync(w.project.path("f.txt"))).toBe(true);
});

test("a turn after an undo in the same process: both are known, and each is taken back", async () => {
  await using w = await world([run("rm f.txt"), done, run("echo more >> g.txt"), done], FILES);
  const before = treeOf(w);
  const { tell, events } = startProto(w, "-s", "workspace-write");
  const turn = { type: "user_turn", input: [{ type: "text", text: "go" }] };
  // What is answered to each end: the turn is taken back, another one follows, and the thread ends.
  const answers = [{ type: "undo" }, turn, { type: "shutdown" }];
  const ends: ProtoEvent[] = [];
  tell(turn);
  for await (const event of events()) {
    if (event.type !== "turn.completed" && event.type !== "files.restored") continue;
    ends.push(event);
    tell(answers[ends.length - 1] ?? { type: "shutdown" });
  }
  expect(ends).toMatchObject([
    { type: "turn.completed", files: { count: 1, gaps: [] } },
    { type: "files.restored" },
    { type: "turn.completed", files: { count: 1, gaps: [] } },
  ]);
  const list = await w.moat(["undo", "--list"]);
  expect(list).toMatchObject({ exit: 0, stdout: expect.stringContaining("taken back") });
  expect(await w.moat(["undo"])).toMatchObject({ exit: 0 });
  expect(treeOf(w)).toBe(before);
});

test("what an agent changes is taken back with the turn of its thread, and makes a proof void", async () => {
  const first = { spawn: complete(call("spawn_agent", { message: "own task" }, "s")), proof: run("true") };
  const left: Record<string, ReturnType<typeof complete>[]> = {
    "own task": [run("rm -r src; echo a > made.txt"), done],
    go: [first.proof, first.spawn, complete(call("wait", { ids: ["agent_1"], timeout_ms: 60_000 }, "w")), done],
  };
  const answer: Parameters<typeof world>[0] = ({ body }) => {
    const { input } = body as { input: { role?: string; content?: unknown }[] };
    const said = JSON.stringify(input.filter(({ role }) => role === "user"));
    return left[said.includes("own task") ? "own task" : "go"]?.shift() ?? done;
  };
  await using w = await world(answer, FILES);
  const before = treeOf(w);
  const ran = await exec(w, "--require-evidence", "true");
  expect(existsSync(w.project.path("src"))).toBe(false);
  expect(ran.events().at(-1)).toMatchObject({ files: { count: 4 }, evidence: { required: [{ met: false }] } });
  expect(ran.exit).toBe(7);
  expect((await w.moat(["undo"])).exit).toBe(0);
  expect(treeOf(w)).toBe(before);
});

for (const mode of ["read-only", "workspace-write"])
  test(`${mode}: no command reads what is kept for undo`, async () => {
    const look = run("cat $HOME/.moat/undo/*/*/*/links/* $HOME/.moat/undo/*/*/*/pack; ls -R $HOME/.moat/undo");
    await using w = await world([run("echo SECRET > q"), done, run("rm q"), done, look, done]);
    for (const _ of [1, 2]) await exec(w);
    await w.moat(["exec", "--json", "-s", mode, "go"]);
    expect(w.server.requests.at(-1)?.raw).not.toContain("SECRET");
  });

test("what is not understood is refused, to a program as an object", async () => {
  await using w = await world([run("echo b > f.txt"), done], FILES);
  await exec(w);
  const wrong = [
    ["undo", "1", "2"],
    ["redo", "5"],
    ["diff", "--turn", "last", "x"],
    ["undo", "--list", "3"],
    ["undo", "--to", ""],
  ];
  for (const words of wrong) expect([words, (await w.moat(words)).exit]).toEqual([words, 2]);
  expect(readFileSync(w.project.path("f.txt"), "utf8")).toBe("b\n");
  const refused = await w.moat(["undo", "9", "--json"]);
  expect(JSON.parse(refused.stdout)).toEqual({ error: { message: expect.stringContaining("Only 1 turn of") } });
});

test("why there is nothing to take back is told apart, and a thread is found from below its directory", async () => {
  await using w = await world(
    [
      complete(callCustom("apply_patch", "*** Begin Patch\n*** Add File: p.txt\n+p\n*** End Patch\n", "a")),
      done,
      run("echo b > f.txt"),
      done,
    ],
    FILES,
  );
  await exec(w, "--undo", "off");
  expect((await w.moat(["undo"])).stderr).toContain("undo was off for this thread");
  await exec(w);
  const below = await w.moat(["undo", "-C", w.project.path("src")]);
  expect(below).toMatchObject({ exit: 0, stderr: expect.stringContaining(`the last thread of ${w.project.dir}`) });
  expect((await w.moat(["undo"])).stderr).toContain("taken back already. `moat redo`");
  const elsewhere = await w.moat(["undo", "-C", "/"]);
  expect(elsewhere.stderr).toContain("-C DIR");
  expect(elsewhere.stderr).not.toContain("--all");
});

/** Of every file its name and what is in it. */
const CONTENTS = "find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 tail -n +1";

test("the diff of a turn is a patch that git and patch take in the workspace", async () => {
  const script = `${EVERYTHING}; mkdir -p n; : > n/empty; printf 'a b' > 'n/with space'; printf new > "$(printf 'n/two\\nlines "\\\\\\002')"; printf '\\tx\\n' >> y.txt`;
  const { w, before } = await changed(script.replace("ln -s f.txt link; ", ""));
  await using _ = w;
  const diff = await w.moat(["diff", "--turn", "last"]);
  expect(diff.stdout).toContain("# ");
  expect(diff.stdout).not.toContain(`a${w.project.dir}`);
  w.project.write(".git/turn.patch", diff.stdout);
  const after = shell(w, CONTENTS);
  await w.moat(["undo"]);
  expect(treeOf(w)).toBe(before);
  for (const apply of ["git apply", ...(Bun.which("patch") ? ["patch -sp1 -i"] : [])]) {
    expect(shell(w, `${apply} .git/turn.patch 2>&1`)).toBe("");
    expect(shell(w, CONTENTS)).toBe(after);
    shell(w, "git reset -q --hard; git clean -fdq");
  }
});

const GONE = {
  "a link": { act: "mv d away; ln -s away d", why: "its directory is a link now" },
  "moved away": { act: "mv d away", why: "its directory was moved or removed" },
  removed: { act: "rm -r d", why: "its directory was moved or removed" },
};
for (const [how, { act, why }] of Object.entries(GONE))
  test(`a directory that is ${how} is no place to undo in, and force says so`, async () => {
    await using w = await world([run("rm d/in.txt"), done], { "d/in.txt": "in\n", "d/other.txt": "o\n" });
    await exec(w);
    shell(w, act);
    const before = treeOf(w);
    const forced = await w.moat(["undo", "--force", "--yes"]);
    expect(forced.exit).toBe(1);
    expect(forced.stderr).toContain(
      `moat: Nothing was taken back: ${w.project.path("d/in.txt")}: ${why}: force does not go`,
    );
    for (const words of ["overwritten", "Force overwrites"]) expect(forced.stderr).not.toContain(words);
    expect(treeOf(w)).toBe(before);
  });
