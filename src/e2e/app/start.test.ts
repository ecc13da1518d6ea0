// How the app begins: what is asked before it, on which terminals it is the app, and where it says what to do instead.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { respond, say } from "../../testkit/index.ts";
import { parseLines, world } from "../harness.ts";
import { KEY, onScreen, READY, trusted } from "./on-screen.ts";

test("a folder is asked about once; then there is the composer", async () => {
  await using w = await world([respond(say("hello"))]);
  w.config('model = "m"\n');
  {
    await using t = onScreen(w, []);
    await t.shows("Trust ");
    await t.answer("y");
    await t.shows(READY);
    t.type("hi");
    await t.shows("› hi");
    t.type(KEY.enter);
    await t.shows("hello");
    t.type(KEY.ctrl("d"));
    expect(await t.exited).toBe(0);
  }
  await using t = onScreen(w, []);
  await t.shows(READY);
  expect(t.raw).not.toContain("Trust ");
});

test("what was typed before that question could be read stands in the composer, and is not sent", async () => {
  await using w = await world([]);
  w.config('model = "m"\n');
  await using t = onScreen(w, []);
  await t.shows("Trust ");
  t.type(`hello${KEY.enter}`);
  await t.answer("y");
  await t.shows(READY);
  await t.shows("› hello");
  expect(w.server.requests).toEqual([]);
});

test.each([[[]], [["tui"]]])(
  "the first picture comes before the settings are read, and is taken back when they do not do: %j",
  async (args) => {
    await using w = await trusted([]);
    await using t = onScreen(w, args, { env: { OPENAI_API_KEY: "", OPENAI_BASE_URL: "" } });
    expect(await t.exited).toBe(1);
    const [taken, given, told] = ["\x1b[?1049h", "\x1b[?1049l", "moat: No model is configured"].map((part) =>
      t.raw.indexOf(part),
    );
    expect(taken).toBeGreaterThan(-1);
    expect(t.raw.indexOf("What shall be done?")).toBeGreaterThan(taken ?? 0);
    expect(given).toBeGreaterThan(taken ?? 0);
    expect(told).toBeGreaterThan(given ?? 0);
  },
);

test.each([
  ["tui", "\x1b[?1049h"],
  ["interactive", ""],
])("a first prompt is a turn: moat %s PROMPT", async (name, wanted) => {
  await using w = await trusted([respond(say("hello"))]);
  await using t = onScreen(w, [name, "go"]);
  await t.shows("hello");
  expect(t.raw.includes("\x1b[?1049h")).toBe(wanted !== "");
});

test.each([[[]], [["tui"]], [["interactive"]]])("a terminal that prints lines only has the repl: %j", async (args) => {
  await using w = await trusted([]);
  await using t = onScreen(w, args, { env: { TERM: "dumb" } });
  await t.shows("user> ");
});

test.each([[[]], [["tui"]], [["t"]], [["interactive"]]])("without a terminal it says what to do: %j", async (args) => {
  await using w = await trusted([]);
  const ran = await w.moat(args, { env: { TERM: "xterm" }, stdin: "hi\n" });
  expect([ran.exit, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toContain("moat exec");
  expect(w.server.requests).toEqual([]);
});

test("NO_COLOR: no colour is written", async () => {
  await using w = await trusted([respond(say("a **bold** `word`"))]);
  await using t = onScreen(w, ["tui", "go"], { env: { NO_COLOR: "1" } });
  await t.shows("✓");
  const sgr = [...t.raw.matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = ""]) => codes.split(";"));
  expect(sgr.filter((code) => /^([349][0-7]|10[0-7]|38|48)$/.test(code))).toEqual([]);
});

test.each(["tui", "interactive"])("moat %s in a window of 20 × 5", async (name) => {
  await using w = await trusted([respond(say("a long answer that does not fit into one line"))]);
  await using t = onScreen(w, [name], { columns: 20, rows: 5 });
  await t.shows("›");
  t.type("hello");
  await t.shows("› hello");
  t.type(KEY.enter);
  // The end of the turn, and what the kernel enforces: five rows hold but the later of the two.
  await t.shows(/cached|Landlock/);
  t.type("more words than one row of it can hold");
  await t.shows("hold");
  t.resize(60, 20);
  await t.shows("› more words than one row of it can hold");
});

test("--screen-reader: words, and nothing that was said is painted again", async () => {
  await using w = await trusted([respond(say("the answer"))]);
  await using t = onScreen(w, ["--screen-reader", "go"]);
  await t.shows("the answer");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  expect(t.raw).not.toContain("\x1b[?1049h");
  expect(t.raw.split("the answer")).toHaveLength(2);
  expect(t.raw).not.toContain("✓");
});

test("--json-to tells a program what happens beside the screen", async () => {
  await using w = await trusted([respond(say("the answer"))]);
  await using t = onScreen(w, ["--json-to", "events.jsonl", "go"]);
  await t.shows("✓");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  const types = parseLines(readFileSync(w.project.path("events.jsonl"), "utf8")).map(({ type }) => type as string);
  expect(types).toContain("turn.completed");
  expect(t.raw).not.toContain('"type"');
});
