import { cpus, release, totalmem } from "node:os";
import { root } from "../measure.ts";

/** When, of what, and on what kind of machine something was measured. No name of a machine. */
export interface Circumstances {
  date: string;
  commit: string;
  cores: number;
  cpu: string;
  memory_gb: number;
  kernel: string;
  bun: string;
}

export function circumstances(): Circumstances {
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

/** The same in a sentence. */
export const inWords = ({ date, commit, cores, cpu, memory_gb, kernel, bun }: Circumstances): string =>
  `Measured on ${date} at commit ${commit}: ${cores} cores (${cpu}), ${memory_gb} GB, Linux ${kernel}, Bun ${bun}.`;
