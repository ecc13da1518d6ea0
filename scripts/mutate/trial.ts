import type { TestFile } from "./baseline.ts";
import type { Site } from "./sites.ts";
import type { Tree } from "./tree.ts";

/** What became of a mutant. Only `failed` and `endless` ones are killed. */
export interface Verdict {
  site: Site;
  /** A test failed; it never ended; every test passed; no test reaches its line. */
  outcome: "failed" | "endless" | "survived" | "unreached";
  /** The test file that killed it. */
  by: string | null;
}

/** Mutants that each test file killed, by the file they were in: what killed a neighbour is asked sooner. */
const kills = new Map<string, number>();

/** Tries one mutant: the test files that reach its line until one fails, those first that are quick and have killed here. */
export async function trial(tree: Tree, site: Site, tests: TestFile[]): Promise<Verdict> {
  const reaching = tests.filter(({ missed }) => missed.get(site.file)?.has(site.line) === false);
  if (reaching.length === 0) return { site, outcome: "unreached", by: null };
  const pair = (test: TestFile) => `${site.file} ${test.file}`;
  const cost = (test: TestFile) => test.wall_ms / (1 + (kills.get(pair(test)) ?? 0));
  return tree.with(site, async () => {
    for (const test of reaching.toSorted((a, b) => cost(a) - cost(b))) {
      const { exit } = await tree.test(test.file, test.limits);
      if (exit === "passed") continue;
      kills.set(pair(test), (kills.get(pair(test)) ?? 0) + 1);
      return { site, outcome: exit === "failed" ? "failed" : "endless", by: test.file };
    }
    return { site, outcome: "survived", by: null };
  });
}
