// Stored threads as a user meets them: the built binary, its files, and a process that is killed in the middle.
import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, createGate, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";

const command = (cmd: string) => call("exec_command", { cmd, login: false }, "call_1");

async function threads(w: TestWorld): Promise<{ thread_id: string; path: string; prompt: string; turns: number }[]> {
  return JSON.parse((await w.moat(["threads", "list", "--json"])).stdout);
}

describe("threads", () => {
  test("a turn is there afterwards: list, show, search, export, delete", async () => {
    await using w = await world([respond(command("echo needle-in-output")), respond(say("All done."))]);
    const ran = await w.moat(["exec", "--json", "look for it"]);
    const [thread] = await threads(w);
    expect(thread).toMatchObject({ thread_id: ran.events()[0]?.thread_id, prompt: "look for it", turns: 1 });
    const shown = await w.moat(["threads", "show", thread?.thread_id ?? ""]);
    expect(shown.stdout).toContain("> look for it\n");
    expect(shown.stdout).toContain("needle-in-output");
    expect(shown.stdout).toContain("All done.");
    expect((await w.moat(["threads", "search", "NEEDLE-in"])).stdout).toContain("command:");
    const html = await w.moat(["threads", "export", thread?.thread_id ?? "", "--format", "html"]);
    expect(html.stdout).toStartWith("<!doctype html>");
    expect((await w.moat(["delete", thread?.thread_id ?? "", "--yes"])).exit).toBe(0);
    expect(await threads(w)).toEqual([]);
  });

  test("killed while a command ran: what was said and called is there, and the lock is nobody's", async () => {
    await using w = await world([respond(command("touch started; sleep 60"))]);
    const child = w.start(["exec", "-s", "workspace-write", "sleep a little"]);
    while (!readdirSync(w.project.dir).includes("started")) await Bun.sleep(5);
    const [running] = await threads(w);
    const busy = await w.moat(["threads", "archive", running?.thread_id ?? ""]);
    expect(busy).toMatchObject({ exit: 1, stderr: expect.stringContaining(`in use by process ${child.pid}`) });
    child.kill("SIGKILL");
    await child.exited;
    const stored = JSON.parse((await w.moat(["threads", "show", running?.thread_id ?? "", "--json"])).stdout);
    expect(stored).toMatchObject({ turns: 1, damaged: [], prompt: "sleep a little" });
    expect(stored.open_turn).not.toBeNull();
    expect(stored.history.at(-1)).toMatchObject({ type: "function_call", call_id: "call_1" });
    expect((await w.moat(["threads", "rename", running?.thread_id ?? "", "killed"])).exit).toBe(0);
    expect((await w.moat(["threads", "show", "killed"])).stdout).toContain("the last one was not finished");
  });

  test("killed while it waited for the model: the prompt is there", async () => {
    const gate = createGate();
    await using w = await world([[{ wait: gate }]]);
    const child = w.start(["exec", "remember me"]);
    await gate.reached;
    child.kill("SIGKILL");
    await child.exited;
    expect((await threads(w))[0]).toMatchObject({ prompt: "remember me", turns: 1 });
  });

  test("threads that cannot be written: the turn does not start, and the message says what to do", async () => {
    await using w = await world([respond(say("never"))]);
    mkdirSync(w.moat_home);
    writeFileSync(join(w.moat_home, "threads"), "");
    const ran = await w.moat(["exec", "hi"]);
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("Set MOAT_HOME to a directory that can be written, or use --ephemeral");
    expect(w.server.requests.length).toBe(0);
  });
});

const IN_ITS_PLACE: [name: string, put: (path: string) => void, why: string][] = [
  ["a pipe", (path: string) => void Bun.spawnSync(["mkfifo", path]), "it is not a file but a pipe"],
  ["a directory", (path: string) => mkdirSync(path), "it is not a file but a directory"],
  ["a link to nowhere", (path: string) => symlinkSync("/proc/nowhere", path), "there is no such file"],
];

test.each(IN_ITS_PLACE)("%s in the place of a thread's file is said, and holds nothing up", async (_, put, why) => {
  await using w = await world(() => respond(say("ok")));
  const [started] = (await w.moat(["exec", "--json", "first"])).events();
  const id = String(started?.thread_id);
  const folder = join(w.moat_home, "threads");
  const [name = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) =>
    one.endsWith(".jsonl"),
  );
  const path = join(folder, name);
  rmSync(path);
  put(path);
  const told = `moat: the thread cannot be read from ${path}: ${why}\n`;
  for (const args of [
    ["resume", id],
    ["fork", id],
    ["undo", "--thread", id],
    ["diff", "--turn", "last", "--thread", id],
  ])
    expect([args[0], await w.moat(args[0] === "undo" || args[0] === "diff" ? args : [...args, "on"])]).toMatchObject([
      args[0],
      { exit: 1, stdout: "", stderr: told },
    ]);
  const json = await w.moat(["exec", "--json", "resume", id, "on"]);
  expect([json.exit, json.events()]).toMatchObject([1, [{ type: "error", message: expect.stringContaining(why) }]]);
  for (const args of [["list", "--all"], ["gc"], ["delete", "--yes", id]]) {
    const ran = await w.moat(["threads", ...args]);
    expect(ran.stderr).not.toContain("mistake of moat");
  }
});
