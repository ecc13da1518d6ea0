// The launcher on machines that refuse things, inside itself, in a terminal, and built for another architecture.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import { become, buildTools } from "../../native/attacks/world.ts";
import { SandboxError } from "./contract.ts";
import {
  env,
  makeBase,
  makeWorkspace,
  marker,
  policyFor,
  processesWith,
  remove,
  run,
  sh,
  startedBehind,
  until,
} from "./harness.suite.ts";
import { sandboxWith } from "./launch/launch.ts";
import { type ConfiningTier, chooseTier, type Probe } from "./launch/probe.ts";

const onLinux = process.platform === "linux";
const base = makeBase();
afterAll(() => remove(base));
chmodSync(base, 0o755);
const path = join(base, "moat-launch");
copyFileSync(launcher, path);
chmodSync(path, 0o755);
const tools = onLinux ? buildTools(base) : { attack: "", become: "" };
const self = process.getuid?.() ?? -1;

const probe = (prefix: string[]): Probe => JSON.parse(Bun.spawnSync([...prefix, path, "--probe"]).stdout.toString());
const here: Pick<Probe, "abi" | "namespaces"> = onLinux ? probe([]) : { abi: 0, namespaces: false };
const behind = (filter: string) => become(tools, self, filter);
const box = (tier: ConfiningTier | "none") => sandboxWith(path, tier, join(base, "quarantine"));

describe.skipIf(here.abi === 0 || !here.namespaces)("machines that refuse things", () => {
  test("no namespaces: the landlock tier, with the reason", () => {
    const found = probe(behind("docker"));
    expect(found).toMatchObject({ abi: here.abi, namespaces: false });
    expect(found.reason).toContain("Operation not permitted");
    expect(chooseTier(found)).toBe("landlock");
  });

  test("no Landlock: namespaces only, which say that no Landlock was there", async () => {
    const prefix = behind("no-landlock");
    expect(chooseTier(probe(prefix))).toBe("ns-only");
    const { inside, outside } = makeWorkspace(base);
    const ended = await run(
      startedBehind(prefix, box("ns-only")),
      sh(`touch a ${outside}/b`),
      policyFor(inside),
      inside,
    );
    expect(ended.report).toMatchObject({ tier: "ns-only", abi: 0, fs: "workspace-write", carve: true, ipc: true });
    expect([readdirSync(inside), readdirSync(outside)]).toEqual([["a"], []]);
  });

  test("neither: nothing confined is started", () => {
    expect(chooseTier(probe(behind("neither")))).toBe("none");
    expect(() => box("none").launch(["true"], policyFor("/tmp"), "/tmp", env)).toThrow(SandboxError);
  });

  test.each([
    ["docker", "ns"],
    ["docker", "ns-only"],
    ["no-landlock", "landlock"],
    ["no-landlock", "ns"],
    ["neither", "landlock"],
  ] as const)("a tier that fails later is fatal, not weakened: %s, %s", async (filter, tier) => {
    const { inside } = makeWorkspace(base);
    const policy = policyFor(inside, { protected: [join(inside, ".moat")] });
    const ended = await run(startedBehind(behind(filter), box(tier)), sh("touch ran"), policy, inside);
    expect(ended.report).toBeInstanceOf(SandboxError);
    expect(ended.exit).toBe(125);
    expect(readdirSync(inside)).toEqual([]);
  });
});

describe.skipIf(here.abi === 0 || !here.namespaces)("inside itself", () => {
  test.each(["ns", "landlock"] as const)("the launcher in tier %s holds another in the landlock tier", async (tier) => {
    const { inside, outside } = makeWorkspace(base);
    writeFileSync(join(inside, "probe.sh"), `${path} --probe > probe.json`);
    const inner = ["moat 1", "tier landlock", "mode workspace-write", "net none", "unix masked", `cwd ${inside}`];
    writeFileSync(join(inside, "policy"), `${[...inner, `write ${inside}/sub`, "end"].join("\0")}\0`);
    const script = `sh probe.sh; mkdir sub; exec 3<>policy; ${path} -- sh -c 'touch sub/a b ${outside}/c'; touch d`;
    const ended = await run(box(tier), sh(script), policyFor(inside), inside);
    expect(ended.exit).toBe(0);
    expect(JSON.parse(readFileSync(join(inside, "probe.json"), "utf8"))).toMatchObject({
      abi: here.abi,
      namespaces: false,
    });
    expect(readdirSync(inside).sort()).toEqual(["d", "policy", "probe.json", "probe.sh", "sub"]);
    expect(readdirSync(join(inside, "sub"))).toEqual(["a"]);
    expect(readFileSync(join(inside, "policy"), "latin1")).toContain('"tier":"landlock"');
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe.skipIf(here.abi === 0 || !here.namespaces)("when the agent is killed", () => {
  test.each(["ns", "landlock"] as const)("nothing of its commands is left (%s)", async (tier) => {
    const { inside } = makeWorkspace(base);
    const mark = marker();
    const policy = policyFor(inside, { protected: [join(inside, ".moat")] });
    const source = `
      const { sandboxWith } = await import(${JSON.stringify(join(import.meta.dir, "launch/launch.ts"))});
      const script = "(setsid sleep ${mark} &); sleep ${mark}";
      const launch = sandboxWith(${JSON.stringify(path)}, "${tier}", "/proc/nowhere").launch(["sh", "-c", script], ${JSON.stringify(policy)}, "/", {
        PATH: "/usr/bin:/bin",
      });
      const child = Bun.spawn(launch.argv, { env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"], detached: true });
      await launch.confirm(child.stdio[3]);
      await child.exited;
    `;
    const agent = Bun.spawn([process.execPath, "-e", source], { cwd: base, stdio: ["ignore", "ignore", "inherit"] });
    await until(() => processesWith(`sleep\0${mark}`).length === 2);
    agent.kill("SIGKILL");
    await until(() => processesWith(mark).length === 0);
    await until(() => readdirSync(inside).length === 0);
  });
});

describe.skipIf(!onLinux)("a policy that is not what it should be", () => {
  const rounds = process.env.MOAT_TEST_FULL === "1" ? 3000 : 150;

  test(`never starts anything unless all of it was understood (${rounds} mutations)`, async () => {
    const { inside } = makeWorkspace(base);
    const records = ["moat 1", "tier landlock", "mode workspace-write", "net none", "unix masked", `cwd ${inside}`];
    const valid = Buffer.from(
      `${[...records, `write ${inside}`, `protect ${inside}/x`, `hide ${inside}/y`, "merge", "end"].join("\0")}\0`,
    );
    for (let round = 0; round < rounds; round++) {
      const seed = new Bun.CryptoHasher("sha256").update(`policy ${round}`).digest();
      const policy = mutate(valid, seed);
      writeFileSync(join(base, "policy"), policy);
      const done = Bun.spawnSync(["sh", "-c", 'exec 3<>"$0"; exec "$@"', join(base, "policy"), path, "--", "true"]);
      const answer = readFileSync(join(base, "policy")).subarray(policy.length).toString("latin1");
      expect([0, 125], `round ${round}: ${policy.toString("latin1")}`).toContain(done.exitCode ?? -1);
      // What it took may follow: some of it is set up by a child.
      const expected = done.exitCode === 0 ? /^\{"abi":[^\0]*\}\n$/ : /^\{"error":".*"\}\n(?:\{"user_us":.*\}\n)?$/s;
      expect(answer, `round ${round}`).toMatch(expected);
    }
  });

  test("leaves nothing about confinement to a default", () => {
    const valid = ["moat 1", "tier landlock", "mode read-only", "net none", "unix none", "cwd /", "end"];
    for (let i = 0; i < valid.length - 1; i++) {
      const records = valid.filter((_, index) => index !== i);
      writeFileSync(join(base, "policy"), `${records.join("\0")}\0`);
      const done = Bun.spawnSync(["sh", "-c", 'exec 3<>"$0"; exec "$@"', join(base, "policy"), path, "--", "true"]);
      expect(done.exitCode, `without ${valid[i]}`).toBe(125);
    }
  });

  test.each(["parent abc", "parent 12x", "parent ", "parent -1", "abi abc", "abi 7.0", `abi ${"9".repeat(30)}`])(
    "takes a number that is none for an error, not for one that is absent: %s",
    (record) => {
      const records = ["moat 1", "tier landlock", "mode read-only", "net none", "unix none", "cwd /", record, "end"];
      writeFileSync(join(base, "policy"), `${records.join("\0")}\0`);
      const done = Bun.spawnSync(["sh", "-c", 'exec 3<>"$0"; exec "$@"', join(base, "policy"), path, "--", "true"]);
      expect(done.exitCode).toBe(125);
    },
  );

  /** Changes, cuts or doubles a part, as the bytes of `seed` say. */
  function mutate(valid: Buffer, seed: Buffer): Buffer {
    const [how = 0, at = 0, length = 0, ...noise] = seed;
    const from = at % valid.length;
    const to = Math.min(valid.length, from + 1 + (length % 24));
    const middle = [Buffer.from(noise.slice(0, to - from)), Buffer.alloc(0), valid.subarray(0, to)][how % 3] ?? valid;
    return Buffer.concat([valid.subarray(0, from), middle, valid.subarray(to)]);
  }
});

describe.skipIf(!onLinux)("in a terminal", () => {
  const tiers = (
    ["none", ...(here.namespaces && here.abi > 0 ? ["ns"] : []), ...(here.abi > 0 ? ["landlock"] : [])] as const
  ).map((tier) => tier as ConfiningTier | "none");

  /** Spawns a command on a pseudo terminal, with the policy in a file on descriptor 3. */
  function onTerminal(tier: ConfiningTier | "none", argv: string[], inside: string) {
    const mode = tier === "none" ? "danger-full-access" : "workspace-write";
    const records = [
      "moat 1",
      `tier ${tier}`,
      `mode ${mode}`,
      "net none",
      "unix masked",
      `cwd ${inside}`,
      `write ${inside}`,
      "end",
    ];
    const policy = join(inside, "policy");
    writeFileSync(policy, `${records.join("\0")}\0`);
    let output = "";
    const data = (_: unknown, bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
    };
    const child = Bun.spawn(["sh", "-c", 'exec 3<>"$0"; exec "$@"', policy, path, "--", ...argv], {
      env: { ...env, TERM: "dumb" },
      terminal: { cols: 91, rows: 17, data },
    });
    const says = (text: string) => until(() => output.includes(text));
    return { child, says, output: () => output };
  }

  /** Whether the one process with these words runs, in the group that its terminal listens to. */
  function isInForeground(words: string): boolean {
    const [pid] = processesWith(words);
    if (pid === undefined) return false;
    // After the name, which may hold anything: state, parent, group, session, terminal, its foreground group.
    const [state, , group, , , foreground] =
      readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return state !== "T" && group === foreground;
  }

  test.each(tiers)("size, exit code, and Ctrl-C for the command only (%s)", async (tier) => {
    const { inside } = makeWorkspace(base);
    const { child, says, output } = onTerminal(
      tier,
      ["bash", "--norc", "-c", "stty size; trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.05; done"],
      inside,
    );
    await says("ready");
    expect(output()).toContain("17 91");
    child.terminal?.write("\x03");
    await says("caught");
    expect(await child.exited).toBe(7);
  });

  test.each(tiers)("job control of an interactive shell (%s)", async (tier) => {
    const { inside } = makeWorkspace(base);
    const mark = marker();
    const { child, says } = onTerminal(tier, ["bash", "--norc", "-i"], inside);
    child.terminal?.write(`sleep ${mark}\n`);
    await until(() => isInForeground(`sleep\0${mark}`));
    child.terminal?.write("\x1a");
    await says("Stopped");
    child.terminal?.write("fg\n");
    await until(() => isInForeground(`sleep\0${mark}`));
    child.terminal?.write("\x03");
    child.terminal?.write("echo code $?\n");
    await says("code 130");
    child.terminal?.write("exit 3\n");
    expect(await child.exited).toBe(3);
    expect(processesWith(mark)).toEqual([]);
  });
});
