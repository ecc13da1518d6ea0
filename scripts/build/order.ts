// bun scripts/build/order.ts: writes start.order anew, from runs of dist/moat. It says which functions and modules the usual starts run,
// in their order, as hashes of what they are; the build lays the bytecode out by it. What it does not know lies behind the rest: an old
// file makes no start wrong, only its memory larger.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, type Reply, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { watch } from "../bench/tui/screen.ts";
import { root } from "./binary.ts";

const moat = join(root, "dist", "moat");
/** How long the app may take to end, in ms. */
const PATIENCE_MS = 20_000;

/** A headless turn, or another short command. */
const short = (...args: string[]) => ({ args, answers: [respond(say("ok"))] });

/** A turn with this command and a patch in it. */
const working = (...args: string[]) => ({
  args,
  answers: [
    respond(call("exec_command", { cmd: "ls; echo x > new" }, "c1")),
    respond(call("apply_patch", { input: "*** Begin Patch\n*** Add File: other\n+x\n*** End Patch\n" }, "c2")),
    respond(say("ok")),
  ],
});

/** What is done most comes first. */
const RUNS: { args: string[]; answers: Reply[] }[] = [
  short("exec", "hi"),
  working("exec", "-s", "workspace-write", "hi"),
  working("tui", "--trust"),
  short("apply-patch", "*** Begin Patch\n*** Add File: new\n+x\n*** End Patch\n"),
  short("config", "list"),
  short("doctor"),
];

/** What one run needed, line by line. */
async function recorded({ args, answers }: (typeof RUNS)[number]): Promise<string[]> {
  const server = await startModelServer(answers);
  using project = tempProject({ "a.txt": "a" }, { git: true });
  // Who has a configuration is asked nothing by the app's first start.
  using home = tempProject({ ".moat/config.toml": "" });
  const order = home.path("order");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: home.dir,
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-order",
    BUN_BYTECODE_ORDER_OUT: order,
  };
  if (args.includes("tui")) await inTerminal([moat, ...args], { cwd: project.dir, env }, order);
  else await Bun.spawn([moat, ...args], { cwd: project.dir, env, stdio: ["ignore", "ignore", "ignore"] }).exited;
  server.stop();
  return readFileSync(order, "utf8").trimEnd().split("\n");
}

/** The app: a prompt, its answer, the end. The file is written when it ends. */
async function inTerminal(argv: string[], place: { cwd: string; env: Record<string, string> }, order: string) {
  await using app = watch(argv, place);
  await app.shows(/moat/);
  await Bun.sleep(1000);
  app.type("hi\r");
  await Bun.sleep(3000);
  app.type("/quit\r");
  for (const end = performance.now() + PATIENCE_MS; !existsSync(order) && performance.now() < end; )
    await Bun.sleep(100);
  await Bun.sleep(100);
}

const lines = new Set<string>();
for (const [which, run] of RUNS.entries()) {
  const read = await recorded(run);
  // The first line says which form the file has. What was not run is left out, and texts: most of the file, without an effect. Which
  // modules a plain turn does without (N) is said: their beginnings lie apart then, and it takes 1 MB less.
  const used = read.filter((line, at) => at === 0 || (which === 0 ? /^[FMN] / : /^[FM] /).test(line));
  console.log(`${run.args[0]}: ${used.length - 1} of ${read.length - 1}`);
  for (const line of used) lines.add(line);
}
writeFileSync(join(import.meta.dir, "start.order"), `${[...lines].join("\n")}\n`);
