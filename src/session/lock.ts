import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";

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

/** Attempts to get past other processes that take over the same stale lock at the same moment. */
const ATTEMPTS = 5;

/**
 * Takes the lock file, or throws LockedError that names who holds it. The lock of a process that is gone is taken over.
 *
 * The file holds process id, start time, boot and PID namespace, so that a number that was given away again does not
 * count. It appears with its content in one step (link(2)): nobody can read it half written.
 */
export function acquireLock(path: string): Lock {
  const mine = identity();
  const staged = `${path}.${process.pid}`;
  writeFileSync(staged, mine, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (tryLink(staged, path)) return { release: () => release(path, mine) };
      const holder = readHolder(path);
      if (holder === null) continue;
      const alive = livingHolder(holder, path);
      if (alive) throw alive;
      removeStale(path, holder);
    }
  } finally {
    rmSync(staged, { force: true });
  }
  throw new Error(`cannot take the lock ${path}: other processes keep taking it; try again`);
}

/** Whether a living process holds the lock. */
export function isLocked(path: string): boolean {
  const holder = readHolder(path);
  return holder !== null && livingHolder(holder, path) !== null;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!NO_LINKS.has(code)) throw error;
    return tryCopy(from, to);
  }
}

/** What file systems without hard links answer (exFAT, some that containers share with their host). */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/** Not in one step: for a moment the file is empty, and a process that looks just then takes it for a stale lock. */
function tryCopy(from: string, to: string): boolean {
  try {
    writeFileSync(to, readFileSync(from), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function livingHolder(holder: string, path: string): LockedError | null {
  const [pid = "", started = "", boot = "", namespace = ""] = holder.split(" ");
  const [, , ownBoot = "", ownNamespace = ""] = identity().split(" ");
  if (!/^\d+$/.test(pid) || boot !== ownBoot) return null;
  if (namespace !== ownNamespace) {
    const message = `the thread is in use by process ${pid} of another container; end it first, or remove ${path} if that container is gone`;
    return new LockedError(message, Number(pid));
  }
  if (startTime(Number(pid)) !== started) return null;
  return new LockedError(`the thread is in use by process ${pid}; end it first, or fork the thread`, Number(pid));
}

/** Moves the lock away before it is removed: of several processes that saw it stale, one gets it. */
function removeStale(path: string, seen: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  // Between reading and moving, another process may have taken over: then this is its lock, and it gets it back.
  if (readHolder(aside) !== seen) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): string | null {
  return readText(() => readFileSync(path, "utf8"));
}

function release(path: string, mine: string): void {
  if (readHolder(path) === mine) rmSync(path, { force: true });
}

/** `pid start boot namespace`; what a system does not tell stays empty. */
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

function readText(read: () => string): string | null {
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
