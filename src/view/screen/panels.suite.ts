import type { ApprovalRequest } from "../../protocol/index.ts";
import type { SafeText } from "../../term/index.ts";
import type { Look, QuestionFacts, StatusFacts, WorkFacts } from "./contract.ts";
import { composer, diff, input, menu, open, pager, plan, question, rule, status, work } from "./index.ts";
import { command } from "./samples.suite.ts";

const steps = [
  { text: "find where totals are rounded", completed: true },
  { text: "fix totals in cents 円", completed: false },
  { text: "tests", completed: false },
];

export const working: WorkFacts = {
  status: { type: "working" },
  plan: steps,
  elapsed_ms: 12_345,
  tokens_per_second: 58,
  tokens: 3100,
  retry_in_ms: null,
  waiting: [
    { text: "also check the PDF", when: "now" },
    { text: "then 日本語 for the mails", when: "after" },
  ],
};

export const facts: StatusFacts = {
  mode: "auto",
  moat: "workspace, no net",
  weak: false,
  directory: "~/src/shop",
  branch: "main",
  effort: "high",
  context: 0.71,
  tokens: 14_200,
  cost: 0.04,
  hint: "Shift+Tab mode · / commands · ? keys",
};

export const request: ApprovalRequest = {
  call_id: "1",
  effect: {
    kind: "command",
    argv: ["/bin/bash", "-lc", "docker compose up -d db\n\techo 漢字 \x1b[2J"],
    command: "docker compose up -d db",
    cwd: "/w/shop",
    escalation: null,
  },
  reason: "it talks to /run/docker.sock, which the sandbox hides",
  justification: "to start the database that the tests need",
  sandbox: "danger-full-access",
  denial: null,
  choices: [
    { decision: "approved", label: "Yes, once, outside the sandbox" },
    { decision: "session", label: "Yes, and not again in this session for exactly this command in this directory" },
    {
      decision: "always",
      label: "Yes, always for commands that start with `docker compose`",
      rule: 'prefix_rule(pattern = ["docker", "compose"])',
      prefix: ["docker", "compose"],
      matched: ["docker compose ps", "docker compose logs"],
    },
    { decision: "edited", label: "Change the command; it is judged again", command: "docker compose up -d db" },
    { decision: "denied", label: "No, and tell the model why" },
    { decision: "abort", label: "No, and stop here" },
  ],
};

export const patched: ApprovalRequest = {
  ...request,
  effect: {
    kind: "patch",
    cwd: "/w/shop",
    changes: [
      {
        path: "/w/shop/src/a.ts",
        kind: "update",
        diff: "@@ -1,2 +1,2 @@\n-old\u202e\n+new\n same\n",
        links: 2,
      },
    ],
  },
  reason: "it is outside the workspace",
  justification: null,
  choices: request.choices.filter(({ decision }) => decision !== "always" && decision !== "edited"),
};

export const asking = (step: QuestionFacts["step"], more: Partial<QuestionFacts> = {}): QuestionFacts => ({
  request,
  number: 1,
  of: 1,
  asked_by: "asked by the model",
  selected: null,
  step,
  scroll: 0,
  ...more,
});

export const UNIFIED = `diff --git a/src/a.ts b/src/a.ts
index 1..2 100644
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,3 +1,4 @@ function a() {
 same
-old 漢字
+new 漢字
+newer
 same
\\ No newline at end of file
diff --git a/b.md b/b.md
new file mode 100644
--- /dev/null
+++ b/b.md
@@ -0,0 +1 @@
+# b
`;

const growing = "Some *text* that grows\n\n- a\n- b";
const output = "PASS src/tax.test.ts\nPASS src/invoice.test.ts\n\x1b[31mred\x1b[0m\nlast";

/** Everything that stands below the conversation or in its place. */
export const PANELS: Record<string, (look: Look) => readonly SafeText[]> = {
  open: (look) =>
    open(
      [
        { id: "r", type: "reasoning", text: "**Where**\n\nabout totals" },
        { id: "a", type: "agent_message", text: growing },
        { id: "c", type: "item", item: command({ status: "in_progress", exit_code: null }), output },
      ],
      look,
      () => 2100,
      null,
    ),
  work: (look) => work(working, look),
  retry: (look) =>
    work(
      {
        ...working,
        status: {
          type: "retrying",
          attempt: 3,
          max: 10,
          delay_ms: 400,
          error: { kind: "stream_disconnected", message: "EOF", retryable: true },
        },
        retry_in_ms: 400,
        waiting: [],
      },
      look,
    ),
  plan: (look) => plan(steps, look),
  rule: (look) => [rule(look)],
  composer: (look) =>
    composer(
      { text: "fix 漢字 of all the totals\n👩🏽‍💻 \x1b[31m", caret: 3, placeholder: "", vim: "insert", rows: 6 },
      look,
    ).lines,
  "empty composer": (look) =>
    composer({ text: "", caret: 0, placeholder: "What shall be done?", vim: null, rows: 6 }, look).lines,
  status: (look) => [status(facts, look)],
  "weak and full": (look) => [status({ ...facts, weak: true, moat: "off", context: 0.91, branch: null }, look)],
  menu: (look) =>
    menu(
      {
        title: "Commands",
        rows: [
          { name: "/model", description: "which model answers, and how much it thinks before", matched: [1, 2] },
          { name: "/mcp 円", description: "servers", matched: [1] },
        ],
        selected: 1,
        more: 12,
      },
      look,
    ),
  question: (look) => question(asking({ type: "choose" }), look).lines,
  "question, selected": (look) => question(asking({ type: "choose" }, { selected: 1, number: 2, of: 3 }), look).lines,
  "question, a patch": (look) => question(asking({ type: "choose" }, { request: patched }), look).lines,
  "question, the rule": (look) => question(asking({ type: "rule" }), look).lines,
  "question, another command": (look) => question(asking({ type: "edit", text: "docker\tps", caret: 3 }), look).lines,
  "question, a reason": (look) => question(asking({ type: "reason", text: "not now 今", caret: 9 }), look).lines,
  "model's question": (look) =>
    input(
      {
        header: "Database",
        question: "Which one shall the tests use? It stays for this project.",
        options: [
          { label: "Postgres", description: "as in production 本番" },
          { label: "SQLite", description: "" },
        ],
        selected: 2,
        number: 1,
        of: 2,
        other: { text: "maybe\nboth", caret: 10 },
      },
      look,
    ).lines,
  diff: (look) => diff(UNIFIED, look),
  pager: (look) => {
    const lines = diff(UNIFIED, look);
    return pager({ title: "src/a.ts", lines, top: 2, search: "new", found: [2, 3, 4] }, { ...look, rows: 8 });
  },
};
