// Which keys answer a question, and which were meant for the line. The time is what the inputs say.
import { describe, expect, test } from "bun:test";
import type { ApprovalRequest, Decision } from "../../protocol/index.ts";
import { Driver, opened } from "./driver.suite.ts";

const request: ApprovalRequest = {
  call_id: "c1",
  effect: { kind: "command", argv: ["make", "all"], command: "make all", cwd: "/p", escalation: null },
  reason: "the policy says so",
  justification: null,
  sandbox: "workspace-write",
  denial: null,
  choices: [
    { decision: "approved", label: "Yes, once" },
    { decision: "session", label: "Yes, this session" },
    { decision: "always", label: "Always", prefix: ["make"], rule: 'prefix_rule(["make"])', matched: ["make clean"] },
    { decision: "edited", label: "Change it", command: "make all" },
    { decision: "denied", label: "No, and say why" },
    { decision: "abort", label: "No, and stop" },
  ],
};

/** A turn that asks. `read`: its question was on the screen for as long as reading takes. */
function asked(read: boolean, more: Partial<ApprovalRequest> = {}): Driver {
  const driver = new Driver();
  driver.begin();
  driver.event({ type: "approval.requested", request: { ...request, ...more } });
  if (read) driver.shown();
  return driver;
}
const decisions = (driver: Driver): Decision[] =>
  driver.ops().flatMap((op) => (op.type === "approval" ? [op.decision] : []));

describe("a question that is longer than the window", () => {
  const rows = (count: number) => Array.from({ length: count }, (_, row) => `echo line-${row}.`);
  const long = (count: number): Partial<ApprovalRequest> => {
    const command = rows(count).join("\n");
    return { effect: { kind: "command", argv: ["bash", "-c", command], command, cwd: "/p", escalation: null } };
  };
  /** Presses a key until it answers, each page long enough on the screen; what was seen of the question on the way. */
  function pressed(driver: Driver, key: string): { seen: string; presses: number; answer: Decision[] } {
    let seen = driver.text;
    for (let presses = 1; presses < 200; presses++) {
      driver.key(key);
      driver.shown();
      const answer = decisions(driver);
      if (answer.length > 0) return { seen, presses, answer };
      seen += driver.text;
    }
    throw new Error("it never answered");
  }

  test.each(["y", "s", "1", "2"])("%s pages first: every line, the place and the reason were seen", (key) => {
    for (const [columns, height] of [
      [80, 24],
      [40, 12],
      [80, 14],
      [24, 7],
    ] as const) {
      const driver = asked(false, long(60));
      driver.feed({ type: "resized", size: { columns, rows: height } });
      driver.shown();
      const { seen, presses } = pressed(driver, key);
      expect(presses).toBeGreaterThan(2);
      expect(rows(60).filter((line) => !seen.includes(line))).toEqual([]);
      expect(seen).toContain("the policy says");
    }
  });

  test("Enter on a yes, and PgDn with a yes at the end", () => {
    const driver = asked(true, long(30));
    driver.key("down", "enter");
    expect(decisions(driver)).toEqual([]);
    driver.key(...Array.from({ length: 20 }, () => "page-down"));
    driver.shown();
    driver.key("page-up", "page-up", "y");
    expect(decisions(driver)).toEqual([{ type: "approved" }]);
  });

  test("the end has its own time", () => {
    const driver = asked(true, long(20));
    driver.key(...Array.from({ length: 20 }, () => "y"));
    expect(decisions(driver)).toEqual([]);
  });

  test("the rule that a lasting yes writes is read, too", () => {
    const driver = asked(true, long(40));
    driver.key("p");
    driver.shown();
    const { seen, answer } = pressed(driver, "y");
    expect(answer).toEqual([{ type: "always", prefix: ["make"] }]);
    expect(seen).toContain('prefix_rule(["make"])');
    expect(rows(40).filter((line) => !seen.includes(line))).toEqual([]);
  });

  test("a window that becomes wider skips nothing", () => {
    const driver = asked(false, long(60));
    driver.feed({ type: "resized", size: { columns: 20, rows: 24 } });
    driver.shown();
    driver.key("y", "y");
    driver.feed({ type: "resized", size: { columns: 80, rows: 24 } });
    expect(driver.text).toContain("line-0.");
  });

  test("a no needs no reading", () => {
    for (const [key, decision] of [
      ["n", { type: "denied" }],
      ["escape", { type: "abort" }],
    ] as const) {
      const driver = asked(true, long(60));
      driver.key(key);
      driver.shown();
      if (key === "n") driver.key("enter");
      expect(decisions(driver)).toEqual([decision]);
    }
  });
});

describe("the time of reading", () => {
  test("before it is over no key answers, however late it is taken; text goes into the composer", () => {
    for (const key of ["y", "s", "p", "n", "1", "enter", "up", "down"]) {
      const driver = asked(false);
      driver.now += 100_000;
      driver.key(key);
      expect(driver.ops()).toEqual([]);
      expect(driver.state.questions).toHaveLength(1);
      expect(driver.state.composer.text).toBe(key.length === 1 ? key : "");
    }
  });

  test("Esc that came too early neither answers nor interrupts; Ctrl-C interrupts at any time", () => {
    const driver = asked(false);
    driver.key("escape");
    expect(driver.ops()).toEqual([]);
    driver.key("ctrl-c");
    expect(driver.ops()).toEqual([{ type: "interrupt", take_back: true }]);
    expect(driver.state.questions).toEqual([]);
  });

  test("after it they do, in the composer stands what came before", () => {
    const driver = asked(false);
    driver.type("/he");
    driver.shown();
    driver.key("y");
    expect(decisions(driver)).toEqual([{ type: "approved" }]);
    expect(driver.state.composer.text).toBe("/he");
  });

  test("whoever types gets the time anew", () => {
    const driver = asked(false);
    for (const key of "aby") {
      driver.taken("show card");
      driver.key(key);
      expect(driver.effects.map(({ type }) => type)).toContain("show card");
    }
    expect(decisions(driver)).toEqual([]);
    expect(driver.state.composer.text).toBe("aby");
    driver.shown();
    driver.key("y");
    expect(decisions(driver)).toEqual([{ type: "approved" }]);
  });

  test("a line that was typed and ended early is obeyed as a line", () => {
    const driver = asked(false);
    driver.type("be quick");
    driver.key("enter");
    expect(driver.ops()).toEqual([{ type: "steer", input: [{ type: "text", text: "be quick" }] }]);
    expect(driver.state.questions).toHaveLength(1);
  });

  test("a paste and a burst never answer", () => {
    const driver = asked(true);
    driver.paste("y");
    driver.shown();
    driver.feed({
      type: "term",
      event: { type: "key", key: "y", named: false, ctrl: false, alt: false, shift: false },
      burst: true,
    });
    expect(decisions(driver)).toEqual([]);
    expect(driver.state.composer.text).toBe("yy");
  });

  test("the next question in line has its own time", () => {
    const driver = asked(true);
    driver.event({ type: "approval.requested", request: { ...request, call_id: "c2" } });
    driver.key("y", "y");
    expect(decisions(driver)).toEqual([{ type: "approved" }]);
    expect(driver.state.composer.text).toBe("y");
    driver.shown();
    driver.key("n", "enter");
    expect(driver.ops()).toEqual([{ type: "approval", call_id: "c2", decision: { type: "denied" } }]);
  });

  test("the rule that p would write has its own time", () => {
    const driver = asked(true);
    driver.key("p", "p", "enter", "y");
    expect(decisions(driver)).toEqual([]);
    expect(driver.text).toContain('prefix_rule(["make"])');
    expect(driver.text).toContain("make clean");
    driver.shown();
    driver.key("enter");
    expect(decisions(driver)).toEqual([{ type: "always", prefix: ["make"] }]);
  });

  test("under a pager a question is not on the screen", () => {
    const driver = new Driver();
    driver.begin();
    driver.key("ctrl-t");
    driver.event({ type: "approval.requested", request });
    expect(driver.taken("show card")).toEqual([]);
    expect(driver.text).toContain("a question waits");
    driver.now += 5000;
    driver.key("q", "y");
    expect(decisions(driver)).toEqual([]);
    driver.shown();
    driver.key("y");
    expect(decisions(driver)).toEqual([{ type: "approved" }]);
  });

  test("a card that is not there any more does not begin to count", () => {
    const driver = asked(false);
    const [effect] = driver.taken("show card");
    driver.event({ type: "approval.resolved", call_id: "c1", decision: { type: "denied" } });
    driver.event({ type: "approval.requested", request: { ...request, call_id: "c2" } });
    driver.feed({ type: "card shown", card: effect?.card ?? "" });
    driver.key("y");
    expect(decisions(driver)).toEqual([]);
  });
});

describe("answers", () => {
  test.each<[string[], Decision]>([
    [["y"], { type: "approved" }],
    [["1"], { type: "approved" }],
    [["s"], { type: "session" }],
    [["2"], { type: "session" }],
    [["escape"], { type: "abort" }],
    [["6"], { type: "abort" }],
    [["n", "enter"], { type: "denied" }],
    [["5", "u", "s", "e", "space", "x", "enter"], { type: "denied", reason: "use x" }],
    [["e", "space", "-", "n", "enter"], { type: "edited", command: "make all -n" }],
    [["e", "ctrl-u", "l", "s", "enter"], { type: "edited", command: "ls" }],
    [["down", "enter"], { type: "approved" }],
    [["up", "enter"], { type: "abort" }],
    [["down", "down", "enter"], { type: "session" }],
    [["n", "escape", "y"], { type: "approved" }],
  ])("%j", (keys, wanted) => {
    const driver = asked(true);
    for (const key of keys) {
      driver.key(key);
      driver.shown();
    }
    expect(decisions(driver)).toEqual([wanted]);
    expect(driver.state.questions).toEqual([]);
  });

  test("nothing is preselected, and unknown keys do nothing", () => {
    const driver = asked(true);
    driver.key("enter", "h", "x", "0", "7", "tab");
    expect(driver.ops()).toEqual([]);
    expect(driver.state.composer.text).toBe("");
    expect(driver.state.questions).toHaveLength(1);
  });

  test("what is not offered is no answer, but stopping always is", () => {
    const driver = asked(true, { choices: [{ decision: "approved", label: "Yes" }] });
    driver.key("s", "p", "e", "n", "2");
    expect(driver.ops()).toEqual([]);
    driver.key("escape");
    expect(decisions(driver)).toEqual([{ type: "abort" }]);
  });

  test("a question of a child names it, and its answer goes there", () => {
    const driver = new Driver();
    driver.event({ type: "thread.started", thread_id: "t1", schema_version: 1, cwd: "/p", moat_version: "1" });
    driver.begin();
    driver.event({ type: "approval.requested", request }, "child-77");
    driver.shown();
    expect(driver.text).toContain("ild-77");
    driver.key("y");
    expect(driver.ops()).toEqual([
      { type: "approval", call_id: "c1", decision: { type: "approved" }, thread_id: "child-77" },
    ]);
  });

  test("the end of the turn takes its questions away", () => {
    const driver = asked(true);
    driver.end();
    expect(driver.state.questions).toEqual([]);
  });

  test("a question that nobody looks at is told", () => {
    const driver = new Driver();
    driver.feed({ type: "term", event: { type: "focus", focused: false } });
    driver.begin();
    driver.event({ type: "approval.requested", request });
    expect(driver.taken("notify")).toHaveLength(1);
  });
});

describe("questions of the model", () => {
  const questions = [
    {
      id: "a",
      header: "Colour",
      question: "Which?",
      options: [
        { label: "red", description: "" },
        { label: "blue", description: "calm" },
      ],
    },
    { id: "b", header: "Name", question: "What name?", options: [] },
  ];
  const ask = () => {
    const driver = new Driver();
    driver.begin();
    driver.event({ type: "user_input.requested", request: { call_id: "u1", questions } });
    return driver;
  };

  test("choices and free text, one after the other, each with its own time", () => {
    const driver = ask();
    driver.key("2");
    expect(driver.state.composer.text).toBe("2");
    driver.shown();
    expect(driver.text).toContain("Which?");
    driver.key("2");
    driver.shown();
    driver.type("moat");
    driver.key("enter");
    expect(driver.ops()).toEqual([
      {
        type: "user_input",
        call_id: "u1",
        answer: { type: "answered", answers: { a: { answers: ["blue"] }, b: { answers: ["moat"] } } },
      },
    ]);
  });

  test("behind the options stands one's own answer; Esc declines", () => {
    const driver = ask();
    driver.shown();
    driver.key("up", "enter");
    driver.type("green");
    driver.key("enter");
    expect(driver.state.questions[0]).toMatchObject({ at: 1, answers: { a: { answers: ["green"] } } });
    driver.shown();
    driver.key("escape");
    expect(driver.ops()).toMatchObject([{ type: "user_input", answer: { type: "declined" } }]);
  });

  test("another front end answered", () => {
    const driver = ask();
    driver.event({ type: "user_input.resolved", call_id: "u1", answer: { type: "abort" } });
    expect(driver.state.questions).toEqual([]);
  });
});

describe("a plan", () => {
  const planned = () => {
    const driver = new Driver();
    driver.begin();
    driver.event({ type: "item.completed", item: { id: "p", type: "plan", text: "1. look\n2. write" } });
    driver.end();
    return driver;
  };

  test.each([
    ["y", [{ type: "user_turn", overrides: { plan: false } }]],
    ["n", []],
    ["escape", []],
  ])("%s", (key, ops) => {
    const driver = planned();
    driver.key(key);
    expect(driver.ops()).toEqual([]);
    driver.key("ctrl-u");
    driver.shown();
    driver.key(key);
    expect(driver.ops()).toMatchObject(ops);
    expect(driver.state.questions).toEqual([]);
  });

  test("changed in the editor it is asked about again; in a new thread it is all there is", () => {
    const driver = planned();
    driver.shown();
    driver.key("e");
    expect(driver.taken("edit")).toEqual([{ type: "edit", text: "1. look\n2. write" }]);
    driver.feed({ type: "edited", text: "1. write" });
    driver.shown();
    driver.key("t");
    expect(driver.taken("thread")).toEqual([{ type: "thread", target: { to: "new" } }]);
    expect(driver.ops()).toEqual([]);
    driver.feed({ type: "opened", opened: { ...opened, thread_id: "t2" } });
    const [op] = driver.ops();
    expect(op?.type === "user_turn" && op.input[0]?.type === "text" ? op.input[0].text : "").toContain("1. write");
  });
});
