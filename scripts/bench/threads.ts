// Five thousand stored threads: what a list costs, and that nothing at start looks at them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { respond, say, startModelServer, tempProject } from "../../src/testkit/index.ts";
import { interleaved, moat, once, row } from "./measure.ts";

const THREADS = 5000;
const RUNS = 15;

function line(seq: number, body: object): string {
  return `${JSON.stringify({ timestamp: "2025-01-01T00:00:00.000Z", seq, ...body })}\n`;
}

/** A home with so many threads of one turn each, spread over a year. */
export function fillThreads(home: string, threads: number): void {
  const usage = {
    input_tokens: 1,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: 1,
    reasoning_output_tokens: 0,
  };
  const context = {
    cwd: "/work",
    model: "m",
    model_provider: "p",
    effort: null,
    approval_policy: "never",
    sandbox_mode: "read-only",
  };
  for (let n = 0; n < threads; n++) {
    const thread_id = `${(0x19000000 + n * 977).toString(16)}-0000-7000-8000-000000000000`;
    const [month, day] = [1 + (n % 12), 1 + (n % 28)].map((part) => String(part).padStart(2, "0"));
    const dir = join(home, "threads", "2025", month ?? "", day ?? "");
    mkdirSync(dir, { recursive: true });
    const said = {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: `prompt ${n} ${"x".repeat(2000)}` }],
    };
    const text = [
      line(0, { type: "thread.started", thread_id, schema_version: 1, cwd: "/work", moat_version: "0.1.0" }),
      line(1, { type: "turn.started", turn_id: "1", context }),
      line(2, { type: "history.added", item: said }),
      line(3, { type: "turn.completed", turn_id: "1", usage, turn_usage: usage }),
    ];
    writeFileSync(join(dir, `rollout-2025-${month}-${day}T00-00-00-${thread_id}.jsonl`), text.join(""));
  }
}

export async function run(): Promise<void> {
  const [full, empty] = ["full", "empty"].map((name) => mkdtempSync(join(tmpdir(), `moat-threads-${name}-`)));
  const server = await startModelServer(() => respond(say("ok")));
  using project = tempProject({}, { git: true });
  if (!full || !empty) return;
  try {
    fillThreads(full, THREADS);
    const env = (home: string) => ({ MOAT_HOME: home, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-bench" });
    const first = await once([moat, "threads", "list", "--all"], { env: env(full) });
    const turn = (home: string) => once([moat, "exec", "hi"], { cwd: project.dir, env: env(home) });
    const best = await interleaved(
      {
        list: () => once([moat, "threads", "list", "--all"], { env: env(full) }),
        full: () => turn(full),
        empty: () => turn(empty),
      },
      RUNS,
    );
    console.log(`  ${THREADS} threads; the first list, which builds the index: ${first.wall.toFixed(0)} ms`);
    row("threads list --all", best.list?.wall ?? 0, 100, "ms");
    row("exec, times the same in an empty home", (best.full?.wall ?? 0) / (best.empty?.wall ?? 1), 1.05, "x");
  } finally {
    server.stop();
    for (const dir of [full, empty]) rmSync(dir, { recursive: true, force: true });
  }
}
