// The app from outside, in a terminal: what a person waits for, and what it costs while they look. `--peers` puts published programs beside it.
import { join } from "node:path";
import { type Reply, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { compiled, moat, row } from "./measure.ts";
import { endLeftovers } from "./tree.ts";
import { longThread, NEW_ITEMS } from "./tui/long.ts";
import { moatPrograms, type Program, peerPrograms, type Setting } from "./tui/programs.ts";
import { replFigures } from "./tui/repl.ts";
import { type Watched, watch } from "./tui/screen.ts";

const RUNS = 15;
/** Pause after which a program has settled, in ms. */
const SETTLED_MS = 1500;
const IDLE_MS = 5000;
const DELTAS = 5000;
/** Deltas a second. */
const RATE = 500;
const KEYS = 60;
/** A program that takes so long, in ms, is started once. */
const SLOW_MS = 3000;
/** When a program counts as one that paints nothing here, in ms. */
const PAINTED_MS = 60_000;
/** When what was typed at once counts as lost, in ms. */
const LOST_MS = 8000;

const least = (values: number[]) => Math.min(...values);
const percentile = (values: number[], part: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

/** Deltas that come together. */
const TOGETHER = 10;

/** 5,000 deltas as prose, ten together and so many a second. */
function slowAnswer(): Reply {
  const words = Array.from({ length: DELTAS }, (_, n) => `word${n}${n % 40 === 39 ? ".\n\n" : " "}`);
  const pause = { open() {}, reached: Promise.resolve(), pass: () => Bun.sleep((TOGETHER * 1000) / RATE) };
  return respond(say(...words)).flatMap((step, index) =>
    index % TOGETHER === TOGETHER - 1 ? [step, { wait: pause }] : [step],
  );
}

/** The words of the last thing that was said decide: many short answers or one. */
function itemsFor({ raw }: { raw: string }): Reply | null {
  const count = raw.lastIndexOf('"many"') > raw.lastIndexOf('"few"') ? NEW_ITEMS : 1;
  if (count === 1 && !raw.includes('"few"')) return null;
  const name = count === 1 ? "few" : "many";
  const texts = Array.from(
    { length: count },
    (_, n) => `${name} ${n + 1} of ${count}: ${"some words of it ".repeat(10)}\n`,
  );
  return respond(...texts.map((text) => say(text)));
}

/** When a program painted, and when text that was typed at once stood in its picture, ms. Infinite: never. */
async function startTime({ argv, env, painted }: Program, cwd: string): Promise<{ paint: number; typed: number }> {
  const never = () => Number.POSITIVE_INFINITY;
  await using program = watch(argv, { cwd, env });
  const paint = await program.shows(painted, PAINTED_MS).catch(never);
  // The first one goes on: one with a daemon would wait for what it left.
  await using other = watch(argv, { cwd, env });
  other.type("xyzzy");
  // What the terminal itself echoes before the program has it is no picture. Some programs lose what is typed before they are there.
  const all = new RegExp(`(?:${painted.source})[\\s\\S]*xyzzy`, painted.flags);
  return { paint, typed: await other.shows(all, LOST_MS).catch(never) };
}

async function startTimes({ cwd, programs, runs, noted }: Setting, bare: string): Promise<void> {
  const paints = new Map<string, number[]>();
  const typed = new Map<string, number[]>();
  const add = (map: Map<string, number[]>, name: string, value: number) =>
    map.set(name, [...(map.get(name) ?? []), value]);
  for (let run = 0; run < runs; run++) {
    await using floor = watch([bare], { cwd, env: {} });
    add(paints, "bare", await floor.shows(/ready/));
    for (const program of programs) {
      if (least(paints.get(program.name) ?? [0]) > SLOW_MS) continue;
      const times = await startTime(program, cwd);
      add(paints, program.name, times.paint);
      add(typed, program.name, times.typed);
    }
  }
  const floor = least(paints.get("bare") ?? []);
  console.log(`  bare Bun program that writes a line: ${floor.toFixed(1)} ms (least of ${runs})`);
  for (const { name } of programs) {
    const paint = least(paints.get(name) ?? []);
    noted?.("app: first paint, ms", name, paints.get(name) ?? []);
    noted?.("app: typed text shown, ms", name, typed.get(name) ?? []);
    console.log(
      `  ${name}: first paint ${paint.toFixed(1)} ms, typed text ${least(typed.get(name) ?? []).toFixed(1)} ms`,
    );
    if (name === "moat") row("first paint, times the bare program's", paint / floor, 3, "x");
    const codex = paints.get("codex");
    if (name !== "moat" || !codex) continue;
    row("first paint, times codex's", paint / least(codex), 0.6, "x");
    row("typed text shown, times codex's", least(typed.get(name) ?? []) / least(typed.get("codex") ?? []), 0.6, "x");
  }
}

async function idle(setting: Setting): Promise<void> {
  const memory = new Map<string, number>();
  for (const { name, alone, env, painted } of setting.programs) {
    await using program = watch(alone, { cwd: setting.cwd, env });
    if (!(await program.shows(painted, PAINTED_MS).catch(() => null))) {
      console.log(`  ${name}: not idle, it painted nothing`);
      continue;
    }
    await Bun.sleep(SETTLED_MS);
    const before = { ...program.stat(), bytes: program.bytes };
    await Bun.sleep(IDLE_MS);
    const after = program.stat();
    memory.set(name, after.rss);
    setting.noted?.("app: idle RSS MB", name, [after.rss]);
    setting.noted?.("app: idle private MB", name, [after.private_mb]);
    const seconds = IDLE_MS / 1000;
    console.log(
      `  ${name}: idle ${(((after.cpu - before.cpu) / IDLE_MS) * 100).toFixed(2)} % CPU, ${((after.wakes - before.wakes) / seconds).toFixed(1)} wake-ups/s, ${program.bytes - before.bytes} bytes, RSS ${after.rss.toFixed(0)} MB, private ${after.private_mb.toFixed(0)} MB`,
    );
    if (name === "moat") row("idle: bytes written", program.bytes - before.bytes, 0, "B");
  }
  const [own, codex] = [memory.get("moat"), memory.get("codex")];
  if (own !== undefined) row("idle RSS", own, 60, "MB");
  if (own !== undefined && codex !== undefined) row("idle RSS, times codex's", own / codex, 0.5, "x");
}

async function keyEcho(program: Watched): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < KEYS; n++) {
    const key = String.fromCharCode(97 + (n % 26));
    const before = program.elapsed;
    program.type(key);
    times.push((await program.shows(new RegExp(key))) - before);
    await Bun.sleep(20);
  }
  return times;
}

async function streaming({ cwd, programs }: Setting): Promise<void> {
  const cpu = new Map<string, number>();
  for (const { name, alone, env, painted, ended } of programs) {
    if (!ended) continue;
    await using program = watch(alone, { cwd, env });
    await program.shows(painted);
    await Bun.sleep(SETTLED_MS);
    const before = { ...program.stat(), bytes: program.bytes };
    program.type("go");
    await Bun.sleep(300);
    program.type("\r");
    await program.shows(ended, 60_000);
    await Bun.sleep(500);
    const after = program.stat();
    cpu.set(name, after.cpu - before.cpu);
    console.log(
      `  ${name}: ${DELTAS} deltas at ${RATE}/s ${((after.cpu - before.cpu) / 1000).toFixed(2)} s CPU, ${((program.bytes - before.bytes) / 1000).toFixed(0)} kB written, RSS ${after.rss.toFixed(0)} MB`,
    );
    if (name !== "moat") continue;
    row("5,000 deltas: CPU", (after.cpu - before.cpu) / 1000, 1, "s");
    const echo = await keyEcho(program);
    row("key echo after them, p95", percentile(echo, 0.95), 10, "ms");
  }
  const [own, codex] = [cpu.get("moat"), cpu.get("codex")];
  if (own !== undefined && codex !== undefined) row("5,000 deltas: CPU, times codex's", own / codex, 0.5, "x");
}

/** Runs something with every program set up, a model behind them, and nothing left of them afterwards. */
async function withPrograms(
  peers: boolean,
  runs: number,
  work: (setting: Setting, moat_home: string) => Promise<void>,
) {
  using project = tempProject({ "a.txt": "a\n" }, { git: true });
  using home = tempProject();
  const server = await startModelServer((request) => itemsFor(request) ?? slowAnswer());
  const env = {
    HOME: home.dir,
    PATH: process.env.PATH ?? "",
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-bench",
  };
  await Bun.write(join(home.dir, ".moat", "config.toml"), `[projects."${project.dir}"]\ntrust_level = "trusted"\n`);
  const others = peers ? peerPrograms(home.dir, project.dir, server.url) : [];
  const programs = [...moatPrograms(env), ...others];
  try {
    await work({ cwd: project.dir, programs, runs }, join(home.dir, ".moat"));
  } finally {
    server.stop();
    for (const { env } of programs) endLeftovers(env.HOME ?? home.dir);
  }
}

const bareProgram = () => compiled('require("node:fs").writeSync(1, "ready\\n"); setTimeout(() => {}, 60_000);\n');

/** What people see of the app, its peers and the repl: first paint, typed text, memory while nothing happens. */
export async function appFigures(runs: number, noted: NonNullable<Setting["noted"]>): Promise<void> {
  using bare = await bareProgram();
  await withPrograms(true, runs, async (setting) => {
    const told = { ...setting, noted };
    await startTimes(told, bare.path);
    await idle(told);
    await replFigures(told);
  });
}

export async function run(): Promise<void> {
  using bare = await bareProgram();
  await withPrograms(process.argv.includes("--peers"), RUNS, async (setting, moat_home) => {
    await startTimes(setting, bare.path);
    await idle(setting);
    await replFigures(setting);
    await streaming(setting);
    const [own] = setting.programs;
    if (own) await longThread({ cwd: setting.cwd, moat, env: own.env, moat_home });
  });
}
