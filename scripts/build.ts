// Builds dist/moat: the launcher with the machine's C compiler, then one executable with Bun.
// bun scripts/build.ts [--target linux-arm64] [--outfile dist/moat]
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dir, "..");
const launcher = join(root, "dist", "launcher.bin");

const { values } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const target = values.target ?? null;
const outfile = values.outfile ?? join(root, "dist", "moat");

function run(command: string[], what: string): string {
  const done = Bun.spawnSync(command, { cwd: root, stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0) {
    process.stderr.write(`${done.stdout}${done.stderr}\nbuild: ${what} failed (exit ${done.exitCode})\n`);
    process.exit(1);
  }
  return done.stdout.toString();
}

/** The launcher for the target's architecture, at the path that src/sandbox/launch/embedded.ts embeds. */
function buildLauncher(): string {
  mkdirSync(join(root, "dist"), { recursive: true });
  const arch = target?.includes("arm64") ? "arm64" : target ? "x64" : process.arch;
  const linux = target ? target.startsWith("linux") : process.platform === "linux";
  if (linux) run(["sh", "native/build.sh", "--arch", arch, "--install", launcher], "the launcher");
  else if (!Bun.file(launcher).size) Bun.write(launcher, "");
  return createHash("sha256").update(readFileSync(launcher)).digest("hex");
}

function commit(): string {
  const head = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], { cwd: root });
  return head.exitCode === 0 ? head.stdout.toString().trim() : "unknown";
}

/**
 * An import that is left unresolved would be looked up in the directory that moat is started in, where anybody may have
 * put a node_modules. So nothing external is allowed but the runtime's own modules.
 */
function gate(metafile: string): void {
  const meta: { outputs: Record<string, { imports: { path: string; external?: boolean }[] }> } = JSON.parse(
    readFileSync(metafile, "utf8"),
  );
  const foreign = new Set<string>();
  for (const output of Object.values(meta.outputs)) {
    for (const { path, external } of output.imports) {
      const builtin = path.startsWith("bun:") || path === "bun" || builtinModules.includes(path.replace(/^node:/, ""));
      if (external && !builtin && !path.startsWith("./")) foreign.add(path);
    }
  }
  if (foreign.size > 0) {
    process.stderr.write(
      `build: unresolved imports would load from the working directory: ${[...foreign].join(", ")}\n`,
    );
    process.exit(1);
  }
}

const start = performance.now();
const launcherHash = buildLauncher();
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
// Source maps and the metafile stay behind in a directory of the build; only the binary is what people get. The name
// inside is always `moat`, because it becomes part of the binary.
const work = join(root, "dist", "build");
mkdirSync(work, { recursive: true });
const metafile = join(work, "meta.json");
run(
  [
    process.execPath,
    "build",
    "src/main.ts",
    "--compile",
    ...(target ? [`--target=bun-${target}`] : []),
    "--minify",
    "--bytecode",
    "--format=esm",
    "--splitting",
    "--sourcemap=linked",
    "--reject-unresolved",
    "--no-compile-autoload-bunfig",
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-tsconfig",
    "--no-compile-autoload-package-json",
    `--metafile=${metafile}`,
    "--define",
    `MOAT_VERSION=${JSON.stringify(version)}`,
    "--define",
    `MOAT_COMMIT=${JSON.stringify(commit())}`,
    "--define",
    `MOAT_LAUNCHER_SHA256=${JSON.stringify(launcherHash)}`,
    `--outfile=${join(work, "moat")}`,
  ],
  "bun build",
);
gate(metafile);
renameSync(join(work, "moat"), outfile);
const size = (Bun.file(outfile).size / 1e6).toFixed(1);
console.log(
  `built ${outfile.replace(`${root}/`, "")}  ${size} MB  ${((performance.now() - start) / 1000).toFixed(1)} s`,
);
