import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isWithin, readRegular } from "../../base/index.ts";

/** What is true outside the sandbox. With it, a refusal that the system itself would give is told from the sandbox's. */
export interface Facts {
  /** The user could write this path (or create it) without any privilege: file modes, mounts and ACLs allow it. */
  couldWrite(path: string): boolean;
  isDirectory(path: string): boolean;
  isSocket(path: string): boolean;
  exists(path: string): boolean;
  /** Something outside listens on this TCP port. */
  listens(port: number): boolean;
  /** A regular file as text; null: there is none to read, or it is too large. */
  textOf(path: string): string | null;
  /** moat runs as root outside. */
  is_root: boolean;
  /** The system lets this user count what processors do. */
  counters: boolean;
}

/** The facts of this machine and user. */
export function systemFacts(): Facts {
  const uid = process.getuid?.() ?? 0;
  const who: Who = { uid, groups: new Set([process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])]) };
  return {
    couldWrite: (path) => couldWrite(path, who),
    isDirectory: (path) => stat(path)?.isDirectory() ?? false,
    isSocket: (path) => stat(path)?.isSocket() ?? false,
    exists: (path) => stat(path) !== null,
    listens,
    textOf,
    is_root: who.uid === 0,
    counters: who.uid === 0 || paranoia() <= 2,
  };
}

/** No longer log is read. */
const LOG_BYTES = 4 * 1024 * 1024;

function textOf(path: string): string | null {
  const read = readRegular(path, LOG_BYTES, "refuse");
  return read.ok ? read.bytes.toString("utf8") : null;
}

/** proc(5), perf_event_paranoid: above 2 (Debian's addition) ordinary users count nothing. */
function paranoia(): number {
  try {
    return Number(readFileSync("/proc/sys/kernel/perf_event_paranoid", "utf8"));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

interface Who {
  uid: number;
  groups: Set<number>;
}

function couldWrite(path: string, who: Who): boolean {
  if (stat(path) !== null) return mayWrite(path, who);
  const parent = dirname(path);
  return parent !== path && couldWrite(parent, who);
}

/**
 * access(2) knows mounts and ACLs, but answers root with root's privileges, which a confined command does not have: so the
 * mode has to allow it as well.
 */
function mayWrite(path: string, who: Who): boolean {
  try {
    accessSync(path, constants.W_OK);
  } catch {
    return false;
  }
  const found = stat(path);
  if (!found) return false;
  if (found.uid === who.uid) return (found.mode & 0o200) !== 0;
  return (found.mode & (who.groups.has(found.gid) ? 0o020 : 0o002)) !== 0;
}

function stat(path: string) {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

const TCP_LISTEN = "0A";

/** Reads the kernel's tables (proc(5), net/tcp): nothing is connected to. */
function listens(port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return ["/proc/net/tcp", "/proc/net/tcp6"].some((table) => {
    try {
      return readFileSync(table, "utf8")
        .split("\n")
        .some((line) => {
          const [, local = "", , state] = line.trim().split(/\s+/);
          return state === TCP_LISTEN && local.endsWith(`:${wanted}`);
        });
    } catch {
      return false;
    }
  });
}

/** Places where writing means something else than changing a file. */
export function isKernelPlace(path: string): boolean {
  return ["/proc", "/sys", "/dev"].some((place) => isWithin(path, place));
}
