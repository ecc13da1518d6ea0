// Sessions of another agent, 1 MB each: what importing them costs beside reading them. BENCH_SESSIONS names another number of them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interleaved, moat, once, row } from "./measure.ts";

/** A quick run has a tenth of what was asked for: a thousand. */
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 100);
const MB = 1e6;
const RUNS = 3;

const WORDS =
  "the of and to in for is on that with as error line file return const value import test build node path".split(" ");

/** Text of about so many characters, the same for the same `n`. */
function text(n: number, length: number): string {
  let result = "";
  for (let at = n; result.length < length; at = (at * 48271 + 1) % 0x7fffffff)
    result += WORDS[at % WORDS.length] + (at % 10 === 0 ? "\n" : " ");
  return result;
}

/** A session of Claude Code of about a megabyte: prompts, and calls with results of 2.5 to 20 kB. */
function session(n: number, id: string): string {
  const lines: string[] = [];
  let parent: string | null = null;
  let size = 0;
  const line = (type: string, message: object, more: object = {}) => {
    const uuid = `${n}-${lines.length}`;
    const at = { timestamp: "2026-11-28T06:00:00.000Z", sessionId: id, cwd: "/w", version: "2.1.332" };
    lines.push(JSON.stringify({ parentUuid: parent, isSidechain: false, ...at, type, message, uuid, ...more }));
    size += lines.at(-1)?.length ?? 0;
    parent = uuid;
  };
  for (let call = 0; size < MB; call++) {
    if (call % 6 === 0) line("user", { content: text(call, 200) });
    const answer = { id: `msg_${call}`, model: "m", usage: { input_tokens: 10, output_tokens: 50 } };
    line("assistant", { ...answer, content: [{ type: "text", text: text(call, 300) }] });
    const input = { command: text(call, 40) };
    line("assistant", { ...answer, content: [{ type: "tool_use", id: `toolu_${call}`, name: "Bash", input }] });
    const stdout = text(n + call, call % 10 === 0 ? 20_000 : 2500);
    const result = { type: "tool_result", tool_use_id: `toolu_${call}`, content: stdout };
    line("user", { content: [result] }, { toolUseResult: { stdout, stderr: "" } });
  }
  return `${lines.join("\n")}\n`;
}

export async function run(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "moat-import-"));
  const dir = join(home, ".claude", "projects", "-w");
  try {
    mkdirSync(dir, { recursive: true });
    const ids = Array.from({ length: SESSIONS }, (_, n) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`);
    for (const [n, id] of ids.entries()) writeFileSync(join(dir, `${id}.jsonl`), session(n, id));
    const files = ids.map((id) => join(dir, `${id}.jsonl`));
    const imported = async () => {
      const moat_home = mkdtempSync(join(home, "moat-"));
      try {
        return await once([moat, "threads", "import", "--from", "claude", "--all"], {
          env: { HOME: home, MOAT_HOME: moat_home },
        });
      } finally {
        rmSync(moat_home, { recursive: true, force: true });
      }
    };
    const best = await interleaved({ imported, cat: () => once(["cat", ...files]) }, RUNS);
    const { cpu = 0, rss = 0 } = best.imported ?? {};
    const ratio = (cpu / (best.cat?.cpu ?? 1)).toFixed(0);
    console.log(
      `  ${SESSIONS} sessions: ${(SESSIONS / (cpu / 1000)).toFixed(0)} MB/s a core, ${ratio} × the CPU time of cat`,
    );
    row("import, ms of CPU a MB (50 MB/s a core)", cpu / SESSIONS, 20, "ms");
    row("import, memory", rss, 120, "MB");
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
