// What many files cost: the list behind @, a search in it, and a round that undo watches.
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileFinder } from "../../../src/app/files/finder.ts";
import { call, respond, say, startModelServer, tempProject } from "../../../src/testkit/index.ts";
import { moat, once } from "../measure.ts";
import type { Curve } from "./curve.ts";

const FILES = [1000, 100_000, 500_000];
const RUNS = 5;
const ROUNDS = 10;
/** Files in a directory, as in a tree of packages. */
const IN_ONE = 100;

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

/**
 * Lets a tree grow to so many files. Those of a directory are names of one: half a million take ten seconds so, where as many inodes
 * took ext4 four minutes; nothing here is written to or read.
 */
function growTree(root: string, from: number, to: number): void {
  for (let made = from; made < to; made += IN_ONE) {
    const directory = join(root, `d${Math.floor(made / IN_ONE / IN_ONE)}`, `d${made / IN_ONE}`);
    mkdirSync(directory, { recursive: true });
    const first = join(directory, "f0.txt");
    writeFileSync(first, "x");
    for (let n = 1; n < IN_ONE; n++) linkSync(first, join(directory, `f${n}.txt`));
  }
}

/** CPU in ms of a round that undo watches in this workspace. */
async function watchedRound(project: string, home: string): Promise<number> {
  const turn = async (rounds: number) => {
    const command = (index: number) => call("exec_command", { cmd: "sh -c : a", login: false }, `c${index}`);
    const server = await startModelServer((_, index) => respond(index < rounds ? command(index) : say("ok")));
    const env = { HOME: home, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench" };
    const { cpu } = await once([moat, "exec", "-s", "workspace-write", "hi"], { cwd: project, env });
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

/** The same at each size, in one workspace that grows. */
async function watchedRounds(): Promise<number[]> {
  using project = tempProject({ "a.txt": "a" }, { git: true });
  using home = tempProject();
  const rounds: number[] = [];
  for (const [at, files] of FILES.entries()) {
    growTree(project.dir, FILES[at - 1] ?? 0, files);
    rounds.push(await watchedRound(project.dir, home.dir));
  }
  return rounds;
}

/** The curves of a workspace. */
export async function fileCurves(): Promise<Curve[]> {
  const searches = [];
  for (const files of FILES) searches.push(await searched(files));
  const of = { of: "files", sizes: FILES, unit: "ms" };
  return [
    { what: "@: reading the list: CPU", ...of, values: searches.map(({ read }) => read), shape: "linear" },
    { what: "@: a search: CPU", ...of, values: searches.map(({ search }) => search), shape: "linear" },
    { what: "a round that undo watches: CPU", ...of, values: await watchedRounds(), shape: "flat" },
  ];
}
