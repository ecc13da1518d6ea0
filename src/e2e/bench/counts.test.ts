import { expect, test } from "bun:test";
import { canCount, checkCounts } from "../../../scripts/bench/counts.ts";

// What is too small to time is counted: load does not change it. Each takes valgrind some seconds.
const names = process.env.MOAT_TEST_FULL ? ["--version", "--help"] : ["--version"];

test.skipIf(!canCount())(
  "instructions of the fast path, beside a bare Bun binary's, are within a fifth of what was committed",
  async () => {
    expect((await checkCounts(names)).filter(({ worse }) => worse)).toEqual([]);
  },
  120_000,
);
