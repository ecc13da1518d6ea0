// A headless turn beside the published Codex CLI: the same scripted server, the same prompt, interleaved in one run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { respond, type SseEvent, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { type Cost, interleaved, moat, once, row } from "./measure.ts";

const CODEX = "@openai/codex@0.169.0";
const RUNS = 9;
/** Pieces of a long answer: enough that reading them is what counts. */
const PIECES = 20_000;
/** Of what the other needs. */
const TARGET = 0.5;

/** Installs the published CLI into a directory of its own and gives its native program, as its SDK starts it; null: no npm. */
async function installCodex(dir: string): Promise<string | null> {
  const install = ["npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", CODEX];
  if (Bun.spawnSync(install, { stdout: "ignore", stderr: "inherit" }).exitCode !== 0) return null;
  const found = await Array.fromAsync(new Glob("node_modules/**/bin/codex").scan({ cwd: dir, followSymlinks: false }));
  const [program] = found.filter((path) => path.includes("vendor"));
  return program === undefined ? null : join(dir, program);
}

async function turn(
  command: (url: string, dir: string) => { argv: string[]; env: Record<string, string> },
  reply: SseEvent[],
) {
  const server = await startModelServer(() => reply);
  using project = tempProject({}, { git: true });
  const { argv, env } = command(server.url, project.dir);
  try {
    return await once(argv, { cwd: project.dir, env });
  } finally {
    server.stop();
  }
}

const withMoat = (url: string, dir: string) => ({
  argv: [moat, "exec", "--json", "hi"],
  env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: "sk-bench", MOAT_HOME: join(dir, ".home") },
});

const withCodex = (program: string, home: string) => (url: string) => {
  const provider = `model_providers.bench={name="bench", base_url="${url}", env_key="BENCH_KEY", wire_api="responses"}`;
  return {
    argv: [program, "exec", "--json", "-c", provider, "-c", 'model_provider="bench"', "-m", "gpt-5.5", "hi"],
    env: { CODEX_HOME: home, BENCH_KEY: "sk-bench" },
  };
};

export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "moat-bench-codex-"));
  try {
    const program = await installCodex(dir);
    if (program === null) {
      console.log(`  left out: ${CODEX} could not be installed with npm`);
      return;
    }
    const short = respond(say("ok"));
    const long = respond(say(...Array.from({ length: PIECES }, () => "piece ")));
    const codex = withCodex(program, dir);
    const best = await interleaved(
      {
        codex: () => turn(codex, short),
        moat: () => turn(withMoat, short),
        codex_long: () => turn(codex, long),
        moat_long: () => turn(withMoat, long),
      },
      RUNS,
    );
    compare("a plain turn", best.moat, best.codex);
    compare(`an answer in ${PIECES} pieces`, best.moat_long, best.codex_long);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function compare(what: string, ours: Cost | undefined, theirs: Cost | undefined): void {
  if (!ours || !theirs) return;
  const shown = ({ wall, cpu, rss }: Cost) =>
    `${wall.toFixed(0)} ms wall, ${cpu.toFixed(0)} ms CPU, ${rss.toFixed(0)} MB`;
  console.log(`  ${what}: moat ${shown(ours)}; codex ${shown(theirs)} (least of ${RUNS})`);
  row(`${what}: wall`, ours.wall / theirs.wall, TARGET, "x");
  row(`${what}: CPU`, ours.cpu / theirs.cpu, TARGET, "x");
  row(`${what}: peak RSS`, ours.rss / theirs.rss, TARGET, "x");
}
