// Whatever is typed and whatever happens: nothing throws, the caret stands between two characters, and the same inputs give the same pictures.
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ApprovalRequest, EventBody } from "../../protocol/index.ts";
import { snap } from "../composer/graphemes.ts";
import { KEY_TABLE } from "../keymap/table.ts";
import { context, Driver, keyOf, opened, testApp, usage } from "./driver.suite.ts";
import type { InputBody } from "./input.ts";

const request: ApprovalRequest = {
  call_id: "c1",
  effect: { kind: "command", argv: ["make"], command: "make", cwd: "/p", escalation: null },
  reason: "the policy says so",
  justification: null,
  sandbox: "workspace-write",
  denial: null,
  choices: [
    { decision: "approved", label: "Yes" },
    { decision: "session", label: "Session" },
    { decision: "always", label: "Always", prefix: ["make"], rule: "r", matched: [] },
    { decision: "edited", label: "Edit", command: "make" },
    { decision: "denied", label: "No" },
    { decision: "abort", label: "Stop" },
  ],
};
const item = { id: "m", type: "agent_message", text: "One.\n\nTwo" } as const;
const command = {
  id: "c",
  type: "command_execution",
  command: "ls",
  aggregated_output: "a\nb\n",
  exit_code: 0,
  status: "completed",
} as const;

const bodies: EventBody[] = [
  { type: "turn.started", turn_id: "1", context },
  { type: "turn.completed", turn_id: "1", usage, turn_usage: usage },
  {
    type: "turn.failed",
    turn_id: "1",
    usage,
    turn_usage: usage,
    error: { kind: "interrupted", message: "x", retryable: false },
  },
  { type: "item.delta", item_id: "m", item_type: "agent_message", delta: "One.\n\n" },
  { type: "item.delta", item_id: "m", item_type: "agent_message", delta: "Two" },
  { type: "item.completed", item },
  { type: "item.started", item: { ...command, exit_code: null, status: "in_progress" } },
  { type: "item.delta", item_id: "c", item_type: "command_execution", delta: "out\n" },
  { type: "item.completed", item: command },
  { type: "stream.reset", item_ids: ["m"], usage: null },
  { type: "approval.requested", request },
  { type: "approval.resolved", call_id: "c1", decision: { type: "approved" } },
  {
    type: "user_input.requested",
    request: {
      call_id: "u",
      questions: [{ id: "q", header: "h", question: "which?", options: [{ label: "a", description: "" }] }],
    },
  },
  { type: "history.added", item: { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] } },
  { type: "settings.changed", context: { ...context, approval_policy: "untrusted" } },
];

const texts = fc.constantFrom(
  "a",
  "é",
  "e\u0301",
  "👨‍👩‍👧",
  "🇩🇪",
  "\u0301",
  "漢",
  " ",
  "/",
  "@",
  "!",
  "\\",
  "y",
  "n",
  "1",
);
const key = fc.oneof(
  { weight: 3, arbitrary: texts.map((text): InputBody => ({ type: "term", event: keyOf(text) })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...KEY_TABLE.flatMap(({ keys }) => keys))
      .map((name): InputBody => ({ type: "term", event: keyOf(name) })),
  },
);
const other = fc.oneof(
  fc.constantFrom(...bodies).map((event): InputBody => ({ type: "event", thread: 0, event: { seq: 0, ...event } })),
  fc.constantFrom<InputBody>(
    { type: "term", event: { type: "paste", text: "pasted\ntext" } },
    { type: "term", event: { type: "paste", text: "line\n".repeat(30) } },
    { type: "term", event: { type: "wheel", rows: -3 } },
    { type: "term", event: { type: "wheel", rows: 3 } },
    { type: "tick" },
    { type: "card shown", card: ":c1 choose" },
    { type: "resized", size: { columns: 20, rows: 5 } },
    { type: "resized", size: { columns: 100, rows: 40 } },
    { type: "prompts", prompts: ["one", "two\nlines", "👍"] },
    { type: "edited", text: "from the editor\n" },
    { type: "pick", id: 1, title: "Which", rows: [{ id: "a", name: "alpha", description: "x" }] },
    { type: "confirm", id: 2, question: "Sure?" },
    { type: "show", title: "Long", lines: ["a\nb"] },
    { type: "note", lines: ["a note"] },
    { type: "command ended" },
    { type: "image", path: "/tmp/a.png" },
    { type: "action", action: { type: "vim" } },
    { type: "action", action: { type: "screen" } },
  ),
);
const inputs = fc.array(fc.oneof({ weight: 4, arbitrary: key }, { weight: 1, arbitrary: other }), { maxLength: 60 });

test("random keys and events", () => {
  fc.assert(
    fc.property(inputs, (list) => {
      const driver = new Driver();
      for (const input of list) {
        driver.now += 130;
        driver.feed(input);
        const { text, caret } = driver.state.composer;
        expect(snap(text, caret)).toBe(caret);
        const { panel, caret: place } = driver.picture;
        if (place !== null) expect(place.row).toBeLessThan(panel.length);
      }
      // A recorded log gives the same states and pictures.
      const again = testApp();
      let { state } = again.start(
        {
          setup: driver.state.setup,
          shown: { thread_id: opened.thread_id, cwd: opened.context.cwd, past: null, start: opened.start },
          first_op: null,
          screen: "fullscreen",
          size: { columns: 80, rows: 24 },
          theme: null,
          words: false,
          vim: false,
          text: "",
        },
        1000,
      );
      for (const input of driver.inputs) state = again.reduce(state, input).state;
      const seen = again.picture(state);
      const shown = driver.picture;
      expect([seen.panel, seen.live, seen.cover, seen.caret, seen.bottom].map(String)).toEqual(
        [shown.panel, shown.live, shown.cover, shown.caret, shown.bottom].map(String),
      );
    }),
    { numRuns: 150 },
  );
});
