// Questions of the model to the person.
import { describe, expect, test } from "bun:test";
import type { Event, Op, UserInputAnswer, UserInputRequest } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { stage, turnOf } from "../harness.suite.ts";

const QUESTIONS = [
  { id: "db", header: "Store", question: "Which store?", options: [{ label: "sqlite", description: "a file" }] },
  { id: "why", header: "", question: "What for?" },
];
const ask = (questions: object[] = QUESTIONS) => call("request_user_input", { questions }, "q");

/** A turn whose questions are answered so; null: it is interrupted instead. */
async function asked(answer: UserInputAnswer | null, questions?: object[]) {
  using set = await stage([respond(ask(questions)), respond(say("done"))]);
  const { thread, server } = set;
  const events: Event[] = [];
  const requests: UserInputRequest[] = [];
  thread.submit(turnOf("go"));
  for await (const event of thread.events) {
    events.push(event);
    if (event.type === "user_input.requested") {
      requests.push(event.request);
      const op: Op = { type: "user_input", call_id: event.request.call_id, answer: answer ?? { type: "abort" } };
      thread.submit(answer === null ? { type: "interrupt" } : op);
    }
    if (event.type === "turn.completed" || event.type === "turn.failed") thread.submit({ type: "shutdown" });
  }
  const output = thread.parts.conversation.items.findLast((item) => item.type === "function_call_output");
  return { events, requests, output: output?.type === "function_call_output" ? String(output.output) : "", server };
}
const resolved = (events: Event[]) =>
  events.flatMap((event) => (event.type === "user_input.resolved" ? [event.answer] : []));

describe("what the person says", () => {
  test("reaches the model by the ids of the questions", async () => {
    const answers = { db: { answers: ["sqlite"] }, why: { answers: ["speed"] } };
    const { requests, output, events } = await asked({ type: "answered", answers });
    expect(requests).toEqual([
      { call_id: "q", questions: [{ ...QUESTIONS[0] }, { ...QUESTIONS[1], options: [] }] },
    ] as never);
    expect(JSON.parse(output)).toEqual({ answers });
    expect(resolved(events)).toEqual([{ type: "answered", answers }]);
  });

  test("to what was not asked is nothing", async () => {
    const { events } = await asked({
      type: "answered",
      answers: { __proto__x: { answers: ["x"] }, db: { answers: [] } },
    });
    expect(resolved(events)).toEqual([{ type: "declined" }]);
  });

  test.each([
    [{ type: "declined", reason: "nobody is there" } as const, "not answered: nobody is there. Decide yourself"],
    [{ type: "declined" } as const, "not answered: the user does not want to say. Decide"],
  ])("%j lets the model go on", async (answer, wanted) => {
    const { output, server } = await asked(answer);
    expect(output).toStartWith(wanted);
    expect(server.requests).toHaveLength(2);
  });

  test.each([[{ type: "abort" } as const], [null]])(
    "%j stops the turn, with an output for the call",
    async (answer) => {
      const { output, events, server } = await asked(answer);
      expect(server.requests).toHaveLength(1);
      expect(output).not.toBe("");
      expect(events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "interrupted" } });
    },
  );
});

test.each([
  [[], "questions is empty"],
  [Array.from({ length: 5 }, () => QUESTIONS[1]), "at most 4 questions"],
  [[{ id: "a", header: "h", question: " " }], "a question is empty"],
  [[{ id: "a", header: "h" }], "question"],
])("%j is not asked, and the model is told why", async (questions, wanted) => {
  const { requests, output } = await asked(null, questions as object[]);
  expect(requests).toEqual([]);
  expect(output).toContain(wanted);
});

test("questions have ids of their own, whatever the model gave", async () => {
  const same = [{ ...QUESTIONS[0] }, { ...QUESTIONS[0] }, { question: "And?" }];
  const { requests } = await asked({ type: "declined" }, same);
  expect(requests[0]?.questions.map(({ id }) => id)).toEqual(["db", "question_2", "question_3"]);
});

test("a question that waited when the process ended is asked again, and answered then", async () => {
  const item = {
    type: "function_call",
    call_id: "q",
    name: "request_user_input",
    arguments: JSON.stringify({ questions: QUESTIONS }),
  } as const;
  const pending = { call_id: "q", questions: [] };
  using set = await stage([respond(say("done"))], {
    resumed: {
      ...{ history: [item], next_seq: 5, next_item: 0, turns: 1, open_turn: null, context: null, forked_from: null },
      ...{ pending_approval: null, pending_input: pending },
      usage: {
        input_tokens: 0,
        cached_input_tokens: 0,
        cache_write_input_tokens: 0,
        output_tokens: 0,
        reasoning_output_tokens: 0,
      },
    },
  });
  const { thread, server } = set;
  for await (const event of thread.events) {
    if (event.type === "user_input.requested")
      thread.submit({
        type: "user_input",
        call_id: "q",
        answer: { type: "answered", answers: { db: { answers: ["sqlite"] } } },
      });
    if (event.type === "turn.completed") thread.submit({ type: "shutdown" });
  }
  expect(server.requests[0]?.raw).toContain("sqlite");
});
