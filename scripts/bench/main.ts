// bun run bench [NAME…] [--peers]: prints ratios, each measured in one run beside its yardstick. Never part of the tests.
// bun run bench --check [--write]: a few of them beside scripts/bench/baseline.json; exit code 1 where one is a fifth worse.
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

if (process.argv.includes("--check")) {
  const { check } = await import("./check.ts");
  process.exit(await check(process.argv.includes("--write")));
}

const names = process.argv.slice(2).filter((word) => !word.startsWith("-"));
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const load = benches[name];
  if (!load) {
    console.error(`bench: no ${name}; there are ${Object.keys(benches).join(", ")}`);
    process.exit(2);
  }
  console.log(`\n${name}`);
  await (await load()).run();
}
