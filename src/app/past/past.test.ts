// What happened before a thread was opened: its end is shown first, the rest is known later, and it is all the same in the end.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Event, EventBody, Op } from "../../protocol/index.ts";
import { type Block, transcriptOf } from "../../view/index.ts";
import { context, Driver, keptPast, opened, testKit, usage } from "../state/driver.suite.ts";
import { foldedEvent, newConversation } from "../state/events.ts";
import { allOf, lastOf } from "./fold.ts";
import type { Past } from "./past.ts";
import { saidIn } from "./said.ts";

// What a turn changed is not looked at.
const FILES = {} as NonNullable<Extract<EventBody, { type: "turn.completed" }>["files"]>;
const numbered = (bodies: readonly EventBody[]): Event[] => bodies.map((body, seq) => ({ seq, ...body }) as Event);
const said = (text: string): EventBody => ({
  type: "history.added",
  item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
});
const answer = (id: string, text: string): EventBody => ({
  type: "item.completed",
  item: { id, type: "agent_message", text },
});
const turn = (n: number): EventBody[] => [
  { type: "turn.started", turn_id: `turn ${n}`, context },
  said(`request ${n}`),
  answer(`a${n}`, `answer ${n}`),
  { type: "turn.completed", turn_id: `turn ${n}`, usage: { ...usage, input_tokens: n }, turn_usage: usage },
];
/** Four moments, of which three are blocks, a turn. */
const turns = (count: number) => numbered(Array.from({ length: count }, (_, n) => turn(n)).flat());

/** The blocks of a past that is gone through at once. */
function blocksOf(events: readonly Event[]): Block[] {
  const end = events.reduce((so_far, event) => foldedEvent(so_far, event, null, testKit), newConversation(0, null));
  return [...end.log.since(0)];
}
const blocksIn = (past: Past) => Array.from({ length: past.length }, (_, index) => past.at(index - past.length));
function whole(events: readonly Event[]): Past {
  const reading = allOf(keptPast(events), testKit);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/** A thread of which the end is shown, and the app that shows it. */
function shownFrom(events: readonly Event[], blocks: number, more: { opened?: null } = {}) {
  const source = keptPast(events);
  const past = lastOf(source, blocks, testKit);
  const read = source.asked.length;
  const driver = new Driver({ past, ...more });
  const complete = () => driver.feed({ type: "past", thread: driver.state.conversation.number, past: whole(events) });
  return { driver, source, read, complete };
}

/** Everything that the conversation shows, with the greeting before it. */
const text = (driver: Driver) => {
  const { history } = driver.picture;
  const lines: string[] = [];
  for (let block = history.first; block < history.end; block++) lines.push(...history.lines(block).map(String));
  return lines.join("\n");
};

describe("the first picture", () => {
  test("is of the end of the thread; what it takes to be read does not depend on how long the thread is", () => {
    const [short, long] = [1000, 10_000].map((count) => shownFrom(turns(count), 72));
    expect(short?.read).toBe(long?.read ?? 0);
    expect(long?.read).toBeLessThan(200);
    expect(long?.driver.text).toContain("answer 9999");
    expect(long?.driver.text).not.toContain("answer 9900");
  });

  test("is of all there is, where that is not much, with the greeting above", () => {
    const { driver } = shownFrom(turns(3), 72);
    expect(text(driver)).toStartWith("moat 1.2.3");
    expect(text(driver)).toContain("request 0");
    expect(driver.state.conversation.since).toBeNull();
  });

  test("makes only the blocks that are seen", () => {
    const { driver, source } = shownFrom(turns(1000), 200);
    source.asked.length = 0;
    expect(driver.picture.history.lines(-1).length).toBeGreaterThan(0);
    expect(source.asked.length).toBeLessThan(5);
  });
});

describe("all of it, once it is known", () => {
  test("stands above what was shown, which keeps its place", () => {
    const events = turns(400);
    const { driver, complete } = shownFrom(events, 72);
    const before = text(driver).split("\n").slice(5).join("\n");
    driver.event(said("meanwhile"));
    complete();
    const all = text(driver);
    expect(all).toStartWith("moat 1.2.3");
    expect(all).toContain(before);
    expect(all).toEndWith("meanwhile");
    const requests = [...all.matchAll(/request (\d+)/g)].map(([, n]) => Number(n));
    expect(requests).toEqual(Array.from({ length: 400 }, (_, n) => n));
  });

  test("is what a fold of everything gives, whatever happened", () => {
    const id = fc.constantFrom("i1", "i2", "i3");
    const body: fc.Arbitrary<EventBody> = fc.oneof(
      fc.string().map(said),
      fc.tuple(id, fc.string()).map(([of, words]) => answer(of, words)),
      fc
        .tuple(id, fc.string())
        .map(
          ([of, words]): EventBody => ({ type: "item.completed", item: { id: of, type: "reasoning", text: words } }),
        ),
      id.map(
        (of): EventBody => ({
          type: "item.completed",
          item: {
            id: of,
            type: "command_execution",
            command: "ls",
            aggregated_output: "a",
            exit_code: 1,
            status: "failed",
          },
        }),
      ),
      id.map(
        (of): EventBody => ({
          type: "sandbox.denied",
          item_id: of,
          denial: { explanation: `no ${of}` } as Extract<EventBody, { type: "sandbox.denied" }>["denial"],
        }),
      ),
      fc
        .constantFrom("one", "two")
        .map((model): EventBody => ({ type: "settings.changed", context: { ...context, model } })),
      fc
        .constantFrom("one", "two")
        .map((model): EventBody => ({ type: "turn.started", turn_id: "t", context: { ...context, model } })),
      fc.constant<EventBody>({ type: "turn.completed", turn_id: "t", usage, turn_usage: usage }),
      fc.constant<EventBody>({ type: "turn.completed", turn_id: "t", usage, turn_usage: usage, files: FILES }),
      fc.constantFrom("q1", "q2").map(
        (question): EventBody => ({
          type: "user_input.requested",
          request: { call_id: "c", questions: [{ id: "q", header: "h", question, options: [] }] },
        }),
      ),
      fc.constant<EventBody>({
        type: "user_input.resolved",
        call_id: "c",
        answer: { type: "answered", answers: { q: { answers: ["yes"] } } },
      }),
      fc.constant<EventBody>({
        type: "item.updated",
        item: { id: "p", type: "todo_list", items: [{ text: "step", completed: false }] },
      }),
    );
    fc.assert(
      fc.property(fc.array(body, { maxLength: 120 }), fc.nat(40), (bodies, count) => {
        const events = numbered(bodies);
        const expected = blocksOf(events);
        const past = whole(events);
        expect(blocksIn(past)).toEqual(expected);
        expect(past.said.map(({ block }) => past.at(block))).toEqual(
          expected.filter((block) => block.type === "entry" && block.entry.type === "user"),
        );
        const entries = [...transcriptOf(events).entries];
        expect(past.said.map(({ block, ...message }) => message)).toEqual(saidIn(entries, []));
        const cut = Math.floor(events.length / 2);
        const half = whole(events.slice(0, cut));
        expect(
          saidIn(transcriptOf(events.slice(cut)).entries, half.said).map(({ text: words, changed }) => [
            words,
            changed,
          ]),
        ).toEqual(saidIn(entries, []).map(({ text: words, changed }) => [words, changed]));
        const last = lastOf(keptPast(events), count, testKit);
        expect(last.length).toBeLessThanOrEqual(expected.length);
        if (last.whole) expect(blocksIn(last)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test("how the thread stands is told from all of it, and from what came since", () => {
    const plan: EventBody = {
      type: "item.updated",
      item: { id: "p", type: "todo_list", items: [{ text: "the first step", completed: false }] },
    };
    const { driver, complete } = shownFrom(
      numbered([plan, ...Array.from({ length: 200 }, (_, n) => turn(n)).flat()]),
      30,
    );
    driver.event({ type: "turn.started", turn_id: "now", context });
    driver.event(answer("x", "a new answer"));
    expect(driver.state.conversation.transcript.plan).toBeNull();
    complete();
    const { transcript } = driver.state.conversation;
    expect([transcript.plan?.length, transcript.status.type, transcript.entries.length]).toEqual([1, "working", 2]);
    expect(transcript.usage?.input_tokens).toBe(199);
  });
});

describe("wanted before it is known", () => {
  test("the beginning: one is there as soon as it is", () => {
    const { driver, complete } = shownFrom(turns(400), 72);
    driver.key("ctrl-home");
    complete();
    const { history, bottom } = driver.picture;
    expect(bottom?.block).toBeLessThan(history.first + 24);
    driver.key("ctrl-end");
    expect(driver.picture.bottom).toBeNull();
  });

  test("but who went on from there stays where they are", () => {
    const { driver, complete } = shownFrom(turns(400), 72);
    driver.key("ctrl-home", "page-down");
    const { bottom } = driver.picture;
    complete();
    expect(driver.picture.bottom).toEqual(bottom);
  });

  test("an earlier message: the list grows, and each message is the one that it says", () => {
    const events = turns(100);
    const { driver, complete } = shownFrom(events, 30);
    driver.event(said("of now"));
    driver.event({ type: "turn.completed", turn_id: "x", usage, turn_usage: usage });
    driver.key("escape", "escape");
    const few = driver.state.picker?.rows.length ?? 0;
    expect(few).toBeLessThan(40);
    expect(driver.state.picker?.rows.slice(0, 2).map(({ name }) => name)).toEqual(["of now", "request 99"]);
    complete();
    expect(driver.state.picker?.rows).toHaveLength(101);
    driver.key("up", "enter");
    expect(driver.taken("thread").map(({ target }) => target)).toEqual([{ to: "fork", thread_id: "t1", back: 101 }]);
    expect(driver.state.composer.text).toBe("request 0");
  });

  test("all of a message that is long comes back, not only what the list shows of it", () => {
    const long = `begin ${"words ".repeat(500)}end`;
    const { driver } = shownFrom(numbered([said(long), ...turn(1).slice(2)]), 30);
    driver.key("escape", "escape", "enter");
    expect(driver.state.composer.text).toBe(long);
  });

  test("something in the transcript: it is looked for in all of it", () => {
    const { driver, complete } = shownFrom(turns(400), 72);
    driver.key("ctrl-t", "/");
    driver.type("request 7\n".trim());
    driver.key("enter");
    const shows = () => driver.text.includes("not found");
    expect(shows()).toBe(true);
    complete();
    driver.key("n");
    expect(driver.text).toContain("request 7");
    expect(shows()).toBe(false);
  });

  test("the last answer, which lies far back", () => {
    const commands = Array.from(
      { length: 300 },
      (_, n): EventBody => ({
        type: "item.completed",
        item: {
          id: `c${n}`,
          type: "command_execution",
          command: "ls",
          aggregated_output: "",
          exit_code: 0,
          status: "completed",
        },
      }),
    );
    const { driver, complete } = shownFrom(numbered([answer("a", "**the** answer"), ...commands]), 30);
    driver.feed({ type: "action", action: { type: "copy" } });
    expect(driver.state.hint).toContain("still being read");
    complete();
    driver.feed({ type: "action", action: { type: "copy" } });
    expect(driver.taken("copy").map(({ text: copied }) => copied)).toEqual(["**the** answer"]);
  });
});

describe("while a thread is opened", () => {
  test("what is typed is taken; what is sent waits, and is sent once it is open", () => {
    const { driver } = shownFrom(turns(100), 30, { opened: null });
    driver.type("do it");
    expect(driver.text).toContain("do it");
    driver.key("enter");
    expect(driver.ops()).toEqual([]);
    expect(driver.text).toContain("do it");
    driver.feed({ type: "opened", opened });
    expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "do it" }] }]);
    expect(driver.state.conversation.waiting).toEqual([]);
  });

  test("the prompt of the command line goes first", () => {
    const first_op: Op = { type: "user_turn", input: [{ type: "text", text: "first" }] };
    const driver = new Driver({ opened: null, first_op });
    driver.type("second");
    driver.key("enter");
    driver.feed({ type: "opened", opened });
    expect(driver.ops()).toEqual([first_op]);
    driver.begin();
    driver.end();
    expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "second" }] }]);
  });

  test("commands, shell commands and modes are told of and stay where they are", () => {
    const driver = new Driver({ opened: null });
    for (const line of ["/status", "!ls"]) {
      driver.type(line);
      driver.key("escape", "enter");
      expect([driver.state.composer.text, driver.state.hint]).toEqual([
        line,
        expect.stringContaining("still being read"),
      ]);
      driver.key("ctrl-c");
    }
    driver.now += 5000;
    driver.key("shift-tab");
    expect([driver.ops(), driver.taken("command")]).toEqual([[], []]);
  });

  test("Esc gives back what waits, and Ctrl-C twice quits", () => {
    const driver = new Driver({ opened: null });
    driver.type("do it");
    driver.key("enter", "escape");
    expect(driver.state.composer.text).toBe("do it");
    driver.key("ctrl-c", "ctrl-c");
    expect(driver.taken("quit")).toHaveLength(1);
  });

  test("it cannot be opened: back to the one before, with what it said meanwhile and what was typed", () => {
    const driver = new Driver();
    driver.event(said("before"));
    driver.feed({ type: "action", action: { type: "thread", target: { to: "stored", id: "t2" } } });
    driver.type("for the other one");
    driver.key("enter");
    const past = whole(turns(5));
    driver.feed({ type: "shown", shown: { thread_id: "t2", cwd: "/elsewhere", past, start: opened.start } });
    expect(driver.text).toContain("answer 4");
    driver.feed({ type: "event", thread: 0, event: { seq: 9, ...answer("late", "it ended") } as Event });
    driver.feed({ type: "not opened", message: "another process has it" });
    expect(driver.text).not.toContain("answer 4");
    for (const words of ["before", "it ended", "another process has it"]) expect(driver.text).toContain(words);
    expect([driver.state.composer.text, driver.state.look.directory]).toEqual(["for the other one", context.cwd]);
    driver.key("enter");
    expect(driver.ops()).toHaveLength(1);
  });

  test("a turn that was cut off is closed by opening it, and that is seen", () => {
    const late: Event = {
      seq: 99,
      type: "turn.failed",
      turn_id: "1",
      usage,
      turn_usage: usage,
      error: { kind: "interrupted", message: "the process ended during the turn", retryable: false },
    };
    for (const count of [2, 300]) {
      const { driver } = shownFrom(turns(count), 30, { opened: null });
      driver.feed({ type: "opened", opened: { ...opened, late: [late] } });
      expect(text(driver).split("\n").at(-1)).toContain("stopped");
    }
  });
});
