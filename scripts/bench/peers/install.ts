import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Published programs that moat is measured beside. */
export const PEERS = {
  codex: { package: "@openai/codex", version: "0.171.0" },
  /** The last small one: the nearest thing to a floor among published agents. */
  codex020: { package: "@openai/codex", version: "0.20.0" },
  opencode: { package: "opencode-ai", version: "1.18.33" },
  pi: { package: "@earendil-works/pi-coding-agent", version: "1.6.0" },
  claude: { package: "@anthropic-ai/claude-code", version: "2.1.332" },
  gemini: { package: "@google/gemini-cli", version: "0.61.0" },
  copilot: { package: "@github/copilot", version: "1.0.102" },
} as const;

export type PeerName = keyof typeof PEERS;

/** Commands of packages, and the native programs that two of them start by a script of Node, where their SDKs find them too. */
const PROGRAMS: Record<PeerName, string> = {
  codex: `@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex`,
  codex020: "@openai/codex/bin/codex-x86_64-unknown-linux-musl",
  opencode: ".bin/opencode",
  pi: ".bin/pi",
  claude: ".bin/claude",
  gemini: ".bin/gemini",
  copilot: ".bin/copilot",
};

/** Where a peer is kept: outside the repository, one directory a version. */
function placeOf(name: PeerName): string {
  const { package: wanted, version } = PEERS[name];
  const cache =
    process.env.MOAT_BENCH_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "moat-bench");
  return join(cache, `${wanted.replace("/", "+")}@${version}`);
}

/** The program of a peer, installed from npm where it is not yet; null: it cannot be had here. */
export function installedPeer(name: PeerName): string | null {
  const place = placeOf(name);
  const program = join(place, "node_modules", PROGRAMS[name]);
  if (existsSync(program)) return program;
  const { package: wanted, version } = PEERS[name];
  mkdirSync(place, { recursive: true });
  const install = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", place];
  const done = Bun.spawnSync([...install, `${wanted}@${version}`], { stdout: "ignore", stderr: "pipe" });
  if (done.exitCode === 0 && existsSync(program)) return program;
  const why = done.exitCode === 0 ? "it has no program for this machine" : done.stderr.toString().trim().split("\n")[0];
  console.log(`  left out: ${wanted} ${version}: ${why}`);
  return null;
}
