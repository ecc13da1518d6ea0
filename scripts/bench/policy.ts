// What it costs to judge a command: a simple one, and the whole corpus with its compounds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCommand } from "../../src/policy/index.ts";
import { root, row } from "./measure.ts";

const ROUNDS = 20;

function milliseconds(argv: string[]): number {
  const start = performance.now();
  judgeCommand(argv, { cwd: "/work", workspace: "/work" });
  return performance.now() - start;
}

export async function run(): Promise<void> {
  const first = milliseconds(["bash", "-lc", "git status --short && rg -n foo src | head -20"]);
  const corpus = readFileSync(join(root, "src", "policy", "fixtures", "corpus.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line): string => JSON.parse(line).command);
  const times = Array.from({ length: ROUNDS }, () => corpus.map((line) => milliseconds(["bash", "-lc", line]))).flat();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  row("the first command of a process", first, 5, "ms");
  row(`one of the corpus (${corpus.length} lines), median`, at(0.5), 1, "ms");
  row("one of the corpus, 99th percentile", at(0.99), 1, "ms");
}
