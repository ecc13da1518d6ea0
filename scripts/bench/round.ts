// What a tool round and a streamed answer cost: moat, launcher and command together, beside an earlier build that MOAT_BESIDE names.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { call, type Reply, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { type Cost, interleaved, moat, once, ownDirectory, row } from "./measure.ts";

const RUNS = 15;
/** Rounds of one turn: the first one, which loads the sandbox and the tools, counts little among them. */
export const ROUNDS = 20;
/** Of what the earlier build needs: a round resolves its policy once, where it was two or three times. */
const TARGET = 0.85;
/** Beside `bash -c :` by spawn: 14 and 18 ms of CPU time where that takes 5. */
const UNCONFINED = 2.8;
const CONFINED = 3.6;
/** Beside a shell that reads the profile each time, whatever that costs: it is read once. */
const LOGIN = 0.5;
const ONCE = ["-c", 'login_shell="once"'];
/** A profile as version managers make them: it starts programs, and defines functions. */
const PROFILE =
  'for n in 1 2 3 4 5 6 7 8 9 10; do v=$(/bin/echo "$n"); /bin/true; done\nexport TOOLS=$v\nuse() { echo "$1"; }\n';
const OUTPUT_RSS_MB = 80;
const OUTPUT_MS = 600;
/** A command that changes nothing, and is not known for it, beside the same one that is not watched for undo. */
const WATCHED = 1.15;
/** Pieces of a long answer, each a chunk of its own. */
export const DELTAS = 20_000;
const OUTPUT_BYTES = 100_000_000;
/** More than a command may have at once: their parent waits for them. */
const FORKS = 10_000;
/** What noise leaves of "no worse". */
const NO_WORSE = 1.05;

/** A build with a project and a home that were there before, as a user's are. */
export interface Stage {
  binary: string;
  project: string;
  moat_home: string;
  home: string;
}

/** A copy of a build in a directory, with a project in which it had a turn already. */
export async function stage(directory: string, name: string, build: string): Promise<Stage> {
  // A fresh copy: how a file of 120 MB lies in the page cache costs a start 1 ms and more.
  const binary = join(directory, name);
  cpSync(build, binary);
  const project = tempProject({ "a.txt": "x" }, { git: true }).dir;
  // Rows that do without a profile do not pay for reading one beside their first command.
  const moat_home = tempProject({ "config.toml": 'login_shell = "each"\n' }).dir;
  const made = { binary, project, moat_home, home: tempProject({ ".bash_profile": PROFILE }).dir };
  // What a program that nobody knows does, which is nothing.
  cpSync(Bun.which("true") ?? "/bin/true", join(made.project, "nothing"));
  await turn(made, 1);
  return made;
}

/** A turn of so many commands, and an answer. `login`: as exec_command has it; null: as models call it. */
export function turn(
  made: Stage,
  rounds: number,
  flags: string[] = [],
  cmd = "true",
  login: boolean | null = false,
): Promise<Cost> {
  const command = (index: number) => call("exec_command", { cmd, login }, `c${index}`);
  return exec(made, (index) => respond(index < rounds ? command(index) : say("ok")), flags);
}

/** A turn with one command that prints a lot. */
function output(made: Stage): Promise<Cost> {
  const cmd = `yes abcdefghijklmnopqrstuvwxyz0123456789 | head -c ${OUTPUT_BYTES}`;
  const print = respond(call("exec_command", { cmd, login: false }, "c"));
  return exec(made, (index) => (index === 0 ? print : respond(say("ok"))), ["-s", "danger-full-access"]);
}

/** A turn with one command that forks a lot. */
function forks(made: Stage): Promise<Cost> {
  return turn(made, 1, [], `for ((i = 0; i < ${FORKS}; i++)); do (:) & done; wait`);
}

const LONG = respond(say(...Array.from({ length: DELTAS }, (_, index) => `word${index % 1000} `)));

/** A turn whose answer comes in many pieces. */
export const longAnswer = (made: Stage): Promise<Cost> => exec(made, () => LONG);

async function exec(
  { binary, project, moat_home, home }: Stage,
  reply: (index: number) => Reply,
  flags: string[] = [],
): Promise<Cost> {
  const server = await startModelServer((_request, index) => reply(index));
  const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench", MOAT_HOME: moat_home, HOME: home };
  try {
    return await once([binary, "exec", "--json", ...flags, "hi"], { cwd: project, env });
  } finally {
    server.stop();
  }
}

/** As many shells as a turn has commands, one after the other. */
export async function shells({ home, project }: Stage, flag: "-c" | "-lc"): Promise<Cost> {
  const script = `for ((i = 0; i < ${ROUNDS}; i++)); do /bin/bash ${flag} :; done`;
  return once(["/bin/bash", "-c", script], { cwd: project, env: { HOME: home } });
}

export async function run(): Promise<void> {
  const beside = process.env.MOAT_BESIDE;
  using own = ownDirectory();
  const dir = own.path;
  const builds = { now: moat, ...(beside ? { before: beside } : {}) };
  const cases: Record<string, () => Promise<Cost>> = {};
  const now = await stage(dir, "now", moat);
  for (const [name, build] of Object.entries(builds)) {
    const made = name === "now" ? now : await stage(dir, name, build);
    const open = ["-s", "danger-full-access"];
    cases[`${name} version`] = () => once([made.binary, "--version"]);
    cases[`${name} plain`] = () => turn(made, 0);
    cases[`${name} rounds`] = () => turn(made, ROUNDS);
    cases[`${name} unconfined`] = () => turn(made, ROUNDS, open);
    cases[`${name} login`] = () => turn(made, ROUNDS, [...open, ...(name === "now" ? ONCE : [])], "true", null);
    cases[`${name} shells`] = () => shells(made, "-c");
    cases[`${name} login shells`] = () => shells(made, "-lc");
    const writes = ["-s", "workspace-write"];
    cases[`${name} watched`] = () => turn(made, ROUNDS, writes, "./nothing");
    // An earlier build may not know the flag.
    if (name === "now")
      cases[`${name} unwatched`] = () => turn(made, ROUNDS, [...writes, "--undo", "off"], "./nothing");
    cases[`${name} deltas`] = () => longAnswer(made);
    cases[`${name} output`] = () => output(made);
  }
  const best = await interleaved(cases, RUNS);
  // Seconds of the machine's: once.
  best["now forks"] = await forks(now);
  report(best, beside !== undefined);
}

function report(best: Record<string, Cost>, compared: boolean): void {
  const cpu = (name: string) => best[name]?.cpu ?? Number.NaN;
  const perRound = (build: string, kind: string) => (cpu(`${build} ${kind}`) - cpu(`${build} plain`)) / ROUNDS;
  const perDelta = ((cpu("now deltas") - cpu("now plain")) * 1000) / DELTAS;
  const shell = cpu("now shells") / ROUNDS;
  row("an unconfined round: CPU beside `bash -c :`", perRound("now", "unconfined") / shell, UNCONFINED, "x");
  row("a confined round: CPU beside `bash -c :`", perRound("now", "rounds") / shell, CONFINED, "x");
  const login = perRound("now", "login") / (cpu("now login shells") / ROUNDS);
  row("a round with a profile of ten programs: CPU beside `bash -lc :`", login, LOGIN, "x");
  const watched = perRound("now", "watched") / perRound("now", "unwatched");
  row("a command that changes nothing, watched for undo: CPU", watched, WATCHED, "x");
  console.log(`  CPU per delta of exec: ${perDelta.toFixed(2)} µs (least of ${RUNS})`);
  row("100 MB of output: peak RSS", best["now output"]?.rss ?? Number.NaN, OUTPUT_RSS_MB, "MB");
  row("100 MB of output: wall", best["now output"]?.wall ?? Number.NaN, OUTPUT_MS, "ms");
  row(`${FORKS} forks: peak RSS`, best["now forks"]?.rss ?? Number.NaN, OUTPUT_RSS_MB, "MB");
  if (!compared) {
    console.log("  MOAT_BESIDE names no earlier build: no ratio");
    return;
  }
  const beside = (kind: string) => cpu(`now ${kind}`) / cpu(`before ${kind}`);
  row(
    "a confined round: CPU beside the earlier build",
    perRound("now", "rounds") / perRound("before", "rounds"),
    TARGET,
    "x",
  );
  row("a plain turn: CPU beside the earlier build", beside("plain"), NO_WORSE, "x");
  row("--version: CPU beside the earlier build", beside("version"), NO_WORSE, "x");
  row("100 MB of output: CPU beside the earlier build", beside("output"), NO_WORSE, "x");
  row(`${DELTAS} deltas: CPU beside the earlier build`, beside("deltas"), NO_WORSE, "x");
}
