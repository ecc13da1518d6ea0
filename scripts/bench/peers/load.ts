// bun run bench --load N: whether ratios hold on a busy machine. Quiet and beside N busy loops in turns, so that what changes meanwhile is in both.
import { median, ownDirectory, row } from "../measure.ts";
import { agentsOf } from "./agents.ts";
import { warmed } from "./compare.ts";
import { CASES, type Case, type Figures, PLAIN_CPU } from "./rows.ts";
import type { Place } from "./turn.ts";

/** Cases by name, and of how many runs the least counts: a short one is noise for the most part. */
const TIMES: Record<string, number> = { turn: 6, "tool round": 1, deltas: 1, output: 1, "--help": 6 };
/** Rounds begin as long as one more ends within this, in seconds: a verdict after eight minutes at most, with what is installed before. */
const SECONDS = 420;
/** Fewer rounds are no verdict: a single median of two moved by 20 % on a machine with twelve others at work. */
const ENOUGH = 5;
/** By how much a ratio may differ. */
const WITHIN = 0.15;
/** Wall time beside busy loops is theirs; so is a memory that depends on which page came when. CPU time is the agent's. */
const COMPARED = / CPU /;

const STATES = ["quiet", "busy"] as const;
type State = (typeof STATES)[number];

/** Figures of one round, by agent. */
type Round = Record<State, Map<string, Figures>>;

/** Gives the exit code: 1 where a ratio of CPU times does not hold. */
export async function compareLoaded(loops: number): Promise<number> {
  using directory = ownDirectory();
  // The two that are nearest: what takes seconds would need an hour for as many runs.
  const places = await warmed(agentsOf(["codex", "codex020"]), directory.path);
  using load = busyLoops(loops);
  const rounds: Round[] = [];
  const start = performance.now();
  const spent = () => (performance.now() - start) / 1000;
  do {
    rounds.push(await measureRound(places, load, rounds.length));
    console.error(`  round ${rounds.length}: ${spent().toFixed(0)} s`);
  } while (spent() * (1 + 1 / rounds.length) < SECONDS);
  return report(rounds, loops);
}

interface Load extends Disposable {
  set(state: State): void;
}

/** Loops that are stopped until they are wanted. They end with the bench, however that ends. */
function busyLoops(count: number): Load {
  const command = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", "while :; do :; done"];
  const loops = Array.from({ length: count }, () => Bun.spawn(command));
  const set = (state: State) => {
    for (const loop of loops) loop.kill(state === "busy" ? "SIGCONT" : "SIGSTOP");
  };
  set("quiet");
  return {
    set,
    [Symbol.dispose]() {
      for (const loop of loops) loop.kill("SIGKILL");
    },
  };
}

/** Every case of every agent, quiet and busy; which of them comes first changes from round to round. */
async function measureRound(places: readonly Place[], load: Load, number: number): Promise<Round> {
  const round: Round = { quiet: new Map(), busy: new Map() };
  const order = number % 2 === 0 ? STATES : STATES.toReversed();
  for (const one of CASES.filter(({ name }) => name in TIMES)) {
    for (const state of order) {
      load.set(state);
      for (const place of places) await measureInto(round[state], one, place);
    }
  }
  load.set("quiet");
  return round;
}

async function measureInto(of: Map<string, Figures>, { name, measure }: Case, place: Place): Promise<void> {
  const figures = of.get(place.agent.name) ?? {};
  of.set(place.agent.name, figures);
  for (let run = 0; run < (TIMES[name] ?? 0); run++) {
    for (const [row, value] of Object.entries(await measure(place, figures[PLAIN_CPU] ?? 0)))
      figures[row] = Math.min(figures[row] ?? Number.POSITIVE_INFINITY, value);
  }
}

function report(rounds: readonly Round[], loops: number): number {
  const [first] = rounds;
  const [own = "", ...peers] = [...(first?.quiet.keys() ?? [])];
  const rows = Object.keys(first?.quiet.get(own) ?? {}).filter((name) => COMPARED.test(name));
  let missed = 0;
  console.log(
    `  moat's CPU time beside others', quiet → beside ${loops} busy loops: medians of ${rounds.length} rounds, and the change within rounds with its quartiles`,
  );
  for (const name of rows) {
    for (const peer of peers) {
      const ratio = (state: State) => rounds.map((round) => ratioOf(round[state], name, own, peer));
      const [quiet, busy] = [ratio("quiet"), ratio("busy")];
      const changes = busy.map((value, at) => value / (quiet[at] ?? Number.NaN) - 1);
      const change = median(changes);
      if (!(Math.abs(change) <= WITHIN)) missed++;
      const [low, high] = [quantile(changes, 0.25), quantile(changes, 0.75)].map((part) => (part * 100).toFixed(0));
      const what = `${name}, beside ${peer}: ${median(quiet).toFixed(3)} → ${median(busy).toFixed(3)} (${low} to ${high} %)`;
      row(what, Math.abs(change) * 100, WITHIN * 100, "%");
    }
  }
  if (rounds.length < ENOUGH)
    console.log(`  no verdict: only ${rounds.length} rounds of ${ENOUGH}; others are at work here`);
  return missed > 0 || rounds.length < ENOUGH ? 1 : 0;
}

const ratioOf = (of: ReadonlyMap<string, Figures>, row: string, own: string, peer: string): number =>
  (of.get(own)?.[row] ?? Number.NaN) / (of.get(peer)?.[row] ?? Number.NaN);

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.round((values.length - 1) * part)] ?? Number.NaN;
