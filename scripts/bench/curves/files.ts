// What many files cost: the list behind @, a search in it, and a round that undo watches.
import { FileFinder } from "../../../src/app/files/finder.ts";
import { call, respond, say, startModelServer, tempProject } from "../../../src/testkit/index.ts";
import { moat, once } from "../measure.ts";
import type { Curve } from "./curve.ts";
import { fillTree } from "./undo.ts";

const FILES = [1000, 100_000, 500_000];
const RUNS = 5;
const ROUNDS = 10;

/** CPU in ms of the first search, which reads the list, and of the next one. Least of several. */
async function searched(files: number): Promise<{ read: number; search: number }> {
  const text = Array.from({ length: files }, (_, n) => `src/part${n % 700}/file${n}.ts`).join("\0");
  const least = { read: Number.POSITIVE_INFINITY, search: Number.POSITIVE_INFINITY };
  for (let run = 0; run < RUNS; run++) {
    const { signal } = new AbortController();
    const finder = new FileFinder({
      cwd: "/",
      listed: async () => text,
      signal,
      feed() {},
      now: () => 0,
      pause: async () => {},
    });
    const cpu = async (generation: number, query: string) => {
      const start = process.cpuUsage();
      await finder.find(generation, query, signal);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    least.read = Math.min(least.read, await cpu(1, ""));
    least.search = Math.min(least.search, await cpu(2, "p77file4"));
  }
  return least;
}

/** CPU in ms of a round that undo watches, in a workspace of so many files. */
async function watchedRound(files: number): Promise<number> {
  using project = tempProject({ "a.txt": "a" }, { git: true });
  using home = tempProject();
  fillTree(project.dir, files);
  const turn = async (rounds: number) => {
    const command = (index: number) => call("exec_command", { cmd: "sh -c : a", login: false }, `c${index}`);
    const server = await startModelServer((_, index) => respond(index < rounds ? command(index) : say("ok")));
    const env = { HOME: home.dir, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench" };
    const { cpu } = await once([moat, "exec", "-s", "workspace-write", "hi"], { cwd: project.dir, env });
    server.stop();
    return cpu;
  };
  await turn(1);
  const least = { plain: Number.POSITIVE_INFINITY, rounds: Number.POSITIVE_INFINITY };
  for (let run = 0; run < RUNS; run++) {
    least.plain = Math.min(least.plain, await turn(0));
    least.rounds = Math.min(least.rounds, await turn(ROUNDS));
  }
  return (least.rounds - least.plain) / ROUNDS;
}

/** The curves of a workspace. */
export async function fileCurves(): Promise<Curve[]> {
  const searches = [];
  const rounds = [];
  for (const files of FILES) {
    searches.push(await searched(files));
    rounds.push(await watchedRound(files));
  }
  const of = { of: "files", sizes: FILES, unit: "ms" };
  return [
    { what: "@: reading the list: CPU", ...of, values: searches.map(({ read }) => read), shape: "linear" },
    { what: "@: a search: CPU", ...of, values: searches.map(({ search }) => search), shape: "linear" },
    { what: "a round that undo watches: CPU", ...of, values: rounds, shape: "flat" },
  ];
}
