import { basename, join } from "node:path";
import { isWithin } from "../../base/index.ts";
import { type GuardFinding, type Launch, type Sandbox, SandboxError, type SandboxPolicy } from "../contract.ts";
import { encodeOrders, negotiate, type Orders } from "../control.ts";
import { watchRepositories } from "../git/watch.ts";
import { Guard } from "../guard.ts";
import { exists } from "../paths.ts";
import { embedded, prepare } from "./embedded.ts";

/** A tier that can be asked for, to test it or to do without namespaces. */
export type ConfiningTier = "ns" | "landlock" | "ns-only";

export interface OpenOptions {
  /**
   * Directory of moat's own, writable in no policy. The launcher is put there where a file in memory cannot be executed, and what
   * commands planted in protected places goes to its `quarantine`.
   */
  cache_dir: string;
  /** Asks for a tier instead of taking the best. Throws SandboxError where the machine does not offer it. */
  force_tier?: ConfiningTier;
}

/** What the launcher's probe found on this machine. */
export interface Probe {
  abi: number;
  /** A child could make its namespaces and mount in them. */
  namespaces: boolean;
  /** Why it could not. */
  reason: string | null;
}

const opened = new Map<string, Promise<Sandbox>>();

/**
 * The sandbox of this machine. The launcher is prepared and the machine probed once per process. Throws SandboxError when the
 * launcher cannot be started; a machine that can confine nothing gives tier "none", whose `launch` refuses confined modes.
 */
export function openSandbox(options: OpenOptions): Promise<Sandbox> {
  const key = `${options.force_tier ?? ""}\0${options.cache_dir}`;
  const known = opened.get(key);
  if (known) return known;
  const opening = open(options);
  opened.set(key, opening);
  return opening;
}

async function open(options: OpenOptions): Promise<Sandbox> {
  return watching(await openTier(options), join(options.cache_dir, "quarantine"));
}

/** The sandbox, with a look at the repositories that a command can write before and after it. */
function watching(sandbox: Sandbox, quarantine: string): Sandbox {
  return {
    tier: sandbox.tier,
    launch(argv, policy, cwd, env, output) {
      const launch = sandbox.launch(argv, policy, cwd, env, output);
      const { git } = policy;
      if (git === undefined) return launch;
      // Without mounts, a repository in a writable directory can be written by every command.
      const reached = git.watched.filter(({ git_dir }) => policy.writable.some((root) => isWithin(git_dir, root)));
      const access = sandbox.tier === "landlock" ? { ...git, opened: [...git.opened, ...reached] } : git;
      let compare: () => GuardFinding[] = () => [];
      return {
        ...launch,
        confirm(fd) {
          compare = once(watchRepositories(access, policy, quarantine));
          return launch.confirm(fd);
        },
        finish: () => [...launch.finish(), ...compare()],
      };
    },
  };
}

async function openTier(options: OpenOptions): Promise<Sandbox> {
  if (process.platform === "darwin") {
    const { seatbeltSandbox } = await import("../seatbelt.ts");
    return seatbeltSandbox();
  }
  if (process.platform !== "linux") {
    throw new SandboxError(`there is no sandbox for ${process.platform} yet: use Linux, or WSL2 on Windows`);
  }
  const { path, result } = await prepare(embedded(), options.cache_dir, probe);
  return sandboxWith(path, chooseTier(result, options.force_tier), join(options.cache_dir, "quarantine"));
}

/** What this machine offers, asked of the embedded launcher. Throws SandboxError when it cannot be started. */
export async function probeMachine(cache_dir: string): Promise<Probe> {
  return (await prepare(embedded(), cache_dir, probe)).result;
}

/** Asks the launcher at `path` what this machine can do. */
async function probe(path: string): Promise<Probe> {
  const child = Bun.spawn([path, "--probe"], { stdio: ["ignore", "pipe", "ignore"], env: {} });
  const [text, exit] = await Promise.all([child.stdout.text(), child.exited]);
  const found: Partial<Probe> | null = exit === 0 ? JSON.parse(text) : null;
  if (typeof found?.abi !== "number" || typeof found.namespaces !== "boolean") {
    throw new SandboxError(`the sandbox launcher could not probe this machine (exit ${exit}): ${JSON.stringify(text)}`);
  }
  return { abi: found.abi, namespaces: found.namespaces, reason: found.reason ?? null };
}

/** The best tier that the machine offers, or the one that is asked for. */
export function chooseTier(
  { abi, namespaces }: Pick<Probe, "abi" | "namespaces">,
  forced?: ConfiningTier,
): Sandbox["tier"] & Orders["tier"] {
  const offered = { ns: namespaces && abi > 0, landlock: abi > 0, "ns-only": namespaces };
  if (forced !== undefined) {
    if (offered[forced]) return forced;
    throw new SandboxError(
      `this machine does not offer the sandbox tier ${forced} (Landlock ABI ${abi}, namespaces ${namespaces})`,
    );
  }
  if (offered.ns) return "ns";
  if (offered.landlock) return "landlock";
  return offered["ns-only"] ? "ns-only" : "none";
}

/** A sandbox that starts commands through the launcher at `path`; what it has to move away it puts into `quarantine`. */
export function sandboxWith(path: string, tier: Sandbox["tier"] & Orders["tier"], quarantine: string): Sandbox {
  const guard = new Guard(quarantine);
  return {
    tier,
    launch(argv, policy, cwd, env, output = "merged"): Launch {
      if (argv.length === 0) throw new SandboxError("there is no command to start");
      const confined = isConfined(policy);
      if (confined && tier === "none") throw new SandboxError(NOTHING_CONFINES);
      const guarded = confined ? placesForGuard(policy, tier) : [];
      const orders = encodeOrders({
        tier: confined ? tier : "none",
        policy,
        guarded,
        cwd,
        merge: output === "merged",
        parent: process.pid,
      });
      let finish: () => GuardFinding[] = () => [];
      return {
        argv: [path, "--", ...argv],
        env,
        confirm(fd) {
          finish = once(guard.watch(guarded, policy.writable));
          return negotiate(fd, orders);
        },
        finish: () => finish(),
        guarded: guarded.length > 0,
      };
    },
  };
}

const NOTHING_CONFINES =
  "this machine offers neither Landlock nor namespaces, so nothing can be confined: run moat in a container and say " +
  "`--sandbox external`, or switch the sandbox off with `--sandbox danger-full-access`";

/** A mount can keep a missing path missing only by standing in for it, and git does not start where these two are empty. */
const NO_STAND_IN = new Set(["commondir", "gitdir"]);

/** The protected places in writable roots that the kernel cannot close in this tier. */
function placesForGuard({ protected: places, writable }: SandboxPolicy, tier: Sandbox["tier"]): string[] {
  const inside = places.filter((place) => writable.some((root) => isWithin(place, root)));
  if (tier === "landlock") return inside;
  return inside.filter((place) => NO_STAND_IN.has(basename(place)) && !exists(place));
}

function once<T>(work: () => T[]): () => T[] {
  let done = false;
  return () => {
    if (done) return [];
    done = true;
    return work();
  };
}

function isConfined(policy: SandboxPolicy): boolean {
  return policy.mode === "read-only" || policy.mode === "workspace-write";
}
