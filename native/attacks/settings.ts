import { chownSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox, SandboxPolicy } from "../../src/sandbox/contract.ts";
import { encodeOrders, negotiate } from "../../src/sandbox/control.ts";
import { policyFor, run } from "../../src/sandbox/harness.suite.ts";
import { sandboxWith } from "../../src/sandbox/launch/launch.ts";
import type { ConfiningTier } from "../../src/sandbox/launch/probe.ts";
import type { Attack } from "./attack.ts";
import type { Servers } from "./servers.ts";
import { become, endWorld, makeWorld, startServer, startVictim, type Tools, type World } from "./world.ts";

/** Who attacks, on what kind of machine, and what confines. */
export interface Setting {
  uid: number;
  tier: ConfiningTier | "none";
  /** What the machine refuses (become.c). */
  filter?: string;
  /** All that the command changes is recorded meanwhile. */
  recorded?: boolean;
  /** The home directory, in which all that is attacked lies, can be written in a layer. */
  layered?: boolean;
  /** Act as on a kernel with this Landlock ABI at most. */
  abi?: number;
}

/** What the attacks of one run share. */
export interface Range {
  base: string;
  launcher: string;
  tools: Tools;
  servers: Servers;
}

/** What the launcher's probe says in this setting. */
export function probeIn(
  range: Range,
  { uid, filter }: Pick<Setting, "uid" | "filter">,
): { abi: number; namespaces: boolean } {
  const { stdout } = Bun.spawnSync([...become(range.tools, uid, filter), range.launcher, "--probe"]);
  return JSON.parse(stdout.toString());
}

/** The sandbox of a setting; with tier `none` everything is let through. */
function sandboxIn(range: Range, { uid, tier, filter, abi }: Setting): Sandbox {
  const inner = sandboxWith(range.launcher, tier, `${range.base}/quarantine`);
  const prefix = become(range.tools, uid, filter);
  return {
    tier,
    launch(argv, policy, cwd, _env, output) {
      const launch = inner.launch(argv, policy, cwd, {}, output);
      const command = [...prefix, ...launch.argv];
      if (abi === undefined) return { ...launch, argv: command };
      const orders = encodeOrders({
        tier,
        policy,
        guarded: [],
        absent: [],
        clear: [],
        cwd,
        merge: true,
        parent: process.pid,
      });
      const limited = Buffer.concat([orders.subarray(0, -"end\0".length), Buffer.from(`abi ${abi}\0end\0`)]);
      return { ...launch, argv: command, confirm: (fd) => negotiate(fd, limited).report };
    },
  };
}

const LAYERS = ".cache/moat/homes";

function makeStore({ root, uid }: World): void {
  mkdirSync(join(root, LAYERS, "own"), { recursive: true, mode: 0o700 });
  for (const path of [".cache", ".cache/moat", LAYERS, `${LAYERS}/own`]) chownSync(join(root, path), uid, uid);
}

/** Tries an attack in a world of its own. True: it succeeded. Throws when the sandbox itself could not be set up. */
export async function attempt(range: Range, attack: Attack, setting: Setting): Promise<boolean> {
  const world = makeWorld(range.base, setting.uid, range.tools, range.servers);
  try {
    if (attack.victim) await startVictim(world, attack.victim === "closed");
    if (setting.layered) makeStore(world);
    attack.prepare?.(world);
    if (attack.server) await startServer(world, range.tools, attack.server);
    return await attackIn(world, range, attack, setting);
  } finally {
    endWorld(world);
  }
}

async function attackIn(world: World, range: Range, attack: Attack, setting: Setting): Promise<boolean> {
  const variables = Object.entries(world.env).map(([name, value]) => `${name}=${value}`);
  const argv = ["/usr/bin/env", "-i", ...variables, "sh", "-c", attack.script];
  const running =
    setting.tier === "none" ? runFreely(range, argv, setting, world) : runConfined(range, argv, attack, setting, world);
  const [output] = await Promise.all([running, attack.meanwhile?.(world)]);
  const got = attack.succeeded ?? ((_: World, output: string) => output.includes("GOT THROUGH"));
  const success = await got(world, output);
  if (success) attack.undo?.(world);
  return success;
}

/** Without any launcher: what an ordinary program does. */
async function runFreely(range: Range, argv: string[], { uid, filter }: Setting, world: World): Promise<string> {
  const child = Bun.spawn([...become(range.tools, uid, filter), ...argv], {
    cwd: world.inside,
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  return child.stdout.text();
}

async function runConfined(
  range: Range,
  argv: string[],
  attack: Attack,
  setting: Setting,
  world: World,
): Promise<string> {
  const policy = policyFor(world.inside, {
    ...attack.policy?.(world),
    ...(setting.recorded ? recording(range, world) : {}),
    ...(setting.layered ? layer(world, attack.policy?.(world).hidden) : {}),
  });
  const ended = await run(sandboxIn(range, setting), argv, policy, world.inside);
  if (ended.report instanceof Error) throw ended.report;
  if (setting.layered && ended.report.home !== "layer") throw new Error(`no layer: ${ended.report.home_reason}`);
  if (setting.recorded && !ended.report.captured) throw new Error(`not recorded: ${ended.report.captured_reason}`);
  return ended.stdout;
}

/** As moat has it: kept in the home directory itself, and hidden. */
function layer({ root }: World, hidden: string[] = []): Pick<SandboxPolicy, "layer" | "hidden"> {
  const layers = join(root, LAYERS);
  return { layer: { home: root, store: join(layers, "own") }, hidden: [...hidden, layers] };
}

/** Of the whole machine, so that every path is looked at. Not in the world, of which every directory is watched. */
function recording({ base }: Range, { uid }: World): Pick<SandboxPolicy, "capture"> {
  const directory = mkdtempSync(join(base, "capture-"));
  chownSync(directory, uid, uid);
  return { capture: { directory, roots: ["/"], skip: [directory], fileCap: 1 << 20, totalCap: 1 << 24 } };
}
