import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Held while a process writes a thread. */
export interface Lock {
  release(): void;
}

/** Another living process writes this thread. `pid` is that process, as its own PID namespace counts it. */
export class LockedError extends Error {
  override name = "LockedError";
  readonly pid: number;

  constructor(message: string, pid: number) {
    super(message);
    this.pid = pid;
  }
}

/** ms between two looks at others that arrived at the same moment, and how often we look: they withdraw within one. */
const LOOK_AGAIN_MS = 5;
const LOOKS = 20;

/**
 * Takes the lock `path`, or throws LockedError that names who holds it. The lock of a process that is gone does not count.
 *
 * Each process puts up a file of its own, `path.HASH`, and then looks for those of others that live. Of two, the one
 * that looked last saw the other, so both cannot go on; when several arrive together, the first by name stays. Nobody
 * ever takes a file over, so there is no moment in which a stale one can be confused with its successor: files of dead
 * processes are removed by whoever meets them.
 */
export function acquireLock(path: string): Lock {
  const mine = identity();
  const hash = Bun.hash(mine).toString(36);
  // Until it is whole, the file has a name that others do not look at.
  const [own, staged] = [`${path}.${hash}`, `${path}-${hash}`];
  if (holders(path, mine).some(({ file }) => file === own)) throw inUse({ file: own, identity: mine }, mine);
  const lock: Lock = { release: () => rmSync(own, { force: true }) };
  try {
    writeFileSync(staged, mine, { mode: 0o600 });
    renameSync(staged, own);
    for (let look = 1; ; look++) {
      const others = holders(path, mine).filter(({ file }) => file !== own);
      const [other] = others;
      if (!other) return lock;
      // Whoever stands before us stays; who stands behind us holds the lock already or is about to withdraw.
      if (others.some(({ file }) => file < own) || look === LOOKS) throw inUse(other, mine);
      Bun.sleepSync(LOOK_AGAIN_MS);
    }
  } catch (error) {
    rmSync(staged, { force: true });
    lock.release();
    throw error;
  }
}

/** Whether a living process holds the lock. */
export function isLocked(path: string): boolean {
  return holders(path, identity()).length > 0;
}

interface Holder {
  file: string;
  identity: string;
}

/** Files of living processes; those of others are removed on the way. `own`: the identity of this process. */
function holders(path: string, own: string): Holder[] {
  const dir = dirname(path);
  const prefix = `${basename(path)}.`;
  const names = readText(() => readdirSync(dir)) ?? [];
  return names.flatMap((name) => {
    if (!name.startsWith(prefix)) return [];
    const file = join(dir, name);
    const holder = readText(() => readFileSync(file, "utf8"));
    if (holder === null) return [];
    if (isLiving(holder, own)) return [{ file, identity: holder }];
    readText(() => rmSync(file, { force: true }));
    return [];
  });
}

function isLiving(holder: string, own: string): boolean {
  if (holder === own) return true;
  const [pid = "", started = "", boot = "", namespace = ""] = holder.split(" ");
  const [, , ownBoot = "", ownNamespace = ""] = own.split(" ");
  if (!/^\d+$/.test(pid) || boot !== ownBoot) return false;
  // Processes of another container cannot be seen from here.
  return namespace !== ownNamespace || startTime(Number(pid)) === started;
}

function inUse({ file, identity: holder }: Holder, own: string): LockedError {
  const [pid = "", , , namespace = ""] = holder.split(" ");
  const foreign = namespace !== own.split(" ")[3];
  const message = foreign
    ? `the thread is in use by process ${pid} of another container; end it first, or remove ${file} if that container is gone`
    : `the thread is in use by process ${pid}; end it first, or fork the thread`;
  return new LockedError(message, Number(pid));
}

/** `pid start boot namespace`: a number that was given away again does not count. What a system does not tell stays empty. */
function identity(): string {
  const boot = readText(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? "";
  const namespace = readText(() => readlinkSync("/proc/self/ns/pid")) ?? "";
  return [process.pid, startTime(process.pid) ?? "", boot, namespace].join(" ");
}

/** When a process started, in clock ticks since boot (proc_pid_stat(5), field 22); null when it is not there. */
function startTime(pid: number): string | null {
  if (process.platform !== "linux") return isAlive(pid) ? "" : null;
  const stat = readText(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

/** What `read` gives; null when it throws. */
function readText<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
