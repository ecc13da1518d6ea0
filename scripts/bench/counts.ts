// bun run bench --check --short [--write]: instructions of what is too small to time, beside those of a bare Bun binary.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareBinary, moat } from "./measure.ts";

/**
 * Ratios: a bare binary starts with the same C library, on the same processor, so that what those choose is in both. Two runs differ
 * by 0.4 % (`--version`) and 2 % (`--help`), beside busy loops too. A turn is not counted: Bun's compiled code makes instructions that
 * valgrind does not know, and ends there.
 */
const COUNTS = join(import.meta.dir, "counts.json");
/** Beyond what was committed. */
const WORSE = 1.2;
const NAMES = ["--version", "--help"];

/** Whether this machine has what counts. */
export const canCount = (): boolean => process.platform === "linux" && Bun.which("valgrind") !== null;

async function instructions(argv: string[]): Promise<number> {
  const valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"];
  const child = Bun.spawn([...valgrind, ...argv], { stdio: ["ignore", "ignore", "pipe"] });
  const said = await child.stderr.text();
  const [, count] = /I\s+refs:\s+([\d,]+)/.exec(said) ?? [];
  if ((await child.exited) !== 0 || count === undefined)
    throw new Error(`valgrind could not count: ${said.slice(-500)}`);
  return Number(count.replaceAll(",", ""));
}

/** What a command needs, times a bare binary's; `worse`: more than a fifth beyond `known`. */
interface Counted {
  name: string;
  ratio: number;
  known: number;
  worse: boolean;
}

/** Counts commands of the fast path by their flag. */
export async function checkCounts(names: readonly string[]): Promise<Counted[]> {
  using bare = await bareBinary();
  const known: Record<string, number> = JSON.parse(readFileSync(COUNTS, "utf8"));
  const floor = await instructions([bare.path]);
  const counted: Counted[] = [];
  for (const name of names) {
    const ratio = (await instructions([moat, name])) / floor;
    const before = known[name] ?? 0;
    counted.push({ name, ratio, known: before, worse: ratio > before * WORSE });
  }
  return counted;
}

/** Prints them, or commits them anew. Gives the exit code. */
export async function checkShort(write: boolean): Promise<number> {
  if (!canCount()) {
    console.log("  not counted: this machine has no valgrind");
    return 0;
  }
  const counted = await checkCounts(NAMES);
  for (const { name, ratio, known, worse } of counted)
    console.log(
      `  ${name}: instructions ${ratio.toFixed(2)} × a bare binary's, committed ${known}  ${worse ? "WORSE" : "ok"}`,
    );
  if (write) {
    const ratios = Object.fromEntries(counted.map(({ name, ratio }) => [name, Number(ratio.toFixed(2))]));
    writeFileSync(COUNTS, `${JSON.stringify(ratios, null, 2)}\n`);
    return 0;
  }
  return counted.some(({ worse }) => worse) ? 1 : 0;
}
