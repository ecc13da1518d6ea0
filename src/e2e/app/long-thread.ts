import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventBody, TurnContext } from "../../protocol/index.ts";
import type { TestWorld } from "../harness.ts";

const THREAD = "0198a0c0-0000-7000-8000-000000000001";

const usage = {
  input_tokens: 100,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 20,
  reasoning_output_tokens: 0,
};

const message = (role: "user" | "assistant", type: "input_text" | "output_text", text: string): EventBody => ({
  type: "history.added",
  item: { type: "message", role, content: [{ type, text }] },
});

function turn(w: TestWorld, n: number): EventBody[] {
  const context: TurnContext = {
    ...{ cwd: w.project.dir, model: "gpt-5.5", model_provider: "openai", effort: null },
    approval_policy: "on-request",
    sandbox_mode: "workspace-write",
  };
  const answer = `this is answer ${n}, ${"and it says so at some length ".repeat(20)}`;
  return [
    { type: "turn.started", turn_id: `turn_${n}`, context },
    message("user", "input_text", `this is request ${n}`),
    { type: "item.completed", item: { id: `item_${n}`, type: "agent_message", text: answer } },
    message("assistant", "output_text", answer),
    { type: "turn.completed", turn_id: `turn_${n}`, usage, turn_usage: usage },
  ];
}

/** Stores a thread of so many turns, of which each is some hundred bytes; gives its id. `open`: the process ended during the last one. */
export function storeThread(w: TestWorld, turns: number, open = false): string {
  const started: EventBody = {
    ...{ type: "thread.started", thread_id: THREAD, schema_version: 1 },
    ...{ cwd: w.project.dir, moat_version: "0.1.0" },
  };
  const bodies = [started, ...Array.from({ length: turns }, (_, n) => turn(w, n)).flat()];
  const kept = open ? bodies.slice(0, -1) : bodies;
  const lines = kept.map((body, seq) => JSON.stringify({ timestamp: "2026-01-02T03:04:05.000Z", seq, ...body }));
  const dir = join(w.moat_home, "threads", "2026", "01", "02");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `rollout-2026-01-02T03-04-05-${THREAD}.jsonl`), `${lines.join("\n")}\n`);
  return THREAD;
}
