// What the keys of a turn do: send, steer, queue, interrupt, go back, quit, change the mode.
import { describe, expect, test } from "bun:test";
import { context, Driver, opened, stopped, userSays } from "./driver.suite.ts";

describe("keys of a turn", () => {
  const typed = (driver: Driver, text: string, ...keys: string[]) => {
    driver.type(text);
    driver.key(...keys);
  };

  test("Enter sends; while a turn runs it steers, and what waits is seen until the model has it", () => {
    const driver = new Driver();
    typed(driver, "go", "enter");
    expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "go" }] }]);
    // Before the turn has begun a second message must not take its place.
    typed(driver, "and more", "enter");
    expect(driver.ops()).toEqual([{ type: "steer", input: [{ type: "text", text: "and more" }] }]);
    driver.begin();
    expect(driver.text).toContain("and more");
    expect(driver.state.conversation.waiting).toMatchObject([{ text: "and more", when: "now" }]);
    driver.event(userSays("and more"));
    expect(driver.state.conversation.waiting).toEqual([]);
    expect(driver.state.composer.text).toBe("");
  });

  test("Tab queues for the end of the turn, one after the other", () => {
    const driver = new Driver();
    driver.begin();
    typed(driver, "one", "tab");
    typed(driver, "two", "tab");
    expect(driver.ops()).toEqual([]);
    driver.end();
    expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "one" }] }]);
    driver.begin();
    driver.end();
    expect(driver.ops()).toMatchObject([{ input: [{ text: "two" }] }]);
  });

  test("a turn that fails gives back what was queued", () => {
    const driver = new Driver();
    driver.begin();
    typed(driver, "one", "tab");
    typed(driver, "dra");
    driver.event(stopped);
    expect(driver.state.composer.text).toBe("one\n\ndra");
    expect(driver.state.conversation.waiting).toEqual([]);
  });

  test("Esc interrupts once and gives back all that waits", () => {
    const driver = new Driver();
    driver.begin();
    typed(driver, "now", "enter");
    typed(driver, "later", "tab");
    driver.ops();
    driver.key("escape", "escape");
    expect(driver.ops()).toEqual([{ type: "interrupt", take_back: true }]);
    expect(driver.state.composer.text).toBe("now\n\nlater");
    expect(driver.state.picker).toBeNull();
  });

  test("Alt-Up takes the last back", () => {
    const driver = new Driver();
    driver.begin();
    typed(driver, "one", "tab");
    typed(driver, "two", "tab", "alt-up");
    expect(driver.state.composer.text).toBe("two");
    expect(driver.state.conversation.waiting).toHaveLength(1);
  });

  test("Esc Esc goes back to an earlier message: a fork before it, its text in the composer", () => {
    const driver = new Driver();
    for (const text of ["first", "second"]) {
      driver.event(userSays(text));
      driver.end();
    }
    driver.key("escape");
    driver.now += 1500;
    driver.key("escape");
    expect(driver.state.picker).toBeNull();
    driver.key("escape", "down", "enter");
    expect(driver.taken("thread")).toEqual([{ type: "thread", target: { to: "fork", thread_id: "t1", back: 2 } }]);
    expect(driver.state.composer.text).toBe("first");
    driver.feed({ type: "opened", opened: { ...opened, thread_id: "t2" } });
    expect(driver.picture.thread).toBe(1);
    expect(driver.state.composer.text).toBe("first");
  });

  test("Ctrl-C clears, interrupts, and twice quits", () => {
    const driver = new Driver();
    typed(driver, "text", "ctrl-c");
    expect(driver.state.composer.text).toBe("");
    expect(driver.taken("quit")).toEqual([]);
    driver.key("ctrl-c");
    expect(driver.taken("quit")).toEqual([{ type: "quit", exit: 130 }]);
    const busy = new Driver();
    busy.begin();
    busy.key("ctrl-c");
    expect(busy.ops()).toHaveLength(1);
    busy.now += 2000;
    busy.key("ctrl-c");
    expect(busy.taken("quit")).toEqual([]);
    const idle = new Driver();
    idle.key("ctrl-c", "a", "ctrl-c");
    expect(idle.taken("quit")).toEqual([]);
  });

  test("Ctrl-D quits with nothing written", () => {
    const driver = new Driver();
    typed(driver, "a", "home", "ctrl-d");
    expect(driver.state.composer.text).toBe("");
    expect(driver.taken("quit")).toEqual([]);
    driver.key("ctrl-d");
    expect(driver.taken("quit")).toEqual([{ type: "quit", exit: 0 }]);
  });

  test("Shift-Tab cycles auto, ask, plan", () => {
    const driver = new Driver();
    driver.key("shift-tab");
    expect(driver.ops()).toMatchObject([{ type: "settings", changes: { approval_policy: "untrusted" } }]);
    driver.event({ type: "settings.changed", context: { ...context, approval_policy: "untrusted" } });
    expect(driver.text).toContain(" ask ");
    driver.key("shift-tab");
    expect(driver.taken("command")).toEqual([{ type: "command", name: "plan", args: "" }]);
    driver.feed({ type: "command ended" });
    const after_plan = { approval_policy: "on-request", sandbox_mode: "workspace-write" } as const;
    driver.event({
      type: "settings.changed",
      context: { ...context, sandbox_mode: "read-only", approval_policy: "never", after_plan },
    });
    expect(driver.text).toContain(" plan ");
    driver.key("shift-tab");
    expect(driver.ops()).toMatchObject([{ changes: { plan: false, approval_policy: "on-request" } }]);
  });

  test("what was changed by hand holds in a new thread, not in a stored one", () => {
    const driver = new Driver();
    driver.key("shift-tab");
    driver.ops();
    const to = (target: { to: "new" } | { to: "stored"; id: string }) => {
      driver.feed({ type: "action", action: { type: "thread", target } });
      driver.feed({ type: "opened", opened });
      return driver.ops();
    };
    expect(to({ to: "new" })).toMatchObject([{ type: "settings", changes: { approval_policy: "untrusted" } }]);
    expect(to({ to: "stored", id: "x" })).toEqual([]);
    expect(to({ to: "new" })).toEqual([]);
  });

  test("the end of a turn that nobody looks at is told", () => {
    const driver = new Driver();
    driver.begin();
    driver.end();
    expect(driver.taken("notify")).toEqual([]);
    driver.feed({ type: "term", event: { type: "focus", focused: false } });
    driver.begin();
    driver.end();
    expect(driver.taken("notify")).toEqual([{ type: "notify", text: "moat is done" }]);
  });

  test("! runs a command in the sandbox of the thread", () => {
    const driver = new Driver();
    typed(driver, "! ls -l", "enter");
    expect(driver.ops()).toEqual([{ type: "user_command", command: "ls -l" }]);
    expect(driver.state.composer.text).toBe("");
    expect(driver.state.conversation.busy).toBe(true);
  });
});
