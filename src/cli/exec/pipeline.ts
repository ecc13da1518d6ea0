import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What Linux says of a process in /proc/PID/stat (proc(5)). */
interface Process {
  parent: number;
  group: number;
}

/** The name in brackets may hold spaces and brackets of its own: the fields are counted from the last one. */
function processOf(pid: number | "self"): Process | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), group: Number(fields[2]) };
  } catch {
    return null;
  }
}

/**
 * Whether the pipe on standard input is the output of another program of the same pipeline, as in `npm test | moat exec …`:
 * a process of the same group that is no ancestor has it on its stdout or stderr. Always false where there is no /proc.
 */
export function fedByPipeline(): boolean {
  const [pipe, self] = [linkOf("self", 0), processOf("self")];
  if (pipe === null || self === null || !pipe.startsWith("pipe:")) return false;
  const family = ancestors(self.parent).add(process.pid);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && !family.has(pid) && processOf(pid)?.group === self.group)
    .some((pid) => linkOf(pid, 1) === pipe || linkOf(pid, 2) === pipe);
}

function ancestors(parent: number): Set<number> {
  const found = new Set<number>();
  for (let pid = parent; pid > 0 && !found.has(pid); pid = processOf(pid)?.parent ?? 0) found.add(pid);
  return found;
}

function linkOf(pid: number | "self", fd: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return null;
  }
}
