// A thread of ten thousand items: what it costs to go back to, to move in, and to go on with.
import { row } from "../measure.ts";
import { storeLongThread } from "./long-thread.ts";
import { type Watched, watch } from "./screen.ts";

const ITEMS = 10_000;
const FEW = 10;
const RUNS = 5;
/** Pause after which the thread is open and all of it was read, in ms. */
const READ_MS = 2000;
/** Pages that are scrolled, one after another. */
const PAGES = 60;
/** One of sixty frames a second, in ms. */
const FRAME_MS = 16.7;
/** Items of the answers whose cost is compared. */
export const NEW_ITEMS = 300;

const CTRL_HOME = "\x1b[1;5H";
const CTRL_END = "\x1b[1;5F";
const PAGE_DOWN = "\x1b[6~";

interface Setting {
  cwd: string;
  moat: string;
  env: Record<string, string>;
  moat_home: string;
}

/** When something was on the screen after a key, in ms. */
async function shownAfter(program: Watched, keys: string, wanted: RegExp): Promise<number> {
  const before = program.elapsed;
  program.type(keys);
  return (await program.shows(wanted)) - before;
}

/** Resumes a thread; runs the rest when its end is on the screen. */
async function resumed<T>(setting: Setting, items: number, work: (program: Watched, painted: number) => Promise<T>) {
  const { cwd, moat, env, moat_home } = setting;
  const last = new RegExp(`request ${Math.ceil(items / 20) - 1}`);
  const results: T[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A thread of its own: the work may go on with it.
    const id = storeLongThread(moat_home, cwd, items);
    await using program = watch([moat, "resume", id], { cwd, env });
    results.push(await work(program, await program.shows(last)));
  }
  return results;
}

async function moving(program: Watched) {
  await Bun.sleep(READ_MS);
  const { rss } = program.stat();
  const home = await shownAfter(program, CTRL_HOME, /request 0: go on/);
  const pages: number[] = [];
  for (let page = 0; page < PAGES; page++) pages.push(await shownAfter(program, PAGE_DOWN, /\w/));
  await shownAfter(program, CTRL_END, /Step 9/);
  return { rss, home, page: pages.sort((a, b) => a - b)[Math.floor(PAGES * 0.95)] ?? Number.NaN };
}

/** CPU of an answer, in ms. */
async function answered(program: Watched, prompt: string, wanted: RegExp): Promise<number> {
  const before = program.stat().cpu;
  program.type(prompt);
  await program.shows(new RegExp(prompt));
  program.type("\r");
  await program.shows(wanted, 60_000);
  await Bun.sleep(500);
  return program.stat().cpu - before;
}

/** CPU per new item, in ms. The first answer, for which the model is given the thread, is not counted. */
async function perItem(program: Watched): Promise<number> {
  await Bun.sleep(READ_MS);
  await answered(program, "few", /few 1 of 1/);
  const few = await answered(program, "few", /few 1 of 1/);
  const many = await answered(program, "many", new RegExp(`many ${NEW_ITEMS} of ${NEW_ITEMS}`));
  return (many - few) / (NEW_ITEMS - 1);
}

export async function longThread(setting: Setting): Promise<void> {
  const least = (values: number[]) => Math.min(...values);
  const paints = await resumed(setting, ITEMS, async (_, painted) => painted);
  row(`${ITEMS} items: resume to first paint`, least(paints), 150, "ms");
  const moved = await resumed(setting, ITEMS, moving);
  row(`${ITEMS} items: RSS`, least(moved.map(({ rss }) => rss)), 120, "MB");
  row(`${ITEMS} items: to the top, at first`, least(moved.map(({ home }) => home)), 100, "ms");
  row(`${ITEMS} items: a page, p95`, least(moved.map(({ page }) => page)), FRAME_MS, "ms");
  const [few, many] = [await resumed(setting, FEW, perItem), await resumed(setting, ITEMS, perItem)];
  console.log(
    `  CPU per new item: ${least(few).toFixed(2)} ms at ${FEW} items, ${least(many).toFixed(2)} ms at ${ITEMS}`,
  );
  row("cost per new item, times that at ten", least(many) / least(few), 1.2, "x");
}
