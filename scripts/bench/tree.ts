// What a tree of processes costs, read from outside while it runs.
import { readdirSync, readFileSync } from "node:fs";

/** Of a process tree: CPU in ms, resident memory in MB (of all together), times that it was woken. */
export interface ProcessStat {
  cpu: number;
  rss: number;
  /** What was written: pages of files, which every process of a program shares, are the same whether another one runs or not. */
  private_mb: number;
  wakes: number;
}

/** A process and everything below it; children belong to the thread that started them. */
function processes(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const own = threads.flatMap((tid) => readFileSync(`/proc/${pid}/task/${tid}/children`, "utf8").split(" "));
    return [pid, ...own.filter(Boolean).map(Number).flatMap(processes)];
  } catch {
    return [];
  }
}

/** Ticks of the kernel's clock in a second (USER_HZ is 100 on every Linux that Bun runs on). */
export const HZ = 100;

/** What is there now. A process that ends meanwhile counts for nothing. */
export function treeStat(root: number): ProcessStat {
  const sum: ProcessStat = { cpu: 0, rss: 0, private_mb: 0, wakes: 0 };
  for (const pid of processes(root)) {
    try {
      add(sum, pid);
    } catch {
      // It has ended.
    }
  }
  return sum;
}

function add(sum: ProcessStat, pid: number): void {
  const { own } = cpuOf(pid);
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(memory)?.[1] ?? 0);
  sum.wakes += numberIn(pid, "voluntary_ctxt_switches");
  sum.cpu += own;
  sum.rss += kb("Rss") / 1000;
  sum.private_mb += kb("Private_Dirty") / 1000;
}

/** CPU time in ms of a process itself, and with the children that it waited for. */
export function cpuOf(pid: number): { own: number; all: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const [user = 0, system = 0, below_user = 0, below_system = 0] = stat.slice(11, 15).map(Number);
  const own = ((user + system) * 1000) / HZ;
  return { own, all: own + ((below_user + below_system) * 1000) / HZ };
}

export function numberIn(pid: number, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

/**
 * Ends what programs left running that were started with this home (daemons of theirs, which nobody would end), and gives what they cost:
 * CPU in ms, and the largest peak in MB.
 */
export function endLeftovers(home: string): { cpu: number; rss: number } {
  const cost = { cpu: 0, rss: 0 };
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(`HOME=${home}`)) continue;
      const pid = Number(name);
      const [{ all }, peak] = [cpuOf(pid), numberIn(pid, "VmHWM")];
      process.kill(pid, "SIGKILL");
      cost.cpu += all;
      cost.rss = Math.max(cost.rss, (peak * 1024) / 1e6);
    } catch {
      // It has ended by itself.
    }
  }
  return cost;
}
