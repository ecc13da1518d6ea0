import { describe, expect, test } from "bun:test";
import type { Event, EventBody, Item } from "../protocol/index.ts";
import { styleFor } from "../term/index.ts";
import { itemLines, LinePrinter, retryText } from "./index.ts";

const style = styleFor("never", false, {});
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
  command: `/bin/bash -lc "echo 'a'"`,
  aggregated_output: "",
  exit_code: null,
  status: "in_progress",
  ...more,
});

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
const printed = (bodies: EventBody[], stream: boolean): string => {
  const printer = new LinePrinter({ style, stream });
  return numbered(bodies)
    .map((event) => printer.print(event))
    .join("");
};

describe("LinePrinter", () => {
  const talk = [
    begin,
    delta("a", "Look"),
    delta("a", "ing."),
    done(message("a", "Looking.")),
    done(command({ exit_code: 0, aggregated_output: "a\n", status: "completed" })),
    done(message("b", "Done.")),
    end,
  ];

  test("leaves the last message to its caller when it does not stream", () => {
    const text = printed(talk, false);
    expect(text).toContain("Looking.\n\n$ echo 'a'\n  a\n\n");
    expect(text).not.toContain("Done.");
  });

  test("shows what is said once when it streams", () => {
    const text = printed(talk, true);
    expect(text.match(/Looking\./g)).toHaveLength(1);
    expect(text.match(/Done\./g)).toHaveLength(1);
  });

  test("a command is shown as it starts, and named again when another came between", () => {
    const run = (id: string, more: object) => ({ ...command(more), id, command: `run ${id}` }) as Item;
    const start = (id: string): EventBody => ({ type: "item.started", item: run(id, {}) });
    const finish = (id: string) => done(run(id, { aggregated_output: `out ${id}`, exit_code: 0, status: "completed" }));
    expect(printed([start("a"), finish("a")], true)).toBe("$ run a\n  out a\n\n");
    expect(printed([start("a"), start("b"), finish("a"), finish("b")], true)).toBe(
      "$ run a\n$ run b\n$ run a\n  out a\n\n$ run b\n  out b\n\n",
    );
    expect(printed([start("a"), finish("a")], false)).toBe("$ run a\n  out a\n\n");
  });

  test("the settings are shown when they change, not at every turn", () => {
    const other: EventBody = { type: "turn.started", turn_id: "2", context: { ...context, model: "n" } };
    expect(printed([begin, begin, other], true).match(/sandbox read-only/g)).toHaveLength(2);
  });

  test("says below a command what the sandbox refused", () => {
    const denial = {
      rule: "r",
      kind: "write",
      target: "/x",
      explanation: "no writing to /x",
      opens: null,
      grant: null,
    } as const;
    const text = printed(
      [begin, { type: "sandbox.denied", item_id: "c", denial }, done(command({ exit_code: 1, status: "failed" }))],
      true,
    );
    expect(text).toEndWith("$ echo 'a'\n  exit 1\n  sandbox: no writing to /x\n\n");
  });

  test("what the user said is shown where nobody has just typed it", () => {
    const item = { type: "message", role: "user", content: [{ type: "input_text", text: "go\non" }] } as const;
    const events = numbered([{ type: "history.added", item: { ...item, content: [...item.content] } }]);
    const shown = (said: boolean) => String(new LinePrinter({ style, stream: true, said }).print(events[0] as Event));
    expect(shown(true)).toBe("\n> go\n> on\n");
    expect(shown(false)).toBe("");
  });

  test("a child's items are set in, and its text never runs into its parent's", () => {
    const printer = new LinePrinter({ style, stream: true });
    const begun: EventBody = {
      type: "thread.started",
      thread_id: "t",
      schema_version: 1,
      cwd: "/p",
      moat_version: "0",
    };
    const child = (body: EventBody): Event => ({ seq: 0, ...body, thread_id: "child" });
    const text = [
      ...numbered([begun, begin, delta("a", "Look")]),
      child(delta("a", "hidden")),
      child(done(message("a", "Found it."))),
      child(end),
      ...numbered([delta("a", "ing."), done(message("a", "Looking.")), end]),
    ].map((event) => String(printer.print(event)));
    expect(text.slice(2).join("")).toBe(
      "Look\n    Found it.\n\n    tokens: 10 in (5 cached), 2 out\ning.\n\ntokens: 10 in (5 cached), 2 out\n",
    );
  });

  test("control sequences of the model never reach the terminal", () => {
    const text = printed(
      [
        begin,
        delta("a", "\x1b]0;title\x07\x1b[2Jhi"),
        done(command({ aggregated_output: "\x1b[31mred\x1b[0m\r", exit_code: 0 })),
      ],
      true,
    );
    expect(text).not.toMatch(/[\x1b\x07\r]/);
  });
});

test("itemLines shows the end of a long output and counts the rest", () => {
  const output = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");
  const lines = itemLines(command({ aggregated_output: output, exit_code: 0, status: "completed" }), style).map(String);
  expect(lines.slice(0, 3)).toEqual(["$ echo 'a'", "  … 8 lines before", "  line 8"]);
  expect(lines.at(-1)).toBe("  line 19");
});

test("itemLines shows the beginning of a line that nobody reads, of a command as of its output, and says how much more there is", () => {
  const [long, picture] = ["\0".repeat(1_000_000), `${"a".repeat(1999)}😀${"b".repeat(1000)}`];
  const item = command({
    command: `/bin/bash -lc ': ${"x".repeat(10_000)}'`,
    aggregated_output: `${picture}\n${long}\nend`,
    exit_code: 0,
    status: "completed",
  });
  const [head = "", first, second = "", last] = itemLines(item, style).map(String);
  expect(head).toStartWith("$ : xxx");
  expect(head).toEndWith("x … 8002 characters more");
  expect(first).toBe(`  ${"a".repeat(1999)} … 1001 characters more`);
  expect(second).toEndWith("\\x00 … 998000 characters more");
  expect(last).toBe("  end");
  expect(itemLines(item, style, Number.POSITIVE_INFINITY).map(String)[1]).toBe(`  ${picture}`);
});

test("retryText has the seed's words", () => {
  const error = {
    kind: "stream_disconnected",
    message: "stream disconnected before completion: EOF",
    retryable: true,
  } as const;
  expect(retryText(1, 10, 231.6, error)).toBe(
    "stream error: stream disconnected before completion: EOF; retrying 1/10 in 232ms…",
  );
});
