// What reading the configuration adds to a start: import and all layers, measured inside a program compiled as moat is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, row } from "./measure.ts";

const RUNS = 30;
/** Directories between the project's root and the working directory, each with files for moat (issue 7). */
const DEPTH = 50;

/** Prints the milliseconds for the import and for reading; MOAT_HOME, the directory and -c come as arguments. */
const PROBE = `
// The command line has these before it reads the configuration.
import "node:fs";
import "node:path";
const [moat_home, cwd, ...overrides] = process.argv.slice(2);
const start = performance.now();
const { loadConfig, discoverInstructions } = await import("${join(root, "src/config/index.ts")}");
const input = { moat_home, home: "/nonexistent", cwd, env: {}, overrides, profile: null, strict: false, ignore_user: false, trust: false };
const result = await loadConfig(input);
if (!result.ok) throw new Error(result.errors[0].message);
discoverInstructions({ cwd, moat_home, config: result.config, trusted: false, extra_file: null, project: result.project });
console.log(performance.now() - start);
`;

const USER = `model = "gpt-5"
approval_policy = "on-request"
[model_providers.local]
base_url = "http://127.0.0.1:11434/v1"
wire_api = "chat"
[mcp_servers.docs]
command = "docs-server"
args = ["--port", "1"]
`;

export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "moat-bench-config-"));
  try {
    const probe = await compile(dir);
    const [none, home, flat] = [join(dir, "none"), join(dir, "home"), join(dir, "flat")];
    mkdirSync(home);
    mkdirSync(join(flat, ".git"), { recursive: true });
    writeFileSync(join(home, "config.toml"), USER);
    const deep = nested(join(dir, "deep"));
    row("no file at all", least(probe, [none, flat]), 3, "ms");
    row("a user's file and two -c", least(probe, [home, flat, "model=o3", "sandbox_mode=read-only"]), 3, "ms");
    row(
      `the same, ${DEPTH} directories with AGENTS.md`,
      least(probe, [home, nested(join(dir, "docs"), false)]),
      3,
      "ms",
    );
    row(`the same, each with a .moat/config.toml too`, least(probe, [home, deep]), 3, "ms");
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function compile(dir: string): Promise<string> {
  const source = join(dir, "probe.ts");
  writeFileSync(source, PROBE);
  const outfile = join(dir, "probe");
  const flags = ["--compile", "--minify", "--bytecode", "--format=esm", "--splitting"];
  const built = Bun.spawnSync([process.execPath, "build", source, ...flags, `--outfile=${outfile}`], { cwd: root });
  if (built.exitCode !== 0) throw new Error(built.stderr.toString());
  return outfile;
}

/** A repository of 50 nested directories; the deepest is returned. */
function nested(project: string, with_config = true): string {
  mkdirSync(join(project, ".git"), { recursive: true });
  let directory = project;
  for (let i = 0; i < DEPTH; i++) {
    directory = join(directory, `d${i}`);
    mkdirSync(join(directory, ".moat"), { recursive: true });
    writeFileSync(join(directory, "AGENTS.md"), `Rule ${i}: keep it short.\n`);
    if (with_config) writeFileSync(join(directory, ".moat/config.toml"), `model_verbosity = "low"\nmodel = "m${i}"\n`);
  }
  return directory;
}

function least(probe: string, args: string[]): number {
  const times = Array.from({ length: RUNS }, () => {
    const done = Bun.spawnSync([probe, ...args], { cwd: tmpdir(), env: {} });
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
    return Number(done.stdout.toString());
  });
  return Math.min(...times);
}
