// bun run bench --peers: moat and published agents, turn by turn in one run.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { tempProject } from "../../../src/testkit/index.ts";
import { median } from "../measure.ts";
import { type Agent, agentsOf } from "./agents.ts";
import type { PeerName } from "./install.ts";
import { CASES, type Case, type Figures, PLAIN_CPU } from "./rows.ts";
import { type Place, runsCommands } from "./turn.ts";

/** Of the runs of one figure. */
export interface Summary {
  median: number;
  least: number;
  runs: number;
}

/** By row, then by agent. A figure that could not be had is not there. */
export type Table = Record<string, Record<string, Summary>>;

export interface Compared {
  versions: Record<string, string>;
  rows: Table;
}

/** How long, and of whom. */
export interface Extent {
  peers: readonly PeerName[];
  /** At most so many runs of a case. */
  runs: number;
  /** An agent that used up so many seconds for a case is not started for it again. */
  seconds: number;
}

/** Measures them, case by case, the agents of a case one after another, again and again. `directory` is the bench's own. */
export async function compare({ peers, runs, seconds }: Extent, directory: string): Promise<Compared> {
  const places = await warmed(agentsOf(peers), directory);
  const values = new Map<string, Map<string, number[]>>();
  for (const one of CASES) await measureCase(one, places, { runs, seconds }, values);
  const rows = Object.fromEntries([...values].map(([row, of]) => [row, summaries(of)]));
  return { versions: Object.fromEntries(places.map(({ agent }) => [agent.name, agent.version])), rows };
}

async function measureCase(
  { name, has, measure }: Case,
  places: readonly Place[],
  { runs, seconds }: Pick<Extent, "runs" | "seconds">,
  values: Map<string, Map<string, number[]>>,
): Promise<void> {
  console.error(`  ${name}`);
  const used = new Map<Place, number>();
  for (let run = 0; run < runs; run++) {
    for (const place of places) {
      const before = used.get(place) ?? 0;
      if (!has(place) || before >= seconds) continue;
      const start = performance.now();
      const plain = median([...(values.get(PLAIN_CPU)?.get(place.agent.name) ?? [])]);
      try {
        keep(values, place.agent, await measure(place, plain));
      } catch (error) {
        console.error(`  ${place.agent.name}, ${name}: ${error instanceof Error ? error.message : error}`);
        used.set(place, Number.POSITIVE_INFINITY);
        continue;
      }
      used.set(place, before + (performance.now() - start) / 1000);
    }
  }
}

function keep(values: Map<string, Map<string, number[]>>, { name }: Agent, figures: Figures): void {
  for (const [row, value] of Object.entries(figures)) {
    const of = values.get(row) ?? new Map<string, number[]>();
    of.set(name, [...(of.get(name) ?? []), value]);
    values.set(row, of);
  }
}

const summaries = (of: ReadonlyMap<string, number[]>): Record<string, Summary> =>
  Object.fromEntries([...of].map(([agent, list]) => [agent, summary(list)]));

export const summary = (values: readonly number[]): Summary => ({
  median: median(values),
  least: Math.min(...values),
  runs: values.length,
});

/** Agents with a home that they were used in, in which their commands run. One that does not work here is left out. */
export async function warmed(agents: readonly Agent[], directory: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const agent of agents) {
    const home = mkdtempSync(join(directory, "home-"));
    const place = { agent, home, project: tempProject({ "a.txt": "a\n" }, { git: true }).dir };
    try {
      if (!(await runsCommands(place, false))) throw new Error("its commands do not run");
      places.push(await withSandbox(place));
    } catch (error) {
      console.error(`  left out: ${agent.name} ${agent.version}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return places;
}

/** The same, without a sandbox where that does not work on this machine. */
async function withSandbox(place: Place): Promise<Place> {
  if (!place.agent.hasSandbox || (await runsCommands(place, true))) return place;
  console.error(`  ${place.agent.name}: its sandbox runs no command here; not measured confined`);
  return { ...place, agent: { ...place.agent, hasSandbox: false } };
}
