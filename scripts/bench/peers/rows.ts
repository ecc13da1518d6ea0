// What is measured of every agent: cases, each of which gives some figures.
import { type Place, turnOf, waitingMemory, watched } from "./turn.ts";

/** Rounds of a turn of which the cost of one is taken. */
const ROUNDS = 20;
const DELTAS = 50_000;
const OUTPUT_BYTES = 100_000_000;

const PLAIN = { rounds: 0, cmd: "true", answer: ["ok"] };
const TOOLS = { ...PLAIN, rounds: ROUNDS };
const LONG = { ...PLAIN, answer: Array.from({ length: DELTAS }, (_, n) => `word${n % 1000} `) };
const OUTPUT = { ...PLAIN, rounds: 1, cmd: `yes abcdefghijklmnopqrstuvwxyz0123456789 | head -c ${OUTPUT_BYTES}` };

/** Figures by the row of the table that they belong to. */
export type Figures = Record<string, number>;

/** Something that is measured of one agent after the other, again and again. */
export interface Case {
  name: string;
  /** Whether an agent has it. */
  has(place: Place): boolean;
  /** `plain`: CPU time of a turn without a command, ms, as it was measured before. */
  measure(place: Place, plain: number): Promise<Figures>;
}

const all = () => true;
const confines = ({ agent }: Place) => agent.hasSandbox;

/** The row that others take off. */
export const PLAIN_CPU = "turn, CPU ms";

const flag = (name: string): Case => ({
  name,
  has: all,
  async measure({ agent, project, home }) {
    const env = { PATH: process.env.PATH ?? "", HOME: home, TMPDIR: `${home}/tmp`, TERM: "dumb" };
    const { wall, cpu, rss } = await watched({ argv: [...agent.program, name], env }, project);
    return { [`${name}, ms`]: wall, [`${name}, CPU ms`]: cpu, [`${name}, peak RSS MB`]: rss };
  },
});

const rounds = (name: string, confined: boolean): Case => ({
  name,
  has: confined ? confines : all,
  async measure(place, plain) {
    const { between, cpu } = await turnOf(place, TOOLS, confined);
    return { [`${name}, ms`]: between / ROUNDS, [`${name}, CPU ms`]: Math.max(0, cpu - plain) / ROUNDS };
  },
});

/** In the order in which they are measured: the plain turn comes before what takes it off. */
export const CASES: readonly Case[] = [
  {
    name: "turn",
    has: all,
    async measure(place) {
      const { first, wall, cpu, rss } = await turnOf(place, PLAIN);
      return { "start to first request, ms": first, "turn, ms": wall, [PLAIN_CPU]: cpu, "turn, peak RSS MB": rss };
    },
  },
  {
    name: "memory",
    has: all,
    measure: async (place) => ({ "turn, private MB of the tree": await waitingMemory(place, PLAIN) }),
  },
  rounds("tool round", false),
  rounds("tool round, confined", true),
  {
    name: "deltas",
    has: all,
    async measure(place, plain) {
      const { cpu, rss } = await turnOf(place, LONG);
      return { "50,000 deltas, CPU µs each": ((cpu - plain) * 1000) / DELTAS, "50,000 deltas, peak RSS MB": rss };
    },
  },
  {
    name: "output",
    has: all,
    async measure(place, plain) {
      const { between, cpu, rss } = await turnOf(place, OUTPUT);
      const name = "100 MB of output";
      return { [`${name}, ms`]: between, [`${name}, CPU ms`]: cpu - plain, [`${name}, peak RSS MB`]: rss };
    },
  },
  flag("--help"),
  flag("--version"),
];
