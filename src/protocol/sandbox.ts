/** What a command may touch. `external`: the user says that a container around moat is the sandbox. */
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access" | "external";

/**
 * What of the network may be reached: nothing, these hosts by name, or all of it. Nothing opens single hosts yet: a policy that
 * names some starts no command.
 */
export type Network = "none" | { hosts: string[] } | "full";

/**
 * Why nothing of a command is recorded. `nested`: a sandbox around this one watches system calls, and the kernel lets only one. `memory`: commands cannot be looked
 * into (Yama, another security module). `privileges`: an ordinary user without a sandbox. `store`: the directory for it cannot be written.
 * `unsupported`: the kernel cannot watch system calls.
 */
export type NotCaptured = "nested" | "memory" | "privileges" | "store" | "unsupported";

/** What was really enforced for one command, written by the launcher after it had done it. */
export interface SandboxReport {
  /** `ns`: namespaces + Landlock + seccomp. `landlock`: Landlock + seccomp. `ns-only`: a kernel without Landlock. */
  tier: "ns" | "landlock" | "ns-only" | "seatbelt" | "external" | "none";
  /** Landlock ABI of the kernel; 0 where there is none. */
  abi: number;
  fs: "read-only" | "workspace-write" | "full";
  /** Read-only places inside writable roots are enforced by the kernel (true) or only guarded afterwards (false). */
  carve: boolean;
  /** The same places cannot come into being where they do not exist (true), or are moved away afterwards (false). */
  carve_absent: boolean;
  /** Hidden paths cannot be read. */
  hidden: boolean;
  /** Nor can those that come into being, or are replaced, while the command runs. */
  hidden_absent: boolean;
  /** Modes, owners, times and attributes cannot be changed outside the writable places, nor in read-only places inside them. */
  metadata: boolean;
  net: "none" | "proxy" | "full";
  /** Unix sockets: none can be made but pairs, those of processes outside are covered, or all can be reached. */
  unix: "none" | "masked" | "allow";
  /** A command can talk to itself over 127.0.0.1. */
  loopback: boolean;
  /** Processes outside cannot be signalled or traced. */
  ipc: boolean;
  /** Nothing survives the command. */
  tree_kill: boolean;
  /** What the command writes into the home directory goes to a layer of the workspace's own, or the home is as it is. Absent: real. */
  home?: "layer" | "real";
  /** Why there is no layer, where one was wanted. */
  home_reason?: string;
  /** What holds the command to its `memory_limit`: a group for all its processes together, or a limit for each. Absent: no limit was asked for. */
  memory?: "cgroup" | "per-process";
  /** What the command changes is recorded, so that it can be undone. Absent: that was not asked for. */
  captured?: boolean;
  /** Why it is not. */
  captured_reason?: NotCaptured;
}

/** Why the sandbox refused something, for the user and the model. */
export interface Denial {
  /** The rule that refused, by its config name or a short term: `read-only`, `writable_roots`, `network_access`, … */
  rule: string;
  kind: "write" | "read" | "network" | "syscall";
  /** Path or address, when it is known. */
  target: string | null;
  /** One plain sentence. */
  explanation: string;
  /** What would allow exactly this; null: nothing less than no sandbox. Whoever decides reads this and never the sentences. */
  opens: Grant | null;
  /** The same as flags, for people and the model. */
  grant: string | null;
}

/**
 * What commands of a known kind need beside the mode, such as `git push`: hosts by name (`host` or `host:port`), sockets of programs
 * outside (an agent that holds keys), and files to read in a store that is hidden otherwise. Paths are absolute.
 */
export interface CommandNeeds {
  hosts: string[];
  sockets: string[];
  read: string[];
}

/** One thing that could be opened: a directory to write in, absolute, the network, or all that a known command needs. */
export type Grant = { add_dir: string } | { network: Exclude<Network, "none"> } | { needs: CommandNeeds };
