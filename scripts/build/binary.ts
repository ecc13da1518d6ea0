import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { overview } from "../../src/cli/help.ts";
import { commands } from "../../src/cli/table.ts";
import { hasAddress, releases } from "./address.ts";
import { tellOfLostDirectory } from "./lost-directory.ts";

export const root = join(import.meta.dir, "..", "..");
const launcher = join(root, "dist", "launcher.bin");

/** Something of the build failed; its output is part of the message. */
export class BuildError extends Error {}

/** Runs a step of the build to its end and gives what it printed. Throws a `BuildError` when it fails. */
export function run(command: string[], what: string): string {
  const done = Bun.spawnSync(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0)
    throw new BuildError(`${done.stdout}${done.stderr}\nbuild: ${what} failed (exit ${done.exitCode})`);
  return done.stdout.toString();
}

/**
 * The launcher for the target's architecture (null: this machine's), at the path that src/sandbox/launch/embedded.ts embeds. Gives
 * its SHA-256.
 */
export function buildLauncher(target: string | null): string {
  mkdirSync(join(root, "dist"), { recursive: true });
  const arch = target?.includes("arm64") ? "arm64" : target ? "x64" : process.arch;
  const linux = target ? target.startsWith("linux") : process.platform === "linux";
  if (linux) run(["sh", "native/build.sh", "--arch", arch, "--install", launcher], "the launcher");
  else if (target || !existsSync(launcher)) writeFileSync(launcher, "");
  return sha256(readFileSync(launcher));
}

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Version in package.json. */
export function version(): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

/** First digits of the commit that is checked out. */
export function commit(): string {
  const head = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], { cwd: root });
  return head.exitCode === 0 ? head.stdout.toString().trim() : "unknown";
}

/** What Bun says of a bundle: which files went in, and what each part of it imports. */
interface Metafile {
  inputs: Record<string, object>;
  outputs: Record<string, { imports: { path: string; external?: boolean }[] }>;
}

/**
 * An import that is left unresolved would be looked up in the directory that moat is started in, where anybody may have
 * put a node_modules. So nothing external is allowed but the runtime's own modules.
 */
function gate(meta: Metafile): void {
  const foreign = new Set<string>();
  for (const output of Object.values(meta.outputs)) {
    for (const { path, external } of output.imports) {
      const builtin = path.startsWith("bun:") || path === "bun" || builtinModules.includes(path.replace(/^node:/, ""));
      if (external && !builtin && !path.startsWith("./")) foreign.add(path);
    }
  }
  if (foreign.size > 0)
    throw new BuildError(`build: unresolved imports would load from the working directory: ${[...foreign].join(", ")}`);
}

/** Directories of the packages that are in bundles, relative to the repository, sorted. */
function bundledPackages(metas: readonly Metafile[]): string[] {
  const directory = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
  const inputs = metas.flatMap((meta) => Object.keys(meta.inputs));
  return [...new Set(inputs.flatMap((input) => input.match(directory)?.[0] ?? []))].sort();
}

/** SDKs that are bundled by themselves before the rest, without what moat uses nothing of (`sdk.ts`). */
const BEFORE = ["openai/client", "@anthropic-ai/sdk/client"];

/** Bundles them, and writes the tsconfig by which the program finds them there. */
function bundleBefore(work: string): { metas: Metafile[]; tsconfig: string } {
  mkdirSync(join(work, "before"), { recursive: true });
  const built = BEFORE.map((name) => {
    const outfile = join(work, "before", `${name.replace(/\W+/g, "-")}.js`);
    run([process.execPath, "scripts/build/sdk.ts", name, outfile], name);
    const meta: Metafile = JSON.parse(readFileSync(`${outfile}.json`, "utf8"));
    gate(meta);
    return { name, outfile, meta };
  });
  const tsconfig = join(work, "tsconfig.json");
  const paths = Object.fromEntries(built.map(({ name, outfile }) => [name, [outfile]]));
  writeFileSync(tsconfig, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: { paths } }));
  return { metas: built.map(({ meta }) => meta), tsconfig };
}

/** An executable that was built. */
export interface Built {
  bytes: number;
  /** SHA-256 of the embedded launcher. */
  launcher: string;
  /** Directories of the packages that went in, relative to the repository. */
  packages: string[];
}

/**
 * Builds one executable. `target`: as Bun names it without `bun-` (`linux-arm64-musl`); null: this machine's. The metafile
 * gate is part of it: nothing that it refuses is moved to `outfile`.
 */
export function buildBinary(target: string | null, outfile: string): Built {
  const launcherHash = buildLauncher(target);
  // The metafile stays behind in a directory of the build; only the binary is what people get. The name
  // inside is always `moat`, because it becomes part of the binary.
  const work = join(root, "dist", "build");
  mkdirSync(work, { recursive: true });
  const metafile = join(work, "meta.json");
  const before = bundleBefore(work);
  run(
    [
      process.execPath,
      "build",
      "src/main.ts",
      "--compile",
      ...(target ? [`--target=bun-${target}`] : []),
      "--minify",
      // Bun would embed the maps with all sources: 2.9 MB of the 15 that moat may be larger than a bare program. A trace names the part of it.
      "--sourcemap=none",
      "--bytecode",
      // What the usual starts run lies together: 2 to 3 MB less memory. `bun scripts/build/order.ts` records it.
      `--bytecode-order=${join(import.meta.dir, "start.order")}`,
      // What an agent does is short and varied, and seldom gets back what compiling it costs: decision 0021 has the figures.
      "--compile-jit-policy=100",
      "--format=esm",
      "--splitting",
      `--tsconfig-override=${before.tsconfig}`,
      "--reject-unresolved",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-tsconfig",
      "--no-compile-autoload-package-json",
      `--metafile=${metafile}`,
      "--define",
      `MOAT_VERSION=${JSON.stringify(version())}`,
      "--define",
      `MOAT_HELP=${JSON.stringify(overview(commands, version()).trimEnd())}`,
      "--define",
      `MOAT_COMMIT=${JSON.stringify(commit())}`,
      "--define",
      `MOAT_LAUNCHER_SHA256=${JSON.stringify(launcherHash)}`,
      "--define",
      `MOAT_RELEASES=${JSON.stringify(hasAddress() ? releases() : "")}`,
      ...(target ? ["--define", `MOAT_TARGET=${JSON.stringify(target)}`] : []),
      `--outfile=${join(work, "moat")}`,
    ],
    "bun build",
  );
  const meta: Metafile = JSON.parse(readFileSync(metafile, "utf8"));
  gate(meta);
  const made = join(work, target?.startsWith("windows") ? "moat.exe" : "moat");
  // On macOS the signature would be void, and Windows removes no directory that is in use.
  if ((target ?? process.platform).startsWith("linux") && tellOfLostDirectory(made) === 0)
    throw new BuildError(
      "build: the runtime has other words for a lost directory; see scripts/build/lost-directory.ts",
    );
  renameSync(made, outfile);
  return { bytes: Bun.file(outfile).size, launcher: launcherHash, packages: bundledPackages([meta, ...before.metas]) };
}
