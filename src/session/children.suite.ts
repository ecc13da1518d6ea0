// What tests run in processes of their own: writers that are killed, and writers that race for a lock.
import { writeSync } from "node:fs";
import { RolloutWriter, readThread } from "./index.ts";
import { acquireLock } from "./lock.ts";
import { numbered, opening, sampleTurn } from "./sample.suite.ts";

/** Goes on with a thread until it is killed, and prints the seq of every event once it has been written. */
export async function writeForEver(path: string, thread_id: string): Promise<never> {
  const writer = new RolloutWriter(path, () => new Date("2026-03-04T05:06:07.000Z"));
  writer.open();
  const { next_seq, turns } = readThread(path);
  let seq = next_seq;
  const say = (text: string) => writeSync(1, text);
  const put = (bodies: ReturnType<typeof sampleTurn>) => {
    for (const event of numbered(bodies, seq)) {
      writer.append(event);
      say(`${event.seq} ${event.type}\n`);
    }
    seq += bodies.length;
  };
  if (seq === 0) put(opening(thread_id));
  for (let n = turns; ; n++) {
    // Lines of very different lengths, some with blobs: a kill meets a write of any of them.
    put(sampleTurn(n, { output: `${n}:`.padEnd(n % 7 === 0 ? 200_000 : n * 37, "x"), image: imageOf(n) }));
    await Bun.sleep(0);
  }
}

const imageOf = (n: number) => `data:image/png;base64,${"QUJD".repeat(300 + (n % 5))}`;

/** Says that it is ready, takes a lock as soon as it is told to, and holds it; says who got it. */
export async function raceForLock(path: string): Promise<void> {
  console.log("ready");
  for await (const _ of Bun.stdin.stream()) break;
  try {
    acquireLock(path);
    console.log("taken");
    await new Promise(() => setInterval(() => {}, 60_000));
  } catch (error) {
    console.log((error as Error).name);
  }
}

/** Starts one of these functions in a process of its own. */
export function startChild(work: (...args: never[]) => Promise<void>, args: (string | number)[]) {
  const code = `import { ${work.name} } from ${JSON.stringify(import.meta.path)}; await ${work.name}(...${JSON.stringify(args)});`;
  return Bun.spawn([process.execPath, "-e", code], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
}
