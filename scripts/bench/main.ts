// bun run bench [NAME…] [--peers]: prints ratios, each measured in one run beside its yardstick. Never part of the tests.
// bun run bench --peers [--quick] [--json] [--write]: moat beside published agents, for docs/benchmarks.md; with a NAME, that bench alone.
// bun run bench --load N: whether ratios hold beside N busy loops.
// bun run bench --check [--write]: a few of them beside scripts/bench/baseline.json; exit code 1 where one is a fifth worse. `--short`: counts alone.
const benches: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  policy: () => import("./policy.ts"),
  start: () => import("./start.ts"),
  exec: () => import("./exec.ts"),
  round: () => import("./round.ts"),
  threads: () => import("./threads.ts"),
  import: () => import("./import.ts"),
  soak: () => import("./soak.ts"),
  patch: () => import("./patch.ts"),
  stream: () => import("./stream.ts"),
  config: () => import("./config.ts"),
  sandbox: () => import("./sandbox.ts"),
  undo: () => import("./undo.ts"),
  growth: () => import("./growth.ts"),
  tui: () => import("./tui.ts"),
  mcp: () => import("./mcp.ts"),
  acp: () => import("./acp.ts"),
  proxy: () => import("./proxy.ts"),
};

if (process.argv.includes("--check") && process.argv.includes("--short")) {
  const { checkShort } = await import("./counts.ts");
  process.exit(await checkShort(process.argv.includes("--write")));
}

if (process.argv.includes("--check")) {
  const { check } = await import("./check.ts");
  process.exit(await check(process.argv.includes("--write")));
}

const words = process.argv.slice(2);
const load = words.indexOf("--load");
const names = words.filter((word, index) => !word.startsWith("-") && (load < 0 || index !== load + 1));
if (load >= 0 || (words.includes("--peers") && names.length === 0)) {
  const { comparePeers, INSTALLED } = await import("./peers/main.ts");
  const { installedPeer } = await import("./peers/install.ts");
  for (const peer of INSTALLED) installedPeer(peer);
  const { isAlone, runAlone } = await import("./alone.ts");
  const code = isAlone() ? null : await runAlone();
  if (code !== null) process.exit(code);
  if (load < 0) await comparePeers(new Set(words));
  const { compareLoaded } = await import("./peers/load.ts");
  process.exit(load < 0 ? 0 : await compareLoaded(Number(words[load + 1])));
}

for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const bench = benches[name];
  if (!bench) {
    console.error(`bench: no ${name}; there are ${Object.keys(benches).join(", ")}`);
    process.exit(2);
  }
  console.log(`\n${name}`);
  await (await bench()).run();
}
