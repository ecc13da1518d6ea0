import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { root } from "../measure.ts";
import { cpuOf, HZ } from "../tree.ts";

/** When, of what, and on what kind of machine something was measured, and who else was at work there. No name of a machine. */
export interface Circumstances {
  date: string;
  commit: string;
  cores: number;
  cpu: string;
  memory_gb: number;
  kernel: string;
  bun: string;
  /** Load average of one minute, when it began and when it ended. The bench itself is in the second one. */
  load: [number, number];
  /** Part of the CPU time of all cores that others had meanwhile, 0 to 1. */
  others: number;
}

/** To be called before anything is measured; what it gives is called when all of it was. */
export function circumstances(): () => Circumstances {
  const [load = Number.NaN] = loadavg();
  const before = cpuTimes();
  return () => {
    const after = cpuTimes();
    const others = (after.others - before.others) / (after.all - before.all);
    return { ...machine(), load: [load, loadavg()[0] ?? Number.NaN], others };
  };
}

/**
 * CPU time of all cores since the machine started, ms (proc_stat(5)): all of it, and what neither was idle nor went to this process and
 * what it waited for. What a host takes from its guest is somebody else's, too.
 */
function cpuTimes(): { all: number; others: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0, stolen = 0] = line
    .split(/ +/)
    .slice(1)
    .map((ticks) => (Number(ticks) * 1000) / HZ);
  const busy = user + nice + system + irq + soft + stolen;
  return { all: busy + idle + waiting, others: busy - cpuOf(process.pid).all };
}

function machine(): Omit<Circumstances, "load" | "others"> {
  const commit = Bun.spawnSync(["git", "rev-parse", "--short", "HEAD"], { cwd: root }).stdout.toString().trim();
  const [first, ...others] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit,
    cores: others.length + 1,
    // The family is enough: a model number tells little, and is another one each time.
    cpu: (first?.model ?? "unknown").replace(/\(R\)|\(TM\)| CPU|@.*| \d+-Core Processor.*/g, "").trim(),
    memory_gb: Math.round(totalmem() / 1e9),
    kernel: release().split(/[-+]/)[0] ?? "unknown",
    bun: Bun.version,
  };
}

/** The same in two sentences. */
export function inWords({ load, others, ...of }: Circumstances): string {
  const { date, commit, cores, cpu, memory_gb, kernel, bun } = of;
  const what = `Measured on ${date} at commit ${commit}: ${cores} cores (${cpu}), ${memory_gb} GB, Linux ${kernel}, Bun ${bun}.`;
  const [began, ended] = load.map((value) => value.toFixed(2));
  return `${what} Load average ${began} when it began, ${ended} when it ended; other programs had ${Math.round(others * 100)} % of the CPU time meanwhile.`;
}
