import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sampleContext, sampleTurn, type TempHome, tempHome } from "../../session/sample.suite.ts";
import type { Host } from "../contract.ts";
import { pickThread } from "../exec/pick-thread.ts";
import { fakeHost } from "../fixtures/host.ts";
import { parseLine } from "../parse.ts";
import { commands } from "../table.ts";
import { sizeText } from "./size-text.ts";
import { ago, shortIds } from "./text.ts";

/** A host in a directory, without a terminal, that keeps what is printed. */
function hostIn(home: TempHome, cwd = "/work/project"): { host: Host; out(): string; err(): string } {
  const { host, said } = fakeHost({ cwd, moat_home: home.dir, home: "/home/ada" });
  return { host, out: () => said.stdout, err: () => said.stderr };
}

/** Runs a command line as main does. */
async function moat(home: TempHome, ...argv: string[]) {
  const { host, out, err } = hostIn(home);
  const parsed = parseLine(argv, commands, null);
  if (!parsed.ok || !parsed.command) throw new Error(parsed.ok ? "no command" : parsed.message);
  const { run } = await parsed.command.load();
  const exit = await run({ args: parsed.args, rest: parsed.rest, flags: parsed.flags, host });
  return { exit, stdout: out(), stderr: err() };
}

const id = (n: number) => `0198f000-000${n}-7000-8000-00000000000${n}`;
const day = (n: number) => `2026-03-0${n}T05:06:07.000Z`;
const fixtures = join(import.meta.dir, "..", "..", "session", "import", "fixtures");

function someThreads(home: TempHome): void {
  const other = { ...sampleContext, cwd: "/home/ada/other" };
  home.thread(id(1), sampleTurn(0, { prompt: "Fix \x1b[31mthe\x07 parser", output: "needle\n" }), day(1));
  const started = { type: "thread.started" as const, thread_id: id(2), schema_version: 1, moat_version: "0.1.0" };
  const writer = home.writer(id(2), day(2));
  const bodies = [{ ...started, cwd: other.cwd }, ...sampleTurn(0, { prompt: "Write docs", context: other })];
  for (const [seq, body] of bodies.entries()) writer.append({ seq, ...body });
  writer.close();
  home.thread(id(3), [...sampleTurn(0, { prompt: "Rename things" }), ...sampleTurn(1)], day(3));
}

describe("moat threads", () => {
  test("list: this directory, what is elsewhere is told; --all", async () => {
    using home = tempHome();
    someThreads(home);
    const here = await moat(home, "threads", "list");
    expect(here).toEqual({
      exit: 0,
      stdout:
        "0198f000-0003  2026-03-03    2 turns  Rename things\n0198f000-0001  2026-03-01     1 turn  Fix \\x1b[31mthe\\x07 parser\n",
      stderr: "1 in other directories: --all\n",
    });
    expect((await moat(home, "threads")).stdout).toBe(here.stdout);
    expect((await moat(home, "threads", "list", "--all")).stdout).toContain("Write docs  ~/other\n");
    const few = await moat(home, "threads", "list", "--all", "--limit", "1");
    expect([few.stdout.split("\n").length, few.stderr]).toEqual([2, "2 more: --limit 3\n"]);
    expect((await moat(home, "threads", "list", "PARSER")).stdout).toContain(id(1).slice(0, 13));
    const json = JSON.parse((await moat(home, "threads", "list", "--all", "--json")).stdout);
    expect(json.map((thread: { thread_id: string }) => thread.thread_id)).toEqual([id(3), id(2), id(1)]);
  });

  test("an empty home", async () => {
    using home = tempHome();
    expect(await moat(home, "threads", "list")).toEqual({ exit: 0, stdout: "", stderr: "no threads\n" });
    expect((await moat(home, "threads", "list", "--json")).stdout).toBe("[]\n");
    expect((await moat(home, "threads", "gc")).stdout).toBe(
      "threads take 0 bytes, what undo needs 0 bytes, of 1.0 GiB\nnothing to remove\n",
    );
  });

  test("show: facts, then what happened", async () => {
    using home = tempHome();
    someThreads(home);
    const { stdout } = await moat(home, "threads", "show", "0198f000-0001");
    expect(stdout).toStartWith(`Fix \\x1b[31mthe\\x07 parser\n  thread      ${id(1)}\n  directory   /work/project\n`);
    expect(stdout).toContain("\n> Fix \\x1b[31mthe\\x07 parser\n");
    expect(stdout).toContain("needle");
    expect(stdout).toContain("answer 0");
    expect(stdout).not.toMatch(/[\x1b\x07]/);
    const json = JSON.parse((await moat(home, "threads", "show", id(1), "--json")).stdout);
    expect(json).toMatchObject({ thread_id: id(1), turns: 1, history: { length: 4 }, damaged: [] });
  });

  test("search", async () => {
    using home = tempHome();
    someThreads(home);
    expect((await moat(home, "threads", "search", "NEEDLE")).stdout).toMatch(
      /^0198f000-0001 .*\n {2}command: run 0 needle\n$/,
    );
    expect(await moat(home, "threads", "search", "nowhere")).toMatchObject({
      exit: 0,
      stderr: 'no thread has "nowhere"\n',
    });
    const json = JSON.parse((await moat(home, "threads", "search", "needle", "--json")).stdout);
    expect(json[0].matches[0].who).toBe("command");
  });

  test("export: to stdout or a file that is nobody else's, in the form that its ending says", async () => {
    using home = tempHome();
    someThreads(home);
    const file = join(home.dir, "x.html");
    expect((await moat(home, "threads", "export", id(1), "-o", file)).exit).toBe(0);
    expect(readFileSync(file, "utf8")).toStartWith("<!doctype html>");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await moat(home, "threads", "export", id(1))).stdout).toContain("## You");
    const lines = (await moat(home, "threads", "export", id(1), "--format", "jsonl")).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).type)[0]).toBe("thread.started");
    const markdown = await moat(home, "threads", "export", id(1), "--format", "markdown");
    expect(markdown).toEqual(await moat(home, "threads", "export", id(1)));
    expect(await moat(home, "threads", "export", id(1), "--format", "pdf")).toMatchObject({ exit: 2 });
  });

  test("rename, archive, unarchive, delete", async () => {
    using home = tempHome();
    someThreads(home);
    expect(await moat(home, "threads", "rename", id(1), " My\nparser ")).toMatchObject({ exit: 0 });
    expect((await moat(home, "threads", "list")).stdout).toContain("My parser");
    expect(await moat(home, "threads", "rename", id(2), "My parser")).toMatchObject({
      exit: 1,
      stderr: `moat: thread ${id(1)} is called My parser already\n`,
    });
    expect((await moat(home, "threads", "archive", "my parser", id(2))).stdout).toBe(
      `${id(1)} archived\n${id(2)} archived\n`,
    );
    expect((await moat(home, "threads", "list", "--all")).stdout).not.toContain("My parser");
    expect((await moat(home, "threads", "list", "--all", "--archived")).stdout).toMatch(/My parser {2}archived\n/);
    expect((await moat(home, "threads", "unarchive", "my parser", "--json")).exit).toBe(0);
    expect(await moat(home, "threads", "delete", "my parser")).toMatchObject({
      exit: 1,
      stderr: "moat: delete cannot be undone; say --yes\n",
    });
    expect((await moat(home, "threads", "delete", "my parser", "--yes")).stdout).toBe(`${id(1)} deleted\n`);
    expect((await moat(home, "threads", "show", id(1))).exit).toBe(1);
    expect((await moat(home, "delete", id(2), "-y")).stdout).toBe(`${id(2)} deleted\n`);
  });

  test("import", async () => {
    using home = tempHome();
    const first = await moat(home, "threads", "import", fixtures);
    expect(first).toMatchObject({ exit: 0, stderr: "" });
    expect(first.stdout).toContain(
      "0199f1c2-7a00-7c11-8f00-00000000beef imported, 3 turns\n  left out, of no use here: 1 × world_state",
    );
    const second = await moat(home, "threads", "import", fixtures, "--json");
    expect(second.exit).toBe(0);
    expect(JSON.parse(second.stdout).every((result: { reason: string }) => result.reason === "exists")).toBe(true);
    const self = await moat(home, "threads", "import", import.meta.path);
    expect(self).toMatchObject({ exit: 1, stdout: expect.stringContaining("not imported") });
    expect(await moat(home, "threads", "import", "/proc/nowhere")).toMatchObject({
      exit: 1,
      stderr: "moat: /proc/nowhere: there is no such file or directory\n",
    });
  });

  test("gc says what it would free, and then frees it", async () => {
    using home = tempHome();
    someThreads(home);
    const dry = await moat(home, "threads", "gc", "--dry-run", "--max-size", "2K");
    expect(dry.stdout).toMatch(
      /^threads take [\d.]+ KiB, what undo needs 0 bytes, of 2\.0 KiB\nwould remove 0198f000-0001-.*Fix .* parser.*\n/,
    );
    expect(JSON.parse((await moat(home, "threads", "list", "--all", "--json")).stdout).length).toBe(3);
    const wet = await moat(home, "threads", "gc", "--max-size", "0", "--json");
    expect(JSON.parse(wet.stdout)).toMatchObject({ dry_run: false, threads: { length: 3 } });
    expect(existsSync(join(home.dir, "threads"))).toBe(true);
    expect((await moat(home, "threads", "list", "--all")).stderr).toBe("no threads\n");
    expect(await moat(home, "threads", "gc", "--max-size", "lots")).toMatchObject({ exit: 2 });
  });

  test("a thread that is not there, with those that may have been meant", async () => {
    using home = tempHome();
    someThreads(home);
    expect(await moat(home, "threads", "show", "rename")).toEqual({
      exit: 1,
      stdout: "",
      stderr: `moat: there is no thread rename; did you mean:\n  ${id(3)}  Rename things\n`,
    });
    expect((await moat(home, "threads", "show", "0198f000")).stderr).toContain("fits several threads");
    expect((await moat(home, "threads", "show", "zzz")).stderr).toContain("`moat threads list --all`");
  });

  test("usage", async () => {
    using home = tempHome();
    for (const [argv, message] of [
      [["frobnicate"], "threads has no frobnicate; there are list, show,"],
      [["show"], "show needs more: moat threads show THREAD"],
      [["show", "a", "b"], "show cannot use b: moat threads show THREAD"],
      [["list", "--yes"], "list has no --yes: moat threads list [TEXT]"],
      [["list", "--limit", "x"], "--limit x: give a number of threads"],
      [["search", " "], "search needs a text"],
      [["__proto__"], "threads has no __proto__"],
    ] as [string[], string][]) {
      const ran = await moat(home, "threads", ...argv);
      expect([ran.exit, ran.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  test("a thread in use is told", async () => {
    using home = tempHome();
    someThreads(home);
    const writer = home.writer(id(3), day(3));
    writer.open();
    const ran = await moat(home, "threads", "archive", id(3));
    writer.close();
    expect(ran).toMatchObject({
      exit: 1,
      stderr: `moat: the thread is in use by process ${process.pid}; end it first, or fork the thread\n`,
    });
  });
});

describe("the thread to resume", () => {
  const pick = async (
    home: TempHome,
    word: string | null,
    more: { last?: boolean; all?: boolean } = {},
    cwd?: string,
  ) => {
    const picked = await pickThread(hostIn(home, cwd).host, { word, last: false, all: false, ...more });
    return picked.ok ? (picked.path.match(/0198f000-.{27}/)?.[0] ?? "") : [picked.exit, picked.message];
  };

  test("by id, by name, the last of this directory, the last of all", async () => {
    using home = tempHome();
    someThreads(home);
    expect(await pick(home, "0198f000-0001")).toBe(id(1));
    expect(await pick(home, id(2))).toBe(id(2));
    expect(existsSync(join(home.dir, "threads.sqlite"))).toBe(true);
    expect(await pick(home, null, { last: true })).toBe(id(3));
    expect(await pick(home, null, { last: true }, "/home/ada/other")).toBe(id(2));
    expect(await pick(home, null, { last: true, all: true }, "/proc/nowhere")).toBe(id(3));
    expect(await pick(home, null, { last: true }, "/proc/nowhere")).toEqual([
      1,
      "no thread was started in /proc/nowhere; --all offers the 3 of other directories",
    ]);
    expect(await pick(home, "nope")).toEqual([1, expect.stringContaining("there is no thread nope")]);
    expect(await pick(home, null)).toEqual([2, "say which thread: its id, its name, or --last"]);
  });
});

describe("texts", () => {
  test("short ids are long enough to be told apart", () => {
    const ids = ["0198f000-0001", "0198f000-0012", "aaaaaaaa-bbbb"];
    const threads = ids.map((thread_id) => ({ thread_id }) as never);
    expect([...shortIds(threads).values()]).toEqual(["0198f000-000", "0198f000-001", "aaaaaaaa"]);
  });

  test("times and sizes", () => {
    const now = new Date("2026-03-04T12:00:00Z");
    const at = ["2026-03-04T11:59:30Z", "2026-03-04T11:01:00Z", "2026-03-03T12:00:00Z", "2026-01-01T00:00:00Z", ""];
    expect(at.map((time) => ago(time, now))).toEqual(["now", "59 min ago", "1 d ago", "2026-01-01", ""]);
    expect([0, 1023, 1024, 1024 ** 3].map(sizeText)).toEqual(["0 bytes", "1023 bytes", "1.0 KiB", "1.0 GiB"]);
  });
});
