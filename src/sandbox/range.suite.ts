// Users of this machine, and the sandbox for their commands: what the tests of whole homes and workspaces share.
import { expect } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import { become, buildTools } from "../../native/attacks/world.ts";
import type { Sandbox } from "./contract.ts";
import { policyOf } from "./fixture.ts";
import { makeBase, remove, sh, startCommand } from "./harness.suite.ts";
import { sandboxWith } from "./launch/launch.ts";
import type { ConfiningTier, Probe } from "./launch/probe.ts";

export interface RangeSetting {
  tier: ConfiningTier;
  uid: number;
}

const NOBODY = 65_534;
const NOTHING: Probe = { abi: 0, namespaces: false, reason: null };

/** A directory with the launcher and the programs of the attack suite, which any user may run, and what the machine offers. */
export function makeRange() {
  const base = makeBase();
  chmodSync(base, 0o755);
  const path = join(base, "moat-launch");
  copyFileSync(launcher, path);
  chmodSync(path, 0o755);
  const onLinux = process.platform === "linux";
  const tools = onLinux ? buildTools(base) : { attack: "", become: "" };
  const found: Probe = onLinux ? JSON.parse(Bun.spawnSync([path, "--probe"]).stdout.toString()) : NOTHING;
  const tiers = (["ns", "landlock"] as const).filter(
    (tier) => found.abi > 0 && (tier === "landlock" || found.namespaces),
  );
  const self = process.getuid?.() ?? -1;
  const settings: RangeSetting[] = tiers.flatMap((tier) =>
    (self === 0 ? [0, NOBODY] : [self]).map((uid) => ({ tier, uid })),
  );
  return { base, path, tools, tiers, settings, end: () => remove(base) };
}

type Range = ReturnType<typeof makeRange>;

/** The sandbox of a tier, for commands of the user `uid`. */
export function sandboxOf(
  { base, path, tools }: Range,
  { tier, uid }: RangeSetting,
  env?: Record<string, string>,
): Sandbox {
  const inner = sandboxWith(path, tier, join(base, `quarantine-${uid}-${tier}`));
  const prefix = become(tools, uid);
  return {
    tier,
    launch(argv, policy, cwd, given, output) {
      const launch = inner.launch(argv, policy, cwd, env ?? given, output);
      return { ...launch, argv: [...prefix, ...launch.argv] };
    },
  };
}

/** A user who works in his home directory, or in a project in it, and the sandbox for his commands. */
export async function makeUser(range: Range, setting: RangeSetting, project = "") {
  const { base, tools } = range;
  const home = join(base, `home-${crypto.randomUUID()}`);
  const at = (name: string) => join(home, project, name);
  mkdirSync(at("."), { recursive: true });
  const policyNow = () => policyOf({ home, workspace: join(home, project) }, { exclude_slash_tmp: true });
  const policy = await policyNow();
  for (const own of policy.own) mkdirSync(own, { recursive: true });
  Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, home]);
  const env = { PATH: process.env.PATH ?? "", HOME: home };
  const sandbox = sandboxOf(range, setting, env);
  const outside = (script: string) =>
    Bun.spawnSync([...become(tools, setting.uid), ...sh(script)], { cwd: at("."), env });
  return { home, cwd: join(home, project), policy, policyNow, sandbox, outside, at };
}

export type RangeUser = Awaited<ReturnType<typeof makeUser>>;

/** A command that runs until somebody says so. */
export const WAIT = "until [ -e go ]; do sleep 0.01; done";

/** What the user does in another terminal, while a command runs. */
export async function meanwhile(user: RangeUser, script: string) {
  const { child, report, finish } = startCommand(user.sandbox, sh(WAIT), user.policy, user.cwd);
  await report;
  const done = user.outside(`${script}\ntouch go`);
  expect(done.exitCode, done.stderr.toString()).toBe(0);
  await child.exited;
  return finish();
}

export const names = (directory: string): string[] => readdirSync(directory).sort();
