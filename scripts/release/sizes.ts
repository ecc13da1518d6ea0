import { writeFileSync } from "node:fs";
import { run } from "../build/binary.ts";

/** Bytes of one target's files. */
export interface Sizes {
  binary: number;
  archive: number;
  /** null where it was not made. */
  bare: number | null;
}

/** Sizes of every target, by name: sizes.json of a release, and docs/sizes.json of the last one. */
export type SizeTable = Record<string, Sizes>;

/** The sizes that were committed at the last tag, or null when there is none. */
export function lastSizes(): { tag: string; sizes: SizeTable } | null {
  const git = (...args: string[]) => {
    const done = Bun.spawnSync(["git", ...args], { cwd: import.meta.dir, stderr: "ignore" });
    return done.exitCode === 0 ? done.stdout.toString().trim() : null;
  };
  const tag = git("describe", "--tags", "--abbrev=0", "--match", "v*");
  const text = tag === null ? null : git("show", `${tag}:docs/sizes.json`);
  return tag === null || text === null ? null : { tag, sizes: JSON.parse(text) };
}

const MB = 1e6;
const mb = (bytes: number | null) => (bytes === null ? "–" : (bytes / MB).toFixed(1));

/** What a download and the program on disk may be for linux-x64: the program above the bare runtime, in bytes. */
export const LIMITS = { above_runtime: 15 * MB, archive: 60 * MB, bare: 48 * MB };

/** Bytes of a program of this Bun that does nothing but print a character: what no build of ours can get below. */
export function bareRuntime(directory: string): number {
  const source = `${directory}/bare.ts`;
  writeFileSync(source, 'console.log("x")\n');
  run([process.execPath, "build", source, "--compile", `--outfile=${directory}/bare`], "the bare runtime");
  return Bun.file(`${directory}/bare`).size;
}

/** The table at the end of a release, in MB (10^6 bytes), with the growth since the last one. */
export function sizeLines(sizes: SizeTable, last: ReturnType<typeof lastSizes>): string[] {
  const since = last === null ? "no release before this one" : `since ${last.tag}`;
  const head = `${"target".padEnd(18)}${["program", "archive", ".zst"].map((name) => name.padStart(9)).join("")}   ${since}`;
  const rows = Object.entries(sizes).map(([name, { binary, archive, bare }]) => {
    const before = last?.sizes[name];
    const grown = before === undefined ? "" : `   ${growth(binary, before.binary)} ${growth(archive, before.archive)}`;
    return `${name.padEnd(18)}${[binary, archive, bare].map((bytes) => mb(bytes).padStart(9)).join("")}${grown}`;
  });
  return [head, ...rows];
}

function growth(now: number, before: number): string {
  const percent = ((now - before) / before) * 100;
  return `${percent < 0 ? "" : "+"}${percent.toFixed(1)} %`;
}

/** What of the limits the program for linux-x64 does not keep. */
export function tooLarge({ binary, archive, bare }: Sizes, runtime: number): string[] {
  const over = (what: string, bytes: number, limit: number) =>
    bytes > limit ? [`${what}: ${mb(bytes)} MB are more than ${mb(limit)} MB`] : [];
  return [
    ...over("the program above Bun's bare runtime", binary - runtime, LIMITS.above_runtime),
    ...over("the archive", archive, LIMITS.archive),
    ...over("the .zst", bare ?? 0, LIMITS.bare),
  ];
}
