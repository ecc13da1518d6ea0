// A limit on the memory of a command: what enforces it is said, and that it struck, in every tier.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SandboxReport } from "../../protocol/index.ts";
import type { Sandbox } from "../contract.ts";
import { makeBase, makeWorkspace, policyFor, remove, startCommand, tierHere } from "../harness.suite.ts";
import { memoryStruck } from "../memory.ts";
import { embedded, prepare } from "./embedded.ts";
import { openSandbox, sandboxWith } from "./launch.ts";
import { openMemoryGroup } from "./memory-group.ts";
import type { ConfiningTier } from "./probe.ts";

const base = makeBase();
afterAll(() => remove(base));

const MB = 1e6;
const LIMIT = 70 * MB;
/** tail keeps all that it reads of a pipe: 150 MB, in one process, of its own. */
const eat = "head -c 150000000 /dev/zero | tail -c 140000000 >/dev/null";
const TIERS: ConfiningTier[] = ["landlock", "ns", "ns-only"];
const offered = await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const));
const unconfined = process.platform === "linux" ? await openSandbox({ cache_dir: base }) : null;
const found = openMemoryGroup(LIMIT);
found?.close();
const { path } = unconfined === null ? { path: "" } : await prepare(embedded(), base, async () => null);

/** The same tiers where no group can be made. */
const withoutGroups = (tier: ConfiningTier | "none") => sandboxWith(path, tier, join(base, "quarantine"), () => null);

async function ate(sandbox: Sandbox, script: string, limit: number | null) {
  const { inside } = makeWorkspace(base);
  const mode = sandbox.tier === "none" || sandbox === unconfined ? "danger-full-access" : "workspace-write";
  const policy = policyFor(inside, { mode, ...(limit === null ? {} : { memory_limit: limit }) });
  const { child, report, finish, spent } = startCommand(
    sandbox,
    ["bash", "-c", `set -o pipefail; ${script}`],
    policy,
    inside,
  );
  const [output, said] = await Promise.all([child.stdout.text(), report, child.exited]);
  await finish();
  const [exit_code, took] = [child.exitCode ?? -1, await spent()];
  const struck = memoryStruck({ limit: policy.memory_limit, report: said, spent: took, exit_code, output });
  return { memory: said.memory, exit_code, struck, took };
}

for (const [tier, sandbox] of [...offered, ["none", unconfined] as const])
  describe.skipIf(sandbox === null)(tier, () => {
    test.skipIf(found === null)(
      "of all processes together, where a group can be made; the kernel says that it struck",
      async () => {
        const over = await ate(sandbox as Sandbox, `${eat}; exit 7`, LIMIT);
        expect([over.memory, over.exit_code, over.took?.killed_for_memory]).toEqual(["cgroup", 7, 1]);
        expect(over.struck).toMatchObject({ certain: true });
        const under = await ate(sandbox as Sandbox, "true", LIMIT);
        expect([under.exit_code, under.took?.killed_for_memory, under.struck]).toEqual([0, 0, null]);
      },
    );

    test("of each process, where none can be made; what it printed says that it likely struck", async () => {
      const alone = withoutGroups(tier);
      const over = await ate(alone, eat, LIMIT);
      expect(over.memory).toBe("per-process");
      expect(over.exit_code).not.toBe(0);
      expect(over.struck).toMatchObject({ certain: false });
      expect(await ate(alone, "true", LIMIT)).toMatchObject({ exit_code: 0, struck: null });
    });

    test("there is none unless it is asked for", async () => {
      const free = await ate(sandbox as Sandbox, eat, null);
      expect([free.memory, free.exit_code, free.struck]).toEqual([undefined, 0, null]);
    });
  });

test.skipIf(found === null)("a group goes with its command, and one of a moat that was killed with the next", () => {
  const [first, second] = [openMemoryGroup(LIMIT), openMemoryGroup(LIMIT)];
  const places = [first, second].map((group) => dirname(group?.procs ?? ""));
  expect(places.map((place) => existsSync(place))).toEqual([true, true]);
  for (const group of [first, second]) expect(group?.close()).toBe(0);
  expect(places.map((place) => existsSync(place))).toEqual([false, false]);
});

test("where the file system takes no limit there is no group, and nothing of it stays", () => {
  const mounts = mkdtempSync(join(base, "cgroup-"));
  const self = join(mounts, "self");
  writeFileSync(self, "0::/\n4:memory:/../up\n3:cpu:/\n");
  expect(openMemoryGroup(LIMIT, mounts, self)).toBe(null);
  expect(readdirSync(mounts)).toEqual(["self"]);
  expect(openMemoryGroup(LIMIT, mounts, join(mounts, "missing"))).toBe(null);
});

describe("what likely met a limit for each process", () => {
  const report = { memory: "per-process" } as SandboxReport;
  const struck = (output: string, exit_code = 1) =>
    memoryStruck({ limit: 2e9, report, spent: null, exit_code, output });
  const said = [
    "MemoryError",
    "fatal error: runtime: cannot allocate memory",
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    "RangeError: Array buffer allocation failed",
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    "memory allocation of 4000000000 bytes failed",
    "bash: fork: Cannot allocate memory",
  ];
  for (const line of said)
    test(line, () => {
      expect(struck(`a\n${line}\n`)?.text).toMatch(
        /^Likely the memory limit: each process may allocate 2 GB\. .*memory_limit/,
      );
      expect(struck(line, 0)).toBe(null);
      expect(memoryStruck({ limit: undefined, report, spent: null, exit_code: 1, output: line })).toBe(null);
    });

  test("a sanitizer, which cannot run under one", () => {
    const line =
      "==7==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 (15392894357504) bytes at address 2008fff7000 (errno: 12)";
    expect(struck(line)?.text).toContain("built with a sanitizer");
  });

  test("nothing else", () => {
    expect(struck("AssertionError: expected 1 to be 2")).toBe(null);
  });
});
