// An undo whose process was killed in the middle, and what the built binary says and does then.
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, responseEvents, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const complete = (...outputs: Parameters<typeof responseEvents>[0]) => responseEvents(outputs, { type: "completed" });
const run = (cmd: string) => complete(call("exec_command", { cmd, login: false }, "a"));
const done = complete(say("Done."));
const NAMES = ["1", "2", "3", "4", "5", "6"];
const FILES = Object.fromEntries(NAMES.map((name) => [`m/${name}`, `${name}\n`]));

/** A thread with one turn, and an undo of it that was killed when some of it was done. */
async function interrupted(...more: ReturnType<typeof complete>[]): Promise<TestWorld> {
  const w = await world([run("rm -rf m; echo x > y"), done, ...more], FILES);
  await w.moat(["exec", "--json", "-s", "workspace-write", "go"]);
  const [thread = ""] = readdirSync(join(w.moat_home, "undo"));
  const script = join(import.meta.dir, "../checkpoint/fixtures/undo-killed.ts");
  const { signalCode } = Bun.spawnSync([process.execPath, script, w.moat_home, thread, "undo", "12"]);
  expect(signalCode).toBe("SIGKILL");
  expect(existsSync(w.project.path("y"))).toBe(false);
  expect(readdirSync(w.project.path("m")).length).toBeLessThan(NAMES.length);
  return w;
}

const files = (w: TestWorld) => readdirSync(w.project.path("m")).sort();

test("looking at it changes nothing, and says how much is left; undo finishes it and nothing else", async () => {
  await using w = await interrupted();
  const halfway = files(w);
  const dry = await w.moat(["undo", "--dry-run"]);
  expect(dry).toMatchObject({ exit: 0, stdout: expect.stringMatching(/interrupted undo is not finished: \d+ paths/) });
  expect(await w.moat(["undo", "--list"])).toMatchObject({ stderr: expect.stringContaining("interrupted undo") });
  expect(await w.moat(["diff", "--turn", "last"])).toMatchObject({
    stderr: expect.stringContaining("interrupted undo"),
  });
  expect(files(w)).toEqual(halfway);
  const ended = await w.moat(["undo"]);
  expect(ended).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^the interrupted undo was finished: \d+ paths? put right/),
  });
  expect(files(w)).toEqual(NAMES);
  expect(await w.moat(["redo"])).toMatchObject({ exit: 0 });
  expect(existsSync(w.project.path("m"))).toBe(false);
});

test("what a person made meanwhile is kept and named, then and by redo", async () => {
  await using w = await interrupted();
  const missing = NAMES.find((name) => !files(w).includes(name)) ?? "";
  writeFileSync(w.project.path("y"), "mine\n");
  writeFileSync(w.project.path(`m/${missing}`), "mine\n");
  const kept = () => ["y", `m/${missing}`].map((name) => readFileSync(w.project.path(name), "utf8"));
  const ended = await w.moat(["undo", "--yes"]);
  expect(ended.exit).toBe(1);
  for (const name of ["y:", `m/${missing}:`]) expect(ended.stdout).toContain(`kept     ${name}`);
  expect(kept()).toEqual(["mine\n", "mine\n"]);
  const redone = await w.moat(["redo", "--yes"]);
  expect(redone.exit).toBe(1);
  for (const name of ["y:", `m/${missing}:`]) expect(redone.stdout).toContain(`kept     ${name}`);
  expect(kept()).toEqual(["mine\n", "mine\n"]);
});

test("a thread that goes on finishes it before its first change, and tells the person and the model", async () => {
  await using w = await interrupted(run("echo z > z"), done);
  const went = await w.moat(["exec", "resume", "--last", "--json", "-s", "workspace-write", "go on"]);
  expect(went.stdout).toContain("the interrupted undo was finished");
  expect(w.server.requests.at(-1)?.raw).toContain("The user took back what the last turn had changed");
  expect(files(w)).toEqual(NAMES);
});
