// bun run bench --peers [--quick] [--json] [--write] · bun run bench --load N
import { initializeTimes } from "../acp.ts";
import { ownDirectory } from "../measure.ts";
import { type Circumstances, circumstances, inWords } from "../page/machine.ts";
import { digits, tableOf, writePart, writePicture } from "../page/page.ts";
import { barSheet, type Diagram } from "../page/plot.ts";
import { appFigures } from "../tui.ts";
import { type Compared, compare, type Extent, summary, type Table } from "./compare.ts";
import type { PeerName } from "./install.ts";

const AGENTS: readonly PeerName[] = ["codex", "codex020", "pi", "claude", "opencode"];
/** Peers that are only measured as a whole: in a terminal, or by an editor. */
export const INSTALLED: readonly PeerName[] = [...AGENTS, "gemini", "copilot"];

const WHOLE: Extent = { peers: AGENTS, runs: 9, seconds: 15 };
/** Enough to see that the harness works. */
const QUICK: Extent = { peers: AGENTS, runs: 2, seconds: 1 };
const APP_RUNS = { whole: 5, quick: 1 };

interface Report extends Compared {
  circumstances: Circumstances;
}

/** Measures everything beside all peers, and prints or writes it. */
export async function comparePeers(flags: ReadonlySet<string>): Promise<void> {
  const quick = flags.has("--quick");
  const told = circumstances();
  using directory = ownDirectory();
  const { versions, rows } = await compare(quick ? QUICK : WHOLE, directory.path);
  await appFigures(quick ? APP_RUNS.quick : APP_RUNS.whole, (row, name, values) => add(rows, row, name, values));
  for (const [name, times] of Object.entries(await initializeTimes())) add(rows, "acp: initialize, ms", name, times);
  const report = { circumstances: told(), versions, rows };
  console.log(flags.has("--json") ? JSON.stringify(report, null, 2) : markdownOf(report));
  if (flags.has("--write")) write(report);
}

/** Puts it on the page, with its picture. */
function write(report: Report): void {
  writePart("peers", markdownOf(report));
  writePicture("benchmarks.svg", barSheet("moat beside published agents", diagramsOf(report)));
}

/** Adds what an agent needed for a row, where it could be had. */
function add(rows: Table, row: string, name: string, values: readonly number[]): void {
  const known = values.filter(Number.isFinite);
  if (known.length > 0) rows[row] = { ...rows[row], [name]: summary(known) };
}

/** Medians, the least in brackets, and how many times as much as moat a peer needs. */
function markdownOf({ circumstances: of, versions, rows }: Report): string {
  const names = [...new Set([...Object.keys(versions), ...Object.values(rows).flatMap((row) => Object.keys(row))])];
  const lines = Object.entries(rows).map(([row, values]) => {
    const own = values.moat?.median ?? Number.NaN;
    const cells = names.map((name) => {
      const value = values[name];
      if (!value) return "–";
      const shown = `${digits(value.median)} (${digits(value.least)})`;
      return name === "moat" ? shown : `${shown} ${digits(value.median / own)}×`;
    });
    return [row, ...cells];
  });
  const head = names.map((name) => (versions[name] && !name.includes(" ") ? `${name} ${versions[name]}` : name));
  return `${inWords(of)}\n\n${tableOf(["", ...head], lines)}`;
}

/** The rows that a picture shows. */
const SHOWN: Record<string, string> = {
  "start to first request, ms": "start to first request",
  "turn, CPU ms": "a turn without a command: CPU",
  "turn, peak RSS MB": "a turn without a command: peak RSS",
  "tool round, ms": "a tool round",
  "50,000 deltas, CPU µs each": "a delta of an answer: CPU",
  "100 MB of output, CPU ms": "100 MB of output: CPU",
};

function diagramsOf({ versions, rows }: Report): Diagram[] {
  return Object.entries(SHOWN).map(([row, title]) => ({
    title,
    unit: `${row.split(" ").findLast((word) => ["ms", "MB", "µs"].includes(word)) ?? ""}, logarithmic`,
    columns: [],
    series: Object.keys(versions).map((name) => ({ name, values: [rows[row]?.[name]?.median ?? Number.NaN] })),
  }));
}
