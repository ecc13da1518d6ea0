// What the tests of whole commands share: temporary places, policies made as in real use, and commands that really run.
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Denial, SandboxReport } from "../protocol/index.ts";
import { type GuardFinding, type Sandbox, SandboxError, type SandboxPolicy } from "./contract.ts";
import { explainDenial } from "./denial/denial.ts";
import { commandEnvironment } from "./environment.ts";
import { forCommand } from "./git/git.ts";
import { KnownRepositories } from "./git/known.ts";
import { openSandbox } from "./launch/launch.ts";
import type { ConfiningTier } from "./launch/probe.ts";
import { type PolicyInput, resolvePolicy } from "./policy.ts";

/** A directory that no policy makes writable by itself. */
export function makePlace(name: string): string {
  return realpathSync(mkdtempSync(`/var/tmp/moat-${name}-`));
}

/** The tiers that this machine offers, each with its sandbox. */
export async function offeredTiers(cache_dir: string): Promise<[ConfiningTier, Sandbox][]> {
  const found: [ConfiningTier, Sandbox][] = [];
  for (const force_tier of ["ns", "landlock"] as const) {
    try {
      found.push([force_tier, await openSandbox({ cache_dir, force_tier })]);
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
    }
  }
  return found;
}

/** A user: home directory and workspace beneath `base`. */
export interface User {
  home: string;
  workspace: string;
}

export function makeTestUser(base: string, name: string): User {
  const user = { home: join(base, name, "home"), workspace: join(base, name, "work") };
  for (const path of Object.values(user)) mkdirSync(path, { recursive: true });
  return user;
}

/** The policy of a workspace as moat would make it. */
export async function policyOf(user: User, changes: Partial<PolicyInput> = {}): Promise<SandboxPolicy> {
  const result = await resolvePolicy({
    mode: "workspace-write",
    cwd: user.workspace,
    home: user.home,
    moat_home: join(user.home, ".moat"),
    tmpdir: null,
    writable_roots: [],
    network_access: false,
    hidden_paths: [],
    exclude_slash_tmp: false,
    exclude_tmpdir_env_var: false,
    ...changes,
  });
  if (!result.ok) throw new Error(result.message);
  return result.policy;
}

/** A command that has ended. */
export interface EndedCommand {
  exit_code: number;
  output: string;
  report: SandboxReport;
  denial: Denial | null;
  findings: GuardFinding[];
}

/** Runs a command as the agent would: environment, git profile, launcher, explanation. */
export async function runConfined(
  sandbox: Sandbox,
  argv: string[],
  policy: SandboxPolicy,
  user: User & { path: string; cwd?: string; always_git?: boolean; known?: KnownRepositories },
): Promise<EndedCommand> {
  const cwd = user.cwd ?? user.workspace;
  const known = user.known ?? new KnownRepositories();
  known.learn(user.workspace);
  const base = commandEnvironment({
    env: { PATH: user.path, HOME: user.home, RUSTUP_HOME: "/root/.rustup" },
    policy: { inherit: "all", ignore_default_excludes: false, exclude: [], set: {}, include_only: [] },
    provider_key_names: [],
    holdsKey: () => false,
    thread_id: null,
    network: policy.net,
    tier: sandbox.tier,
  });
  const opened = forCommand(argv, cwd, policy, base, known, user.always_git);
  const launch = sandbox.launch(argv, opened.policy, cwd, opened.env);
  const child = Bun.spawn(launch.argv, { cwd, env: launch.env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const [report, output] = await Promise.all([
    launch.confirm(child.stdio[3] as unknown as number),
    child.stdout.text(),
  ]);
  const exit_code = await child.exited;
  const findings = await launch.finish();
  const ended = {
    policy: opened.policy,
    report,
    exit_code,
    output,
    command: argv.join(" "),
    cwd,
    home: user.home,
    refused: launch.refused(),
  };
  return { exit_code, output, report, findings, denial: explainDenial(ended) };
}
