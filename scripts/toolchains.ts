// ./scripts/test toolchains [--debian] [--list] [ID…]: everyday tools, run outside and inside the sandbox, with dist/moat. Ends with 0 when none is wrong.
// --debian: as root, missing programs are installed from Debian first (some gigabytes with all rows: on a machine that is for it).
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Row, Verdict } from "./toolchains/contract.ts";
import { installDebian, missingPrograms } from "./toolchains/install.ts";
import { ROWS } from "./toolchains/rows.ts";
import { tryRow } from "./toolchains/try.ts";

const args = process.argv.slice(2);
const names = args.filter((word) => !word.startsWith("--"));
const rows = names.length > 0 ? ROWS.filter(({ id }) => names.includes(id)) : ROWS;
const binary = process.env.MOAT_TEST_BINARY ?? join(import.meta.dir, "..", "dist", "moat");
if (!existsSync(binary)) throw new Error(`${binary} is missing: bun run build`);
if (args.includes("--debian")) installDebian(rows);

const outcome = (row: Row) => {
  const missing = missingPrograms(row);
  if (missing.length > 0) return { verdict: "not installed" as const, why: missing.join(", ") };
  return tryRow(row, binary);
};

const sums = new Map<Verdict, number>();
for (const row of rows) {
  const { verdict, why } = outcome(row);
  sums.set(verdict, (sums.get(verdict) ?? 0) + 1);
  console.log(`${verdict.padEnd(14)} ${row.id.padEnd(5)} ${row.tool}${why === "" ? "" : `  [${why}]`}`);
}
const of = (verdict: Verdict) => sums.get(verdict) ?? 0;
console.log(
  `\n${of("works")} work, ${of("refused")} refused on purpose, ${of("wrong")} wrong; ` +
    `${of("not applicable")} fail outside too, ${of("not installed")} not installed`,
);
console.log(`${of("works") + of("refused")} passed, ${of("wrong")} failed`);
process.exit(of("wrong") > 0 ? 1 : 0);
