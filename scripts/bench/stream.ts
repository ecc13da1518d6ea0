// What a delta costs: 50,000 of them through the model client, beside `curl` reading the same bytes.
import { join } from "node:path";
import { type Reply, respond, say, startModelServer, together } from "../../src/testkit/index.ts";
import { type Cost, interleaved, row } from "./measure.ts";

const DELTAS = 50_000;
const RUNS = 5;
const READER = join(import.meta.dir, "stream-reader.ts");

const stream = (deltas: number) => respond(say(...Array.from({ length: deltas }, (_, i) => `word${i % 1000} `)));
const shapes: Record<string, Reply> = {
  one: stream(1),
  "one chunk a delta": stream(DELTAS),
  "all at once": [together(...stream(DELTAS))],
};

/** Serves one reply to one command that reads it to its end. A number that the command prints is its peak in kB. */
async function read(reply: Reply, command: (url: string) => string[]): Promise<Cost> {
  const server = await startModelServer([reply]);
  try {
    const start = performance.now();
    const child = Bun.spawn(command(server.url), { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    const output = await child.stdout.text();
    if ((await child.exited) !== 0) throw new Error(`the reader ended with ${child.exitCode}`);
    const cpu = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000;
    return { wall: performance.now() - start, cpu, rss: Number(output) / 1000 };
  } finally {
    server.stop();
  }
}
const client = (url: string) => [process.execPath, READER, url];
const curl = (url: string) => ["curl", "-sN", "-o", "/dev/null", "-d", "{}", `${url}/responses`];

/** Prints CPU per delta (what a stream of one delta costs taken off) and the peak of memory. */
export async function run(): Promise<void> {
  const cases: Record<string, () => Promise<Cost>> = {};
  for (const [name, reply] of Object.entries(shapes)) {
    cases[`client ${name}`] = () => read(reply, client);
    cases[`curl ${name}`] = () => read(reply, curl);
  }
  const best = await interleaved(cases, RUNS);
  const cost = (name: string) => best[name] ?? { wall: 0, cpu: 0, rss: 0 };
  const perDelta = (who: string, name: string) =>
    ((cost(`${who} ${name}`).cpu - cost(`${who} one`).cpu) * 1000) / DELTAS;
  for (const name of ["one chunk a delta", "all at once"]) {
    row(`CPU per delta, ${name}`, perDelta("client", name), 6, "µs");
    row(`peak memory, ${name}`, cost(`client ${name}`).rss, 80, "MB");
    console.log(`  ${"curl, the same".padEnd(52)} ${perDelta("curl", name).toFixed(2).padStart(8)} µs`);
  }
  console.log(
    `  ${"peak memory of a stream of one delta".padEnd(52)} ${cost("client one").rss.toFixed(2).padStart(8)} MB`,
  );
}
