import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A control group that holds a command and all that it starts to an amount of memory. */
export interface MemoryGroup {
  /** The file that takes the processes which join. */
  procs: string;
  /** To be called when nothing of the command is left. Gives how many processes the kernel killed for their memory. */
  close(): number;
}

/** Files of a version of control groups (the kernel's cgroup-v2.rst and cgroup-v1/memory.rst). `swap`: null: as much as the limit. */
interface Version {
  limit: string;
  swap: { name: string; value: string | null };
  events: string;
}
const V2: Version = { limit: "memory.max", swap: { name: "memory.swap.max", value: "0" }, events: "memory.events" };
const V1: Version = {
  limit: "memory.limit_in_bytes",
  swap: { name: "memory.memsw.limit_in_bytes", value: null },
  events: "memory.oom_control",
};

/** Groups that this process made: each has a name of its own. */
const made = { count: 0 };

/**
 * Makes a group below moat's own or, where none can be made, the nearest above: what systemd delegates to a user's session, or root's.
 * Whether a limit can be had is known once it was written. null: there is none, and each process has to be limited for itself.
 */
export function openMemoryGroup(
  bytes: number,
  mounts = "/sys/fs/cgroup",
  self = "/proc/self/cgroup",
): MemoryGroup | null {
  for (const { root, own, version } of hierarchies(mounts, self)) {
    for (let at = own; ; at = dirname(at)) {
      const group = makeGroup(join(root, at), version, bytes);
      if (group !== null) return group;
      if (at === "/") break;
    }
  }
  return null;
}

function hierarchies(mounts: string, self: string): { root: string; own: string; version: Version }[] {
  return read(self)
    .split("\n")
    .flatMap((line) => {
      const [, controllers = "", own = ""] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (own === "" || own.includes("/..")) return [];
      if (controllers === "") return [{ root: mounts, own, version: V2 }];
      return controllers.split(",").includes("memory") ? [{ root: join(mounts, "memory"), own, version: V1 }] : [];
    });
}

function makeGroup(parent: string, version: Version, bytes: number): MemoryGroup | null {
  const path = join(parent, `moat-${process.pid}-${++made.count}`);
  try {
    mkdirSync(path);
  } catch {
    return null;
  }
  try {
    // Not made where it is missing: a file system of another kind would take any name.
    writeFileSync(join(path, version.limit), `${bytes}`, { flag: "r+" });
    limitSwap(path, version, bytes);
    removeAbandoned(parent);
    return { procs: join(path, "cgroup.procs"), close: () => closeGroup(path, version) };
  } catch {
    removeGroup(path);
    return null;
  }
}

/** Else what is over the limit goes to the disk, and the machine with it. */
function limitSwap(path: string, { swap: { name, value } }: Version, bytes: number): void {
  try {
    writeFileSync(join(path, name), value ?? `${bytes}`, { flag: "r+" });
  } catch {
    // There is no swap that could be limited.
  }
}

function closeGroup(path: string, { events }: Version): number {
  const killed = Number(/^oom_kill (\d+)$/m.exec(read(join(path, events)))?.[1] ?? 0);
  removeGroup(path);
  return killed;
}

/** Groups of a moat that was killed: they are empty. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^moat-(\d+)-\d+$/.exec(name) ?? [];
    if (pid !== undefined && Number(pid) !== process.pid && read(`/proc/${pid}/stat`) === "")
      removeGroup(join(parent, name));
  }
}

function removeGroup(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something of it is about to end; the next moat removes it.
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
