import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isWithin, once } from "../../base/index.ts";
import { type GuardFinding, type Launch, type Sandbox, SandboxError, type SandboxPolicy } from "../contract.ts";
import { encodeOrders, type LauncherEnd, negotiate, type Orders } from "../control.ts";
import { watchRepositories } from "../git/watch.ts";
import { Guard } from "../guard.ts";
import { blockedText } from "../home/blocked.ts";
import { holdLayer } from "../home/store.ts";
import { realPathOfNew } from "../paths.ts";
import { Quarantine } from "../quarantine.ts";
import { embedded, prepare } from "./embedded.ts";
import { gateFor, withinTier } from "./gate.ts";
import { type MemoryGroup, openMemoryGroup } from "./memory-group.ts";
import { type ConfiningTier, chooseTier, probe } from "./probe.ts";
import { presence } from "./stand-in.ts";

export interface LauncherOptions {
  /**
   * Directory of moat's own, writable in no policy. The launcher is put there where a file in memory cannot be executed, and what
   * commands planted in protected places goes to its `quarantine`.
   */
  cache_dir: string;
  /** Asks for a tier instead of taking the best. Throws SandboxError where the machine does not offer it. */
  force_tier?: ConfiningTier;
}

const opened = new Map<string, Promise<Sandbox>>();

/**
 * The sandbox of this machine. The launcher is prepared and the machine probed once per process. Throws SandboxError when the
 * launcher cannot be started; a machine that can confine nothing gives tier "none", whose `launch` refuses confined modes.
 */
export function openSandbox(options: LauncherOptions): Promise<Sandbox> {
  const key = `${options.force_tier ?? ""}\0${options.cache_dir}`;
  const known = opened.get(key);
  if (known) return known;
  const opening = open(options);
  opened.set(key, opening);
  return opening;
}

async function open(options: LauncherOptions): Promise<Sandbox> {
  return holding(watching(await openTier(options), join(options.cache_dir, "quarantine")));
}

/** The sandbox, with the layers that its commands use kept until this process ends: to make one costs as much as many commands. */
function holding(sandbox: Sandbox): Sandbox {
  return {
    tier: sandbox.tier,
    launch(argv, policy, ...rest) {
      const launch = sandbox.launch(argv, policy, ...rest);
      const confirm = async (fd: number) => {
        const report = await launch.confirm(fd).catch((error: unknown) => {
          const blocked = error instanceof SandboxError ? blockedText(policy) : "";
          throw blocked === "" || !(error instanceof SandboxError) ? error : new SandboxError(error.message + blocked);
        });
        if (policy.layer && report.home === "layer") holdLayer(policy.layer.store);
        return report;
      };
      return { ...launch, confirm };
    },
  };
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
      const reached = git.watched.filter(({ git_dir }) => isWithinAny(git_dir, policy.writable));
      const access = sandbox.tier === "landlock" ? { ...git, opened: [...git.opened, ...reached] } : git;
      let compare: () => GuardFinding[] = () => [];
      return {
        ...launch,
        confirm(fd) {
          compare = watchRepositories(access, policy, new Quarantine(quarantine));
          return launch.confirm(fd);
        },
        async finish() {
          const found = await launch.finish();
          const left = compare();
          compare = () => [];
          return [...found, ...left];
        },
      };
    },
  };
}

async function openTier(options: LauncherOptions): Promise<Sandbox> {
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

/**
 * The words that start a program (absolute) in a network of its own, in which there is nothing but the loopback interface; it is not
 * confined otherwise. Throws SandboxError where the machine makes no such network.
 */
export async function offlineCommand(cache_dir: string, argv: string[]): Promise<string[]> {
  if (process.platform !== "linux")
    throw new SandboxError(`a network of its own needs Linux's namespaces, and this is ${process.platform}`);
  const { path, result } = await prepare(embedded(), cache_dir, probe);
  if (!result.namespaces)
    throw new SandboxError(`a network of its own cannot be made here: ${result.reason ?? "namespaces are refused"}`);
  return [path, "--offline", "--", ...argv];
}

/**
 * A sandbox that starts commands through the launcher at `path`; what it has to move away it puts into `quarantine`.
 * @param memoryGroup where a command's limit on memory comes from
 */
export function sandboxWith(
  path: string,
  tier: Sandbox["tier"] & Orders["tier"],
  quarantine: string,
  memoryGroup: (bytes: number) => MemoryGroup | null = openMemoryGroup,
): Sandbox {
  const guard = new Guard(quarantine);
  return {
    tier,
    launch(argv, wanted, cwd, env, output = "merged"): Launch {
      if (argv.length === 0) throw new SandboxError("there is no command to start");
      const confined = isConfined(wanted);
      const policy = confined ? withinTier(wanted, tier) : wanted;
      if (confined && tier === "none") throw new SandboxError(NOTHING_CONFINES);
      if (confined) makeOwn(policy);
      const left = leftToGuard(policy, confined ? tier : "none");
      const group = policy.memory_limit === undefined ? null : memoryGroup(policy.memory_limit);
      const gate = confined ? gateFor(policy) : null;
      const orders = encodeOrders({
        tier: confined ? tier : "none",
        policy,
        ...left,
        cwd,
        merge: output === "merged",
        parent: process.pid,
        beside: parentOfAnotherNetwork(),
        memory_group: group?.procs ?? null,
        ...(gate === null ? {} : { ports: gate.ports }),
      });
      let finish: () => Promise<GuardFinding[]> = async () => [];
      let ended: Promise<LauncherEnd> = Promise.resolve({ leftovers: [], spent: null });
      return {
        argv: [path, "--", ...argv],
        env: confined ? withTemporary(env, policy) : env,
        confirm(fd) {
          const repair = guard.watch([...left.guarded, ...left.absent], policy.writable, tier !== "landlock");
          const talk = negotiate(fd, orders, gate);
          ended = talk.ended.then((end) => (group === null ? end : withGroup(end, group)));
          if (gate !== null) void ended.then(() => gate.close());
          finish = () => ended.then(repair);
          return talk.report;
        },
        finish() {
          const repair = finish;
          finish = async () => [];
          return repair();
        },
        leftovers: () => ended.then(({ leftovers }) => leftovers),
        spent: () => ended.then(({ spent }) => spent),
        refused: () => gate?.refused() ?? [],
        guarded: tier === "landlock" && left.guarded.length + left.absent.length > 0,
      };
    },
  };
}

/** What the command's group knows of its end, and the end of the group. */
function withGroup({ leftovers, spent }: LauncherEnd, group: MemoryGroup): LauncherEnd {
  const killed_for_memory = group.close();
  return { leftovers, spent: spent && { ...spent, killed_for_memory } };
}

/**
 * The process that started moat, where that has another network (`--offline-except`, `ip netns exec`): the kernel's list of this network's
 * unix sockets does not have those of its services, which can be reached all the same. The list has one inode a network.
 */
function parentOfAnotherNetwork(): number | null {
  const { ppid } = process;
  const other = networkOf(ppid);
  return other === null || other === ownNetwork() ? null : ppid;
}

/** moat never moves to another one. */
const ownNetwork = once(() => networkOf("self"));

/** null where /proc does not say (hidepid, another user's process). */
function networkOf(pid: number | string): number | null {
  try {
    return statSync(`/proc/${pid}/net/unix`).ino;
  } catch {
    return null;
  }
}

const NOTHING_CONFINES =
  "this machine offers neither Landlock nor namespaces, so nothing can be confined: run moat in a container and say " +
  "`--sandbox external`, or switch the sandbox off with `--sandbox danger-full-access`";

/**
 * Makes the directories of moat's own where commands could make them: what another moat may make at any moment cannot be a place
 * that must not come into being.
 */
function makeOwn({ own, protected: places, writable }: SandboxPolicy): void {
  for (const path of own) {
    const reachable = places.includes(path) && isWithinAny(path, writable);
    if (!reachable || presence(path) !== "nothing") continue;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch {
      // What moat cannot make here, a command cannot either.
    }
  }
}

/**
 * The protected places in writable roots that the kernel cannot close in this tier: without mounts all of them; else those that do
 * not exist, because a mount can keep a missing path missing only by standing in for it, and whoever looks into an empty workspace
 * would see that: `git init`, `git clone X .`, `ls -A`. In the home directory a stand-in is the lesser evil.
 */
function leftToGuard(
  { protected: places, stand_ins, writable }: SandboxPolicy,
  tier: Orders["tier"],
): Pick<Orders, "guarded" | "absent" | "clear"> {
  const inside = tier === "none" ? [] : places.filter((place) => isWithinAny(place, writable));
  const is = new Map([...inside, ...stand_ins].map((place) => [place, presence(place)]));
  const held = tier === "landlock" ? [] : stand_ins;
  return {
    guarded: tier === "landlock" ? inside.filter((place) => is.get(place) === "something") : [],
    absent: inside.filter((place) => is.get(place) !== "something" && !held.includes(place)),
    clear: [...is].filter(([, what]) => what === "stand-in").map(([place]) => place),
  };
}

/** How programs are told where temporary files go. */
const TEMPORARY = ["TMPDIR", "TMP", "TEMP"];

/** Where a program's TMPDIR is not writable but /tmp is, it is better off without it: most fail otherwise. */
function withTemporary(env: Record<string, string>, { writable }: SandboxPolicy): Record<string, string> {
  const isWritable = (path: string) => isWithinAny(realPathOfNew(path), writable);
  const closed = TEMPORARY.filter((name) => env[name] !== undefined && !isWritable(env[name]));
  if (closed.length === 0 || !isWritable("/tmp")) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !closed.includes(name)));
}

function isWithinAny(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => isWithin(path, root));
}

function isConfined(policy: SandboxPolicy): boolean {
  return policy.mode === "read-only" || policy.mode === "workspace-write";
}
