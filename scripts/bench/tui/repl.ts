// The repl from outside, in a terminal. Beside nothing: no peer has a conversation line by line.
import { moat } from "../measure.ts";
import type { Setting } from "./programs.ts";
import { watch } from "./screen.ts";

/** Pause after which it has settled, in ms. */
const SETTLED_MS = 1500;
const CTRL_D = "\x04";

/** One conversation: when the prompt was there, how long a turn took until the next one, and what both cost. */
async function conversation(cwd: string, env: Record<string, string>): Promise<Record<string, number>> {
  await using program = watch([moat, "repl"], { cwd, env });
  const start = await program.shows(/user> $/);
  program.type("few");
  const asked = await program.shows(/few$/);
  program.type("\r");
  const answered = await program.shows(/few 1 of 1[\s\S]*user> $/);
  await Bun.sleep(SETTLED_MS);
  const { rss, private_mb } = program.stat();
  program.type(CTRL_D);
  return {
    "repl: start to prompt, ms": start,
    "repl: a turn, ms": answered - asked,
    "repl: start, a turn and the end, CPU ms": await program.ended(),
    "repl: idle RSS MB": rss,
    "repl: idle private MB": private_mb,
  };
}

/** What people see of the repl. */
export async function replFigures({ cwd, programs, runs, noted }: Setting): Promise<void> {
  const env = programs.find(({ name }) => name === "moat")?.env ?? {};
  const seen: Record<string, number>[] = [];
  for (let run = 0; run < runs; run++) seen.push(await conversation(cwd, env));
  for (const row of Object.keys(seen[0] ?? {})) {
    const values = seen.map((one) => one[row] ?? Number.NaN);
    noted?.(row, "moat", values);
    console.log(`  ${row}: ${Math.min(...values).toFixed(1)} (least of ${runs})`);
  }
}
