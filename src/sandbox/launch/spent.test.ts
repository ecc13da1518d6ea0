// What a command took is said by the launcher, in every tier, of all that the command started. No figure is held against a clock: what
// is compared are figures that differ by their nature.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import type { Sandbox } from "../contract.ts";
import { encodeOrders } from "../control.ts";
import { env, makeBase, makeWorkspace, policyFor, remove, startCommand, tierHere } from "../harness.suite.ts";
import { openSandbox } from "./launch.ts";
import type { ConfiningTier } from "./probe.ts";

const base = makeBase();
afterAll(() => remove(base));

const TIERS: ConfiningTier[] = ["landlock", "ns", "ns-only"];
const confined = await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const));
const unconfined = process.platform === "linux" ? await openSandbox({ cache_dir: base }) : null;
const sandboxes: (readonly [string, Sandbox | null])[] = [...confined, ["no confinement", unconfined]];
const MB = 1e6;

for (const [tier, sandbox] of sandboxes)
  describe.skipIf(sandbox === null)(tier, () => {
    async function spent(script: string, stop = false) {
      const { inside } = makeWorkspace(base);
      const mode = sandbox === unconfined ? "danger-full-access" : "workspace-write";
      const started = startCommand(sandbox as Sandbox, ["bash", "-c", script], policyFor(inside, { mode }), inside);
      await started.report;
      if (stop) {
        // As when the time is over: what goes first is the launcher.
        for await (const _said of started.child.stdout) started.child.kill("SIGKILL");
      }
      await started.child.exited;
      await started.finish();
      return await started.spent();
    }
    /** Processor time of about 200,000 rounds of a shell's loop. */
    const work = "for ((i = 0; i < 200000; i++)); do :; done";
    /** 150 MB that are really written to. */
    const hold = "head -c 150000000 /dev/zero | tail -c 140000000 >/dev/null";

    test("processor time, and the memory of the largest process", async () => {
      const [little, much] = [await spent("true"), await spent(`${work}; ${hold}`)];
      expect(little?.peak_memory_bytes).toBeLessThan(20 * MB);
      expect(much?.peak_memory_bytes).toBeGreaterThan(100 * MB);
      expect(total(much)).toBeGreaterThan(total(little));
      expect(little).not.toHaveProperty("signal");
    });

    test("of what lost its parent and left its session, and of what was ended with the command", async () => {
      const orphan = `mkfifo f; (setsid bash -c '${work}; echo > f; exec sleep 600' &); read -r _ < f`;
      expect(total(await spent(orphan))).toBeGreaterThan(
        5 * total(await spent("mkfifo f; (setsid bash -c 'echo > f; exec sleep 600' &); read -r _ < f")),
      );
    });

    test("also of a command that was killed with its launcher", async () => {
      const killed = await spent(`trap '' TERM; ${work}; echo; sleep 600`, true);
      expect(total(killed)).toBeGreaterThan(0);
    });

    test("the signal that ended it", async () => {
      expect(await spent("kill -SEGV $$")).toMatchObject({ signal: 11 });
    });
  });

const path = join(base, "moat-launch");
copyFileSync(launcher, path);
chmodSync(path, 0o755);
for (const [tier, sandbox] of confined)
  test.skipIf(sandbox === null)(`${tier}: of a command that comes to its own end it is said once`, async () => {
    const policy = policyFor("/", { mode: "read-only", writable: [] });
    const nothing = { guarded: [], absent: [], clear: [], merge: false };
    const orders = encodeOrders({ tier, policy, ...nothing, cwd: "/", parent: process.pid });
    const child = Bun.spawn([path, "--", "true"], { env, stdio: ["ignore", "ignore", "ignore", "pipe"] });
    expect((await conversation(child.stdio[3] as unknown as number, orders)).match(/"user_us"/g)).toHaveLength(1);
  });

/** All that comes back over the socket `fd` for what is sent there. */
function conversation(fd: number, sent: Uint8Array): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  const socket = {
    open: (to: Bun.Socket) => void to.write(sent),
    data: (_: Bun.Socket, chunk: Buffer) => {
      said += chunk;
    },
    close: () => resolve(said),
  };
  // As in control.ts: the overloads of Bun's types leave a descriptor out.
  Bun.connect({ fd, socket } as unknown as Bun.UnixSocketOptions).catch(reject);
  return promise;
}

const total = (spent: { user_ms: number; system_ms: number } | null) =>
  spent ? spent.user_ms + spent.system_ms : Number.NaN;
