// No line is wider than the window, and nothing of others' text reaches the terminal as a sequence: whatever the text, the width and the view.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Item } from "../../protocol/index.ts";
import type { SafeText } from "../../term/index.ts";
import type { Block, Look } from "./contract.ts";
import { hostile, WORST } from "./hostile.suite.ts";
import { block, composer, diff, input, menu, open, pager, plan, question, status, whole, work } from "./index.ts";
import { asking, facts, request, working } from "./panels.suite.ts";
import { command, lookOf, patch } from "./samples.suite.ts";

const entry = (item: Item, denial: string | null = null): Block => ({
  type: "entry",
  entry: { type: "item", item, denial },
  took_ms: 1,
});
const change = (text: string) => ({
  path: `/w/shop/${text}`,
  kind: "update" as const,
  diff: `@@ -1,9 +1,9 @@ ${text}\n-${text}\n+${text}`,
});

const blocks = (text: string): Block[] => [
  { type: "prose", text, first: true },
  { type: "reasoning", text },
  { type: "note", lines: [text] },
  { type: "entry", entry: { type: "user", text } },
  entry(command({ command: text, aggregated_output: text, exit_code: 1 }), text),
  entry(command({ command: text, aggregated_output: `${text}\n`.repeat(9) })),
  entry(patch({ changes: [change(text), { path: text, kind: "add" }], status: "failed", error: { message: text } })),
  entry({
    id: "t",
    type: "todo_list",
    items: [
      { text, completed: false },
      { text, completed: true },
    ],
  }),
  entry({
    id: "m",
    type: "mcp_tool_call",
    server: text,
    tool: text,
    arguments: { text },
    result: { content: [{ text }], structured_content: null },
    error: { message: text },
    status: "failed",
  }),
  entry({ id: "p", type: "plan", text }),
  {
    type: "entry",
    entry: {
      type: "answered",
      questions: [{ id: "q", header: text, question: text, options: [] }],
      answer: { type: "answered", answers: { q: { answers: [text] } } },
    },
  },
  entry({ id: "w", type: "web_search", query: text, action: null }),
  entry({ id: "e", type: "error", message: text }),
  { type: "entry", entry: { type: "error", seq: 1, message: text } },
  {
    type: "entry",
    entry: {
      type: "stream.retrying",
      seq: 1,
      attempt: 1,
      max: null,
      delay_ms: 1,
      error: { kind: "idle_timeout", message: text, retryable: true },
    },
  },
  {
    type: "start",
    facts: {
      version: text,
      model: text,
      effort: text,
      directory: text,
      branch: { name: text, changed: 1 },
      sandbox: text,
      approvals: text,
      enforced: text,
      extras: [text],
      warnings: [text],
    },
  },
];

const choices = request.choices.map((choice) => ({ ...choice }));
const asked = (text: string) => ({
  ...request,
  effect: { kind: "command" as const, argv: ["/bin/sh", "-c", text], command: text, cwd: text, escalation: null },
  reason: text,
  justification: text,
  choices: choices.map((choice) => ({
    ...choice,
    label: text,
    ...(choice.rule ? { rule: text, matched: [text] } : {}),
  })),
});

/** Every view with the text wherever a text can stand. */
const VIEWS: Record<string, (text: string, look: Look) => readonly SafeText[]> = {
  block: (text, look) => blocks(text).flatMap((one) => block(one, look, null)),
  whole: (text, look) => blocks(text).flatMap((one) => whole(one, look, null)),
  open: (text, look) =>
    open(
      [
        { id: "r", type: "reasoning", text },
        { id: "a", type: "agent_message", text },
        { id: "c", type: "item", item: command({ command: text }), output: text },
      ],
      look,
      () => 1,
      null,
    ),
  work: (text, look) =>
    work({ ...working, plan: [{ text, completed: false }], waiting: [{ text, when: "now" }] }, look),
  composer: (text, look) =>
    composer({ text, caret: text.length >> 1, placeholder: text, vim: null, rows: 5 }, look).lines,
  placeholder: (text, look) => composer({ text: "", caret: 0, placeholder: text, vim: "normal", rows: 5 }, look).lines,
  status: (text, look) => [
    status({ ...facts, moat: text, directory: text, branch: text, effort: text, hint: text }, look),
  ],
  menu: (text, look) =>
    menu({ title: text, rows: [{ name: text, description: text, matched: [0, 1, 5] }], selected: 0, more: 3 }, look),
  question: (text, look) => question(asking({ type: "choose" }, { request: asked(text), asked_by: text }), look).lines,
  "question, a patch": (text, look) =>
    question(
      asking(
        { type: "choose" },
        { request: { ...asked(text), effect: { kind: "patch", cwd: "/", changes: [change(text)] } }, scroll: 3 },
      ),
      look,
    ).lines,
  rule: (text, look) => question(asking({ type: "rule" }, { request: asked(text) }), look).lines,
  edit: (text, look) =>
    question(asking({ type: "edit", text, caret: text.length }, { request: asked(text) }), look).lines,
  input: (text, look) =>
    input(
      {
        header: text,
        question: text,
        options: [{ label: text, description: text }],
        selected: 1,
        number: 1,
        of: 2,
        other: { text, caret: 1 },
      },
      look,
    ).lines,
  plan: (text, look) => plan([{ text, completed: false }], look),
  diff: (text, look) => diff(`--- a/${text}\n+++ b/${text}\n@@ -1,3 +1,3 @@ ${text}\n-${text}\n+${text}`, look),
  pager: (text, look) => {
    const lines = block({ type: "prose", text, first: true }, look, null);
    return pager({ title: text, lines, top: 0, search: text.slice(0, 3), found: lines.map((_, at) => at) }, look);
  },
};

/** What our own styles are: SGR that neither blinks nor hides, and links to the web. */
const OWN = /\x1b\[(?!(?:5|6|8)m)[0-9;]*m|\x1b\]8;;(?:(?:https?|file|mailto):[!-~]*)?\x1b\\/g;

function check(lines: readonly SafeText[], columns: number): void {
  for (const line of lines) {
    const text = String(line);
    const shown = text.replace(OWN, "");
    expect(shown).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])/);
    if (Bun.stringWidth(shown) > columns)
      throw new Error(`${Bun.stringWidth(shown)} of ${columns} cells: ${JSON.stringify(shown)}`);
  }
}

const looks = fc.record({
  columns: fc.integer({ min: 20, max: 140 }),
  rows: fc.integer({ min: 5, max: 40 }),
  colours: fc.constantFrom("none" as const, "16" as const),
  words: fc.boolean(),
});

describe.each(Object.entries(VIEWS))("%s", (_, draw) => {
  test("fits and is safe, whatever the text", () => {
    fc.assert(
      fc.property(hostile, looks, (text, { columns, ...more }) => {
        check(draw(text, lookOf(columns, more)), columns);
      }),
      { numRuns: 60 },
    );
  });

  test("a search that ends within a character", () => check(draw("👩🏽‍💻\n-", lookOf(20, { colours: "16" })), 20));

  test.each([20, 40, 120])("the worst of all at %i columns", (columns) => {
    for (const text of WORST) check(draw(text, lookOf(columns, { colours: "16" })), columns);
  });
});
