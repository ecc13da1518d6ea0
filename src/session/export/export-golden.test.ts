// A thread with one of everything, as the pages that are made of it. `bun run goldens` writes them anew.
import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventBody, Item } from "../../protocol/index.ts";
import { expectGolden } from "../../testkit/golden.suite.ts";
import { sampleContext, tempHome, userMessage } from "../sample.suite.ts";
import { readTranscript, renameThread, toHtml, toMarkdown } from "../store.ts";

const golden = (name: string) => join(import.meta.dir, "fixtures", name);
const usage = {
  input_tokens: 1,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 1,
  reasoning_output_tokens: 0,
};
const PNG = "data:image/png;base64,iVBORw0KGgo=";

type Body = Item extends infer I ? (I extends Item ? Omit<I, "id"> : never) : never;
const BODIES: Body[] = [
  { type: "agent_message", text: "Hello <world> & \"all\" 'of' it" },
  { type: "reasoning", text: "why\nnot" },
  { type: "command_execution", command: "ls `x`", aggregated_output: "a\n```\nb\n", exit_code: 0, status: "completed" },
  {
    type: "command_execution",
    command: "false",
    aggregated_output: "",
    exit_code: 1,
    status: "failed",
    process: {
      argv: ["false"],
      cwd: "/w",
      ended: "exited",
      wall_ms: 1234,
      user_ms: 500.5,
      system_ms: 99.5,
      peak_memory_bytes: 213_000_000,
      output_bytes: 588_895,
      shown_bytes: 40_114,
    },
  },
  { type: "command_execution", command: "rm -rf /", aggregated_output: "", exit_code: null, status: "declined" },
  {
    type: "file_change",
    changes: [
      { path: "/w/a.ts", kind: "update", diff: "@@\n-a\n+b\n", move_path: "/w/`b`.ts" },
      { path: "/w/gone", kind: "delete" },
    ],
    status: "completed",
  },
  { type: "file_change", changes: [{ path: "/w/new", kind: "add" }], status: "failed", error: { message: "x" } },
  {
    type: "mcp_tool_call",
    server: "s",
    tool: "t",
    arguments: { a: [1, "`"] },
    result: { content: [{ type: "text", text: "ok" }], structured_content: null },
    error: null,
    status: "completed",
  },
  {
    type: "mcp_tool_call",
    server: "s",
    tool: "t",
    arguments: null,
    result: null,
    error: { message: "no <such> thing" },
    status: "failed",
  },
  { type: "web_search", query: "`bun` & zstd", action: null },
  { type: "plan", text: "1. <look>\n2. change `a`" },
  {
    type: "todo_list",
    items: [
      { text: "one\nmore", completed: true },
      { text: "<two>", completed: false },
    ],
  },
  { type: "error", message: "it <broke>" },
];

const items = BODIES.map(
  (body, n): EventBody => ({ type: "item.completed", item: { id: `item_${n}`, ...body } as Item }),
);
const EVENTS: EventBody[] = [
  { type: "turn.started", turn_id: "t:1", context: sampleContext },
  { type: "history.added", item: userMessage("Do <it>\nnow & here", PNG) },
  { type: "history.added", item: userMessage("<environment_context>x") },
  { type: "history.added", item: userMessage("and these", "https://example.com/a.png") },
  ...items,
  {
    type: "sandbox.denied",
    item_id: "item_2",
    denial: {
      rule: "read-only",
      kind: "write",
      target: "/x",
      explanation: "/x cannot be <written>",
      opens: null,
      grant: null,
    },
  },
  { type: "history.replaced", why: "compacted", history: [], tokens_before: 2, tokens_after: 1 },
  {
    type: "turn.failed",
    turn_id: "t:1",
    error: { kind: "interrupted", message: "inter<rupted>", retryable: false },
    usage,
    turn_usage: usage,
  },
];

test("with everything", async () => {
  using home = tempHome();
  const path = home.thread("0198f000-0000-7000-8000-000000000001", EVENTS);
  const thread = readTranscript(path);
  await expectGolden(golden("everything.html"), toHtml(thread));
  await expectGolden(golden("everything.md"), toMarkdown(thread));
});

test("with a name, damage and nothing else", async () => {
  using home = tempHome();
  const path = home.thread("0198f000-0000-7000-8000-000000000002", []);
  renameThread(path, "A <name> & more", () => new Date("2026-03-04T05:06:08.000Z"));
  appendFileSync(path, "rubbish\n");
  expect(toMarkdown(readTranscript(path))).toContain("- 1 damaged places are left out\n");
  appendFileSync(path, "{]}\n");
  const thread = readTranscript(path);
  await expectGolden(golden("damaged.html"), toHtml(thread));
  await expectGolden(golden("damaged.md"), toMarkdown(thread));
});

test("only pictures that cannot carry a script are shown", () => {
  using home = tempHome();
  const shown = (url: string) => {
    const path = home.thread(String(Bun.hash(url)), [{ type: "history.added", item: userMessage("x", url) }]);
    return toHtml(readTranscript(path)).includes("<img ");
  };
  for (const kind of ["png", "jpeg", "gif", "webp"]) expect(shown(`data:image/${kind};base64,QUJD+/=`)).toBe(true);
  for (const url of [
    "data:image/svg+xml;base64,QUJD",
    "data:image/png;base64,",
    'data:image/png;base64,QUJD" onerror="x',
    "xdata:image/png;base64,QUJD",
    "data:text/html;base64,QUJD",
    "https://example.com/a.png",
    "data:image/png,QUJD",
  ])
    expect(shown(url)).toBe(false);
});

test("a code span or block is longer than any run of backticks in it", () => {
  using home = tempHome();
  const command = (command: string, aggregated_output: string): EventBody => ({
    type: "item.completed",
    item: { id: "item_0", type: "command_execution", command, aggregated_output, exit_code: 0, status: "completed" },
  });
  const path = home.thread("t", [command("a ```` b", "c `` d\n\n"), command("x", "`````")]);
  const text = toMarkdown(readTranscript(path));
  expect(text).toContain("`````sh\na ```` b\n`````\n\n```\nc `` d\n\n```");
  expect(text).toContain("```sh\nx\n```\n\n``````\n`````\n``````");
});

test("a file whose first line is lost has no start, and is shown all the same", () => {
  using home = tempHome();
  const path = home.thread("t", []);
  writeFileSync(path, "");
  expect(readTranscript(path)).toMatchObject({ started: "", model: null, entries: [], damaged: [] });
  expect(readFileSync(path, "utf8")).toBe("");
});
