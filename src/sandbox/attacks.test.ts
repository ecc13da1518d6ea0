// The attack suite of native/attacks: every attack is tried without the sandbox first. Where it does not succeed there (no such
// program, no such right) it is not applicable, and its tests are skipped and counted as such.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import type { Attack } from "../../native/attacks/attack.ts";
import { startServers } from "../../native/attacks/servers.ts";
import { attempt, probeIn, type Range, type Setting } from "../../native/attacks/settings.ts";
import { born } from "../../native/attacks/table/born.ts";
import { files } from "../../native/attacks/table/files.ts";
import { hidden } from "../../native/attacks/table/hidden.ts";
import { homePlaces } from "../../native/attacks/table/home.ts";
import { kernel } from "../../native/attacks/table/kernel.ts";
import { layer } from "../../native/attacks/table/layer.ts";
import { metadata } from "../../native/attacks/table/metadata.ts";
import { network } from "../../native/attacks/table/network.ts";
import { processes } from "../../native/attacks/table/processes.ts";
import { protectedPlaces } from "../../native/attacks/table/protected.ts";
import { sockets } from "../../native/attacks/table/sockets.ts";
import { buildTools } from "../../native/attacks/world.ts";
import { makeBase, remove } from "./harness.suite.ts";
import { chooseTier } from "./launch/probe.ts";

const full = process.env.MOAT_TEST_FULL === "1";
const NOBODY = 65_534;
const self = process.getuid?.() ?? -1;
const users = self === 0 ? [0, NOBODY] : [self];
const areas: Record<string, Attack[]> = {
  files,
  metadata,
  protected: protectedPlaces,
  born,
  home: homePlaces,
  hidden,
  layer,
  network,
  sockets,
  processes,
  kernel,
};

describe.skipIf(process.platform !== "linux")("attacks", async () => {
  if (process.platform !== "linux") return;
  test("what an attack declares open stands in the launcher's README", () => {
    const readme = readFileSync(join(import.meta.dir, "../../native/README.md"), "utf8");
    const reasons = Object.values(areas).flatMap((attacks) => attacks.map(({ landlock_open }) => landlock_open));
    for (const reason of new Set(reasons)) if (reason !== undefined) expect(readme).toContain(reason);
  });

  const range = await makeRange();
  afterAll(() => {
    range.servers.stop();
    remove(range.base);
  });
  for (const uid of users) {
    const works = await controls(range, uid);
    for (const setting of settingsOf(range, uid)) defineTests(range, setting, works);
  }
});

async function makeRange(): Promise<Range> {
  const base = makeBase();
  chmodSync(base, 0o755);
  const path = join(base, "moat-launch");
  copyFileSync(launcher, path);
  chmodSync(path, 0o755);
  return { base, launcher: path, tools: buildTools(base), servers: await startServers(base) };
}

/** The attacks that succeed without the sandbox. */
async function controls(range: Range, uid: number): Promise<Set<Attack>> {
  const succeeded = await attemptAll(range, Object.values(areas).flat(), { uid, tier: "none" });
  return new Set([...succeeded].filter(([, success]) => success === true).map(([attack]) => attack));
}

/** At a time; most of an attack is waiting. */
const WORKERS = 4;

/** Tries attacks, each in a world of its own. What went wrong with the sandbox itself stands in place of an answer. */
async function attemptAll(range: Range, attacks: Attack[], setting: Setting): Promise<Map<Attack, unknown>> {
  const results = new Map<Attack, unknown>();
  const queue = [...attacks];
  const work = async () => {
    for (let attack = queue.shift(); attack; attack = queue.shift()) {
      results.set(attack, await attempt(range, attack, setting).catch((error: unknown) => error));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return results;
}

/** The tiers that this machine offers, and a machine that refuses namespaces as Docker does. */
function settingsOf(range: Range, uid: number): Setting[] {
  const { abi, namespaces } = probeIn(range, { uid });
  const settings: Setting[] = [];
  if (namespaces && abi > 0) settings.push({ uid, tier: "ns" }, { uid, tier: "ns", layered: true });
  if (abi > 0 && (full || uid === 0)) settings.push({ uid, tier: "landlock" });
  if (full && namespaces) settings.push({ uid, tier: "ns-only" });
  // What is recorded for undo stops many more calls, and may open none of them.
  for (const tier of full ? (["ns", "landlock"] as const) : [])
    if (abi > 0 && (tier !== "ns" || namespaces)) settings.push({ uid, tier, recorded: true });
  // Behind Docker's filter an ordinary user gets the landlock tier: that stands for both in the short run.
  for (const filter of full ? ["docker", "no-landlock"] : uid === 0 ? [] : ["docker"]) {
    const tier = chooseTier(probeIn(range, { uid, filter }));
    if (tier !== "none") settings.push({ uid, tier, filter });
  }
  // The kernels of Ubuntu 22.04 and Debian 12: no guard here, and no scopes, so only what Landlock and seccomp do for files and sockets.
  for (const old of full ? [1, 2, 4] : uid === 0 ? [] : [2])
    if (abi > old) settings.push({ uid, tier: "landlock", abi: old });
  return settings;
}

/** What is the same before there were scopes. */
const OF_OLD_KERNELS = new Set(["files", "metadata", "hidden", "network", "sockets", "kernel"]);

/** What has to do with places: a layer over the home opens nothing else. The long run tries all the same. */
const AT_HOME = new Set(["files", "hidden", "layer"]);

function defineTests(range: Range, setting: Setting, works: Set<Attack>): void {
  const { uid, tier, filter, abi, recorded, layered } = setting;
  const where = `uid ${uid}, tier ${tier}${layered ? ", with a layer over the home" : ""}${recorded ? ", recorded" : ""}${filter ? `, behind the filter ${filter}` : ""}${abi ? `, Landlock ABI ${abi}` : ""}`;
  const tried = Object.entries(areas)
    .filter(([area]) => abi === undefined || OF_OLD_KERNELS.has(area))
    .filter(([area]) => full || !layered || AT_HOME.has(area));
  describe(where, () => {
    let results = new Map<Attack, unknown>();
    beforeAll(async () => {
      results = await attemptAll(
        range,
        tried.flatMap(([, attacks]) => attacks.filter((attack) => works.has(attack))),
        setting,
      );
    }, 600_000);
    for (const [area, attacks] of tried) {
      for (const attack of attacks) {
        const open = { landlock: attack.landlock_open, "ns-only": attack.ns_only_open }[tier as string];
        test.skipIf(!works.has(attack))(`${area}: ${attack.name}${open ? ` (declared open: ${open})` : ""}`, () => {
          // What is declared open may be closed by a later kernel.
          expect(results.get(attack)).toBeOneOf(open ? [true, false] : [false]);
        });
      }
    }
  });
}
