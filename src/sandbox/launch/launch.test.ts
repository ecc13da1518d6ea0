import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, SandboxError } from "../contract.ts";
import {
  type EndedRun,
  env,
  makeBase,
  makeWorkspace,
  marker,
  policyFor,
  processesWith,
  remove,
  run,
  sh,
  startCommand,
  tierHere,
  until,
} from "../harness.suite.ts";
import { sandboxWith } from "./launch.ts";
import { type ConfiningTier, chooseTier } from "./probe.ts";

const base = makeBase();
afterAll(() => remove(base));
const workspace = () => makeWorkspace(base);

const TIERS: ConfiningTier[] = ["landlock", "ns", "ns-only"];
const sandboxes = new Map(await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const)));

describe("the choice of a tier", () => {
  test("where nothing can be confined, only what confines nothing is launched", () => {
    const none = sandboxWith("/proc/nowhere", "none", "/proc/nowhere");
    for (const mode of ["read-only", "workspace-write"] as const)
      expect(() => none.launch(["true"], policyFor("/w", { mode }), "/", env)).toThrow("so nothing can be confined");
    for (const mode of ["danger-full-access", "external"] as const)
      expect(none.launch(["true"], policyFor("/w", { mode }), "/", env).argv).toEqual(["/proc/nowhere", "--", "true"]);
  });

  test("the best one that there is", () => {
    expect(chooseTier({ abi: 7, namespaces: true })).toBe("ns");
    expect(chooseTier({ abi: 1, namespaces: false })).toBe("landlock");
    expect(chooseTier({ abi: 0, namespaces: true })).toBe("ns-only");
    expect(chooseTier({ abi: 0, namespaces: false })).toBe("none");
  });

  test("one that is asked for is given or refused, never replaced", () => {
    expect(chooseTier({ abi: 7, namespaces: true }, "landlock")).toBe("landlock");
    expect(() => chooseTier({ abi: 7, namespaces: false }, "ns")).toThrow(SandboxError);
    expect(() => chooseTier({ abi: 0, namespaces: true }, "ns")).toThrow(SandboxError);
  });
});

for (const [tier, found] of sandboxes)
  describe.skipIf(found === null)(`tier ${tier}`, () => {
    const box = (): Sandbox => {
      if (!found) throw new Error(`no tier ${tier} here`);
      return found;
    };
    test("writes inside, not outside, and says so", async () => {
      const { inside, outside } = workspace();
      const script = `echo a > ${inside}/a; echo b > ${outside}/b; echo $?; > ${outside}/b 2>/dev/null; mkdir ${outside}/d; ln ${inside}/a ${outside}/l; mv ${inside}/a ${outside}/a`;
      const control = await run(box(), sh(script), policyFor(inside, { mode: "danger-full-access" }), inside);
      expect(readdirSync(outside).sort()).toEqual(["a", "b", "d", "l"]);
      expect(control.report).toMatchObject({ tier: "none", fs: "full", net: "full" });
      rmSync(outside, { recursive: true });
      mkdirSync(outside);
      const ended = await run(box(), sh(script), policyFor(inside), inside);
      expect(ended.stdout).toMatch(/Permission denied|Read-only file system/);
      expect(readdirSync(outside)).toEqual([]);
      expect(readdirSync(inside)).toEqual(["a"]);
      expect(ended.report).toMatchObject({ tier, fs: "workspace-write", net: "none", tree_kill: true, ipc: true });
    });

    test("read-only writes nothing but devices", async () => {
      const { inside } = workspace();
      const ended = await run(
        box(),
        sh(`echo x > ${inside}/x; echo y > /dev/null && echo dev`),
        policyFor(inside, { mode: "read-only", writable: [] }),
        inside,
      );
      expect(ended.stdout).toContain("dev\n");
      expect(readdirSync(inside)).toEqual([]);
    });

    test("existing files outside cannot be changed or cut", async () => {
      const { inside, outside } = workspace();
      const file = join(outside, "file");
      writeFileSync(file, "kept");
      await run(
        box(),
        sh(`echo x >> ${file}; : > ${file}; truncate -s 0 ${file}; rm -f ${file}; mv ${file} ${inside}/f`),
        policyFor(inside),
        inside,
      );
      expect(readFileSync(file, "utf8")).toBe("kept");
    });

    test("the network is refused", async () => {
      const { inside } = workspace();
      let hits = 0;
      const server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch() {
          hits++;
          return new Response("hit");
        },
      });
      try {
        const connect = [
          "bash",
          "-c",
          `exec 5<>/dev/tcp/127.0.0.1/${server.port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&5 && cat <&5`,
        ];
        const control = await run(box(), connect, policyFor(inside, { net: "full" }), inside);
        expect(control.stdout).toContain("hit");
        expect(hits).toBe(1);
        const ended = await run(box(), connect, policyFor(inside), inside);
        expect(ended.exit).not.toBe(0);
        expect(hits).toBe(1);
      } finally {
        server.stop(true);
      }
    });

    test("a required protection that is not there is fatal", async () => {
      const { inside } = workspace();
      const ran = join(inside, "ran");
      const held = await run(box(), sh(`: > ${ran}`), policyFor(inside, { require: ["fs", "net"] }), inside);
      expect(held.exit).toBe(0);
      rmSync(ran);
      const ended = await run(box(), sh(`: > ${ran}`), policyFor(inside, { require: ["fs", "nonsense"] }), inside);
      expect(ended.exit).toBe(125);
      expect(ended.report).toBeInstanceOf(SandboxError);
      expect(String(ended.report)).toContain("nonsense");
      expect(existsSync(ran)).toBe(false);
    });

    test("policies that cannot be enforced start nothing", async () => {
      const { inside, outside } = workspace();
      const ran = join(inside, "ran");
      for (const bad of [
        { writable: [join(outside, "missing")] },
        { writable: ["relative"] },
        { writable: [`${inside}/`] },
        { writable: [`${inside}/.`] },
        { writable: [`${inside}/../inside`] },
        { hidden: [`/${inside}`] },
        { hidden: ["relative"] },
        { require: ["nonsense"] },
        { net: "some" as "none" },
        { mode: "anything" as "read-only" },
      ]) {
        const attempt = async () => run(box(), sh(`: > ${ran}`), policyFor(inside, bad), inside);
        const ended = await attempt().catch((error: unknown) => error);
        const error = ended instanceof Error ? ended : (ended as EndedRun).report;
        expect(error).toBeInstanceOf(SandboxError);
      }
      expect(existsSync(ran)).toBe(false);
      expect((await run(box(), ["true"], policyFor(inside), join(outside, "missing"))).exit).toBe(125);
      expect(() => box().launch(["true"], policyFor(inside, { writable: ["/a\0b"] }), inside, env)).toThrow(
        SandboxError,
      );
      expect(() => box().launch([], policyFor(inside), inside, env)).toThrow(SandboxError);
    });

    test("single hosts are opened where a network of the command's own is to be had, and nowhere is more opened", async () => {
      const { inside } = workspace();
      const net = { hosts: ["example.com"] };
      const held = await run(box(), ["true"], policyFor(inside, { net }), inside);
      expect(held).toMatchObject({ exit: 0, report: { net: tier === "landlock" ? "none" : "proxy" } });
      const required = policyFor(inside, { net, require: ["net"] });
      if (tier === "landlock") expect(() => box().launch(["true"], required, inside, env)).toThrow("single hosts");
      else expect((await run(box(), ["true"], required, inside)).exit).toBe(0);
    });

    test("names with spaces, quotes and newlines are taken as they are", async () => {
      const { inside } = workspace();
      const odd = join(inside, "a \"b\"\n'c'");
      mkdirSync(odd);
      const ended = await run(box(), ["sh", "-c", 'pwd; : > "$0/f"; : > ../g', odd], policyFor(odd), odd);
      expect(ended.stdout).toContain(`${odd}\n`);
      expect(readdirSync(odd)).toEqual(["f"]);
      expect(existsSync(join(inside, "g"))).toBe(false);
    });
    const modes = ["danger-full-access", "workspace-write"] as const;

    test.each(modes)("exit codes (%s)", async (mode) => {
      const { inside } = workspace();
      const exit = async (argv: string[]) => (await run(box(), argv, policyFor(inside, { mode }), inside)).exit;
      writeFileSync(join(inside, "not-executable"), "");
      expect(await exit(["true"])).toBe(0);
      expect(await exit(sh("exit 7"))).toBe(7);
      expect(await exit(sh("kill -TERM $$"))).toBe(143);
      expect(await exit(sh("kill -KILL $$"))).toBe(137);
      expect(await exit(["no-such-command"])).toBe(127);
      expect(await exit([join(inside, "not-executable")])).toBe(126);
      expect(await exit([join(inside, "missing")])).toBe(127);
    });

    test("a TMPDIR that cannot be written is not handed on where there is a better place", async () => {
      const { inside, outside } = workspace();
      const said = (writable: string[]) => {
        const env = { TMPDIR: outside, TMP: inside, OTHER: outside };
        return box().launch(["true"], policyFor(inside, { writable }), inside, env).env;
      };
      expect(said([inside, realpathSync("/tmp")])).toEqual({ TMP: inside, OTHER: outside });
      expect(said([inside, outside, realpathSync("/tmp")])).toHaveProperty("TMPDIR", outside);
      expect(said([inside])).toHaveProperty("TMPDIR", outside);
    });

    test("a script without an interpreter is the shell's, as for execvp", async () => {
      const { inside } = workspace();
      writeFileSync(join(inside, "script"), 'echo "$0 $1 $#"\n', { mode: 0o755 });
      const ended = await run(box(), [join(inside, "script"), "a b", "c"], policyFor(inside), inside);
      expect(ended).toMatchObject({ exit: 0, stdout: `${join(inside, "script")} a b 2\n` });
    });

    test.each(modes)("output is merged in order, or kept apart (%s)", async (mode) => {
      const { inside } = workspace();
      const script = sh("echo 1; echo 2 >&2; echo 3; no-such-command");
      const merged = await run(box(), script, policyFor(inside, { mode }), inside);
      expect(merged.stdout).toStartWith("1\n2\n3\n");
      expect(merged.stdout).toContain("not found");
      expect(merged.stderr).toBe("");
      const apart = await run(box(), script, policyFor(inside, { mode }), inside, "separate");
      expect(apart.stdout).toBe("1\n3\n");
      expect(apart.stderr).toStartWith("2\n");
    });

    test.each(modes)("the command gets three descriptors and nothing else (%s)", async (mode) => {
      const { inside } = workspace();
      const ended = await run(box(), ["ls", "/proc/self/fd"], policyFor(inside, { mode }), inside);
      // A fourth one is the directory that ls reads.
      expect(ended.stdout).toBe("0\n1\n2\n3\n");
    });

    test.each(modes)("nothing outlives the command (%s)", async (mode) => {
      const { inside } = workspace();
      const mark = marker();
      const script = `(setsid sh -c ': > a; exec sleep ${mark}' &) ; nohup sleep ${mark} >/dev/null 2>&1 & until [ -e a ]; do sleep 0.01; done`;
      await run(box(), sh(script), policyFor(inside, { mode }), inside);
      expect(processesWith(mark)).toEqual([]);
    });

    test.each(modes)("a chain of processes that outrun their parents is caught (%s)", async (mode) => {
      const { inside } = workspace();
      const mark = marker();
      const script = `setsid sh -c 'step() { sleep 0.002; (step $1) & exit; }; step ${mark}' ${mark} & sleep 0.1`;
      await run(box(), sh(script), policyFor(inside, { mode }), inside);
      expect(processesWith(mark)).toEqual([]);
    });

    test.each(modes)("SIGKILL of the launcher ends the tree (%s)", async (mode) => {
      const { inside } = workspace();
      const mark = marker();
      const script = `(setsid sleep ${mark} &) ; sleep ${mark} & echo ready; wait`;
      const { child, report } = startCommand(box(), sh(script), policyFor(inside, { mode }), inside);
      await report;
      await until(() => processesWith(`sleep\0${mark}`).length === 2);
      child.kill("SIGKILL");
      await until(() => processesWith(mark).length === 0);
      await child.exited;
    });

    test.each(modes)("TERM reaches the command once, through its launcher or its group (%s)", async (mode) => {
      for (const target of [1, -1]) {
        const { inside } = workspace();
        const script = `n=0; trap 'n=$((n+1)); echo got' TERM; echo ready; until [ $n -gt 0 ]; do sleep 0.02; done; for i in 1 2 3 4 5; do sleep 0.02; done; exit $n`;
        const { child, report } = await startCommand(box(), sh(script), policyFor(inside, { mode }), inside);
        await report;
        const reader = child.stdout.getReader();
        await reader.read();
        process.kill(child.pid * target, "SIGTERM");
        while (!(await reader.read()).done);
        await child.exited;
        expect(child.exitCode).toBe(1);
      }
    });

    test("the agent's descriptors do not pile up", async () => {
      const { inside } = workspace();
      const count = () => readdirSync("/proc/self/fd").length;
      await run(box(), ["true"], policyFor(inside), inside);
      Bun.gc(true);
      const before = count();
      for (let i = 0; i < 20; i++) await run(box(), i % 2 ? ["true"] : ["missing"], policyFor(inside), inside);
      Bun.gc(true);
      await until(() => count() <= before + 2);
    });

    test("a machine that can confine nothing runs only what is not to be confined", async () => {
      const { inside } = workspace();
      const none = sandboxWith("/bin/true", "none", base);
      expect(() => none.launch(["true"], policyFor(inside), inside, env)).toThrow(SandboxError);
    });

    test("a launcher that is not one gives no report", async () => {
      const { inside } = workspace();
      for (const program of ["/bin/true", "/bin/echo"]) {
        const ended = await run(sandboxWith(program, "landlock", base), ["touch", "ran"], policyFor(inside), inside);
        expect(ended.report).toBeInstanceOf(SandboxError);
      }
      expect(readdirSync(inside)).toEqual([]);
    });
  });
