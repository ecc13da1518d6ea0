// What it costs to judge a command: the first of a process, and the whole corpus with its compounds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCommand } from "../../src/policy/index.ts";
import { compiled, root, row } from "./measure.ts";

const ROUNDS = 20;
/** Fresh processes for the first command; the smallest figure counts. */
const PROCESSES = 15;

/** A program, compiled as moat is, that prints what its first command cost. */
const FIRST = `
import { judgeCommand } from ${JSON.stringify(join(root, "src/policy/index.ts"))};
const start = performance.now();
judgeCommand(["bash", "-lc", "git status --short && rg -n foo src | head -20"], { cwd: "/work", workspace: "/work" });
console.log(performance.now() - start);
`;

function milliseconds(argv: string[]): number {
  const start = performance.now();
  judgeCommand(argv, { cwd: "/work", workspace: "/work" });
  return performance.now() - start;
}

export async function run(): Promise<void> {
  const corpus = readFileSync(join(root, "src", "policy", "fixtures", "corpus.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ command, shell = "bash" }): string[] => [shell, "-lc", command]);
  const times = Array.from({ length: ROUNDS }, () => corpus.map(milliseconds)).flat();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  using binary = await compiled(FIRST, "--bytecode");
  const first = Array.from({ length: PROCESSES }, () => Number(Bun.spawnSync([binary.path]).stdout.toString()));
  row("the first command of a process", Math.min(...first), 1.5, "ms");
  row(`one of the corpus (${corpus.length} lines), median`, at(0.5), 0.02, "ms");
  row("one of the corpus, 99th percentile", at(0.99), 1, "ms");
}
