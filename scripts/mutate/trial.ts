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

/** Tries one mutant: the test files that reach its line, quickest first, until one fails. */
export async function trial(tree: Tree, site: Site, tests: TestFile[]): Promise<Verdict> {
  const reaching = tests.filter(({ missed }) => missed.get(site.file)?.has(site.line) === false);
  if (reaching.length === 0) return { site, outcome: "unreached", by: null };
  return tree.with(site, async () => {
    for (const { file, limits } of reaching.sort((a, b) => a.wall_ms - b.wall_ms)) {
      const { exit } = await tree.test(file, limits);
      if (exit === "failed") return { site, outcome: "failed", by: file };
      if (exit === "timed_out") return { site, outcome: "endless", by: file };
    }
    return { site, outcome: "survived", by: null };
  });
}
