// What reading the configuration adds to a start: import and all layers, measured inside a program compiled as moat is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareBinary, once, root, row } from "./measure.ts";

const RUNS = 30;
/** Directories from the project's root down to the working directory, and files for moat in each: 50 in all (issue 7). */
const DEPTH = 10;
const FILES: Record<string, string> = {
  "AGENTS.md": "Rule: keep it short.\n",
  ".moat/config.toml": 'model_verbosity = "low"\nmodel = "m"\n',
  ".moat/hooks.json": '{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "true"}]}]}}\n',
  ".codex/config.toml": 'notify = ["say"]\n[mcp_servers.x]\ncommand = "x"\n',
  ".codex/hooks.json": "{}\n",
};

/** Prints the milliseconds for the import and for reading; MOAT_HOME, the directory and -c come as arguments. */
const PROBE = `
// The command line has these before it reads the configuration.
import "node:fs";
import "node:path";
const [moat_home, cwd, ...overrides] = process.argv.slice(2);
const start = performance.now();
const { Secrets } = await import("${join(root, "src/base/index.ts")}");
const { loadConfig, discoverInstructions } = await import("${join(root, "src/config/index.ts")}");
const input = { moat_home, home: "/nonexistent", cwd, env: {}, overrides, profile: null, strict: false, ignore_user: false, trust: false, secrets: new Secrets() };
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
    using bare = await bareBinary();
    let floor = Number.POSITIVE_INFINITY;
    for (let i = 0; i < RUNS; i++) floor = Math.min(floor, (await once([bare.path])).wall);
    console.log(`  bare Bun binary: ${floor.toFixed(1)} ms (least of ${RUNS})`);
    const [none, home, flat] = [join(dir, "none"), join(dir, "home"), join(dir, "flat")];
    mkdirSync(home);
    mkdirSync(join(flat, ".git"), { recursive: true });
    writeFileSync(join(home, "config.toml"), USER);
    row("no file at all", least(probe, [none, flat]), 3, "ms");
    const usual = [home, flat, "model=o3", "sandbox_mode=read-only"];
    row("a user's file and two -c", least(probe, usual), 3, "ms");
    const deep = nested(join(dir, "deep"), DEPTH, FILES);
    row("the same, 50 project files in 10 directories", least(probe, [home, deep, ...usual.slice(2)]), 3, "ms");
    const docs = nested(join(dir, "docs"), 50, { "AGENTS.md": "Rule: keep it short.\n" });
    const each = (least(probe, [home, docs, ...usual.slice(2)]) - least(probe, usual)) / 50;
    console.log(`  each directory more, with an AGENTS.md: ${(each * 1000).toFixed(0)} µs`);
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

/** A repository of nested directories with the same files in each; the deepest is returned. */
function nested(project: string, depth: number, files: Record<string, string>): string {
  mkdirSync(join(project, ".git"), { recursive: true });
  let directory = project;
  for (let i = 0; i < depth; i++) {
    directory = i === 0 ? project : join(directory, `d${i}`);
    for (const [name, text] of Object.entries(files)) {
      const file = join(directory, name);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, text);
    }
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
