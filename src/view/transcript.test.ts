import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Event, EventBody, HistoryItem, Item } from "../protocol/index.ts";
import { emptyTranscript, reduce, type Transcript, transcriptOf } from "./transcript.ts";

const usage = {
  input_tokens: 10,
  cached_input_tokens: 5,
  cache_write_input_tokens: 0,
  output_tokens: 2,
  reasoning_output_tokens: 1,
};
const context = {
  cwd: "/p",
  model: "m",
  model_provider: "x",
  effort: null,
  approval_policy: "never",
  sandbox_mode: "read-only",
} as const;
const message = (id: string, text: string): Item => ({ id, type: "agent_message", text });
const command = (more: object): Item => ({
  id: "c",
  type: "command_execution",
  command: "make",
  aggregated_output: "",
  exit_code: null,
  status: "in_progress",
  ...more,
});
const said = (role: "user" | "assistant" | "developer", text: string): EventBody => ({
  type: "history.added",
  item: { type: "message", role, content: [{ type: "input_text", text }] } satisfies HistoryItem,
});
const started: EventBody = { type: "thread.started", thread_id: "t", schema_version: 1, cwd: "/p", moat_version: "0" };
const begin: EventBody = { type: "turn.started", turn_id: "1", context };
const end: EventBody = { type: "turn.completed", turn_id: "1", usage, turn_usage: usage };
const delta = (item_id: string, text: string): EventBody => ({
  type: "item.delta",
  item_id,
  item_type: "agent_message",
  delta: text,
});
const done = (item: Item): EventBody => ({ type: "item.completed", item });
const numbered = (bodies: EventBody[]): Event[] => bodies.map((body, seq) => ({ seq, ...body }));
const fold = (bodies: EventBody[]): Transcript => transcriptOf(numbered(bodies));
const itemsOf = ({ entries }: Transcript) =>
  [...entries].flatMap((entry) => (entry.type === "item" ? [entry.item] : []));
/** All of a transcript as text. */
const plain = (state: Transcript): string =>
  JSON.stringify({
    ...state,
    entries: [...state.entries],
    denials: [...state.denials],
    children: [...state.children].map(([id, child]) => [id, plain(child)]),
  });

describe("reduce", () => {
  test("deltas grow one open item, which its completion replaces", () => {
    const open = fold([started, begin, delta("a", "Hel"), delta("a", "lo")]);
    expect(open.open).toEqual([{ id: "a", type: "agent_message", text: "Hello" }]);
    expect(open.status).toEqual({ type: "working" });
    const closed = fold([started, begin, delta("a", "Hel"), delta("a", "lo"), done(message("a", "Hello")), end]);
    expect(closed.open).toEqual([]);
    expect(itemsOf(closed)).toEqual([message("a", "Hello")]);
    expect(closed.status).toEqual({ type: "idle" });
    expect(closed.usage).toEqual(usage);
  });

  test("a reset takes back what was shown of its items and nothing else", () => {
    const state = fold([
      begin,
      delta("a", "x"),
      delta("b", "y"),
      { type: "stream.reset", item_ids: ["a"], usage: null },
    ]);
    expect(state.open.map(({ id }) => id)).toEqual(["b"]);
  });

  test("of what a running command floods the end is kept, which is all that is looked at", () => {
    const pieces = Array.from({ length: 40 }, (_, at): EventBody => {
      const delta = `${at}`.padStart(10_000, "x");
      return { type: "item.delta", item_id: "c", item_type: "command_execution", delta };
    });
    const [open] = fold([begin, { type: "item.started", item: command({}) }, ...pieces]).open;
    const output = open?.type === "item" ? open.output : "";
    expect(output).toEndWith("x38".padStart(10_001, "x").slice(1) + "39".padStart(10_000, "x"));
    expect(output.length).toBeLessThanOrEqual(64 * 1024);
  });

  test("a running command keeps its output when its item is updated", () => {
    const output: EventBody = { type: "item.delta", item_id: "c", item_type: "command_execution", delta: "out" };
    const item = command({});
    const state = fold([begin, { type: "item.started", item }, output, { type: "item.updated", item }]);
    expect(state.open).toEqual([{ id: "c", type: "item", item, output: "out" }]);
  });

  test("a failed turn says why and leaves nothing open", () => {
    const error = { kind: "quota", message: "no credit", retryable: false } as const;
    const state = fold([
      begin,
      delta("a", "x"),
      { type: "turn.failed", turn_id: "1", error, usage, turn_usage: usage },
    ]);
    expect(state.failure).toEqual(error);
    expect(state.open).toEqual([]);
  });

  test("the input state is never changed, so that a log replays to the same transcript", () => {
    const bodies = fc.constantFrom<EventBody>(
      started,
      begin,
      end,
      delta("a", "x"),
      done(message("a", "y")),
      done(command({})),
    );
    fc.assert(
      fc.property(fc.array(bodies, { maxLength: 12 }), (log) => {
        const states = [emptyTranscript];
        const copies = [plain(emptyTranscript)];
        for (const event of numbered(log)) {
          const next = reduce(states.at(-1) ?? emptyTranscript, event);
          states.push(next);
          copies.push(plain(next));
        }
        expect(states.map((state) => plain(state))).toEqual(copies);
        expect(states.at(-1)?.next_seq).toBe(log.length);
      }),
    );
  });
});

describe("what a person sees of a thread", () => {
  const denial = {
    rule: "r",
    kind: "write",
    target: "/x",
    explanation: "no writing to /x",
    opens: null,
    grant: null,
  } as const;

  test("is in the order in which it happened, the person's own words among it", () => {
    const budget: EventBody = { type: "budget", what: "turns", limit: 1, used: 1 };
    const replaced: EventBody = {
      type: "history.replaced",
      why: "rewound",
      history: [],
      tokens_before: 9,
      tokens_after: 3,
    };
    const { entries } = fold([
      started,
      begin,
      said("user", "<environment_context>"),
      said("user", "fix it"),
      said("developer", "a hook's words"),
      done(message("a", "yes")),
      said("assistant", "yes"),
      replaced,
      budget,
      end,
    ]);
    expect([...entries]).toEqual([
      { ...begin, seq: 1 },
      { type: "user", text: "fix it" },
      { type: "item", item: message("a", "yes"), denial: null },
      { type: "history.replaced", seq: 7, why: "rewound", tokens_before: 9, tokens_after: 3 },
      { ...budget, seq: 8 },
      { ...end, seq: 9 },
    ]);
  });

  test("has the sandbox's refusal with its item, once the item is done", () => {
    const state = fold([{ type: "sandbox.denied", item_id: "c", denial }, done(message("other", "x"))]);
    expect([...state.entries]).toEqual([{ type: "item", item: message("other", "x"), denial: null }]);
    const item = command({ status: "failed", exit_code: 1 });
    const later = reduce(state, { seq: 9, ...done(item) });
    expect(later.entries.at(-1)).toEqual({ type: "item", item, denial: "no writing to /x" });
    expect(later.denials.size).toBe(0);
  });

  test("says how full the context is, what the plan is, and what the next turn runs with", () => {
    const todo = (completed: boolean): Item => ({ id: "p", type: "todo_list", items: [{ text: "s", completed }] });
    const state = fold([
      begin,
      { type: "item.started", item: todo(false) },
      { type: "item.updated", item: todo(true) },
      { type: "context.measured", tokens: 5, window: 10, limit: 9 },
      { type: "settings.changed", context: { ...context, model: "other" } },
    ]);
    expect(state.plan).toEqual([{ text: "s", completed: true }]);
    expect(state.room).toEqual({ tokens: 5, window: 10, limit: 9 });
    expect(state.context?.model).toBe("other");
  });

  test("a child has a transcript of its own, and changes nothing of its parent's", () => {
    const child = (seq: number, body: EventBody): Event => ({ seq, ...body, thread_id: "child" });
    const own = fold([started, begin, said("user", "go")]);
    const both = [
      child(0, { ...started, thread_id: "child" } as EventBody),
      child(1, begin),
      child(2, done(message("a", "from the child"))),
      child(3, end),
    ].reduce(reduce, own);
    const { children, ...rest } = both;
    expect(rest).toEqual({ ...own, children: undefined } as never);
    expect(children.get("child")).toMatchObject({ thread_id: "child", status: { type: "idle" }, next_seq: 4 });
    expect(itemsOf(children.get("child") ?? own)).toEqual([message("a", "from the child")]);
  });

  test("an event of a newer version changes nothing but the number that comes next", () => {
    const state = fold([started, begin]);
    expect(reduce(state, { seq: 2, type: "thread.sang" } as never)).toEqual({ ...state, next_seq: 3 });
  });
});

test("an entry costs the same however many there are, and each version keeps its own", () => {
  const count = 20_000;
  const events = numbered(Array.from({ length: count }, (_, at) => done(message(`item_${at}`, "x"))));
  const versions: Transcript[] = [];
  let state = emptyTranscript;
  for (const event of events) {
    state = reduce(state, event);
    versions.push(state);
  }
  // 20,000 copies of up to 20,000 entries would take minutes and gigabytes.
  expect(versions.map(({ entries }) => entries.length)).toEqual(events.map((_, at) => at + 1));
  const branch = reduce(versions[4] as Transcript, { seq: 5, ...done(message("other", "y")) });
  expect(branch.entries.at(-1)).toMatchObject({ item: { id: "other" } });
  expect(versions[5]?.entries.at(-1)).toMatchObject({ item: { id: "item_5" } });
  expect([branch.entries.at(-2), branch.entries.at(6), branch.entries.length]).toEqual([
    versions[4]?.entries.at(-1),
    undefined,
    6,
  ]);
});
