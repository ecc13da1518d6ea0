import type { Network, SandboxMode, SandboxReport } from "../protocol/index.ts";
import type { HostRefusal, ProxyOptions } from "../proxy/index.ts";
import type { GitAccess } from "./git/repository.ts";

/** What one command may do, fully resolved: every path absolute, with symlinks resolved where it exists. */
export interface SandboxPolicy {
  mode: SandboxMode;
  /**
   * Existing directories that may be written, beneath them everything but `protected`. Empty in read-only. Where a writable
   * directory and a protected place lie in each other, the innermost decides: `.git` protected, `.git/modules/x` writable,
   * `.git/modules/x/hooks` protected.
   */
  writable: string[];
  /**
   * Read-only places inside writable roots. They may not exist: what comes into being there is moved away afterwards. A place
   * may be a symlink: then the link itself must stay, and its target is named as well.
   */
  protected: string[];
  /**
   * Places in the home directory that a shell or a tool of the user's reads at any moment, writable or not. Where one that is
   * protected does not exist, an empty stand-in holds it meanwhile, in tiers with mounts.
   */
  stand_ins: string[];
  /** Of `protected` the directories of moat's own: they are made before a command could make them. */
  own: string[];
  /** Files and directories that cannot be read (EACCES, not "empty"). */
  hidden: string[];
  net: Network;
  /** Whoever speaks for a host in its place, where `net` names hosts. Absent: nobody. */
  intercept?: ProxyOptions["intercept"];
  unix: "none" | "masked" | "allow";
  /** Sockets of programs outside that `masked` leaves in reach; without symlinks. Absent: none. */
  sockets?: readonly string[];
  /** Protections without which the command must not start: names of the boolean fields of the report, or `fs`, `net`. */
  require: string[];
  /** Where what the command changes is recorded, to be undone. Absent: it is not. */
  capture?: CaptureOrder;
  /** The home directory can be written, in a layer that the commands of the workspace share. Absent: it is as the rest says. */
  layer?: HomeLayer;
  /** Bytes of memory that the command may take: with all that it starts, or each process for itself. Absent: no limit. */
  memory_limit?: number;
  /** Repositories whose state is compared when the command has ended. Absent: none is in its reach. */
  git?: GitAccess;
}

/** The private layer over a home directory. Both absolute, without symlinks. */
export interface HomeLayer {
  home: string;
  /** What commands wrote is kept there; hidden from them. */
  store: string;
}

/** What of a command is recorded, and where. The format of the records: native/README.md. */
export interface CaptureOrder {
  /** An empty directory for this command alone, which no command can reach. Absolute, as all of these paths. */
  directory: string;
  /** What lies elsewhere is passed over, and so is what lies in `skip`. */
  roots: string[];
  skip: string[];
  /** Bytes of one file above which it is not copied, and how many may be copied in all. */
  fileCap: number;
  totalCap: number;
}

/**
 * A command made ready to be spawned under a policy. The caller spawns `argv` with `env` and a fourth stdio entry "pipe"
 * (descriptor 3), then calls `confirm` with that descriptor: the launcher reads its policy from it, applies everything,
 * writes its report, and only then executes the command. The spawner has to be the main thread: the command ends with it.
 */
export interface Launch {
  argv: string[];
  env: Record<string, string>;
  /**
   * Resolves when the command is about to be executed; rejects with SandboxError when it was not started. Takes the
   * descriptor over and closes it.
   */
  confirm(fd: number): Promise<SandboxReport>;
  /**
   * To be called when the spawned process has ended, also when it was killed: waits until nothing of the command is left,
   * repairs the protected places that the kernel could not close (`carve: false`, `carve_absent: false`), and says what it
   * found. Empty when nothing was touched.
   */
  finish(): Promise<GuardFinding[]>;
  /** What still ran when the command had ended by itself, and was ended with it. Resolves when nothing of the command is left. */
  leftovers(): Promise<Leftover[]>;
  /** What the command took, once nothing of it is left; null: it is not known here. */
  spent(): Promise<Spent | null>;
  /**
   * No mount closes the protected places: all are left to `finish`, which compares and repairs when the command has ended. That is
   * nothing for a program that runs on beside others: what they and the user change meanwhile would be taken for its doing.
   */
  guarded: boolean;
  /** What the command's proxy refused until now; empty where it has none. */
  refused(): readonly HostRefusal[];
}

/** What a command and all that it started took. What a process's parent never waited for (SIGCHLD ignored) is not counted by the kernel. */
export interface Spent {
  /** Processor time of all processes together. */
  user_ms: number;
  system_ms: number;
  /** Resident memory of the largest process at its height. */
  peak_memory_bytes: number;
  /** Number of the signal that ended the command itself; absent: it ended by exiting. */
  signal?: number;
  /** Processes that the kernel killed for the limit on their memory; absent: that is not known. */
  killed_for_memory?: number;
}

/** A background process that a command left running. It was ended; only the first few are named. */
export interface Leftover {
  /** As the command saw it. */
  pid: number;
  /** Its words with blanks between them, as it gave them: text of others. */
  command: string;
  /** There is more of `command`. */
  cut: boolean;
}

/**
 * What was done in a protected place that the kernel could not close, or left for a later git to act on: by the command, as far as
 * can be known; whoever else writes there meanwhile cannot be told from it.
 */
export interface GuardFinding {
  path: string;
  /** Put back as it was; moved away; or only seen, because putting it back could undo what the user did meanwhile. */
  action: "restored" | "quarantined" | "reported";
  /** Where what was there is kept, when there was something. Nothing is ever deleted. */
  kept_at: string | null;
  /** Why it could not stay, where that is not plain from the place. */
  why?: string;
}

/** The sandbox of this machine, probed once per process. */
export interface Sandbox {
  readonly tier: SandboxReport["tier"];
  /**
   * Never falls open: throws SandboxError when the policy cannot be enforced. `output`: stderr is joined to stdout, so that
   * the two keep their order (merged, the default), or the two stay as they were spawned (separate).
   */
  launch(
    argv: string[],
    policy: SandboxPolicy,
    cwd: string,
    env: Record<string, string>,
    output?: "merged" | "separate",
  ): Launch;
}

/** The sandbox could not be set up: the command was not started. `message` says why and what to do. */
export class SandboxError extends Error {
  override name = "SandboxError";
}
