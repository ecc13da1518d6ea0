import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/** Held while a process writes a thread. */
export interface Lock {
  release(): void;
}

/** Another living process writes this thread. */
export class LockedError extends Error {
  override name = "LockedError";
}

/**
 * Takes the lock file, or throws LockedError that names who holds it. The lock of a process that is gone is taken over.
 * The file holds the process's id and start time, so that a number that was given away again does not count.
 */
export function acquireLock(path: string): Lock {
  const mine = `${process.pid} ${startTime(process.pid) ?? ""}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(path, "wx", 0o600);
      writeSync(fd, mine);
      closeSync(fd);
      return { release: () => release(path, mine) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const [pid = "", started = ""] = readHolder(path).split(" ");
      if (pid && startTime(Number(pid)) === started) {
        throw new LockedError(`the thread is in use by process ${pid}; end it first, or fork the thread`);
      }
      rmSync(path, { force: true });
    }
  }
  throw new LockedError(`cannot take the lock ${path}`);
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function release(path: string, mine: string): void {
  if (readHolder(path) === mine) rmSync(path, { force: true });
}

/** When a process started, in clock ticks since boot (proc_pid_stat(5), field 22); null when it is not there. */
function startTime(pid: number): string | null {
  if (process.platform !== "linux") return isAlive(pid) ? "" : null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
