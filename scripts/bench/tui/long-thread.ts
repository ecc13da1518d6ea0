import { join } from "node:path";
import type { EventBody, HistoryItem, Item, TurnContext, Usage } from "../../../src/protocol/index.ts";
import { RolloutWriter, rolloutPath } from "../../../src/session/index.ts";

/** Steps of a turn: each is two items, a sentence of the model and the command that it runs. */
const STEPS = 10;

const usage = (turns: number): Usage => ({
  input_tokens: 9000 * turns,
  cached_input_tokens: 8000 * turns,
  cache_write_input_tokens: 0,
  output_tokens: 700 * turns,
  reasoning_output_tokens: 300 * turns,
});

const SENTENCE = "The totals are added up before they are rounded, so a third of a cent is lost at each step. ";

/** Stores a thread of so many items, as a long day of work leaves it: prose, commands with their output, patches. Gives its id. */
export function storeLongThread(moat_home: string, cwd: string, items: number): string {
  const thread_id = Bun.randomUUIDv7();
  const date = new Date("2026-01-02T03:04:05Z");
  const writer = new RolloutWriter(rolloutPath(moat_home, thread_id, date), () => date);
  let seq = 0;
  const write = (body: EventBody) => writer.append({ seq: seq++, ...body });
  write({ type: "thread.started", thread_id, schema_version: 1, cwd, moat_version: "0.1.0" });
  const turns = Math.ceil(items / (2 * STEPS));
  for (let turn = 0, item = 0; turn < turns; turn++) {
    for (const body of turnOf(turn, cwd, Math.min(STEPS, Math.ceil((items - item) / 2)), item)) write(body);
    item += 2 * STEPS;
  }
  writer.close();
  return thread_id;
}

function* turnOf(turn: number, cwd: string, steps: number, first_item: number): Generator<EventBody> {
  const turn_id = `turn_${turn}`;
  yield { type: "turn.started", turn_id, context: contextOf(cwd) };
  yield added({ type: "message", role: "user", content: [{ type: "input_text", text: `request ${turn}: go on` }] });
  for (let step = 0; step < steps; step++) {
    const call_id = `call_${turn}_${step}`;
    const text = `Step ${step} of request ${turn}. ${SENTENCE.repeat(3)}\n\n- \`src/invoice.ts\` has to change\n- the test too`;
    yield completed({ id: `item_${first_item + 2 * step}`, type: "agent_message", text });
    const content = [{ type: "output_text" as const, text, annotations: [] }];
    yield added({ type: "message", role: "assistant", id: `msg_${call_id}`, content });
    yield added({ type: "function_call", call_id, name: "exec_command", arguments: `{"cmd":"npm test ${step}"}` });
    const output = outputOf(turn, step);
    const id = `item_${first_item + 2 * step + 1}`;
    if (step % 5 === 4) yield completed(patchOf(id, turn, cwd));
    else yield completed(commandOf(id, step, output));
    yield added({ type: "function_call_output", call_id, output: `Process exited with code 0\nOutput:\n${output}` });
  }
  yield { type: "turn.completed", turn_id, usage: usage(turn + 1), turn_usage: usage(1), duration_ms: 48_000 };
}

const added = (item: HistoryItem): EventBody => ({ type: "history.added", item });
const completed = (item: Item): EventBody => ({ type: "item.completed", item, duration_ms: 400 });

const contextOf = (cwd: string): TurnContext => ({
  cwd,
  model: "gpt-5.5",
  model_provider: "openai",
  effort: null,
  approval_policy: "on-request",
  sandbox_mode: "workspace-write",
});

const outputOf = (turn: number, step: number) =>
  Array.from({ length: 12 }, (_, line) => `  ✓ totals › case ${turn}.${step}.${line} is rounded once`).join("\n");

const commandOf = (id: string, step: number, aggregated_output: string): Item => ({
  id,
  type: "command_execution",
  command: `npm test ${step}`,
  aggregated_output,
  exit_code: 0,
  status: "completed",
});

function patchOf(id: string, turn: number, cwd: string): Item {
  const diff = `@@ -${turn + 1},3 +${turn + 1},3 @@\n const a = 1;\n-const total = ${turn};\n+const total = cents(${turn});\n const b = 2;\n`;
  return {
    id,
    type: "file_change",
    changes: [{ path: join(cwd, "src", "invoice.ts"), kind: "update", diff }],
    status: "completed",
  };
}
