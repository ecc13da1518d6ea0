// The whole window as xterm.js shows it.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SafeText } from "../safe-text.ts";
import { Given, picture, safeLines, Window } from "./fixtures/window.ts";
import { fullscreen } from "./fullscreen.ts";
import type { Picture, Screen, Size } from "./picture.ts";

function open(columns: number, rows: number): { window: Window; screen: Screen } {
  const window = new Window({ columns, rows });
  const screen = fullscreen(window.surface);
  screen.open();
  return { window, screen };
}

const numbered = (count: number, lines = 1) =>
  new Given(Array.from({ length: count }, (_, block) => Array.from({ length: lines }, (_, row) => `${block}.${row}`)));

test("the conversation begins at the top, the panel stands at the bottom, the caret where it is told", async () => {
  const { window, screen } = open(20, 6);
  screen.paint(picture({ history: numbered(2), live: ["live"], panel: ["› x", "s"], caret: { row: 0, column: 3 } }));
  await window.settle();
  expect(window.rows).toEqual(["0.0", "1.0", "live", "", "› x", "s"]);
  expect([window.caret, window.isAlternate]).toEqual([{ row: 4, column: 3 }, true]);
  expect(screen.page()).toEqual({ rows: 4, end: true });
});

test("a picture that is the same writes nothing; a key writes its row alone", () => {
  const { window, screen } = open(40, 8);
  const show = (composer: string, column: number) =>
    screen.paint(picture({ history: numbered(20), panel: [composer, "status"], caret: { row: 0, column } }));
  show("› a", 3);
  expect(window.during(() => show("› a", 3))).toBe("");
  const key = window.during(() => show("› ab", 4));
  expect(key).toContain("› ab");
  expect(key).not.toMatch(/status|\.0/);
  expect(key.length).toBeLessThan(80);
});

test("a pager has the window, and the conversation comes back", async () => {
  const { window, screen } = open(20, 4);
  const given = { history: numbered(9), panel: ["›"], caret: { row: 0, column: 1 } };
  screen.paint(picture({ ...given, cover: ["head", "text", "", "foot"] }));
  await window.settle();
  expect(window.rows).toEqual(["head", "text", "", "foot"]);
  screen.paint(picture(given));
  await window.settle();
  expect([window.rows, window.caret]).toEqual([["6.0", "7.0", "8.0", "›"], { row: 3, column: 1 }]);
});

test("a panel that is higher than the window shows the caret", async () => {
  const { window, screen } = open(20, 5);
  screen.paint(picture({ history: numbered(5), panel: [..."1234567"], caret: { row: 1, column: 0 } }));
  await window.settle();
  expect([window.rows.join(""), window.caret.row, screen.page().rows]).toEqual(["23456", 0, 0]);
});

test("closed, the main screen is as it was, with the farewell, and every mode is off", async () => {
  const window = new Window({ columns: 20, rows: 6 });
  await window.say("$ moat\r\n");
  const screen = fullscreen(window.surface);
  screen.open();
  screen.paint(picture({ history: numbered(9), panel: ["›"], title: "moat", progress: "busy" }));
  window.modes.on("mouse");
  await window.settle();
  expect(window.terminal.modes).toMatchObject({
    bracketedPasteMode: true,
    sendFocusMode: true,
    mouseTrackingMode: "vt200",
  });
  screen.close(safeLines(["the end", "moat resume 1"]));
  window.modes.restore();
  await window.say("$ ");
  expect(window.everything).toEqual(["$ moat", "the end", "moat resume 1", "$"]);
  expect(window.terminal.modes).toMatchObject({
    bracketedPasteMode: false,
    sendFocusMode: false,
    mouseTrackingMode: "none",
    wraparoundMode: true,
  });
  expect([window.isAlternate, window.raw]).toEqual([false, false]);
  expect(window.written).toMatch(/\x1b\]9;4;0\x1b\\.*\x1b\[23;2t/s);
});

describe("scrolling", () => {
  const rows = 4;
  const show = async ({ window, screen }: ReturnType<typeof open>, given: Parameters<typeof picture>[0]) => {
    screen.paint(picture({ panel: ["›"], ...given }));
    await window.settle();
    return window.rows.slice(0, rows - 1).join(" ");
  };

  test("shows what ends with a row, and stops at both ends", async () => {
    const on = open(20, rows);
    const history = numbered(10);
    const row = (block: number) => ({ block, row: 0 });
    expect(await show(on, { history })).toBe("7.0 8.0 9.0");
    expect(await show(on, { history, bottom: row(7) })).toBe("5.0 6.0 7.0");
    expect(on.screen.page().end).toBe(false);
    for (const block of [2, 1, 0, -5]) expect(await show(on, { history, bottom: row(block) })).toBe("0.0 1.0 2.0");
    for (const place of [row(9), row(99), { block: 9, row: 9 }])
      expect(await show(on, { history, bottom: place })).toBe("7.0 8.0 9.0");
    expect(on.screen.page().end).toBe(true);
  });

  test("stays where it is when more is below, and when more becomes known above", async () => {
    const on = open(20, rows);
    const history = numbered(10);
    const bottom = { block: 9, row: 0 };
    expect(await show(on, { history, live: ["a", "b", "c"], bottom })).toBe("7.0 8.0 9.0");
    expect(await show(on, { history, live: ["a", "b", "c"], bottom: { block: 10, row: 1 } })).toBe("9.0 a b");
    history.blocks.push(["a", "b"], [], ["c", "d"]);
    expect(await show(on, { history, live: ["e"], bottom: { block: 10, row: 1 } })).toBe("9.0 a b");
    const before = { first: -2, end: 1, rows: () => 1, lines: (block: number) => safeLines([`${block}`]) };
    expect(await show(on, { history: before, bottom: { block: 0, row: 0 } })).toBe("-2 -1 0");
    expect(await show(on, { history: { ...before, first: 0 }, live: ["x"], bottom: { block: 0, row: 0 } })).toBe(
      "0 x ",
    );
  });

  test("costs what is seen, however much there is", () => {
    const asked = (blocks: number) => {
      const { screen } = open(80, 24);
      const history = numbered(blocks, 3);
      const far = [0, blocks / 2, blocks - 1];
      for (const block of far) screen.paint(picture({ history, panel: ["›"], bottom: { block, row: 1 } }));
      return [history.asked, history.counted];
    };
    expect(asked(100_000)).toEqual(asked(100));
    expect(Math.max(...asked(100_000))).toBeLessThan(3 * 24);
  });

  test("shows what a column of all lines shows", async () => {
    const step = fc.record({
      more: fc.array(fc.nat(4), { maxLength: 2 }),
      live: fc.nat(5),
      panel: fc.integer({ min: 1, max: 3 }),
      below: fc.oneof(fc.nat(40), fc.constant(0)),
      thread: fc.integer({ min: 1, max: 8 }).map((number) => Math.max(1, number - 6)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        const { window, screen } = open(20, 8);
        const histories = [new Given([]), new Given([]), new Given([])];
        for (const { more, live, panel, thread, below } of steps) {
          const history = histories[thread] ?? new Given([]);
          for (const count of more)
            history.blocks.push(Array.from({ length: count }, (_, row) => `${history.end}.${row}`));
          const liveLines = Array.from({ length: live }, (_, row) => `l${row}`);
          const blocks = [...history.blocks, liveLines];
          const places = blocks.flatMap((lines, block) => lines.map((_, row) => ({ block, row })));
          const lines = blocks.flat();
          const height = 8 - panel;
          const bottom = below === 0 ? null : (places[Math.max(0, lines.length - 1 - below)] ?? null);
          screen.paint(picture({ thread, history, live: liveLines, panel: Array(panel).fill("›"), bottom }));
          await window.settle();
          const end = Math.max(Math.min(height, lines.length), lines.length - (bottom === null ? 0 : below));
          const expected = lines.slice(Math.max(0, end - height), end);
          expect(window.rows.slice(0, height)).toEqual(Array.from({ length: height }, (_, row) => expected[row] ?? ""));
          expect(screen.page().end).toBe(end === lines.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test("given back for a while and taken again, the window is painted whole", async () => {
  const { window, screen } = open(20, 4);
  const given = picture({ history: numbered(9), panel: ["›"], caret: { row: 0, column: 1 } });
  screen.paint(given);
  window.modes.suspend();
  await window.say("$ fg\r\n");
  expect([window.isAlternate, window.everything]).toEqual([false, ["$ fg"]]);
  window.modes.resume();
  screen.paint(given);
  await window.settle();
  expect([window.isAlternate, window.rows]).toEqual([true, ["6.0", "7.0", "8.0", "›"]]);
  await window.say("\x1b[2;1Hnoise");
  screen.repaint();
  screen.paint(given);
  await window.settle();
  expect(window.rows).toEqual(["6.0", "7.0", "8.0", "›"]);
});

test("whatever was shown before, and at whatever size, a picture looks as on a fresh screen", async () => {
  const line = fc.oneof(
    fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
    fc.array(fc.constantFrom("漢", "a", " "), { maxLength: 20 }).map((parts) => parts.join("")),
  );
  const size = fc.record({ columns: fc.integer({ min: 5, max: 40 }), rows: fc.integer({ min: 3, max: 10 }) });
  const shown = fc.record({
    size: fc.option(size),
    history: fc.array(fc.array(line, { maxLength: 4 }), { maxLength: 6 }),
    live: fc.array(line, { maxLength: 4 }),
    panel: fc.array(line, { minLength: 1, maxLength: 4 }),
    cover: fc.option(fc.array(line, { maxLength: 10 })),
    caret: fc.option(fc.record({ row: fc.constant(0), column: fc.nat(4) })),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shown, { minLength: 1, maxLength: 6 }), async (steps) => {
      const { window, screen } = open(20, 6);
      let now: Size = { columns: 20, rows: 6 };
      let last: Picture = picture({});
      for (const given of steps) {
        if (given.size) {
          await window.resize(given.size);
          screen.resized(given.size);
          now = given.size;
        }
        const narrow = (rows: readonly string[]) => rows.map((row) => String(SafeText.cut(row, now.columns)));
        const history = new Given(given.history.map(narrow));
        last = picture({
          ...given,
          history,
          live: narrow(given.live),
          panel: narrow(given.panel),
          cover: given.cover && narrow(given.cover),
        });
        screen.paint(last);
      }
      await window.settle();
      const fresh = open(now.columns, now.rows);
      fresh.screen.paint(last);
      await fresh.window.settle();
      expect(window.rows).toEqual(fresh.window.rows);
      if (last.caret && !last.cover) expect(window.caret).toEqual(fresh.window.caret);
      expect(window.isForbidden).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test("a terminal that takes ten bytes at a time shows the last picture in the end", async () => {
  const { window, screen } = open(20, 5);
  window.takes = 10;
  for (let count = 0; count < 50; count++) {
    screen.paint(picture({ history: numbered(count), panel: [`› ${count}`], caret: { row: 0, column: 4 } }));
  }
  while (!window.output.drained) window.allow(10);
  await window.settle();
  expect(window.rows).toEqual(["45.0", "46.0", "47.0", "48.0", "› 49"]);
  expect(window.written.match(/›/g)?.length).toBe(2);
});
