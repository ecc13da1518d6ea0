// Threads for tests: the events of turns in the order in which the core emits them.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event, EventBody, HistoryItem, Item, TurnContext, Usage } from "../protocol/index.ts";
import { pastEvents, RolloutWriter, rolloutPath } from "./index.ts";

export const sampleContext: TurnContext = {
  cwd: "/work/project",
  model: "gpt-5.5",
  model_provider: "openai",
  effort: null,
  approval_policy: "on-request",
  sandbox_mode: "workspace-write",
};

const usage = (turns: number): Usage => ({
  input_tokens: 1000 * turns,
  cached_input_tokens: 600 * turns,
  cache_write_input_tokens: 0,
  output_tokens: 50 * turns,
  reasoning_output_tokens: 20 * turns,
});

export function opening(thread_id: string, cwd = "/work/project"): EventBody[] {
  return [{ type: "thread.started", thread_id, schema_version: 1, cwd, moat_version: "0.1.0" }];
}

export function userMessage(text: string, image?: string): HistoryItem {
  const picture = image ? [{ type: "input_image" as const, image_url: image }] : [];
  return { type: "message", role: "user", content: [{ type: "input_text", text }, ...picture] };
}

/** One turn: the user speaks, one command runs, the model answers. */
export function sampleTurn(
  n: number,
  more: { prompt?: string; image?: string; output?: string; answer?: string; context?: TurnContext } = {},
): EventBody[] {
  const call_id = `call_${n}`;
  const { prompt = `prompt ${n}`, output = `output ${n}\n`, answer = `answer ${n}` } = more;
  return [
    { type: "turn.started", turn_id: `turn_${n}`, context: more.context ?? sampleContext },
    { type: "history.added", item: userMessage(prompt, more.image) },
    {
      type: "history.added",
      item: { type: "function_call", call_id, name: "exec_command", arguments: `{"cmd":"run ${n}"}` },
    },
    {
      type: "item.completed",
      item: {
        id: `item_${n * 2}`,
        type: "command_execution",
        command: `run ${n}`,
        aggregated_output: output,
        exit_code: 0,
        status: "completed",
      },
    },
    {
      type: "history.added",
      item: {
        type: "function_call_output",
        call_id,
        output: `Chunk ID: 0a1b2c\nProcess exited with code 0\nOutput:\n${forModel(output)}`,
      },
    },
    { type: "item.completed", item: { id: `item_${n * 2 + 1}`, type: "agent_message", text: answer } },
    {
      type: "history.added",
      item: {
        type: "message",
        role: "assistant",
        id: `msg_${n}`,
        content: [{ type: "output_text", text: answer, annotations: [] }],
      },
    },
    { type: "turn.completed", turn_id: `turn_${n}`, usage: usage(n + 1), turn_usage: usage(1) },
  ];
}

/** The cap that the core puts on what the model sees: 40,000 bytes, head and tail. */
function forModel(output: string): string {
  return output.length <= 40_000 ? output : `${output.slice(0, 20_000)}…cut…${output.slice(-20_000)}`;
}

export function numbered(bodies: EventBody[], from = 0): Event[] {
  return bodies.map((body, index) => ({ seq: from + index, ...body }));
}

/** The items that a stored thread completed, in order. */
export function completedItems(path: string): Item[] {
  return [...pastEvents(path)].flatMap((event) => (event.type === "item.completed" ? [event.item] : []));
}

/** A MOAT_HOME of its own. */
export interface TempHome extends Disposable {
  dir: string;
  /** A writer for a new thread, started on this day. */
  writer(thread_id: string, day?: string): RolloutWriter;
  /** Writes a whole thread and returns its path. */
  thread(thread_id: string, bodies: EventBody[], day?: string): string;
}

export function tempHome(): TempHome {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "moat-home-")));
  const writer: TempHome["writer"] = (thread_id, day = "2026-03-04T05:06:07.000Z") =>
    new RolloutWriter(rolloutPath(dir, thread_id, new Date(day)), () => new Date(day));
  return {
    dir,
    writer,
    thread(thread_id, bodies, day) {
      const open = writer(thread_id, day);
      for (const event of numbered([...opening(thread_id), ...bodies])) open.append(event);
      open.close();
      return open.path;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
