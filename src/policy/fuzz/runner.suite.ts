// Runs inside the sandbox: `bun runner.suite.ts WORLD BATCH`. Runs each line of a batch in the world and prints what changed.
import { spawn } from "node:child_process";
import { closeSync, cpSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EVIL } from "./world.suite.ts";

/** Lines to run, with everything that they need. */
export interface Batch {
  /** A world that nothing touches. */
  template: string;
  /** Milliseconds after which a line is stopped; that is no effect. */
  limit: number;
  runs: { argv: string[]; env: Record<string, string> }[];
}

/** A line that changed something, by its place in the batch. */
export interface FuzzEffect {
  run: number;
  changes: string[];
}

/** Everything that files tell but the time of the last reading. */
export function listing(dir: string, under = "", found = new Map<string, string>()): Map<string, string> {
  for (const name of readdirSync(join(dir, under))) {
    const path = join(under, name);
    const s = lstatSync(join(dir, path));
    found.set(path, s.isDirectory() ? `dir ${s.mode}` : `${s.mode} ${s.size} ${s.mtimeMs} ${s.ctimeMs} ${s.ino}`);
    if (s.isDirectory()) listing(dir, path, found);
  }
  return found;
}

/** git notes there when it looked at which file; what the index lists stays as it is. */
const CACHE = ".git/index";

export function compare(before: Map<string, string>, after: Map<string, string>): string[] {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => `- ${path}`);
  const other = [...after]
    .filter(([path, told]) => before.get(path) !== told && path !== CACHE)
    .map(([path]) => `+ ${path}`);
  return [...gone, ...other];
}

/** Runs one command in a group of its own, with lines of bad words as its input. */
function execute(argv: string[], env: Record<string, string>, cwd: string, limit: number): Promise<void> {
  return new Promise((resolve) => {
    const input = openSync(join(cwd, "in"), "r");
    const child = spawn(argv[0] ?? "", argv.slice(1), { cwd, env, detached: true, stdio: [input, "ignore", "ignore"] });
    closeSync(input);
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // Nothing of the group is left.
      }
    };
    const timer = setTimeout(end, limit);
    const done = () => {
      clearTimeout(timer);
      end();
      resolve();
    };
    child.on("error", done);
    child.on("exit", done);
  });
}

async function main(world: string, file: string): Promise<FuzzEffect[]> {
  const { template, limit, runs }: Batch = JSON.parse(readFileSync(file, "utf8"));
  const effects: FuzzEffect[] = [];
  const restore = () => {
    for (const name of readdirSync(world)) rmSync(join(world, name), { recursive: true, force: true });
    cpSync(template, world, { recursive: true, preserveTimestamps: true });
    return listing(world);
  };
  let before = restore();
  for (const [run, { argv, env }] of runs.entries()) {
    await execute(argv, { ...EVIL, ...env, WORLD: world, HOME: join(world, "home") }, world, limit);
    if (!existsSync(world)) throw new Error(`${argv.join(" ")} removed the world`);
    const changes = compare(before, listing(world));
    if (changes.length === 0) continue;
    effects.push({ run, changes });
    before = restore();
  }
  return effects;
}

if (import.meta.main) {
  const [world = "", file = ""] = process.argv.slice(2);
  console.log(JSON.stringify(await main(world, file)));
}
