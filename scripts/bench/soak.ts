// Thousands of turns with outputs, images and compactions against the scripted model: what the store and the process grow to.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStore } from "../../src/session/index.ts";
import { call, type RecordedRequest, respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { row } from "./measure.ts";
import { answerOf, outputOf, type SoakResult, TURNS } from "./soak-thread.ts";

/** Answers any request of the soak: a prompt with a command, a command's output with the answer. */
function reply(request: RecordedRequest) {
  const { input } = request.body as { input: { type: string; role?: string; call_id?: string; content?: unknown }[] };
  const last = input.at(-1);
  const turn = JSON.stringify(last).match(/soak (\d+)|call_(\d+)/);
  const n = Number(turn?.[1] ?? turn?.[2]);
  if (last?.type === "function_call_output") return respond(say(answerOf(n)));
  return respond(call("exec_command", { cmd: `cat out/${n}`, login: false, max_output_tokens: 100_000 }, `call_${n}`));
}

async function runChild(mode: "write" | "resume", ...args: string[]): Promise<string> {
  const script = join(import.meta.dir, "soak-thread.ts");
  const child = Bun.spawn([process.execPath, script, mode, ...args], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`the ${mode} process ended with ${child.exitCode}`);
  return text;
}

export async function run(): Promise<void> {
  const server = await startModelServer((request) => {
    // The server keeps every request for tests; here that would be gigabytes.
    server.requests.length = 0;
    return reply(request);
  });
  using project = tempProject({}, { git: true });
  const home = mkdtempSync(join(tmpdir(), "moat-soak-"));
  try {
    for (let n = 0; n < TURNS; n++) project.write(`out/${n}`, outputOf(n));
    const result: SoakResult = JSON.parse(await runChild("write", server.url, home, project.dir));
    const { storeSize } = await loadStore();
    const { bytes, rollout_bytes } = storeSize(home);
    const resumes: number[] = [];
    for (let round = 0; round < 3; round++) resumes.push(Number(await runChild("resume", result.path)));
    const seconds = (result.ms / 1000).toFixed(0);
    console.log(
      `  ${TURNS} turns, ${result.images} images, ${result.compactions} compactions in ${seconds} s; rollout ${(rollout_bytes / 1e6).toFixed(1)} MB, store ${(bytes / 1e6).toFixed(1)} MB`,
    );
    row("store, times the unique bytes", bytes / result.unique, 1.2, "x");
    row(`RSS growth, turn 100 to ${TURNS}`, (result.rss_end - result.rss_100) / 1e6, 20, "MB");
    row("resume of that thread (least of 3)", Math.min(...resumes), 300, "ms");
  } finally {
    server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
