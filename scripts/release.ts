// Builds everything that a release consists of into dist/release, from one Linux machine: bun run dist. Beside it come dist/npm
// (packages to publish) and dist/manifests (for other package managers).
// bun scripts/release.ts [--target linux-x64]… [--outdir dist/release] [--programs DIR] [--quick]
// --programs: takes DIR/moat-TARGET where there is one, as it is (those that macOS signed). --quick: no .zst, which takes most of the
// time. MOAT_REPOSITORY: address of the repository (scripts/build/address.ts).
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { hasAddress, repository } from "./build/address.ts";
import { type Built, buildBinary, buildLauncher, root, run, sha256, version } from "./build/binary.ts";
import { archive, checksums, companions, writeInstallers } from "./release/assets.ts";
import { type Bundled, readPackages, thirdParty } from "./release/licences.ts";
import { checkNeeds } from "./release/needs.ts";
import { deb, debName } from "./release/packages/deb.ts";
import { manifests, parseSums } from "./release/packages/manifests.ts";
import { writeNpm } from "./release/packages/npm.ts";
import { runnerFor } from "./release/runner.ts";
import { sbom } from "./release/sbom.ts";
import { bareRuntime, lastSizes, type SizeTable, sizeLines, tooLarge } from "./release/sizes.ts";
import { smoke } from "./release/smoke.ts";
import { archiveName, bareName, hostTarget, programName, TARGETS, type Target } from "./release/targets.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true },
    outdir: { type: "string", default: join(root, "dist", "release") },
    programs: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const outdir = resolve(values.outdir);
const programs = join(root, "dist", "programs");
const bun = Bun.version;
/** Age of every file in an archive: that of the commit, so that building it again gives the same archive. */
const seconds = Number(run(["git", "log", "-1", "--format=%ct"], "git log"));

/** The targets that were asked for; this machine's comes first, because it prints what lies beside the others. */
function chosen(names: string[] | undefined): Target[] {
  const unknown = (names ?? []).filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0)
    throw new Error(`no target ${unknown.join(", ")}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
  const host = hostTarget();
  return [host, ...TARGETS.filter((target) => target !== host && (!names || names.includes(target.name)))];
}

/** Runs a step and says how long it took. */
async function step<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  process.stdout.write(`  ${what.padEnd(34)} `);
  const result = await work();
  console.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`);
  return result;
}

const programOf = (target: Target) => join(programs, target.name, programName(target));

/** A program that was brought along for this target; null: it is built. */
function brought(target: Target): string | null {
  const path = values.programs === undefined ? null : join(values.programs, `moat-${target.name}`);
  return path !== null && existsSync(path) ? path : null;
}

/** Builds one target and tries it; null where its program was brought along. */
async function build(target: Target): Promise<Built | null> {
  mkdirSync(join(programs, target.name), { recursive: true });
  const ready = brought(target);
  if (ready !== null) {
    copyFileSync(ready, programOf(target));
    console.log(`  ${target.name}: taken from ${ready}`);
    return null;
  }
  const built = await step(`${target.name}: build`, () => buildBinary(target.name, programOf(target)));
  checkNeeds(target, programOf(target));
  const runner = runnerFor(target);
  if (runner.ok) await step(`${target.name}: hostile directory`, () => smoke(runner.command, programOf(target)));
  else console.log(`  ${target.name}: not run here: ${runner.why}`);
  return built;
}

/** Packs one target; gives its sizes. */
async function pack(target: Target, beside: Parameters<typeof archive>[2]): Promise<SizeTable[string]> {
  const program = readFileSync(programOf(target));
  const packed = await step(`${target.name}: archive`, () => archive(target, program, beside, seconds));
  writeFileSync(join(outdir, archiveName(target)), packed);
  const sizes = { binary: program.length, archive: packed.length };
  if (values.quick) return { ...sizes, bare: null };
  // Level 19 is the strongest that needs no more memory to unpack than the program itself.
  const bare = await step(`${target.name}: zst`, () => Bun.zstdCompress(program, { level: 19 }));
  writeFileSync(join(outdir, bareName(target)), bare);
  return { ...sizes, bare: bare.length };
}

/** Builds, tries and packs every target; gives the sizes. */
async function release(targets: Target[]): Promise<SizeTable> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  let built: Built | null = null;
  for (const target of targets) {
    const one = await build(target);
    built ??= one;
  }
  const packages = readPackages(built?.packages ?? []);
  const third_party = thirdParty(packages, bun);
  const beside = companions(programOf(hostTarget()), third_party);
  const sizes: SizeTable = {};
  for (const target of targets) sizes[target.name] = await pack(target, beside);
  for (const target of targets.filter(({ libc }) => libc === "glibc")) {
    const make = () => deb(target, version(), readFileSync(programOf(target)), beside, seconds);
    writeFileSync(join(outdir, debName(target)), await step(`${target.name}: Debian package`, make));
  }
  writeFileSync(join(outdir, "config.schema.json"), run([programOf(hostTarget()), "schema", "config"], "moat schema"));
  writeFileSync(join(outdir, "sizes.json"), `${JSON.stringify(sizes, null, 2)}\n`);
  writeFileSync(join(outdir, "VERSION"), `${version()}\n`);
  writeInstallers(outdir);
  writeSums(packages);
  writeNpm(join(root, "dist", "npm"), targets, version(), programOf, third_party);
  return sizes;
}

/** The bill of materials, which names this very set of files, and the sums of all. */
function writeSums(packages: Bundled[]): void {
  const digest = sha256(checksums(outdir, readdirSync(outdir)));
  writeFileSync(join(outdir, "moat.spdx.json"), sbom({ version: version(), bun, digest, seconds, packages }));
  writeFileSync(join(outdir, "SHA256SUMS"), checksums(outdir, readdirSync(outdir)));
}

/** Manifests for package managers: they name every archive, so there are none of a part of a release. */
function writeManifests(): void {
  const sums = parseSums(readFileSync(join(outdir, "SHA256SUMS"), "utf8"));
  for (const [name, text] of Object.entries(manifests({ version: version(), sums }))) {
    const path = join(root, "dist", "manifests", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const targets = chosen(values.target);
console.log(`moat ${version()} for ${targets.length} targets, at ${repository()}`);
if (!hasAddress())
  console.log("  the address is a place holder: set MOAT_REPOSITORY, or installers and `moat update` find nothing");
try {
  const sizes = await release(targets);
  if (targets.length === TARGETS.length) writeManifests();
  console.log(`\n${sizeLines(sizes, lastSizes()).join("\n")}`);
  const runtime = bareRuntime(programs);
  const host = sizes["linux-x64"];
  if (host) {
    console.log(`linux-x64 is ${((host.binary - runtime) / 1e6).toFixed(1)} MB above Bun's bare runtime`);
    const over = tooLarge(host, runtime);
    if (over.length > 0) throw new Error(over.join("\n"));
  }
} finally {
  // A build for another machine left its own launcher where this machine's belongs.
  buildLauncher(null);
}
