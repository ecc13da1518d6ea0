// Pagers and scrolling: what of the conversation is seen; and what the status says.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Item } from "../../protocol/index.ts";
import { Driver, opened } from "./driver.suite.ts";

const message = (id: string, text: string): Item => ({ id, type: "agent_message", text });
const command = (id: string, lines: number): Item => ({
  id,
  type: "command_execution",
  command: `make ${id}`,
  aggregated_output: Array.from({ length: lines }, (_, n) => `${id} line ${n}\n`).join(""),
  exit_code: 0,
  status: "completed",
});

describe("pagers", () => {
  const long = () => {
    const driver = new Driver();
    driver.begin();
    for (let n = 0; n < 30; n++) driver.event({ type: "item.completed", item: command(`c${n}`, 20) });
    return driver;
  };

  test("Ctrl-T reads everything, unfolded, and searches it", () => {
    const driver = long();
    driver.key("ctrl-t");
    expect(driver.picture.cover).toHaveLength(24);
    expect(driver.text).toContain("c29 line 19");
    driver.key("home");
    expect(driver.text).toContain("c0 line 0");
    driver.key("/");
    driver.type("c7 line 1");
    driver.key("enter");
    expect(driver.text).toContain("c7 line 1");
    const { pager } = driver.state;
    driver.key("n");
    expect(driver.state.pager?.top).toBeGreaterThan(pager?.top ?? 0);
    driver.key("N");
    expect(driver.state.pager?.top).toBe(pager?.top ?? -1);
    driver.key("end", "page-up", "down", "up", "page-down", "q");
    expect(driver.picture.cover).toBeNull();
  });

  test("goes on to what was before its first blocks", () => {
    const driver = new Driver();
    driver.begin();
    for (let n = 0; n < 700; n++) driver.event({ type: "item.completed", item: message(`m${n}`, `text ${n}`) });
    driver.key("ctrl-t");
    expect(driver.state.pager?.of).toMatchObject({ from: 601 });
    driver.feed({ type: "term", event: { type: "wheel", rows: -100_000 } });
    expect(driver.text).toContain("text 600");
    driver.key("up", "up");
    expect(driver.text).toContain("text 599");
    driver.key("home");
    expect(driver.text).toContain("text 0");
  });

  test("Tab chooses a block, Enter opens it, Esc goes back to it", () => {
    const driver = long();
    driver.key("tab", "up", "up");
    expect(driver.state.pager?.of).toMatchObject({ selected: 28 });
    expect(driver.text).toContain("▌");
    driver.key("enter");
    expect(driver.text).toContain("c27 line 10");
    driver.key("escape");
    expect(driver.state.pager?.of).toMatchObject({ type: "blocks", selected: 28 });
    driver.key("home");
    expect(driver.text).toContain("moat 1.2.3");
    driver.key("escape");
    expect(driver.state.pager).toBeNull();
  });

  test("Ctrl-O opens the last folded block, Alt-T the plan, ? the keys", () => {
    const driver = long();
    driver.event({ type: "item.completed", item: message("m", "bye") });
    driver.key("ctrl-o");
    expect(driver.text).toContain("c29 line 10");
    driver.key("q", "alt-t");
    expect(driver.text).toContain("no plan");
    driver.event({
      type: "item.updated",
      item: { id: "p", type: "todo_list", items: [{ text: "look", completed: false }] },
    });
    driver.key("alt-t");
    expect(driver.text).toContain("look");
    driver.key("q", "?");
    expect(driver.text).toContain("Send; while a turn runs");
    driver.key("q", "a", "?");
    expect(driver.state.composer.text).toBe("a?");
  });

  test("Ctrl-L and Ctrl-Z work everywhere", () => {
    const driver = long();
    driver.key("ctrl-l", "ctrl-t", "ctrl-l", "ctrl-z");
    expect([driver.taken("repaint").length, driver.taken("suspend").length]).toEqual([2, 1]);
  });
});

describe("scrolling", () => {
  const filled = () => {
    const driver = new Driver();
    for (let n = 0; n < 100; n++) driver.event({ type: "item.completed", item: message(`m${n}`, `text ${n}`) });
    return driver;
  };

  test("stays where one is while more comes, and follows the end again", () => {
    const driver = filled();
    driver.feed({ type: "term", event: { type: "wheel", rows: -5 } });
    expect(driver.below).toBe(5);
    driver.event({ type: "item.completed", item: message("x", "one more") });
    expect(driver.below).toBe(7);
    driver.key("page-up");
    expect(driver.below).toBeGreaterThan(20);
    driver.key("ctrl-end");
    expect(driver.below).toBe(0);
  });

  test("ends at the beginning, with a full window", () => {
    const driver = filled();
    driver.key("ctrl-home");
    const { below } = driver;
    const rows = driver.text.split("\n").length - driver.picture.panel.length;
    expect(below).toBe(rows - (24 - driver.picture.panel.length));
    driver.key("page-up");
    expect(driver.below).toBe(below);
    driver.feed({ type: "term", event: { type: "wheel", rows: 1 } });
    expect(driver.below).toBe(below - 1);
  });

  test("counts rows as they are, whatever happens meanwhile", () => {
    const steps = fc.array(
      fc.oneof(
        fc.integer({ min: -60, max: 60 }).map((rows) => ({ rows })),
        fc.constantFrom({ columns: 40 }, { columns: 90 }, { more: 3 }, { thread: true }),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const driver = filled();
        let id = 0;
        for (const step of list) {
          const before = driver.below;
          if ("rows" in step) driver.feed({ type: "term", event: { type: "wheel", rows: step.rows } });
          if ("columns" in step) driver.feed({ type: "resized", size: { columns: step.columns, rows: 24 } });
          if ("thread" in step) driver.feed({ type: "opened", opened });
          if ("more" in step)
            for (let n = 0; n < step.more; n++)
              driver.event({ type: "item.completed", item: command(`x${id++}`, n * 4) });
          if (!("rows" in step)) continue;
          const rows = driver.text.split("\n").length - driver.picture.panel.length;
          const most = Math.max(0, rows - (24 - driver.picture.panel.length));
          expect(driver.below).toBe(Math.min(Math.max(0, before - step.rows), most));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("what is sent is seen", () => {
    const driver = filled();
    driver.key("page-up");
    driver.type("go");
    driver.key("enter");
    expect(driver.below).toBe(0);
  });

  test("inline is the terminal's", () => {
    const driver = new Driver({ screen: "inline" });
    for (let n = 0; n < 100; n++) driver.event({ type: "item.completed", item: message(`m${n}`, `text ${n}`) });
    driver.key("page-up", "ctrl-home");
    expect(driver.below).toBe(0);
  });
});

test("what is left behind is the end of the conversation, and how to go on", () => {
  const driver = new Driver();
  expect(driver.app.farewell(driver.state)).toEqual([]);
  for (let n = 0; n < 100; n++) driver.event({ type: "item.completed", item: message(`m${n}`, `text ${n}`) });
  driver.event({
    type: "history.added",
    item: { type: "message", role: "user", content: [{ type: "input_text", text: "thanks" }] },
  });
  const lines = driver.app.farewell(driver.state).map(String);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines.join("\n")).toContain("text 99");
  expect(lines.at(-1)).toBe("moat resume t1");
});

test("the status says what is open, and whether it holds", () => {
  const text = (more: Partial<typeof opened>) => new Driver({ opened: { ...opened, ...more } }).text;
  expect(text({})).toContain("moat: workspace, no net");
  expect(text({ network: true })).toContain("moat: workspace, net");
  const mode = (sandbox_mode: "read-only" | "danger-full-access" | "external") =>
    text({ context: { ...opened.context, sandbox_mode } });
  expect(mode("read-only")).toContain("moat: reads only, no net");
  expect(mode("danger-full-access")).toContain("moat: off");
  expect(mode("external")).toContain("custom · moat: left to the container");
});
