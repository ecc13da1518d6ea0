// The main screen as xterm.js shows it: what is finished stands in the scrollback once, the region below it is as it was given.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SafeText } from "../safe-text.ts";
import { Given, picture, safeLines, Window } from "./fixtures/window.ts";
import { inlineScreen } from "./inline.ts";
import type { Picture, Screen, Size } from "./picture.ts";

const earlier = SafeText.of("(more before)");

function open(columns: number, rows: number): { window: Window; screen: Screen } {
  const window = new Window({ columns, rows });
  const screen = inlineScreen({ ...window.surface, earlier });
  screen.open();
  return { window, screen };
}

const text = (lines: readonly SafeText[]) => lines.map((line) => String(line).trimEnd());
const all = ({ history }: Picture) =>
  Array.from({ length: history.end }, (_, index) => text(history.lines(index))).flat();

test("history is printed once, above what is live and the panel; the caret stands where it is told", async () => {
  const { window, screen } = open(40, 8);
  const history = new Given([["> hello", ""]]);
  screen.paint(picture({ history, live: ["working"], panel: ["› ab", "status"], caret: { row: 0, column: 4 } }));
  await window.settle();
  expect(window.everything).toEqual(["> hello", "", "working", "› ab", "status"]);
  expect(window.caret).toEqual({ row: 3, column: 4 });
  history.blocks.push(["one", "two"], ["three"]);
  screen.paint(picture({ history, panel: ["› abc", "status"], caret: { row: 0, column: 5 } }));
  await window.settle();
  expect(window.everything).toEqual(["> hello", "", "one", "two", "three", "› abc", "status"]);
  expect(window.caret).toEqual({ row: 5, column: 5 });
  // Whether the first block had to be passed over, and itself; then each block once.
  expect(history.asked).toBe(4);
});

test("a picture that is the same writes nothing; a key writes its row alone", async () => {
  const { window, screen } = open(40, 8);
  const show = (composer: string, column: number) =>
    screen.paint(picture({ live: ["live"], panel: [composer, "status"], caret: { row: 0, column } }));
  show("› a", 3);
  expect(window.during(() => show("› a", 3))).toBe("");
  const key = window.during(() => show("› ab", 4));
  expect(key).toContain("› ab");
  expect(key).not.toMatch(/live|status/);
  expect(key.length).toBeLessThan(80);
  const move = window.during(() => show("› ab", 2));
  expect(move).not.toContain("›");
  await window.settle();
  expect([window.caret.column, window.everything]).toEqual([2, ["live", "› ab", "status"]]);
});

test("what is live loses its beginning so that one row less than the window is used, the panel nothing", async () => {
  const { window, screen } = open(20, 5);
  const panel = ["› x", "status"];
  screen.paint(
    picture({ history: new Given([["h"]]), live: ["1", "2", "3", "4"], panel, caret: { row: 0, column: 3 } }),
  );
  await window.settle();
  expect(window.everything).toEqual(["h", "3", "4", "› x", "status"]);
});

test("in a panel that is higher than the window the caret is seen", async () => {
  const { window, screen } = open(20, 5);
  const panel = ["1", "2", "3", "4", "5", "6", "7"];
  const shown = async (caret: Picture["caret"]) => {
    screen.paint(picture({ panel, caret }));
    await window.settle();
    return [window.rows.filter(Boolean).join(""), window.caret.row];
  };
  expect(await shown({ row: 1, column: 0 })).toEqual(["2345", 0]);
  expect(await shown({ row: 5, column: 0 })).toEqual(["4567", 2]);
  expect(await shown(null)).toEqual(["4567", 3]);
});

test("of a long conversation that is opened the end is printed, the rest counted; of another one that follows, too", async () => {
  const { window, screen } = open(30, 6);
  const history = new Given(Array.from({ length: 10_000 }, (_, index) => [`block ${index}`, ""]));
  screen.paint(picture({ history, panel: ["›"] }));
  await window.settle();
  expect(window.everything.slice(0, 3)).toEqual(["(more before)", "block 9991", ""]);
  expect(window.everything.at(-1)).toBe("›");
  expect(history.asked).toBeLessThan(25);
  screen.paint(picture({ history: new Given([["new"]]), panel: ["›"], thread: 2 }));
  await window.settle();
  expect(window.everything.slice(-4)).toEqual(["block 9999", "", "new", "›"]);
});

test("a pager covers the window and leaves the main screen as it was", async () => {
  const { window, screen } = open(30, 6);
  const history = new Given([["h1"], ["h2"]]);
  const given = { history, live: ["live"], panel: ["› x", "s"], caret: { row: 0, column: 3 } };
  screen.paint(picture(given));
  await window.settle();
  const before = window.rows;
  screen.paint(picture({ ...given, cover: ["page", "of six", "", "", "", "foot"] }));
  await window.settle();
  expect([window.isAlternate, window.rows]).toEqual([true, ["page", "of six", "", "", "", "foot"]]);
  history.blocks.push(["meanwhile"]);
  screen.paint(picture({ ...given, cover: ["page 2", "of six", "", "", "", "foot"] }));
  await window.settle();
  expect(window.rows[0]).toBe("page 2");
  screen.paint(picture({ ...given, cover: null, panel: ["› xy", "s"], caret: { row: 0, column: 4 } }));
  await window.settle();
  expect([window.isAlternate, before[0]]).toEqual([false, "h1"]);
  expect(window.everything).toEqual(["h1", "h2", "meanwhile", "live", "› xy", "s"]);
  expect(window.caret.column).toBe(4);
});

test("closed, the region is gone, the shell goes on below what was printed, and every mode is off", async () => {
  const { window, screen } = open(30, 8);
  const history = new Given([["done"]]);
  screen.paint(picture({ history, live: ["live"], panel: ["› x", "s"], caret: null, title: "t", progress: "busy" }));
  expect(window.raw).toBe(true);
  screen.close(safeLines(["moat resume 1"]));
  await window.say("$ ls\r\n");
  expect([window.everything, window.raw]).toEqual([["done", "moat resume 1", "$ ls"], false]);
  expect(window.terminal.modes).toMatchObject({
    bracketedPasteMode: false,
    sendFocusMode: false,
    wraparoundMode: true,
  });
  expect(window.written).toMatch(/\x1b\[\?25h(?!.*\x1b\[\?25l)/s);
  screen.open();
  screen.paint(picture({ history, panel: ["› y"], caret: null }));
  await window.settle();
  expect(window.everything).toEqual(["done", "moat resume 1", "$ ls", "› y"]);
});

test("given back for a while, the region is gone; taken again, it begins where the cursor was left", async () => {
  const { window, screen } = open(30, 8);
  const given = { history: new Given([["done"]]), live: ["live"], panel: ["› x", "s"], caret: { row: 0, column: 3 } };
  screen.paint(picture(given));
  window.modes.suspend();
  await window.say("[1]+ Stopped\r\n$ fg\r\n");
  expect(window.everything).toEqual(["done", "[1]+ Stopped", "$ fg"]);
  window.modes.resume();
  screen.resized(window.size);
  screen.repaint();
  screen.paint(picture(given));
  await window.settle();
  expect(window.everything).toEqual(["done", "[1]+ Stopped", "$ fg", "live", "› x", "s"]);
  await window.say("\rnoise");
  screen.repaint();
  screen.paint(picture(given));
  await window.settle();
  expect(window.everything).toEqual(["done", "[1]+ Stopped", "$ fg", "live", "› x", "s"]);
});

test("restored in the midst of it, nothing of the region is left", async () => {
  const { window, screen } = open(30, 8);
  screen.paint(picture({ history: new Given([["done"]]), panel: ["› x", "s"], cover: ["page"] }));
  screen.paint(picture({ history: new Given([["done"]]), panel: ["› x", "s"] }));
  screen.paint(picture({ history: new Given([["done"]]), panel: ["› x", "s"], cover: ["page"] }));
  window.modes.restore();
  await window.say("$ ");
  expect([window.isAlternate, window.everything]).toEqual([false, ["done", "$"]]);
});

test("rows that a terminal finds wider than they were thought do not run into their neighbours", async () => {
  const { window, screen } = open(20, 6);
  const wide = "👩🏽‍💻".repeat(9);
  screen.paint(picture({ live: ["above", wide, "below"], panel: ["›"], caret: { row: 0, column: 1 } }));
  await window.settle();
  expect([window.rows[0], window.rows[2], window.rows[3]]).toEqual(["above", "below", "›"]);
});

describe("another size", () => {
  test("what the window broke anew is taken away, and nothing that was printed", async () => {
    const { window, screen } = open(40, 10);
    const history = new Given([["first"], ["second"]]);
    const live = "a line that is thirty cells wide";
    screen.paint(picture({ history, live: [live, live], panel: ["› x", "status"], caret: { row: 0, column: 3 } }));
    await window.resize({ columns: 20, rows: 10 });
    screen.resized({ columns: 20, rows: 10 });
    screen.paint(
      picture({ history, live: ["a line that is", "thirty"], panel: ["› x", "s"], caret: { row: 0, column: 3 } }),
    );
    await window.settle();
    expect(window.everything).toEqual(["first", "second", "a line that is", "thirty", "› x", "s"]);
    await window.resize({ columns: 60, rows: 12 });
    screen.resized({ columns: 60, rows: 12 });
    screen.paint(picture({ history, live: [live], panel: ["› x", "status"], caret: { row: 0, column: 3 } }));
    await window.settle();
    expect(window.everything).toEqual(["first", "second", live, "› x", "status"]);
  });

  test("a line is erased before it is written, so that nothing of a longer one stays behind its end", () => {
    const { window, screen } = open(40, 10);
    screen.paint(picture({ live: ["a line that is thirty cells wide"], panel: ["›"] }));
    const text = window.during(() =>
      screen.paint(picture({ history: new Given([["short"]]), live: [], panel: ["›"] })),
    );
    expect(text).toContain("\r\x1b[Kshort\r\n");
    expect(text).not.toMatch(/[^\r]\x1b\[K/);
  });

  test("a caret in a row that is broken is found, too", async () => {
    const { window, screen } = open(40, 10);
    const history = new Given([["first"]]);
    const composer = "› what a person has typed so far, all of";
    screen.paint(picture({ history, panel: [composer, "s"], caret: { row: 0, column: 35 } }));
    await window.resize({ columns: 15, rows: 10 });
    screen.resized({ columns: 15, rows: 10 });
    screen.paint(picture({ history, panel: ["› what", "s"], caret: { row: 0, column: 6 } }));
    await window.settle();
    expect(window.everything).toEqual(["first", "› what", "s"]);
  });
});

/** What is done to a screen: more blocks, other rows, another size. */
const line = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 24 }),
  fc.array(fc.constantFrom("漢", "a", "字", " "), { maxLength: 12 }).map((parts) => parts.join("")),
  fc.constant(""),
);
const step = fc.record({
  more: fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
  live: fc.array(line, { maxLength: 8 }),
  panel: fc.array(line, { minLength: 1, maxLength: 3 }),
  at: fc.nat(2),
  column: fc.nat(12),
  hidden: fc.boolean(),
  size: fc.record({ columns: fc.integer({ min: 12, max: 50 }), rows: fc.integer({ min: 5, max: 12 }) }),
});

function pictured(
  history: Given,
  { live, panel, at, column, hidden }: Parameters<typeof fit>[0] & { at: number; column: number; hidden: boolean },
): Picture {
  return picture({ history, live, panel, caret: hidden ? null : { row: Math.min(at, panel.length - 1), column } });
}

/** The rows of the region. */
function fit({ live, panel }: { live: readonly string[]; panel: readonly string[] }, { rows }: Size): string[] {
  const room = rows - 1 - panel.length;
  return [...(room > 0 ? live.slice(-room) : []), ...panel.slice(Math.min(0, rows - 1))].map((row) => row.trimEnd());
}

const bare = (rows: readonly string[]) => rows.slice(0, rows.findLastIndex((row) => row !== "") + 1);

test("whatever is shown, all that was printed is there in order, once, and the region behind it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const { window, screen } = open(24, 7);
      const history = new Given([]);
      for (const given of steps) {
        history.blocks.push(...given.more);
        const shown = pictured(history, given);
        screen.paint(shown);
        await window.settle();
        expect(window.everything).toEqual(bare([...all(shown), ...fit(given, window.size)]));
        if (shown.caret) expect(window.caret.column).toBe(shown.caret.column);
      }
      expect(window.isForbidden || window.written.includes("\x1b[2J")).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("a terminal that takes few bytes at a time shows the same in the end, and skips what it had no time for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(120)), { minLength: 1, maxLength: 8 }), async (steps) => {
      const { window, screen } = open(24, 7);
      const history = new Given([]);
      screen.paint(picture({ history }));
      let last = picture({ history });
      let region: string[] = [];
      for (const [given, bytes] of steps) {
        history.blocks.push(...given.more);
        last = pictured(history, given);
        region = fit(given, window.size);
        window.allow(bytes);
        screen.paint(last);
      }
      for (let turn = 0; turn < 2000 && !(window.output.drained && turn > 0); turn++) window.allow(10);
      window.allow(Number.POSITIVE_INFINITY);
      await window.settle();
      expect(window.everything).toEqual(bare([...all(last), ...region]));
    }),
    { numRuns: 60 },
  );
});

test("whatever the sizes, nothing that was printed is lost, and the end is what a fresh screen shows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const { window, screen } = open(30, 8);
      const history = new Given([]);
      for (const { size, more, live, panel, ...caret } of steps) {
        await window.resize(size);
        screen.resized(size);
        const narrow = (rows: readonly string[]) => rows.map((row) => String(SafeText.cut(row, size.columns)));
        const given = { live: narrow(live), panel: narrow(panel), ...caret };
        history.blocks.push(...more.map((block) => narrow(block.map((row) => `h${row}`))));
        screen.paint(pictured(history, given));
        await window.settle();
        expect(window.everything.join("\n").endsWith(fit(given, size).join("\n").trimEnd())).toBe(true);
        const lines = window.everything.join("").replaceAll(" ", "");
        // Every line that was printed is there, each behind the one before it.
        let from = 0;
        for (const row of all(pictured(history, given)).filter(Boolean)) {
          const found = lines.indexOf(row.replaceAll(" ", ""), from);
          expect(found).toBeGreaterThanOrEqual(from);
          from = found + 1;
        }
      }
      expect(window.isForbidden || window.written.includes("\x1b[2J")).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("a terminal that takes ten bytes at a time gets the first and the last picture whole, and none in between", async () => {
  const { window, screen } = open(30, 8);
  const history = new Given([]);
  window.takes = 10;
  for (let count = 0; count < 50; count++) {
    history.blocks.push([`line ${count}`]);
    screen.paint(picture({ history, panel: [`› ${count}`], caret: { row: 0, column: 3 } }));
  }
  while (!window.output.drained) window.allow(10);
  await window.settle();
  expect(window.everything).toEqual([...Array.from({ length: 50 }, (_, index) => `line ${index}`), "› 49"]);
  expect(window.written.match(/›/g)?.length).toBe(2);
});
