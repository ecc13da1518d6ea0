// What a command leaves running in the background is named by the launcher, in every tier, before it is ended.
import { afterAll, describe, expect, test } from "bun:test";
import type { Sandbox } from "../contract.ts";
import { makeBase, makeWorkspace, policyFor, remove, startCommand, tierHere } from "../harness.suite.ts";
import { openSandbox } from "./launch.ts";
import type { ConfiningTier } from "./probe.ts";

const base = makeBase();
afterAll(() => remove(base));

const TIERS: ConfiningTier[] = ["landlock", "ns", "ns-only"];
const confined = await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const));
const unconfined = process.platform === "linux" ? await openSandbox({ cache_dir: base }) : null;
const sandboxes: (readonly [string, Sandbox | null])[] = [...confined, ["no confinement", unconfined]];

/** Waits, without a clock, until the process that was started last has executed its program. */
const executed = (name: string) => `until [ "$(cat /proc/$!/comm)" = ${name} ]; do :; done`;

for (const [tier, sandbox] of sandboxes)
  describe.skipIf(sandbox === null)(tier, () => {
    async function left(script: string) {
      const { inside } = makeWorkspace(base);
      const mode = sandbox === unconfined ? "danger-full-access" : "workspace-write";
      const started = startCommand(sandbox as Sandbox, ["bash", "-c", script], policyFor(inside, { mode }), inside);
      const [stdout] = await Promise.all([started.child.stdout.text(), started.report, started.child.exited]);
      await started.finish();
      return { stdout, leftovers: await started.leftovers() };
    }

    test("nothing, when nothing was", async () => {
      expect(await left("echo a | cat; (exit 3) & wait; cat <(echo b)")).toEqual({ stdout: "a\nb\n", leftovers: [] });
    });

    test("the process, with the number that the command knows, and not what it started itself", async () => {
      const nested = `bash -c 'sleep 601 & ${executed("sleep")}; echo > f; wait' &`;
      const { stdout, leftovers } = await left(
        `mkfifo f; ${nested} read -r _ < f; sleep 600 & ${executed("sleep")}; echo $!`,
      );
      expect(leftovers).toContainEqual({ pid: Number(stdout), command: "sleep 600", cut: false });
      expect(leftovers.map(({ command }) => command.split(" ")[0]).sort()).toEqual(["bash", "sleep"]);
    });

    test("one that left its session and its parent", async () => {
      const { leftovers } = await left("mkfifo f; (setsid sh -c 'echo > f; exec sleep 602' &); read -r _ < f");
      expect(leftovers).toMatchObject([{ command: expect.stringMatching(/sleep 602/) }]);
    });

    test("a few of many, and of a long command line its start", async () => {
      const files = "/dev/null ".repeat(100);
      const { leftovers } = await left(`for i in 1 2 3 4 5 6 7 8 9; do tail -f ${files} & ${executed("tail")}; done`);
      expect(leftovers).toHaveLength(7);
      for (const one of leftovers) expect(one).toMatchObject({ command: `tail -f ${files}`.slice(0, 400), cut: true });
    });
  });
