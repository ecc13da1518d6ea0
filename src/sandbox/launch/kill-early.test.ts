// Nothing of a command outlives a launcher that is killed while it starts, at whatever moment.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, closeSync, copyFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import { become, buildProgram } from "../../../native/attacks/world.ts";
import { encodeOrders, negotiate, type Orders } from "../control.ts";
import { env, makeBase, marker, policyFor, processesWith, remove, until } from "../harness.suite.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const KILLS = FULL ? 4000 : 40;
/** The moments reach this far beyond the measured start, so that they cover slower starts too. */
const BEYOND = 1.2;
const NOBODY = 65_534;
const self = process.getuid?.() ?? -1;
const users = self === 0 ? [0, NOBODY] : [self];
const tiers = ["landlock", "ns"] as const;

const base = makeBase();
afterAll(() => remove(base));
const path = join(base, "moat-launch");
let tools: { become: string };

beforeAll(() => {
  if (process.platform !== "linux") return;
  chmodSync(base, 0o755);
  copyFileSync(launcher, path);
  chmodSync(path, 0o755);
  tools = { become: buildProgram(base, "become") };
});

/** Whether this user can have the tier on this machine. */
function offered(uid: number, tier: Orders["tier"]): boolean {
  const { stdout } = Bun.spawnSync([...become(tools, uid), path, "--probe"]);
  const { abi, namespaces } = JSON.parse(stdout.toString());
  return abi > 0 && (tier !== "ns" || namespaces);
}

function starter(uid: number, tier: Orders["tier"]) {
  const orders = encodeOrders({
    tier,
    policy: policyFor("/", { mode: "read-only", writable: [] }),
    guarded: [],
    absent: [],
    clear: [],
    cwd: "/",
    merge: false,
    parent: process.pid,
  });
  const spawn = (mark: string) =>
    Bun.spawn([...become(tools, uid), path, "--", "sleep", mark], {
      cwd: "/",
      env,
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
  return { orders, spawn };
}

/** Milliseconds until a command runs: the median of a few, the first ones left out. */
async function startTime({ orders, spawn }: ReturnType<typeof starter>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const begin = performance.now();
    const child = spawn(marker());
    await negotiate(child.stdio[3] as unknown as number, orders).report;
    times.push(performance.now() - begin);
    child.kill("SIGKILL");
    await child.exited;
  }
  return times.slice(2).sort((a, b) => a - b)[3] ?? 0;
}

/** Starts `sleep mark` and kills its launcher at a moment of the start. */
async function killAfter(ms: number, mark: string, { orders, spawn }: ReturnType<typeof starter>): Promise<void> {
  const begin = performance.now();
  const child = spawn(mark);
  const fd = child.stdio[3] as unknown as number;
  writeSync(fd, orders);
  // A timer is too coarse for this.
  while (performance.now() < begin + ms);
  child.kill("SIGKILL");
  await child.exited;
  closeSync(fd);
}

describe.skipIf(process.platform !== "linux")("a launcher that is killed while it starts", () => {
  for (const uid of users) {
    for (const tier of tiers) {
      const what = `${KILLS} times, nothing is left (uid ${uid}, tier ${tier})`;
      test(
        what,
        async () => {
          if (!offered(uid, tier)) return;
          const start = starter(uid, tier);
          const mark = marker();
          const whole = (await startTime(start)) * BEYOND;
          try {
            for (let i = 0; i < KILLS; i++) await killAfter((whole * i) / KILLS, mark, start);
            // What is on its way out needs a moment; what survives sleeps ten minutes.
            await until(() => processesWith(mark).length === 0);
            expect(processesWith(mark).length).toBe(0);
          } finally {
            for (const pid of processesWith(mark)) process.kill(pid, "SIGKILL");
          }
        },
        FULL ? 1_800_000 : 60_000,
      );
    }
  }
});
