import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxReport } from "../protocol/index.ts";
import { type Sandbox, SandboxError, type SandboxPolicy } from "./contract.ts";
import { openSandbox, sandboxWith } from "./launch.ts";

const onLinux = process.platform === "linux";
// Not beneath /tmp, which policies often make writable.
const base = realpathSync(mkdtempSync(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "moat-launch-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let made = 0;
function workspace(): { inside: string; outside: string } {
  const root = join(base, `${++made}`);
  const paths = { inside: join(root, "inside"), outside: join(root, "outside") };
  for (const path of Object.values(paths)) mkdirSync(path, { recursive: true });
  return paths;
}

const policyFor = (inside: string, more: Partial<SandboxPolicy> = {}): SandboxPolicy => ({
  mode: "workspace-write",
  writable: [inside],
  protected: [],
  hidden: [],
  net: "none",
  unix: "masked",
  require: [],
  ...more,
});

interface Ended {
  exit: number | null;
  signal: NodeJS.Signals | number | null;
  stdout: string;
  stderr: string;
  report: SandboxReport | SandboxError;
}

const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };

async function start(sandbox: Sandbox, argv: string[], policy: SandboxPolicy, cwd: string, output?: "separate") {
  const launch = sandbox.launch(argv, policy, cwd, env, output);
  const child = Bun.spawn(launch.argv, {
    cwd: "/",
    env: launch.env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const report = launch.confirm(child.stdio[3] as unknown as number);
  return { child, report };
}

async function run(
  sandbox: Sandbox,
  argv: string[],
  policy: SandboxPolicy,
  cwd: string,
  output?: "separate",
): Promise<Ended> {
  const { child, report } = await start(sandbox, argv, policy, cwd, output);
  const [stdout, stderr, said] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    report.catch((error: unknown) => {
      if (error instanceof SandboxError) return error;
      throw error;
    }),
    child.exited,
  ]);
  return { exit: child.exitCode, signal: child.signalCode, stdout, stderr, report: said };
}

const sh = (script: string) => ["sh", "-c", script];
const landlock = () => openSandbox({ cache_dir: join(base, "cache"), force_tier: "landlock" });
const hasLandlock =
  onLinux &&
  (await landlock().then(
    () => true,
    () => false,
  ));

/** The state letter of a process, or null when it is gone (a zombie is gone: it runs nothing). */
function alive(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, limit_ms: number): Promise<boolean> {
  for (const end = performance.now() + limit_ms; performance.now() < end; await Bun.sleep(2))
    if (condition()) return true;
  return condition();
}

describe.skipIf(!hasLandlock)("the landlock tier", () => {
  test("writes inside, not outside, and says so", async () => {
    const { inside, outside } = workspace();
    const script = `echo a > ${inside}/a; echo b > ${outside}/b; echo $?; > ${outside}/b 2>/dev/null; mkdir ${outside}/d; ln ${inside}/a ${outside}/l; mv ${inside}/a ${outside}/a`;
    const control = await run(await landlock(), sh(script), policyFor(inside, { mode: "danger-full-access" }), inside);
    expect(readdirSync(outside).sort()).toEqual(["a", "b", "d", "l"]);
    expect(control.report).toMatchObject({ tier: "none", fs: "full", net: "full" });
    rmSync(outside, { recursive: true });
    mkdirSync(outside);
    const ended = await run(await landlock(), sh(script), policyFor(inside), inside);
    expect(ended.stdout).toContain("Permission denied");
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(inside)).toEqual(["a"]);
    expect(ended.report).toMatchObject({
      tier: "landlock",
      fs: "workspace-write",
      net: "none",
      unix: "none",
      loopback: false,
    });
  });

  test("read-only writes nothing but devices", async () => {
    const { inside } = workspace();
    const ended = await run(
      await landlock(),
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
      await landlock(),
      sh(`echo x >> ${file}; : > ${file}; truncate -s 0 ${file}; rm -f ${file}; mv ${file} ${inside}/f`),
      policyFor(inside),
      inside,
    );
    expect(readFileSync(file, "utf8")).toBe("kept");
  });

  test("hidden files cannot be read, their neighbours can", async () => {
    const { inside, outside } = workspace();
    mkdirSync(join(outside, "secret"));
    writeFileSync(join(outside, "secret", "key"), "S3CRET");
    writeFileSync(join(outside, "open"), "readable");
    const script = `cat ${outside}/secret/key; cat ${outside}/open; ln ${outside}/secret/key ${inside}/k; cat ${inside}/k; ls ${outside}`;
    const policy = policyFor(inside, { hidden: [join(outside, "secret"), join(outside, "not-there")] });
    const ended = await run(await landlock(), sh(script), policy, inside);
    expect(ended.stdout).not.toContain("S3CRET");
    expect(ended.stdout).toContain("readable");
    expect(ended.stdout).toContain("Permission denied");
    expect(ended.stdout).toContain("open\nsecret\n");
    expect(ended.report).toMatchObject({ hidden: true });
    // Rules can only allow: what lies inside a writable root cannot be hidden, and the report says so.
    const within = await run(
      await landlock(),
      sh(`cat ${outside}/secret/key`),
      { ...policy, writable: [outside] },
      inside,
    );
    expect(within.report).toMatchObject({ hidden: false });
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
      const control = await run(await landlock(), connect, policyFor(inside, { net: "full" }), inside);
      expect(control.stdout).toContain("hit");
      expect(hits).toBe(1);
      const ended = await run(await landlock(), connect, policyFor(inside), inside);
      expect(ended.exit).not.toBe(0);
      expect(hits).toBe(1);
    } finally {
      server.stop(true);
    }
  });

  test("a pair of unix sockets works, other families are refused", async () => {
    const { inside } = workspace();
    const script = `
import socket, errno
a, b = socket.socketpair(); a.send(b"pair"); print(b.recv(9).decode())
for family, kind, proto in [(1, 1, 0), (2, 1, 0), (10, 2, 0), (16, 3, 0), (16, 3, 15), (40, 1, 0), (38, 5, 0)]:
    try: socket.socket(family, kind, proto); print(family, proto, "made")
    except OSError as e: print(family, proto, errno.errorcode[e.errno])
`;
    const ended = await run(await landlock(), ["python3", "-c", script], policyFor(inside), inside);
    expect(ended.stdout.trim().split("\n")).toEqual([
      "pair",
      "1 0 EPERM",
      "2 0 EPERM",
      "10 0 EPERM",
      "16 0 made",
      "16 15 EPERM",
      "40 0 EAFNOSUPPORT",
      "38 0 EAFNOSUPPORT",
    ]);
  });

  test("a required protection that is not there is fatal", async () => {
    const { inside } = workspace();
    const ran = join(inside, "ran");
    const held = await run(await landlock(), sh(`: > ${ran}`), policyFor(inside, { require: ["fs", "net"] }), inside);
    expect(held.exit).toBe(0);
    rmSync(ran);
    const ended = await run(await landlock(), sh(`: > ${ran}`), policyFor(inside, { require: ["loopback"] }), inside);
    expect(ended.exit).toBe(125);
    expect(ended.report).toBeInstanceOf(SandboxError);
    expect(String(ended.report)).toContain("loopback");
    expect(existsSync(ran)).toBe(false);
  });

  test("policies that cannot be enforced start nothing", async () => {
    const { inside, outside } = workspace();
    const ran = join(inside, "ran");
    for (const bad of [
      { writable: [join(outside, "missing")] },
      { writable: ["relative"] },
      { hidden: ["relative"] },
      { require: ["nonsense"] },
      { net: "some" as "none" },
      { mode: "anything" as "read-only" },
    ]) {
      const attempt = async () => run(await landlock(), sh(`: > ${ran}`), policyFor(inside, bad), inside);
      const ended = await attempt().catch((error: unknown) => error);
      const error = ended instanceof Error ? ended : (ended as Ended).report;
      expect(error).toBeInstanceOf(SandboxError);
    }
    expect(existsSync(ran)).toBe(false);
    expect((await run(await landlock(), ["true"], policyFor(inside), join(outside, "missing"))).exit).toBe(125);
    const sandbox = await landlock();
    expect(() => sandbox.launch(["true"], policyFor(inside, { writable: ["/a\0b"] }), inside, env)).toThrow(
      SandboxError,
    );
    expect(() => sandbox.launch([], policyFor(inside), inside, env)).toThrow(SandboxError);
  });

  test("names with spaces, quotes and newlines are taken as they are", async () => {
    const { inside } = workspace();
    const odd = join(inside, "a \"b\"\n'c'");
    mkdirSync(odd);
    const ended = await run(await landlock(), ["sh", "-c", 'pwd; : > "$0/f"; : > ../g', odd], policyFor(odd), odd);
    expect(ended.stdout).toContain(`${odd}\n`);
    expect(readdirSync(odd)).toEqual(["f"]);
    expect(existsSync(join(inside, "g"))).toBe(false);
  });
});

describe.skipIf(!hasLandlock)("how a command starts and ends", () => {
  const modes = ["danger-full-access", "workspace-write"] as const;

  test.each(modes)("exit codes (%s)", async (mode) => {
    const { inside } = workspace();
    const exit = async (argv: string[]) =>
      (await run(await landlock(), argv, policyFor(inside, { mode }), inside)).exit;
    writeFileSync(join(inside, "not-executable"), "");
    expect(await exit(["true"])).toBe(0);
    expect(await exit(sh("exit 7"))).toBe(7);
    expect(await exit(sh("kill -TERM $$"))).toBe(143);
    expect(await exit(sh("kill -KILL $$"))).toBe(137);
    expect(await exit(["no-such-command"])).toBe(127);
    expect(await exit([join(inside, "not-executable")])).toBe(126);
    expect(await exit([join(inside, "missing")])).toBe(127);
  });

  test.each(modes)("output is merged in order, or kept apart (%s)", async (mode) => {
    const { inside } = workspace();
    const script = sh("echo 1; echo 2 >&2; echo 3; no-such-command");
    const merged = await run(await landlock(), script, policyFor(inside, { mode }), inside);
    expect(merged.stdout).toStartWith("1\n2\n3\n");
    expect(merged.stdout).toContain("not found");
    expect(merged.stderr).toBe("");
    const apart = await run(await landlock(), script, policyFor(inside, { mode }), inside, "separate");
    expect(apart.stdout).toBe("1\n3\n");
    expect(apart.stderr).toStartWith("2\n");
  });

  test.each(modes)("the command gets three descriptors and nothing else (%s)", async (mode) => {
    const { inside } = workspace();
    const ended = await run(await landlock(), ["ls", "/proc/self/fd"], policyFor(inside, { mode }), inside);
    // A fourth one is the directory that ls reads.
    expect(ended.stdout).toBe("0\n1\n2\n3\n");
  });

  test.each(modes)("nothing outlives the command (%s)", async (mode) => {
    const { inside } = workspace();
    const script = `(setsid sh -c 'echo $$ > a; exec sleep 600' &) ; nohup sleep 600 >/dev/null 2>&1 & echo $! > b; until [ -s a ]; do sleep 0.01; done`;
    await run(await landlock(), sh(script), policyFor(inside, { mode }), inside);
    const pids = ["a", "b"].map((name) => Number(readFileSync(join(inside, name), "utf8")));
    expect(pids.filter((pid) => pid > 1)).toHaveLength(2);
    expect(pids.filter(alive)).toEqual([]);
  });

  test.each(modes)("SIGKILL of the launcher ends the tree (%s)", async (mode) => {
    const { inside } = workspace();
    const script = `(setsid sh -c 'echo $$ > a; exec sleep 600' &) ; sleep 600 & echo $! > b; echo $$ > c; echo ready; wait`;
    const { child, report } = await start(await landlock(), sh(script), policyFor(inside, { mode }), inside);
    await report;
    const files = ["a", "b", "c"].map((name) => join(inside, name));
    expect(
      await until(() => files.every((file) => existsSync(file) && readFileSync(file, "utf8").endsWith("\n")), 5000),
    ).toBe(true);
    const pids = files.map((file) => Number(readFileSync(file, "utf8")));
    expect(pids.every(alive)).toBe(true);
    child.kill("SIGKILL");
    expect(await until(() => !pids.some(alive), 2000)).toBe(true);
    await child.exited;
  });

  test.each(modes)("TERM reaches the command once, through its launcher or its group (%s)", async (mode) => {
    for (const target of [1, -1]) {
      const { inside } = workspace();
      const script = `n=0; trap 'n=$((n+1)); echo got' TERM; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.02; done; exit $n`;
      const { child, report } = await start(await landlock(), sh(script), policyFor(inside, { mode }), inside);
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
    await run(await landlock(), ["true"], policyFor(inside), inside);
    Bun.gc(true);
    const before = count();
    for (let i = 0; i < 20; i++) await run(await landlock(), i % 2 ? ["true"] : ["missing"], policyFor(inside), inside);
    Bun.gc(true);
    await Bun.sleep(20);
    expect(count()).toBeLessThanOrEqual(before + 2);
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
