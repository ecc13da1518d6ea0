// Builds dist/moat: the launcher with the machine's C compiler, then one executable with Bun.
// bun scripts/build.ts [--target linux-arm64] [--outfile dist/moat]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError, buildBinary, root } from "./build/binary.ts";

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const outfile = values.outfile ?? join(root, "dist", "moat");
const start = performance.now();
try {
  const { bytes } = buildBinary(values.target ?? null, outfile);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`built ${outfile.replace(`${root}/`, "")}  ${(bytes / 1e6).toFixed(1)} MB  ${seconds} s`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
