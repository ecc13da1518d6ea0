// Text that attacks a terminal, in every field of every item, event and question, through every front end.
import { describe, expect, test } from "bun:test";
import { inputForm } from "../app/forms.ts";
import { questionLines } from "../app/index.ts";
import { printers } from "../cli/host.ts";
import type { Thread } from "../core/index.ts";
import type { ApprovalRequest, Effect, Event, EventBody, Failure, HistoryItem, Item } from "../protocol/index.ts";
import { styleFor } from "../term/index.ts";
import { approvalLines, LinePrinter } from "../view/index.ts";
import { permissionRequest } from "./acp/questions.ts";
import { runExec } from "./exec/index.ts";
import { formOf } from "./mcp-server/questions.ts";
import { runProto } from "./proto/index.ts";
import { ReplScreen } from "./repl/screen.ts";

/** A title, a clearing, a way back over what stands there, other reading directions, and what nobody sees. */
const HOSTILE =
  "be\x1b]0;t\x07\x1b[2J\x1bP1\x1b\\\x9b2J\x90q\x9c\r\b\x0b\x85\u202e\u2066\u200b\u2060\ufeff\u00ad\u034f\u061c\u180e\u3164\u115f\uffa0\u2800\u2028\u{e0041}\ufe0f\ud800fore";
const SHOWN =
  "be\\x1b]0;t\\x07\\x1b[2J\\x1bP1\\x1b\\\\x9b2J\\x90q\\x9c\\x0d\\x08\\x0b\\x85\\u{202e}\\u{2066}\\u{200b}\\u{2060}\\u{feff}\\xad\\u{34f}\\u{61c}\\u{180e}\\u{3164}\\u{115f}\\u{ffa0}\\u{2800}\\u{2028}\\u{e0041}\\u{fe0f}\\u{d800}fore";

/** A text of its own for each field: the name says where it stood. */
const bad = (name: string) => `${name}<${HOSTILE}>`;

const items: Record<Item["type"], Item[]> = {
  agent_message: [{ id: "m", type: "agent_message", text: bad("message") }],
  reasoning: [{ id: "r", type: "reasoning", text: bad("thought") }],
  command_execution: (["completed", "failed", "declined", "in_progress"] as const).map((status) => ({
    id: `c ${status}`,
    type: "command_execution",
    command: `/bin/bash -lc '${bad("command")}'`,
    aggregated_output: bad("output"),
    exit_code: status === "completed" ? 0 : 1,
    status,
  })),
  file_change: (["completed", "failed", "declined"] as const).map((status) => ({
    id: `f ${status}`,
    type: "file_change",
    changes: [
      {
        path: bad("path"),
        kind: "update",
        move_path: bad("moved"),
        diff: `--- a\n+++ b\n@@ -1 +1 @@\n-x\n+${bad("line")}\n`,
      },
    ],
    status,
    error: { message: bad("misfit") },
  })),
  mcp_tool_call: [
    {
      id: "t",
      type: "mcp_tool_call",
      server: bad("server"),
      tool: bad("tool"),
      arguments: bad("argument"),
      result: null,
      error: { message: bad("tool error") },
      status: "failed",
    },
  ],
  web_search: [{ id: "w", type: "web_search", query: bad("query"), action: null }],
  todo_list: [{ id: "p", type: "todo_list", items: [{ text: bad("step"), completed: false }] }],
  plan: [{ id: "q", type: "plan", text: bad("plan") }],
  error: [{ id: "e", type: "error", message: bad("problem") }],
};

const effects: Effect[] = [
  { kind: "command", argv: ["ls", bad("word")], command: `ls '${bad("word")}'`, cwd: bad("cwd"), escalation: null },
  {
    kind: "patch",
    cwd: "/p",
    changes: [{ path: bad("path"), kind: "add", diff: `@@ -0,0 +1,1 @@\n+${bad("line")}\n`, move_path: bad("moved") }],
  },
  {
    kind: "mcp",
    server: bad("server"),
    tool: bad("tool"),
    read_only: false,
    arguments: { [bad("key")]: bad("given") },
  },
];
const denial = {
  rule: bad("rule"),
  kind: "write",
  target: bad("target"),
  explanation: bad("refused"),
  opens: null,
  grant: null,
} as const;

const question = (effect: Effect): ApprovalRequest => ({
  call_id: "q",
  effect,
  reason: bad("reason"),
  justification: bad("justification"),
  sandbox: "workspace-write",
  opens: { write: [bad("root")], network: true },
  denial,
  choices: [
    { decision: "approved", label: bad("label") },
    { decision: "always", label: "always", prefix: [bad("prefix")], rule: bad("new rule"), matched: [bad("past")] },
    { decision: "edited", label: "edit", command: bad("edited") },
  ],
});

const failure: Failure = { kind: "server_error", message: bad("failure"), retryable: true };
const usage = {
  input_tokens: 1,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 1,
  reasoning_output_tokens: 0,
};
const history: HistoryItem = { type: "message", role: "user", content: [{ type: "input_text", text: bad("history") }] };
const every = Object.values(items).flat();
const context = {
  cwd: bad("cwd"),
  model: bad("model"),
  model_provider: bad("provider"),
  effort: bad("effort"),
  approval_policy: "never",
  sandbox_mode: "read-only",
} as const;

const bodies: Record<EventBody["type"], EventBody[]> = {
  "thread.started": [
    {
      type: "thread.started",
      thread_id: bad("thread"),
      schema_version: 1,
      cwd: bad("cwd"),
      moat_version: bad("version"),
    },
  ],
  "turn.started": [{ type: "turn.started", turn_id: bad("turn"), context }],
  "files.restored": [
    {
      type: "files.restored",
      kind: "undo",
      turns: [bad("turn")],
      changes: [{ path: bad("path"), kind: "restore", type: "file" }],
      count: 1,
      conflicts: [{ path: bad("kept"), why: bad("why") }],
      gaps: [{ reason: "no_space", path: bad("lost"), why: bad("full") }],
      failures: [{ path: bad("failed"), why: bad("because") }],
    },
  ],
  "server.learned": [
    {
      type: "server.learned",
      provider: bad("provider"),
      model: bad("model"),
      limits: { omit: [bad("field")], images: true, reasoning: true, short_ids: false, max_output_tokens: null },
    },
  ],
  "settings.changed": [{ type: "settings.changed", context }],
  "item.started": every.map((item) => ({ type: "item.started", item })),
  "item.updated": every.map((item) => ({ type: "item.updated", item })),
  "item.delta": (["agent_message", "reasoning", "command_execution"] as const).flatMap((item_type) =>
    [...bad("delta")].map((delta) => ({ type: "item.delta", item_id: item_type, item_type, delta })),
  ),
  "sandbox.denied": [{ type: "sandbox.denied", item_id: "c failed", denial }],
  "item.completed": every.map((item) => ({ type: "item.completed", item })),
  error: [{ type: "error", message: bad("error") }],
  "approval.requested": effects.map((effect) => ({ type: "approval.requested", request: question(effect) })),
  "approval.resolved": [
    { type: "approval.resolved", call_id: bad("call"), decision: { type: "edited", command: bad("edit") } },
  ],
  "user_input.requested": [
    {
      type: "user_input.requested",
      request: {
        call_id: bad("call"),
        questions: [
          {
            id: "q",
            header: bad("header"),
            question: bad("asks"),
            options: [{ label: bad("option"), description: bad("meaning") }],
          },
        ],
      },
    },
  ],
  "user_input.resolved": [
    {
      type: "user_input.resolved",
      call_id: bad("call"),
      answer: { type: "answered", answers: { q: { answers: [bad("reply")] } } },
    },
  ],
  "stream.retrying": [{ type: "stream.retrying", attempt: 1, max: 2, delay_ms: 3, error: failure }],
  "stream.reset": [{ type: "stream.reset", item_ids: [bad("item")], usage: null }],
  "history.added": [{ type: "history.added", item: history }],
  "context.measured": [{ type: "context.measured", tokens: 1, window: null, limit: null }],
  budget: [{ type: "budget", what: "tokens", limit: 1, used: 2 }],
  "history.replaced": [
    { type: "history.replaced", why: "compacted", history: [history], tokens_before: 1, tokens_after: 1 },
  ],
  "turn.failed": [{ type: "turn.failed", turn_id: bad("turn"), error: failure, usage, turn_usage: usage }],
  "turn.completed": [{ type: "turn.completed", turn_id: bad("turn"), usage, turn_usage: usage }],
};

/** The end that is wanted comes last, once. */
const events = (end: "turn.completed" | "turn.failed"): Event[] =>
  Object.values(bodies)
    .flat()
    .filter(({ type }) => type !== "turn.completed" && type !== "turn.failed")
    .concat(bodies[end])
    .map((body, seq) => ({ seq, ...body }));

/** Nothing but our own styles may reach a terminal raw; strict: not even what prose may hold. */
function harmless(text: string): void {
  const bare = text.replace(/\x1b\[(?:1|2|22|31|32|33|36|39)m/g, "");
  expect(bare.match(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u)).toBeNull();
}

/** What a front end wrote, on a terminal with colours. */
function terminal() {
  const said = { out: "", err: "" };
  const print = printers(
    (text) => {
      said.out += text;
    },
    (text) => {
      said.err += text;
    },
    true,
  );
  return { said, print };
}

function fakeThread(end: "turn.completed" | "turn.failed"): Thread {
  const stream = async function* () {
    yield* events(end);
  };
  const said = Object.assign(stream(), { skipOutput: () => {} });
  return { events: said, submit: () => {}, thread_id: "t", settings: { cwd: "/p" } } as unknown as Thread;
}

const style = styleFor("always", true, {});
const SEEN = [
  "message",
  "thought",
  "command",
  "output",
  "path",
  "moved",
  "line",
  "misfit",
  "server",
  "tool",
  "query",
  "step",
];

describe("questions that other programs show", () => {
  test.each(effects)("as an editor asks for permission, and as a form: %o", (effect) => {
    const request = question(effect);
    const { toolCall, options } = permissionRequest("s", "c", request);
    const texts = (toolCall.content ?? []).flatMap((part) =>
      part.type === "content" && part.content.type === "text" ? [part.content.text] : [],
    );
    const form = formOf({ seq: 0, type: "approval.requested", request });
    const choices = form.requestedSchema.properties.decision?.oneOf ?? [];
    const shown = [toolCall.title ?? "", ...texts, form.message, ...[...options.map(({ name }) => name)]];
    for (const text of [...shown, ...choices.map(({ title }) => title)]) harmless(text);
    for (const text of [texts.join("\n"), form.message]) expect(text).toContain(`justification<${SHOWN}>`);
    expect(options.map(({ name }) => name).join("\n")).toContain(`new rule<${SHOWN}>`);
  });

  test("questions of the model", () => {
    const [asked] = bodies["user_input.requested"];
    if (asked?.type !== "user_input.requested") throw new Error("no question");
    const { message, requestedSchema } = inputForm(asked.request);
    const [field] = Object.values(requestedSchema.properties);
    for (const text of [message, field?.title, field?.description, field?.oneOf?.[0]?.title]) harmless(text ?? "");
    expect(message).toContain(`asks<${SHOWN}>`);
  });
});

describe.each(["turn.completed", "turn.failed"] as const)("a turn that ends with %s", (end) => {
  test.each(["human", "json"] as const)("exec, %s", async (type) => {
    const { said, print } = terminal();
    const form =
      type === "json"
        ? { type, deltas: true }
        : { type, style, markdown: { progress: null, answer: null }, passing: null };
    await runExec({
      thread: fakeThread(end),
      input: [],
      form,
      gates: { give_up: false, require_evidence: [bad("required")], fail_on_decline: false },
      approve: null,
      ...print,
      saveLastMessage: async () => null,
      mute_when_ended: false,
      signal: new AbortController().signal,
    });
    harmless(said.out);
    harmless(said.err);
    if (type === "json") for (const line of said.out.trimEnd().split("\n")) JSON.parse(line);
    else for (const name of [...SEEN, "problem", "error"]) expect(said.out + said.err).toContain(`${name}<${SHOWN}>`);
  });

  test("proto", async () => {
    const { said, print } = terminal();
    const lines = (async function* () {
      yield bad("no op");
    })();
    await runProto({ thread: fakeThread(end), lines, json: print.json, signal: new AbortController().signal });
    harmless(said.out);
    const printed = said.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(printed.filter(({ seq }) => seq !== undefined)).toEqual(events(end));
  });

  test("the repl and threads show, which stream", () => {
    const { said, print } = terminal();
    const screen = new ReplScreen(print);
    const printer = new LinePrinter({ style, stream: true });
    for (const event of events(end)) screen.write(printer.print(event));
    harmless(said.out);
    for (const name of [...SEEN, "delta", "refused", "failure", "model"]) {
      if (name !== "failure" || end === "turn.failed") expect(said.out).toContain(`${name}<${SHOWN}>`);
    }
  });
});

describe("a question", () => {
  test.each(effects.map((effect) => [effect.kind, effect] as const))("about a %s hides nothing", (_, effect) => {
    const { said, print } = terminal();
    const screen = new ReplScreen(print);
    for (const line of questionLines(question(effect), style)) screen.ask(line);
    harmless(said.out);
    const asked = { command: ["word", "cwd"], patch: ["path", "moved", "line"], mcp: ["server", "tool"] }[effect.kind];
    for (const name of [...asked, "reason", "justification", "refused", "label", "new rule", "past"])
      expect(said.out).toContain(`${name}<${SHOWN}>`);
    expect(said.out).toContain("each stands there as its code");
  });

  const asked = (argv: string[], command: string) =>
    approvalLines(
      question({ kind: "command", argv, command, cwd: "/p", escalation: null }),
      styleFor("never", false, {}),
    )
      .map(String)
      .filter((line) => /^[$|] /.test(line));

  test.each([
    [["/bin/bash", "-lc", "git fetch"], "/bin/bash -lc 'git fetch'", ["$ git fetch"]],
    [["/bin/sh", "-c", "a\nb  c"], "/bin/sh -c 'a\nb  c'", ["$ a", "| b  c"]],
    [["/ws/sh", "-lc", "git fetch"], "/ws/sh -lc 'git fetch'", ["$ /ws/sh -lc 'git fetch'"]],
    [["bash", "-lc", "git fetch"], "bash -lc 'git fetch'", ["$ bash -lc 'git fetch'"]],
    [["/tmp/bin/bash", "-lc", "x"], "/tmp/bin/bash -lc x", ["$ /tmp/bin/bash -lc x"]],
    [["/bin/bash", "-lc", "ls", "rm"], "/bin/bash -lc ls rm", ["$ /bin/bash -lc ls rm"]],
    [["/bin/bash", "-ic", "ls"], "/bin/bash -ic ls", ["$ /bin/bash -ic ls"]],
    [["/bin/bash", "-lc", "touch can\rary"], "/bin/bash -lc 'touch can\rary'", ["$ touch can\\x0dary"]],
    [["ls", "a  b\t"], "ls 'a  b\t'", ["$ ls 'a  b\t'"]],
  ])("%j is shown as what runs", (argv, command, lines) => {
    expect(asked(argv, command)).toEqual(lines);
    const item: Item = {
      id: "c",
      type: "command_execution",
      command,
      aggregated_output: "",
      exit_code: 0,
      status: "completed",
    };
    const printed = new LinePrinter({ style: styleFor("never", false, {}), stream: false });
    expect(String(printed.print({ seq: 0, type: "item.completed", item }))).toBe(`${lines.join("\n")}\n\n`);
  });

  test("every line of a patch is shown, whatever it looks like", () => {
    const diff =
      "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n--- old\n+++ new\n+\n+=== x\n+Index: y \n \n\\ No newline at end of file\n";
    const effect: Effect = { kind: "patch", cwd: "/p", changes: [{ path: "/p/x", kind: "update", diff }] };
    const lines = approvalLines(question(effect), styleFor("never", false, {})).map(String);
    expect(lines.slice(1, 10)).toEqual([
      "M /p/x",
      ..."@@ -1,3 +1,4 @@\n--- old\n+++ new\n+\n+=== x\n+Index: y \n \n\\ No newline at end of file"
        .split("\n")
        .map((line) => `  ${line}`),
    ]);
  });
});
