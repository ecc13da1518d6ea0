// Programs that run on: real ones, in the real sandbox of every tier that this machine has.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeBase, makeWorkspace, policyFor } from "../sandbox/harness.suite.ts";
import { openSandbox, type Sandbox, SandboxError } from "../sandbox/index.ts";
import { type LiveProcess, type Started, type StartOptions, start } from "./index.ts";

const base = makeBase();
afterAll(() => rmSync(base, { recursive: true, force: true }));
const env = { PATH: "/usr/local/bin:/usr/bin:/bin", TERM: "xterm" };

/** A program, and what it has said so far. */
async function live(
  sandbox: Sandbox,
  script: string,
  more: { io?: StartOptions["io"]; hold?: () => Promise<void> | null; cwd?: string } = {},
) {
  const cwd = more.cwd ?? makeWorkspace(base).inside;
  const said = { stdout: "", stderr: "", wake: () => {} };
  const started = await start({
    launch: sandbox.launch(["/bin/bash", "-c", script], policyFor(cwd), cwd, env, "separate"),
    cwd,
    io: more.io ?? "pipes",
    on_output(bytes, from) {
      said[from] += new TextDecoder().decode(bytes);
      said.wake();
      return more.hold?.() ?? null;
    },
  });
  const says = async (wanted: string, from: "stdout" | "stderr" = "stdout") => {
    while (!said[from].includes(wanted)) {
      await new Promise<void>((resolve) => {
        said.wake = resolve;
      });
    }
  };
  return { cwd, said, says, program: running(started) };
}

function running(started: Started): LiveProcess {
  if (!started.ok) throw new Error(started.message);
  return started.process;
}

/** Processes that have this word in their command line. */
const withWord = (word: string) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(join("/proc", pid, "cmdline"), "latin1").includes(word);
    } catch {
      return false;
    }
  });

const cache_dir = join(base, "cache");
const tiers = ["ns", "landlock"] as const;
const boxes = await Promise.all(
  tiers.map(async (tier) => ({ tier, box: await openSandbox({ cache_dir, force_tier: tier }).catch(() => null) })),
);

for (const { tier, box } of boxes) {
  describe.skipIf(box === null)(tier, () => {
    const sandbox = () => box as Sandbox;

    test("is written to and answers as it goes, its two outputs apart, until its input ends", async () => {
      const { program, said, says } = await live(
        sandbox(),
        'while read -r line; do echo "got $line"; echo "note $line" >&2; done; exit 7',
      );
      expect(program.report.tier).toBe(tier);
      await program.write("one\n");
      await says("got one");
      await says("note one", "stderr");
      await program.write("two\n");
      await says("got two");
      program.closeInput();
      expect(await program.ended).toEqual({ exit_code: 7, stopped: false, guard: [], spent: expect.anything() });
      expect([said.stdout, said.stderr]).toEqual(["got one\ngot two\n", "note one\nnote two\n"]);
      await program.write("late\n");
    });

    test("has a terminal of its own: a size that changes, and keys that reach what runs in front", async () => {
      const { program, said, says } = await live(
        sandbox(),
        "stty size; read -r x; stty size; trap 'echo interrupted; exit 3' INT; echo ready; sleep 600.1 & wait",
        { io: { cols: 77, rows: 22 } },
      );
      await says("22 77");
      program.resize({ cols: 40, rows: 10 });
      await program.write("\n");
      await says("10 40");
      await says("ready");
      await program.write("\x03");
      await says("interrupted");
      expect(await program.ended).toEqual({ exit_code: 3, stopped: false, guard: [], spent: expect.anything() });
      expect(said.stderr).toBe("");
      expect(withWord("sleep\x00600.1")).toEqual([]);
    });

    test("ends when it is stopped, with all below it, also what left its group and does not listen", async () => {
      const mark = `600.${Math.floor(Math.random() * 1e9)}`;
      const { program, says } = await live(
        sandbox(),
        `trap '' TERM; (setsid sleep ${mark} &); nohup sleep ${mark} >/dev/null 2>&1 & echo up; while :; do sleep ${mark}; done`,
      );
      await says("up");
      expect(withWord(mark).length).toBeGreaterThan(0);
      const [first, second] = await Promise.all([program.stop(), program.stop()]);
      expect(first).toEqual({ exit_code: 137, stopped: true, guard: [], spent: expect.anything() });
      expect(second).toEqual(first);
      expect(withWord(mark)).toEqual([]);
    });

    test("waits for a reader that is behind, and loses nothing", async () => {
      const gate = Promise.withResolvers<void>();
      let held = 0;
      const hold = () => {
        held++;
        return gate.promise;
      };
      const { program, said, cwd } = await live(sandbox(), "head -c 50000000 /dev/zero; : > done", { hold });
      while (held === 0) await Bun.sleep(1);
      const before = said.stdout.length;
      // Whatever fits into pipes and buffers is there by now; a program that was not held back would be done.
      await Bun.sleep(200);
      expect(existsSync(join(cwd, "done"))).toBe(false);
      expect(said.stdout.length).toBe(before);
      gate.resolve();
      expect((await program.ended).exit_code).toBe(0);
      expect(said.stdout.length).toBe(50_000_000);
    });

    test("does not keep a writer waiting that it never reads from, once it has ended", async () => {
      const { program, says } = await live(sandbox(), "echo up; exec sleep 600.2");
      await says("up");
      const written = program.write(new Uint8Array(10_000_000));
      await program.stop();
      await written;
      program.closeInput();
    });

    test("is confined", async () => {
      const { inside, outside } = makeWorkspace(base);
      const { program } = await live(sandbox(), `touch in; touch ${outside}/out`, { cwd: inside });
      expect((await program.ended).exit_code).not.toBe(0);
      expect([existsSync(join(inside, "in")), existsSync(join(outside, "out"))]).toEqual([true, false]);
    });
  });
}

test("what it makes of a protected place that was not there is taken away at its end, and told", async () => {
  const ns = boxes.find(({ tier }) => tier === "ns")?.box;
  if (!ns) return;
  const { inside } = makeWorkspace(base);
  const policy = policyFor(inside, { protected: [join(inside, ".husky")] });
  const launch = ns.launch(["/bin/bash", "-c", "mkdir .husky; : > .husky/pre-commit"], policy, inside, env, "separate");
  const program = running(await start({ launch, cwd: inside, io: "pipes", on_output: () => null }));
  expect((await program.ended).guard).toMatchObject([{ path: join(inside, ".husky"), action: "quarantined" }]);
  expect(existsSync(join(inside, ".husky"))).toBe(false);
});

describe("what cannot be started", () => {
  const [found] = boxes.filter(({ box }) => box !== null);

  test.skipIf(found === undefined)(
    "a word that is too long is told, and a policy that cannot be enforced throws",
    async () => {
      const { inside } = makeWorkspace(base);
      const sandbox = found?.box as Sandbox;
      const begin = (argv: string[], more = {}) =>
        start({
          launch: sandbox.launch(argv, policyFor(inside, more), inside, env, "separate"),
          cwd: inside,
          io: "pipes",
          on_output: () => null,
        });
      expect(await begin(["/bin/true", "x".repeat(200_000)])).toMatchObject({
        ok: false,
        message: expect.stringContaining("longer than"),
      });
      expect(begin(["/bin/true"], { writable: ["/proc/nowhere"] })).rejects.toThrow(SandboxError);
    },
  );

  test("where protected places can only be put right afterwards, nothing that could write them runs on", async () => {
    const landlock = boxes.find(({ tier }) => tier === "landlock")?.box;
    if (!landlock) return;
    const { inside } = makeWorkspace(base);
    const begin = (more: object) => {
      const policy = policyFor(inside, { protected: [join(inside, ".git")], ...more });
      const launch = landlock.launch(["/bin/bash", "-c", ": > ran; true"], policy, inside, env, "separate");
      return start({ launch, cwd: inside, io: "pipes", on_output: () => null });
    };
    expect(await begin({})).toMatchObject({ ok: false, message: expect.stringContaining("protected places") });
    expect(existsSync(join(inside, "ran"))).toBe(false);
    const reader = running(await begin({ mode: "read-only", writable: [] }));
    expect((await reader.ended).stopped).toBe(false);
  });
});
