// bun run bench growth [--write]: how costs grow with what there is of a thing, for docs/benchmarks.md.
import { type Curve, constantOf, isAsSaid, sizeName } from "./curves/curve.ts";
import { fileCurves } from "./curves/files.ts";
import { readings } from "./curves/reading.ts";
import { threadCurves } from "./curves/threads.ts";
import { turnCurves } from "./curves/turn.ts";
import { undoCurves } from "./curves/undo.ts";
import { ownDirectory } from "./measure.ts";
import { type Circumstances, circumstances, inWords } from "./page/machine.ts";
import { digits, tableOf, writePart, writePicture } from "./page/page.ts";
import { curveSheet } from "./page/plot.ts";

export async function run(): Promise<void> {
  readings();
  const ended = circumstances();
  using _directory = ownDirectory();
  const curves: Curve[] = [];
  for (const measure of [turnCurves, threadCurves, fileCurves, undoCurves]) {
    const some = await measure();
    curves.push(...some);
    for (const curve of some) console.log(`  ${wordsOf(curve).join(" · ")}`);
  }
  if (process.argv.includes("--write")) writeCurves(curves, ended());
}

/** Puts them on the page, with their picture. */
function writeCurves(curves: readonly Curve[], of: Circumstances): void {
  const head = ["", "at", "costs", "shape", "constant"];
  writePart("growth", `${inWords(of)}\n\n${tableOf(head, curves.map(wordsOf))}`);
  writePicture("benchmarks-growth.svg", sheetOf(curves));
}

function wordsOf(curve: Curve): string[] {
  const { what, of, sizes, values, unit, shape } = curve;
  const at = `${sizes.map(sizeName).join(" · ")} ${of}`;
  return [
    what,
    at,
    `${values.map(digits).join(" · ")} ${unit}`,
    isAsSaid(curve) ? (shape ?? "–") : `NOT ${shape}`,
    constantWords(curve),
  ];
}

/** One more costs little: it is said of a thousand, where there are so many. */
function constantWords(curve: Curve): string {
  const constant = constantOf(curve);
  if (curve.shape === "flat") return `${digits(constant)} ${curve.unit}`;
  const many = Math.max(...curve.sizes) > 1000;
  return `${digits(many ? constant * 1000 : constant)} ${curve.unit} per ${many ? "1,000" : "1"} ${curve.of}`;
}

/** A diagram for each thing that is counted and each unit. */
function sheetOf(curves: readonly Curve[]): string {
  const groups = Map.groupBy(curves, ({ of, unit }) => `${unit}, by ${of}`);
  return curveSheet(
    "How costs of moat grow",
    [...groups].map(([title, group]) => {
      const sizes = group[0]?.sizes ?? [];
      const series = group.map(({ what, values }) => ({ name: what, values }));
      return { title, unit: "both scales logarithmic", sizes, columns: sizes.map(sizeName), series };
    }),
  );
}
