import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Flags } from "../contract.ts";
import { run as debug } from "../debug/debug.ts";
import { fakeHost } from "../fixtures/host.ts";
import { run } from "./sandbox.ts";

const base = realpathSync(mkdtempSync("/var/tmp/moat-cli-sandbox-"));
const work = join(base, "work");
beforeAll(() => mkdirSync(work));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function sandbox(flags: Flags, script: string | string[], args: string[] = []) {
  const { host, said } = fakeHost({
    env: { PATH: process.env.PATH, HOME: base, OPENAI_API_KEY: "sk-secret-1234" },
    cwd: work,
    home: base,
    moat_home: join(base, ".moat"),
  });
  const rest = typeof script === "string" ? ["/bin/sh", "-c", script] : script;
  const exit = await (args[0] === "landlock" || args[0] === "seatbelt" ? debug : run)({ args, rest, flags, host });
  return { exit, ...said };
}

const onLinux = process.platform === "linux";

describe.skipIf(!onLinux)("moat sandbox", () => {
  test("exit codes: the command's own, its signal, not executable, not found, not started, usage", async () => {
    writeFileSync(join(work, "plain"), "x", { mode: 0o644 });
    expect((await sandbox({}, "exit 3")).exit).toBe(3);
    expect((await sandbox({}, "kill -KILL $$")).exit).toBe(137);
    expect((await sandbox({}, [join(work, "plain")])).exit).toBe(126);
    expect((await sandbox({}, ["no-such-command"])).exit).toBe(127);
    expect(await sandbox({ write: ["missing"] }, "true")).toMatchObject({
      exit: 125,
      stderr: expect.stringContaining(`${join(work, "missing")}" does not exist`),
    });
    expect((await sandbox({ cd: "missing" }, "touch ../ran")).exit).toBe(125);
    expect((await sandbox({ net: "some" }, "true")).exit).toBe(2);
    expect((await sandbox({}, [])).exit).toBe(2);
  });

  test("a refusal is explained on stderr, and nothing else is", async () => {
    const refused = await sandbox({}, "touch /usr/x");
    expect(refused.stderr).toMatch(/^moat: The sandbox allows no writing to \/usr\/x: .*sandbox rule: writable_roots/);
    for (const script of ["exit 3", "cat missing", "touch /usr/x; exit 0", "true"])
      expect((await sandbox({}, script)).stderr).toBe("");
  });

  test("a requirement that does not hold starts nothing", async () => {
    const open = await sandbox({ "workspace-write": true, net: "full", require: ["net"] }, `touch ${work}/ran`);
    expect(open.exit).toBe(125);
    expect((await sandbox({ require: ["netz"] }, `touch ${work}/ran`)).exit).toBe(125);
    expect(existsSync(join(work, "ran"))).toBe(false);
    expect((await sandbox({ require: ["net,fs"] }, "true")).exit).toBe(0);
  });

  test("read-only writes nothing, workspace-write its directory, --write one more, full-access all", async () => {
    const outside = join(base, "outside");
    mkdirSync(outside);
    const writes = async (flags: Flags) => {
      await sandbox(flags, `for f in ${work}/in ${outside}/out; do echo x >$f; done 2>/dev/null`);
      const seen = [existsSync(join(work, "in")), existsSync(join(outside, "out"))];
      for (const file of [join(work, "in"), join(outside, "out")]) rmSync(file, { force: true });
      return seen;
    };
    expect(await writes({ "read-only": true })).toEqual([false, false]);
    expect(await writes({ "read-only": true, write: [outside] })).toEqual([false, true]);
    expect(await writes({})).toEqual([true, false]);
    expect(await writes({ "workspace-write": true, "add-dir": ["../outside"] })).toEqual([true, true]);
    expect(await writes({ sandbox: "danger-full-access" })).toEqual([true, true]);
    expect(await writes({ config: ['sandbox_mode="read-only"'] })).toEqual([false, false]);
  });

  test("--hide hides, the environment holds no key, caches are private and writable", async () => {
    writeFileSync(join(base, "hidden"), "secret");
    expect((await sandbox({ hide: [join(base, "hidden")] }, `cat ${base}/hidden >/dev/null 2>&1`)).exit).not.toBe(0);
    expect((await sandbox({}, `cat ${base}/hidden >/dev/null`)).exit).toBe(0);
    const config = [`sandbox_workspace_write.hidden_paths=["${base}/hidden", "not-there"]`];
    for (const flags of [{}, { "read-only": true as const }, { hide: ["other"] }])
      expect((await sandbox({ config, ...flags }, `cat ${base}/hidden >/dev/null 2>&1`)).exit).not.toBe(0);
    expect((await sandbox({ config, "full-access": true }, `cat ${base}/hidden >/dev/null`)).exit).toBe(0);
    expect(await sandbox({ hide: [work] }, "true")).toMatchObject({ exit: 125, stderr: expect.stringContaining(work) });
    expect((await sandbox({}, 'test -z "$OPENAI_API_KEY"')).exit).toBe(0);
    const script = 'case $npm_config_cache in */.cache/moat/*) mkdir -p "$npm_config_cache/x";; *) exit 9;; esac';
    expect((await sandbox({ "workspace-write": true }, script)).exit).toBe(0);
  });

  test("--json says what was enforced", async () => {
    const { stderr } = await sandbox({ "read-only": true, json: true }, "exit 4");
    expect(JSON.parse(stderr)).toMatchObject({
      exit_code: 4,
      report: { fs: "read-only", net: "none" },
      policy: { mode: "read-only" },
    });
  });

  test("the older names", async () => {
    expect((await sandbox({ "full-auto": true }, "echo x >from-debug", ["landlock"])).exit).toBe(0);
    expect(existsSync(join(work, "from-debug"))).toBe(true);
    expect((await sandbox({}, "true", ["seatbelt"])).exit).toBe(125);
  });

  test("doctor: every attack is tried, and what the report claims holds", async () => {
    const { exit, stdout } = await sandbox({ json: true }, [], ["doctor"]);
    const found = JSON.parse(stdout);
    expect(found.problem).toBeNull();
    const verdicts = found.findings.map(({ verdict }: { verdict: string }) => verdict);
    expect(verdicts.length).toBeGreaterThanOrEqual(10);
    expect(verdicts).not.toContain("BROKEN");
    expect(exit).toBe(0);
    const words = await sandbox({}, [], ["doctor"]);
    expect(words.stdout).toContain(`sandbox: ${found.tier}`);
    expect(words.stdout).toContain("attacks held off");
  });
});
