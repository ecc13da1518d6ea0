// How a turn grows: CPU of a round and memory at the tenth, hundredth … two thousandth, and CPU of a request by the size of the history.
import { call, type Reply, respond, say, startModelServer, tempProject } from "../../../src/testkit/index.ts";
import { moat, started } from "../measure.ts";
import { cpuOf, numberIn } from "../tree.ts";
import type { Curve } from "./curve.ts";

/** Rounds that are looked at. The first ones load what later ones have. */
const AT = [10, 100, 1000, 1950];
/** Rounds over which the CPU time of one is taken: the kernel counts it in steps of 10 ms. */
const WINDOW = 50;
const LAST = Math.max(...AT) + WINDOW;

/** Rounds of which each leaves 100 kB in the history, and where they are looked at: 5, 9 and 17 MB. In the first ones the engine compiles. */
const FAT_AT = [40, 80, 160];
const FAT_WINDOW = 20;
const FAT_BYTES = 100_000;

/** CPU of a process with the commands that it waited for, ms; its memory in MB; the bytes of the request. */
interface Seen {
  cpu: number;
  rss: number;
  bytes: number;
}

/** A turn of so many rounds; what was seen when each request came. */
async function seenAt(rounds: number, command: (index: number) => Reply): Promise<Seen[]> {
  using project = tempProject({ "a.txt": "a" }, { git: true });
  using home = tempProject();
  const seen: Seen[] = [];
  const process = { pid: 0 };
  const server = await startModelServer(({ raw }) => {
    const index = seen.push({ cpu: cpuOf(process.pid).all, rss: rssOf(process.pid), bytes: raw.length }) - 1;
    // What was asked is not looked at again, and would be a gigabyte in the end.
    server.requests.length = 0;
    return index < rounds ? command(index) : respond(say("ok"));
  });
  const env = {
    PATH: globalThis.process.env.PATH ?? "",
    HOME: home.dir,
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-bench",
  };
  const { pid, ended } = await started([moat, "exec", "--json", "-s", "danger-full-access", "hi"], project.dir, env);
  process.pid = pid;
  const { code } = await ended;
  server.stop();
  if (code !== 0) throw new Error(`a turn of ${rounds} rounds ended with ${code}`);
  return seen;
}

const rssOf = (pid: number) => (numberIn(pid, "VmRSS") * 1024) / 1e6;

/** CPU per round in a window that begins at each of these. */
const perRound = (seen: readonly Seen[], at: readonly number[], window: number) =>
  at.map((from) => ((seen[from + window]?.cpu ?? Number.NaN) - (seen[from]?.cpu ?? Number.NaN)) / window);

/** The curves of a turn. */
export async function turnCurves(): Promise<Curve[]> {
  const thin = await seenAt(LAST, (index) => respond(call("exec_command", { cmd: "true", login: false }, `c${index}`)));
  const cpu = perRound(thin, AT, WINDOW);
  const grown = ((thin[LAST]?.bytes ?? 0) - (thin[AT[0] ?? 0]?.bytes ?? 0)) / 1e6;
  const allowed = 1.05 * (cpu[0] ?? 0) + grown;
  const rounds = { of: "rounds", sizes: AT };
  console.log(
    `  round ${LAST}: ${cpu.at(-1)?.toFixed(1)} ms CPU; 1.05 × round ${AT[0]} and 1 ms for each of ${grown.toFixed(2)} MB are ${allowed.toFixed(1)} ms`,
  );
  // The model says nothing but words: nothing is spawned, so that what a request costs is not lost in what a command costs.
  const fat = await seenAt(Math.max(...FAT_AT) + FAT_WINDOW, (index) =>
    respond(
      say("x".repeat(FAT_BYTES)),
      call("update_plan", { plan: [{ step: `s${index}`, status: "pending" }] }, `p${index}`),
    ),
  );
  const sizes = FAT_AT.map((from) => Math.round((fat[from + FAT_WINDOW / 2]?.bytes ?? 0) / 1e5) / 10);
  return [
    { what: "a round: CPU", unit: "ms", ...rounds, values: cpu, shape: "flat" },
    {
      what: "a turn: memory",
      unit: "MB",
      ...rounds,
      values: AT.map((at) => thin[at]?.rss ?? Number.NaN),
      shape: "linear",
    },
    {
      what: "a request: CPU",
      unit: "ms",
      of: "MB of history",
      sizes,
      values: perRound(fat, FAT_AT, FAT_WINDOW),
      shape: "linear",
    },
  ];
}
