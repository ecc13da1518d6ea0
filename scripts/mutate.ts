// Changes the code that decides, one operator, constant or condition at a time, and asks whether a test notices.
// bun scripts/mutate.ts [TARGET…] [--seed N] [--all] [--at FILE[:LINE]]…; docs/testing.md explains the report.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Glob } from "bun";
import { baseline, type TestFile } from "./mutate/baseline.ts";
import { Program } from "./mutate/program.ts";
import type { Site } from "./mutate/sites.ts";
import { LEAST_KILLED, NOT_MUTATED, SITES_PER_TARGET, TARGETS, type Target } from "./mutate/targets.ts";
import { Tree } from "./mutate/tree.ts";
import { trial, type Verdict } from "./mutate/trial.ts";

const root = join(import.meta.dir, "..");
/** Mutants after which a line says how far it is. */
const PROGRESS = 100;
/** The seed of the sample that docs/testing.md speaks of. */
const SEED = "1";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: SEED },
    all: { type: "boolean" },
    at: { type: "string", multiple: true },
  },
});

const filesOf = (globs: string[]) => [...new Set(globs.flatMap((glob) => [...new Glob(glob).scanSync(root)]))].sort();

/** The sites of a target that are tried, in an order that depends on the seed and on each site's own text alone. */
async function sample(program: Program, target: Target): Promise<{ sites: Site[]; of: number }> {
  const files = filesOf(target.sources).filter((file) => !NOT_MUTATED.test(file));
  const sites = (await Promise.all(files.map((file) => program.sites(file)))).flat();
  const places = values.at?.map((place) => place.split(":")) ?? [];
  const isThere = (site: Site) =>
    places.some(([file, line]) => site.file === file && (!line || site.line === Number(line)));
  const wanted = places.length > 0 ? sites.filter(isThere) : sites;
  const rank = (site: Site) => Bun.hash(`${values.seed} ${site.file} ${site.start} ${site.replacement}`);
  wanted.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const most = values.all || places.length > 0 ? wanted.length : SITES_PER_TARGET;
  const valid: Site[] = [];
  for (const site of wanted) {
    if (valid.length === most) break;
    if (await program.compiles(site)) valid.push(site);
  }
  return { sites: valid, of: sites.length };
}

/** Does the work of a list with as many hands as there are trees. */
async function share<T, R>(trees: Tree[], list: T[], work: (tree: Tree, item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...list.entries()];
  const hand = async (tree: Tree) => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(tree, next[1]);
  };
  await Promise.all(trees.map(hand));
  return results;
}

const isKilled = ({ outcome }: Verdict) => outcome === "failed" || outcome === "endless";

/** One line for people: where, what became what, and how it ended. */
function describe({ site, outcome, by }: Verdict): string {
  const place = `${site.file}:${site.line}:${site.column}`;
  return `${outcome.padEnd(9)} ${place}  ${site.original}  →  ${site.replacement}${by ? `  (${by})` : ""}`;
}

/** Tries the sample of a target. */
async function run(target: Target, program: Program, trees: Tree[]): Promise<Verdict[]> {
  const { sites, of } = await sample(program, target);
  if (sites.length === 0) return [];
  console.log(`\n${target.name}: ${sites.length} mutants (${of} sites)`);
  const tests: TestFile[] = await share(trees, filesOf(target.tests), baseline);
  let tried = 0;
  const verdicts = await share(trees, sites, async (tree, site) => {
    const verdict = await trial(tree, site, tests);
    if (!isKilled(verdict)) console.log(`  ${describe(verdict)}`);
    if (++tried % PROGRESS === 0) console.log(`  … ${tried} tried`);
    return verdict;
  });
  const killed = verdicts.filter(isKilled).length;
  console.log(`  ${killed} of ${sites.length} killed, ${((100 * killed) / sites.length).toFixed(1)} %`);
  return verdicts;
}

const unknown = positionals.find((name) => TARGETS.every((target) => target.name !== name));
if (unknown !== undefined) {
  console.error(`mutate: no target ${unknown}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const chosen = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const program = new Program(root);
const trees = Array.from({ length: availableParallelism() }, () => new Tree(root));
const removeTrees = () => {
  for (const tree of trees) tree[Symbol.dispose]();
};
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => {
    removeTrees();
    process.exit(code);
  });
}
const start = performance.now();
const all: Verdict[][] = [];
try {
  for (const target of chosen) all.push(await run(target, program, trees));
} finally {
  removeTrees();
  await program.close();
}
const verdicts = all.flat();
const killed = verdicts.filter(isKilled).length;
console.log(`\nseed ${values.seed}, ${((performance.now() - start) / 60_000).toFixed(0)} min`);
console.log(`${killed} killed, ${verdicts.length - killed} survived`);
process.exit(all.every((some) => some.filter(isKilled).length >= LEAST_KILLED * some.length) ? 0 : 1);
