// Start-up beside a bare Bun binary that is built in the same run.
import { statSync } from "node:fs";
import { respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { bareBinary, type Cost, interleaved, moat, once, row } from "./measure.ts";

const RUNS = 15;

/** Wall time until the first request arrives, and the cost of the whole turn. */
async function turn(firsts: number[]): Promise<Cost> {
  let asked = Number.NaN;
  const server = await startModelServer([
    () => {
      asked = performance.now();
      return respond(say("ok"));
    },
  ]);
  using project = tempProject({}, { git: true });
  const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench", MOAT_HOME: project.path("home") };
  // From when moat is started: what starts it takes longer than all of this.
  let start = Number.NaN;
  const cost = await once([moat, "exec", "hi"], { cwd: project.dir, env, began: (at) => (start = at) });
  firsts.push(asked - start);
  server.stop();
  return cost;
}

/** A patch that makes a file which is not there yet. */
export const newFile = () => `*** Begin Patch\n*** Add File: ${Bun.randomUUIDv7()}.txt\n+x\n*** End Patch\n`;

export async function run(): Promise<void> {
  using bare = await bareBinary();
  using home = tempProject({}, { git: true });
  const firsts: number[] = [];
  const best = await interleaved(
    {
      bare: () => once([bare.path]),
      version: () => once([moat, "--version"]),
      help: () => once([moat, "--help"]),
      doctor: () =>
        once([moat, "doctor"], { cwd: home.dir, env: { MOAT_HOME: home.path("home"), OPENAI_API_KEY: "sk-bench" } }),
      config: () =>
        once([moat, "config", "list"], {
          cwd: home.dir,
          env: { MOAT_HOME: home.path("home"), OPENAI_API_KEY: "sk-bench" },
        }),
      patch: () => once([moat, "apply-patch", newFile()], { cwd: home.dir, env: { MOAT_HOME: home.path("home") } }),
      turn: () => turn(firsts),
    },
    RUNS,
  );
  const floor = best.bare?.wall ?? Number.NaN;
  console.log(`  bare Bun binary: ${floor.toFixed(1)} ms, ${best.bare?.rss.toFixed(0)} MB (least of ${RUNS})`);
  row("--version: wall, times the bare binary's", (best.version?.wall ?? 0) / floor, 2, "x");
  row("--help: CPU, times --version's", (best.help?.cpu ?? 0) / (best.version?.cpu ?? 1), 1.5, "x");
  row("apply-patch: CPU, times --version's", (best.patch?.cpu ?? 0) / (best.version?.cpu ?? 1), 1.5, "x");
  row("doctor: wall, times the bare binary's", (best.doctor?.wall ?? 0) / floor, 3, "x");
  row("config list: wall, times the bare binary's", (best.config?.wall ?? 0) / floor, 3, "x");
  row("exec: start to first request, times the bare binary's", Math.min(...firsts) / floor, 5, "x");
  row("exec: CPU of a plain turn", best.turn?.cpu ?? 0, 50, "ms");
  row("exec: peak RSS of a plain turn", best.turn?.rss ?? 0, 70, "MB");
  row("binary beyond the bare one", (statSync(moat).size - statSync(bare.path).size) / 1e6, 15, "MB");
}
