// What stands below the conversation, where a golden file would not say why.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ApprovalRequest, Event } from "../../protocol/index.ts";
import { transcriptOf } from "../transcript.ts";
import { hostile } from "./hostile.suite.ts";
import {
  block,
  composer,
  diff,
  emptySplit,
  input,
  menu,
  open,
  pager,
  pagerRows,
  question,
  splitMore,
  status,
  whole,
  work,
} from "./index.ts";
import { asking, facts, patched, request, working } from "./panels.suite.ts";
import { BLOCKS, command, lookOf, MARKDOWN, patch, seen } from "./samples.suite.ts";

describe("composer", () => {
  const of = (text: string, caret: number, columns = 20, rows = 6) =>
    composer({ text, caret, placeholder: "", vim: null, rows }, lookOf(columns));
  const at = (text: string, caret: number, columns?: number, rows?: number) => of(text, caret, columns, rows).caret;

  test("the caret stands in the cell before which it is", () => {
    expect(at("", 0)).toEqual({ row: 0, column: 2 });
    expect(at("漢字", 1)).toEqual({ row: 0, column: 4 });
    expect(at("👩🏽‍💻x", 7)).toEqual({ row: 0, column: 4 });
    expect(at("👩🏽‍💻x", 3)).toEqual({ row: 0, column: 2 });
    expect(at("a\nbc", 4)).toEqual({ row: 1, column: 4 });
    expect(at("a\n", 2)).toEqual({ row: 1, column: 2 });
    expect(at("\x1bx", 1)).toEqual({ row: 0, column: 6 });
    expect(at("a\tb", 2)).toEqual({ row: 0, column: 7 });
  });

  test("words are wrapped, and the caret with them", () => {
    const { lines, caret } = of("one two three four five", 18);
    expect(seen(lines)).toEqual(["› one two three ", "  four five"]);
    expect(caret).toEqual({ row: 1, column: 6 });
  });

  test("no more rows than there may be; what is hidden is told, and the caret is among the rest", () => {
    const text = Array.from({ length: 9 }, (_, line) => `line ${line}`).join("\n");
    expect(seen(of(text, text.length, 20, 3).lines)).toEqual(["↑ line 6", "  line 7", "  line 8"]);
    expect(seen(of(text, 0, 20, 3).lines)).toEqual(["› line 0", "  line 1", "↓ line 2"]);
    expect(seen(of(text, 30, 20, 3).lines)).toEqual(["↑ line 3", "  line 4", "↓ line 5"]);
  });

  test("whatever the text, the caret is in the window and goes forward with its place", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 20, max: 60 }), fc.integer({ min: 1, max: 8 }), (text, columns, rows) => {
        let before = -1;
        for (let caret = 0; caret <= text.length; caret++) {
          const all = at(text, caret, columns, 10_000);
          const place = (all?.row ?? 0) * 1000 + (all?.column ?? 0);
          expect(place).toBeGreaterThanOrEqual(before);
          before = place;
          const card = of(text, caret, columns, rows);
          expect(card.lines.length).toBeLessThanOrEqual(rows);
          expect(card.caret?.row).toBeLessThan(card.lines.length);
          expect(card.caret?.column).toBeLessThan(columns);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("status line", () => {
  const at = (columns: number, more: object = {}) => seen([status({ ...facts, ...more }, lookOf(columns))])[0];

  test("gives way from the right: hints, cost, tokens, effort, directory, then the bar; never mode and sandbox", () => {
    expect(at(146)).toBe(
      " auto · moat: workspace, no net · ~/src/shop (main) · high   context ▰▰▰▰▰▰▰▱▱▱ 71 %   14.2k tokens   $0.04   Shift+Tab mode · / commands · ? keys",
    );
    expect(at(120)).toContain("high");
    expect(at(105)).not.toContain("$0.04");
    expect(at(90)).not.toContain("high");
    expect(at(80)).toBe(" auto · moat: workspace, no net                 context ▰▰▰▰▰▰▰▱▱▱ 71 %   ? keys");
    expect(at(60)).toBe(" auto · moat: workspace, no net      context ▰▰▰▰▰▰▰▱▱▱ 71 %");
    expect(at(40)).toBe(" auto · moat: workspace, no net     71 %");
  });

  test("the context has a bar from 70 % on", () => {
    expect(at(80, { context: 0.03 })).toContain("context 3 %");
    expect(at(80, { context: 0.69 })).toContain("context 69 %");
    expect(at(80, { context: 0.7 })).toContain("context ▰▰▰▰▰▰▰▱▱▱ 70 %");
    expect(at(80, { context: 1.2 })).toContain("▰▰▰▰▰▰▰▰▰▰ 120 %");
    expect(at(80, { context: null })).not.toContain("context");
  });

  test("colour says what matters: weak sandbox, full context", () => {
    const line = (more: object) => String(status({ ...facts, ...more }, lookOf(80, { colours: "16" })));
    expect(line({})).toContain("\x1b[36mmoat: workspace, no net");
    expect(line({ weak: true, moat: "off" })).toContain("\x1b[33m! \x1b[39m\x1b[33mmoat: off");
    expect(line({ context: 0.84 })).toContain("\x1b[33mcontext");
    expect(line({ context: 0.85 })).toContain("\x1b[91mcontext");
  });
});

test("a note that is a list keeps its columns where it wraps", () => {
  const lines = block(
    { type: "note", lines: ["  /compact [WHAT]  Replace it by a summary, to make room"] },
    lookOf(40),
    null,
  );
  expect(lines.map(String)).toEqual(["  /compact [WHAT]  Replace it by a", `${" ".repeat(19)}summary, to make room`]);
});

describe("question", () => {
  /** All that a card shows when it is scrolled from its beginning to its end. */
  function everything(asked: ApprovalRequest, columns: number, rows: number): string {
    const shown = new Set<string>();
    for (let scroll = 0; ; scroll++) {
      const card = question(asking({ type: "choose" }, { request: asked, scroll }), lookOf(columns, { rows }));
      expect(card.lines.length).toBeLessThanOrEqual(Math.max(1, rows - 2));
      for (const line of seen(card.lines)) if (!/^ *[↑↓] \d+ more/.test(line)) shown.add(line);
      if (card.below === 0) return [...shown].join("\n");
    }
  }

  test.each([
    [80, 24],
    [40, 16],
    [20, 5],
  ])("nothing of the command is folded or cut, at %i × %i", (columns, rows) => {
    const words = Array.from({ length: 120 }, (_, at) => `word${at}`);
    const script = words.join(" && ");
    const effect = {
      kind: "command" as const,
      argv: ["/bin/sh", "-c", script],
      command: script,
      cwd: "/w",
      escalation: null,
    };
    const text = everything({ ...request, effect }, columns, rows)
      .replace(/\n +/g, "")
      .replaceAll(" ", "");
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
    for (const { label } of request.choices) expect(text).toContain(label.replaceAll(" ", ""));
  });

  test("a patch is shown whole, with what cannot be seen written out, also what looks like another file", () => {
    const diff = `@@ -1,3 +1,3 @@\n${Array.from({ length: 60 }, (_, at) => `-old ${at}.\n+new ${at}.`).join("\n")}\n--- a/x\n+++ b/y\n+\x1b[2J\u202eevil`;
    const changes = [{ path: "/w/shop/a", kind: "update" as const, diff }];
    const text = everything({ ...patched, effect: { kind: "patch", cwd: "/w", changes } }, 60, 20);
    for (let at = 0; at < 60; at++) {
      expect(text).toContain(`old ${at}.`);
      expect(text).toContain(`new ${at}.`);
    }
    expect(text).toContain("\\x1b[2J\\u{202e}evil");
    expect(text).toMatch(/- +-- a\/x[\s\S]*\+ +\+\+ b\/y/);
  });

  test("the answers stay in sight while what is asked scrolls; nothing is preselected", () => {
    const script = Array.from({ length: 60 }, (_, at) => `echo ${at}`).join("\n");
    const effect = {
      kind: "command" as const,
      argv: ["/bin/sh", "-c", script],
      command: script,
      cwd: "/w",
      escalation: null,
    };
    for (const scroll of [0, 20, 1000]) {
      const lines = seen(
        question(asking({ type: "choose" }, { request: { ...request, effect }, scroll }), lookOf(80)).lines,
      );
      expect(lines.filter((line) => /^ {2}(y|s|p|e|n|Esc) /.test(line))).toHaveLength(6);
      expect(lines[0]).toStartWith("? Run this command outside the sandbox?");
      expect(lines.join("\n")).not.toContain("▸");
    }
  });

  test("the caret is where one writes, also in a small window", () => {
    for (const rows of [24, 8, 5]) {
      const card = question(asking({ type: "edit", text: "docker ps -a", caret: 6 }), lookOf(40, { rows }));
      const { row = -1, column = -1 } = card.caret ?? {};
      expect(seen(card.lines)[row]?.slice(0, column)).toBe("  > docker");
    }
  });

  test("the model's question: an answer in one's own words", () => {
    const asked = {
      header: "H",
      question: "Q?",
      options: [{ label: "one", description: "" }],
      selected: 1,
      number: 1,
      of: 1,
    };
    expect(input({ ...asked, other: null }, lookOf(40)).caret).toBeNull();
    const card = input({ ...asked, other: { text: "漢字x", caret: 2 } }, lookOf(40));
    expect(seen(card.lines)[card.caret?.row ?? -1]).toBe("  > 漢字x");
    expect(card.caret?.column).toBe(8);
  });
});

describe("what is growing", () => {
  const tail = (text: string) => open([{ id: "a", type: "agent_message", text }], lookOf(80), () => 0, null);

  test("costs what the window costs: of a long answer only the end is looked at", () => {
    const end = Array.from({ length: 40 }, (_, at) => `**line** ${at}\n`).join("");
    const rows = seen(tail(`${"x ".repeat(50_000)}\n${end}`));
    expect(seen(tail(`${"y\n\n".repeat(500_000)}${end}`))).toEqual(rows);
    expect(rows).toHaveLength(24);
    expect(rows.at(-1)).toBe("line 39");
  });

  test("a long fence that is open stays code, in its language", () => {
    const code = `\`\`\`ts\n${"const a = 1;\n".repeat(5_000)}const b = "**x**";`;
    const rows = open([{ id: "a", type: "agent_message", text: code }], lookOf(80, { colours: "16" }), () => 0, null);
    expect(String(rows.at(-1))).toBe('\x1b[36mconst\x1b[39m b = \x1b[32m"**x**"\x1b[39m;');
  });

  test("of a command that runs the last three lines are shown, however much it printed", () => {
    const output = `${"noise ".repeat(200_000)}\n${"line\n".repeat(100_000)}one\n\ttwo\nthree\n`;
    const item = command({ status: "in_progress", exit_code: null });
    const rows = seen(open([{ id: "c", type: "item", item, output }], lookOf(60), () => 61_000, null));
    expect(rows).toEqual([`$ npm test${" ".repeat(22)}running · 1 min 1 s · Ctrl-C`, "  one", "      two", "  three"]);
  });

  test("the window is never left: at most its rows", () => {
    const items = Array.from({ length: 30 }, (_, at) => ({
      id: `c${at}`,
      type: "item" as const,
      item: command({}),
      output: "a\nb\nc",
    }));
    expect(open(items, lookOf(80, { rows: 10 }), () => 0, null)).toHaveLength(10);
  });
});

describe("folding", () => {
  const rowsOf = (item: Parameters<typeof command>[0]) =>
    seen(block({ type: "entry", entry: { type: "item", item: command(item), denial: null } }, lookOf(80), null));

  test("an output is its first two and last three lines; a single line is not hidden", () => {
    const lines = (count: number) => Array.from({ length: count }, (_, at) => `l${at}`).join("\n");
    expect(rowsOf({ aggregated_output: lines(6) }).slice(1)).toEqual(
      ["l0", "l1", "l2", "l3", "l4", "l5"].map((text) => `  ${text}`),
    );
    expect(rowsOf({ aggregated_output: lines(219) }).slice(1)).toEqual([
      "  l0",
      "  l1",
      "  … 214 lines (Ctrl-O)",
      "  l216",
      "  l217",
      "  l218",
    ]);
  });

  test("a line of 10 MB takes one row", () => {
    const rows = rowsOf({ aggregated_output: `${"漢".repeat(5_000_000)}\n${"a".repeat(10_000_000)}` });
    expect(rows).toHaveLength(3);
  });

  test("a patch over 40 lines shows how each hunk begins; the pager all of it", () => {
    const hunk = (from: number) =>
      `@@ -${from},30 +${from},30 @@\n same\n${Array.from({ length: 30 }, (_, at) => `+n${from + at}`).join("\n")}\n`;
    const item = patch({ changes: [{ path: "/w/shop/a", kind: "update", diff: hunk(1) + hunk(100) }] });
    const one = { type: "entry" as const, entry: { type: "item" as const, item, denial: null } };
    expect(seen(block(one, lookOf(80), null))).toEqual([
      `± a${" ".repeat(71)}+60 −0`,
      "    2 + n1",
      "    3 + n2",
      "    4 + n3",
      "    ⋮",
      "  101 + n100",
      "  102 + n101",
      "  103 + n102",
      "  … 56 lines (Ctrl-O)",
    ]);
    expect(seen(whole(one, lookOf(80), null))).toHaveLength(1 + 62 + 1);
  });
});

test("an answer that came in blocks looks as if it had come at once", () => {
  const look = lookOf(60, { colours: "16" });
  const prose = (text: string) => ({ type: "prose" as const, text, first: false });
  let split = emptySplit;
  let above: ReturnType<typeof prose> | null = null;
  const lines: string[] = [];
  for (const character of MARKDOWN) {
    split = splitMore(split, character);
    if (split.done === "") continue;
    lines.push(...block(prose(split.done), look, above).map(String));
    above = prose(split.done);
  }
  lines.push(...block(prose(split.rest), look, above).map(String));
  expect(lines).toEqual(block(prose(MARKDOWN), look, null).map(String));
});

test("a blank line parts what was said from what was done, not what was done one after the other", () => {
  const said = BLOCKS[1] ?? null;
  const prose = BLOCKS[3] ?? null;
  const did = BLOCKS[4] ?? null;
  const first = (one: typeof said, above: typeof said) => one && seen(block(one, lookOf(80), above))[0] === "";
  expect([first(said, null), first(prose, said), first(did, prose), first(did, did), first(prose, did)]).toEqual([
    false,
    true,
    true,
    false,
    true,
  ]);
});

describe("pager", () => {
  const lines = block(BLOCKS[11] ?? { type: "note", lines: [] }, lookOf(60, { colours: "16" }), null);
  const of = (more: object, rows = 10) =>
    pager(
      { title: "Transcript", lines, top: 0, search: null, found: [], ...more },
      lookOf(60, { colours: "16", rows }),
    );

  test("has as many rows as the window, whatever it holds", () => {
    for (const rows of [3, 5, 24, 200]) expect(of({}, rows)).toHaveLength(rows);
    expect(of({ lines: [] }, 6)).toHaveLength(6);
    expect(pagerRows({ rows: 10 })).toBe(8);
  });

  test("tells where one is and stops at the end", () => {
    expect(seen(of({ top: 3 }))[0]).toMatch(new RegExp(`lines 4–11 of ${lines.length}$`));
    expect(seen(of({ top: 9999 }))[0]).toMatch(
      new RegExp(`lines ${lines.length - 7}–${lines.length} of ${lines.length}$`),
    );
  });

  test("what is found is marked, whatever its case, and its number told", () => {
    const shown = of({ search: "WHAT", found: [0] });
    expect(String(shown[1])).toContain("\x1b[1m\x1b[33mWhat\x1b[39m");
    expect(seen(shown).at(-1)).toStartWith("/WHAT  1 of 1");
    expect(seen(of({ search: "zzz" })).at(-1)).toContain("not found");
  });
});

describe("diff", () => {
  test("old and new side by side when the window is wide enough", () => {
    const text = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n same\n-old 漢字\n+new\n+newer\n";
    expect(seen(diff(text, lookOf(120))).map((line) => line.replace(/ +/g, " ").trim())).toEqual([
      "± x +2 −1",
      "1 same │ 1 same",
      "2 - old 漢字 │ 2 + new",
      "│ 3 + newer",
    ]);
    expect(seen(diff(text, lookOf(119)))).toHaveLength(5);
  });

  test("what git says beside the lines is kept; names that lines only look like are lines", () => {
    const text =
      "diff --git a/o b/n\nsimilarity index 90%\nrename from o\nrename to n\n--- a/o\n+++ b/n\n@@ -1,2 +1,2 @@\n--- x\n+++ y\n-z\n+w\ndiff --git a/p.png b/p.png\nindex 1..2 100644\nBinary files a/p.png and b/p.png differ\n";
    expect(seen(diff(text, lookOf(60)))).toEqual([
      `± n${" ".repeat(52)}+2 −2`,
      "  rename from o",
      "  rename to n",
      "  1 - -- x",
      "  1 + ++ y",
      "  2 - z",
      "  2 + w",
      "",
      "± p.png",
      "  Binary files a/p.png and b/p.png differ",
    ]);
  });
});

test("how long a thing took and cost is known of a thread that was resumed, too", () => {
  const usage = {
    input_tokens: 9,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: 1,
    reasoning_output_tokens: 0,
  };
  const numbered = [
    { seq: 0, type: "item.completed", item: command({}), duration_ms: 4200 },
    { seq: 1, type: "turn.completed", turn_id: "1", usage, turn_usage: usage, duration_ms: 61_000, cost_usd: 0.25 },
  ] satisfies Event[];
  const shown = [...transcriptOf(numbered).entries].map((entry) =>
    seen(block({ type: "entry", entry }, lookOf(40), null)),
  );
  expect(shown).toEqual([[`$ npm test${" ".repeat(23)}✓ 4.2 s`], ["✓ 1 min 1 s · 10 tokens · $0.25"]]);
});

test("a menu shows eight rows around the chosen one, and counts the rest", () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({ name: `n${at}`, description: "", matched: [1] }));
  const lines = menu({ title: null, rows, selected: 10, more: 5 }, lookOf(40, { colours: "16" }));
  expect(seen(lines)).toEqual(["  n3", "  n4", "  n5", "  n6", "  n7", "  n8", "  n9", "▸ n10", "  17 more"]);
  expect(String(lines[0])).toContain("n\x1b[1m3\x1b[22m");
});

test("what waits is shown, three of it, and the rest counted", () => {
  const waiting = Array.from({ length: 5 }, (_, at) => ({ text: `m${at}`, when: "after" as const }));
  expect(seen(work({ ...working, status: { type: "idle" }, waiting }, lookOf(40)))).toEqual([
    "  › m0                   after this turn",
    "  › m1                   after this turn",
    "  › m2                   after this turn",
    "  … 2 more wait",
  ]);
});
