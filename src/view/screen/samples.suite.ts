import type { Item, TurnFiles, Usage } from "../../protocol/index.ts";
import { themeFor } from "../../term/index.ts";
import type { Block, Look } from "./contract.ts";

/** A look for tests: no colour unless it is asked for. */
export function lookOf(columns: number, more: Partial<Look> & { colours?: "none" | "16" } = {}): Look {
  const { colours = "none", ...rest } = more;
  const theme = themeFor("ansi", { dark: true, colours });
  if (theme === null) throw new Error("the theme `ansi` is gone");
  return { columns, rows: 24, theme, words: false, directory: "/w/shop", ...rest };
}

/** A text as a person sees it: styles and links gone. */
export function seen(lines: readonly { toString(): string }[]): string[] {
  return lines.map((line) => String(line).replace(/\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\/g, ""));
}

const usage: Usage = {
  input_tokens: 14_000,
  cached_input_tokens: 11_800,
  cache_write_input_tokens: 0,
  output_tokens: 200,
  reasoning_output_tokens: 0,
};

const turnFiles: TurnFiles = {
  changes: [
    {
      path: "/w/shop/src/a.ts",
      kind: "update",
      type: "file",
      by: "patch",
      call_id: "i",
      bytes_before: 9,
      bytes_after: 8,
    },
    {
      path: "/w/shop/dist",
      kind: "delete",
      type: "directory",
      by: "command",
      call_id: "i",
      bytes_before: null,
      bytes_after: null,
    },
  ],
  count: 2,
  created_bytes: 0,
  deleted_bytes: 12_400,
  gaps: [],
};

export const command = (more: object): Item => ({
  id: "c",
  type: "command_execution",
  command: "/bin/bash -lc 'npm test'",
  aggregated_output: "",
  exit_code: 0,
  status: "completed",
  ...more,
});

export const patch = (more: object): Item => ({
  id: "f",
  type: "file_change",
  status: "completed",
  changes: [
    {
      path: "/w/shop/src/invoice.ts",
      kind: "update",
      diff: `--- a
+++ b
@@ -39,3 +39,4 @@ function total() {
 before
-  return Number(total.toFixed(2));
+  const cents = lines.reduce((sum, line) => sum + toCents(line), 0);
+\treturn cents; // 漢字
 after
@@ -80,1 +81,2 @@
 x
+y 👩🏽‍💻
`,
    },
  ],
  ...more,
});

export const MARKDOWN = `# What I found
The totals are rounded *per line*, **not** at the \`end\`: see [the notes](https://example.com/notes) and https://example.com.
合計は行ごとに丸められています。そのため、三つの行の合計が一円ずれることがあります。請求書の合計だけを丸めるべきです。

- one
- two, which is so long that it has to be wrapped somewhere, at forty columns even more than once
  - nested 👩🏽‍💻
    1. deep
- [x] done
- [ ] not yet

> a quotation
> of two lines

\`\`\`ts
const cents: number = 1; // 漢字
\`\`\`

\`\`\`\`md
\`\`\`sh
ls -la "$HOME"
\`\`\`
\`\`\`\`

| file | what | 円 |
|---|:-:|--:|
| src/invoice.ts | rounds each line, which is wrong for three thirds of one | 1 |
| src/tax.ts | fine | 22 |

---

1. first

2. second
`;

const output = Array.from({ length: 60 }, (_, at) => `line ${at} 漢字 👩🏽‍💻`).join("\n");
const item = (one: Item, more: object = {}): Block => ({
  type: "entry",
  entry: { type: "item", item: one, denial: null },
  ...more,
});

/** One of each kind of block. */
export const BLOCKS: readonly Block[] = [
  {
    type: "start",
    facts: {
      version: "0.2.0",
      model: "gpt-5.2",
      effort: "high",
      directory: "~/src/shop",
      branch: { name: "main", changed: 3 },
      sandbox: "this folder may be written, no network",
      approvals: "asks for more",
      enforced: "namespaces + Landlock + seccomp",
      extras: ["AGENTS.md (1.2 kB)", "2 skills", "1 MCP server"],
      warnings: ["no Landlock in this kernel"],
    },
  },
  { type: "entry", entry: { type: "user", text: "fix the rounding in the invoice totals\nand then 合計 of the PDF" } },
  { type: "reasoning", text: "**Looking at totals**\n\nI need to look. Then more." },
  { type: "prose", text: "I'll look at how totals are added up first.", first: true },
  item(command({ aggregated_output: "a\r\nb\n" }), { took_ms: 83 }),
  {
    type: "entry",
    took_ms: 4200,
    entry: {
      type: "item",
      item: command({
        command:
          "rg -n 'toFixed|Math.round' src && echo this one is longer than any window that is tested here is wide, and so it goes on",
        aggregated_output: output,
        exit_code: 1,
        status: "failed",
      }),
      denial: "no writing to /etc",
    },
  },
  item(command({ command: "cat <<E\na\nb\nc\nd\ne\nE", exit_code: null, status: "declined" })),
  item(patch({})),
  item(patch({ status: "failed", error: { message: "does not fit\nno such line" } })),
  item({
    id: "m",
    type: "mcp_tool_call",
    server: "gh",
    tool: "issues",
    arguments: { state: "open" },
    result: null,
    error: { message: "no such server" },
    status: "failed",
  }),
  item({ id: "w", type: "web_search", query: "banker's rounding 四捨五入", action: null }),
  { type: "prose", text: MARKDOWN, first: true },
  item({ id: "p", type: "plan", text: "1. round *once*\n2. test 三つ" }),
  {
    type: "entry",
    entry: {
      type: "answered",
      questions: [{ id: "db", header: "Database", question: "Which one?", options: [] }],
      answer: { type: "answered", answers: { db: { answers: ["Postgres 本番", "and nothing else"] } } },
    },
  },
  item({
    id: "n",
    type: "file_change",
    status: "completed",
    changes: [
      {
        path: "/w/shop/packages/a-long-name/src/components/invoice/totals/rounding.test.ts",
        kind: "add",
        diff: "@@ -0,0 +1 @@\n+x\n",
      },
    ],
  }),
  item({ id: "e", type: "error", message: "the model was not told of a tool" }),
  {
    type: "entry",
    entry: {
      seq: 1,
      type: "stream.retrying",
      attempt: 3,
      max: 10,
      delay_ms: 400,
      error: { kind: "stream_disconnected", message: "EOF", retryable: true },
    },
  },
  { type: "entry", entry: { seq: 1, type: "stream.reset", item_ids: ["a"], usage: null } },
  {
    type: "entry",
    entry: { seq: 1, type: "history.replaced", why: "compacted", tokens_before: 182_000, tokens_after: 9_100 },
  },
  {
    type: "note",
    lines: ["model gpt-5.2", "what it may do is told by /status, which is a long line at forty columns"],
  },
  {
    type: "entry",
    took_ms: 48_000,
    cost: 0.041,
    entry: { seq: 1, type: "turn.completed", turn_id: "1", usage, turn_usage: usage, files: turnFiles },
  },
  {
    type: "entry",
    entry: {
      seq: 1,
      type: "files.restored",
      kind: "undo",
      turns: ["1"],
      changes: [{ path: "/work/project/src/main.ts", kind: "restore", type: "file" }],
      count: 1,
      conflicts: [{ path: "/work/project/notes.md", why: "changed after the turn" }],
      gaps: [{ reason: "over_file_cap", path: "/work/project/disk.img", why: "it is larger than 64 MB" }],
      failures: [],
    },
  },
  {
    type: "entry",
    took_ms: 130_000,
    entry: {
      seq: 1,
      type: "turn.failed",
      turn_id: "1",
      usage,
      turn_usage: usage,
      error: {
        kind: "unauthorized",
        message: "the provider refused the key (401): OPENAI_API_KEY ends in …4f2a",
        retryable: false,
      },
    },
  },
  {
    type: "entry",
    took_ms: 900,
    entry: {
      seq: 1,
      type: "turn.failed",
      turn_id: "1",
      usage,
      turn_usage: usage,
      error: { kind: "interrupted", message: "interrupted", retryable: false },
    },
  },
];
