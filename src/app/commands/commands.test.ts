// Every command of the table, run as the app and as the repl would run it.
import { describe, expect, test } from "bun:test";
import type { Event } from "../../protocol/index.ts";
import { emptyTranscript, reduceTranscript } from "../../view/index.ts";
import { Asks, appControl } from "../app-control.ts";
import type { AppControl } from "../control.ts";
import { context, usage } from "../state/driver.suite.ts";
import type { InputBody } from "../state/input.ts";
import { findCommand, menuCommands, slashCommands } from "./table.ts";

const settings = {
  ...context,
  free_patches: false,
  sandbox_workspace_write: { writable_roots: [], network_access: false },
};
const thread = {
  thread_id: "t1",
  settings,
  running_programs: [],
  parts: {
    settings,
    services: {
      transcript_path: "/t1.jsonl",
      modelInfo: async () => ({ price: { input: 10, cached_input: 1, cache_write: 0, output: 100 } }),
    },
  },
} as unknown as AppControl["thread"];

const modes = {
  suggest: { approval_policy: "untrusted", sandbox_mode: "read-only", free_patches: false, summary: "Asks." },
  full: { approval_policy: "never", sandbox_mode: "danger-full-access", free_patches: false, summary: "Nothing held." },
} as const;

const events = [
  { type: "thread.started", thread_id: "t1", schema_version: 1, cwd: "/p", moat_version: "1" },
  { type: "turn.started", turn_id: "1", context },
  { type: "turn.completed", turn_id: "1", usage, turn_usage: usage },
].map((body, seq) => ({ seq, ...body }) as Event);

/** Runs a line as the app does; what it gave the app, with its questions answered by `answers`. */
async function inApp(
  line: string,
  more: Partial<AppControl> = {},
  answers: (string | boolean | null)[] = [],
): Promise<InputBody[]> {
  const given: InputBody[] = [];
  const asks = new Asks();
  const control = appControl({
    thread,
    facts: { instructions: [], folder: "/p", folder_trust: null, config_files: [], hooks: 0, servers: 0 },
    transcript: events.reduce(reduceTranscript, emptyTranscript),
    said: () => [],
    modes,
    tools: {
      diff: async () => "+added",
      draftInstructions: async () => ({
        ok: true,
        draft: { path: "AGENTS.md", diff: "+words", save: () => given.push({ type: "note", lines: ["SAVED"] }) },
      }),
      models: async () => ({ ok: true, rows: [{ id: "m2", name: "m2", description: "" }] }),
      threads: async () => [
        { id: "t1", name: "this", description: "" },
        { id: "t2", name: "other", description: "" },
      ],
      reviewPrompt: (words) => `review ${words || "all"}`,
      exportThread: async (rollout, path) => `wrote ${rollout} to ${path}`,
    },
    prompts: { latest: () => ["one", "two"], clear: () => {} },
    themes: ["default", "contrast"],
    signal: new AbortController().signal,
    asks,
    feed(input) {
      given.push(input);
      if (input.type === "pick" || input.type === "confirm") asks.settle(input.id, answers.shift() ?? null);
    },
    ...more,
  });
  const called = findCommand(line);
  if (called === null || "unknown" in called) throw new Error(`no command ${line}`);
  await called.command.run(control, called.args);
  return given;
}

const printed = (given: readonly InputBody[]) =>
  given.flatMap((input) => (input.type === "note" ? input.lines.map(String) : [])).join("\n");
const acts = (given: readonly InputBody[]) => given.flatMap((input) => (input.type === "action" ? [input.action] : []));
const ops = (given: readonly InputBody[]) =>
  acts(given).flatMap((action) => (action.type === "submit" ? [action.op] : []));

describe("in the app", () => {
  test.each<[string, object]>([
    ["/model m2 high", { type: "settings", changes: { model: "m2", effort: "high" } }],
    [
      "/approvals full",
      {
        type: "settings",
        changes: { approval_policy: "never", sandbox_mode: "danger-full-access", free_patches: false },
      },
    ],
    ["/plan", { type: "settings", changes: { plan: true } }],
    ["/compact the tests", { type: "compact", instructions: "the tests" }],
    ["/compact", { type: "compact" }],
    ["/review", { type: "user_turn", input: [{ type: "text", text: "review all" }] }],
    ["/review src", { type: "user_turn", input: [{ type: "text", text: "review src" }] }],
  ])("%s submits", async (line, op) => expect(ops(await inApp(line))).toEqual([op as never]));

  test.each<[string, object]>([
    ["/new", { type: "thread", target: { to: "new" } }],
    ["/clear", { type: "thread", target: { to: "new" } }],
    ["/resume t9", { type: "thread", target: { to: "stored", id: "t9" } }],
    ["/fork", { type: "thread", target: { to: "fork", thread_id: "t1", back: null } }],
    ["/side why so?", { type: "side", question: "why so?" }],
    ["/copy", { type: "copy" }],
    ["/tui", { type: "screen" }],
    ["/theme contrast", { type: "theme", name: "contrast" }],
    ["/vim", { type: "vim" }],
    ["/keys", { type: "keys" }],
    ["/quit", { type: "quit" }],
  ])("%s acts", async (line, action) => expect(acts(await inApp(line))).toEqual([action as never]));

  test.each([
    ["/help", "/side QUESTION"],
    ["/approvals", "Nothing held."],
    ["/cost", "about $0.002"],
    ["/sandbox", "workspace-write, network off"],
    ["/history", "two"],
    ["/clearhistory", "empty"],
    ["/export", "wrote /t1.jsonl to moat-t1.md"],
    ["/export a.html", "to a.html"],
    ["/image", "needs a file"],
    ["/side", "needs a question"],
    ["/theme nope", "there is no theme nope"],
    ["/model a b c", "takes a name and an effort"],
    ["/undo", "this front end has no undo"],
    ["/undo 0", "how many turns"],
    ["/redo twice", "nothing, or `force`"],
    ["/mcp", "no MCP server is configured"],
  ])("%s says", async (line, words) => expect(printed(await inApp(line))).toContain(words));

  test("lists to choose from", async () => {
    expect(ops(await inApp("/model", {}, ["m2", "low"]))).toEqual([
      { type: "settings", changes: { model: "m2", effort: "low" } },
    ]);
    expect(ops(await inApp("/model", {}, ["m2", ""]))).toEqual([{ type: "settings", changes: { model: "m2" } }]);
    expect(ops(await inApp("/model", {}, ["m2", null]))).toEqual([]);
    expect(acts(await inApp("/resume", {}, ["t2"]))).toEqual([{ type: "thread", target: { to: "stored", id: "t2" } }]);
    const rows = (await inApp("/resume")).flatMap((input) => (input.type === "pick" ? input.rows : []));
    expect(rows.map(({ id }) => id)).toEqual(["t2"]);
    expect(acts(await inApp("/theme", {}, ["contrast"]))).toEqual([{ type: "theme", name: "contrast" }]);
  });

  test("what is shown, attached and asked", async () => {
    expect(await inApp("/diff")).toEqual([{ type: "show", title: "What changed", lines: ["+added"] }]);
    expect(await inApp("/image a.png")).toContainEqual({ type: "attach", path: "a.png" });
    expect(printed(await inApp("/init", {}, [true]))).toContain("SAVED");
    expect(printed(await inApp("/init", {}, [false]))).toContain("nothing was written");
  });
});

test("a question of a command that is stopped is answered with nothing", async () => {
  const abort = new AbortController();
  const asks = new Asks();
  const answer = asks.ask(() => abort.abort(), abort.signal);
  expect(await answer).toBeNull();
  expect(await asks.ask(() => {}, abort.signal)).toBeNull();
});

describe("in the repl", () => {
  test("commands of the app say so, and are not offered", async () => {
    const offered = menuCommands("repl").map(({ name }) => name);
    for (const { name, app_only } of slashCommands) expect(offered.includes(name)).toBe(!app_only);
    for (const { name } of slashCommands.filter(({ app_only }) => app_only)) {
      const said: string[] = [];
      const called = findCommand(`/${name} x`);
      if (called && "command" in called)
        await called.command.run({ app: null, print: (text: string) => said.push(text) } as unknown as AppControl, "x");
      expect(said).toEqual([`/${name} is a command of the app: moat tui`]);
    }
  });

  test("typed forms are kept where there is no list", async () => {
    const said: string[] = [];
    const control = { app: null, tools: {}, thread, print: (text: string) => said.push(text) } as unknown as AppControl;
    for (const line of ["/model", "/resume", "/export", "/review"]) {
      const called = findCommand(line);
      if (called && "command" in called) await called.command.run(control, called.args);
    }
    expect(said).toEqual([
      "gpt-test, effort high. /model NAME [EFFORT] changes it.",
      "/resume needs an id or a name",
      "this front end cannot export: moat threads export",
      "this front end cannot review: moat review --uncommitted",
    ]);
  });
});

describe("/rewind", () => {
  const said = ["first", "second", "third"].map((text) => ({ text, turn_id: null, changed: false }));
  const rewound = async (line: string, all: ReturnType<AppControl["said"]>) => {
    const forks: (number | null)[] = [];
    const given = await inApp(line, {
      said: () => all,
      tools: {
        diff: async () => "",
        draftInstructions: async () => ({ ok: false, message: "" }),
        fork: async (_, back) => {
          forks.push(back);
          return { ok: true, thread_id: "t2", text: "" };
        },
      },
    });
    return { forks, words: printed(given) };
  };

  test("counts from the end, as whoever makes the copy does", async () => {
    expect((await rewound("/rewind 1", said)).forks).toEqual([3]);
    expect((await rewound("/rewind 3", said)).forks).toEqual([1]);
  });

  test("waits for what is not known yet, and refuses what is not there", async () => {
    expect(await rewound("/rewind 1", null)).toEqual({ forks: [], words: expect.stringContaining("still being read") });
    expect((await rewound("/rewind 4", said)).words).toContain("1 to 3");
  });
});

test("the menu of the app has every command", () => {
  const names = menuCommands("app").map(({ name }) => name);
  for (const name of [
    "diff",
    "review",
    "compact",
    "status",
    "context",
    "cost",
    "model",
    "approvals",
    "sandbox",
    "resume",
    "fork",
    "new",
    "init",
    "copy",
    "export",
    "plan",
    "tui",
    "theme",
    "vim",
    "keys",
    "side",
    "help",
    "quit",
  ])
    expect(names).toContain(name);
});

test("no menu of 80 columns cuts off what a command is for", () => {
  // The mark at the left, the widest of the names, two blanks, and what the command is for.
  const names = Math.max(...menuCommands("app").map(({ name, usage = "" }) => `▸ /${name} ${usage}`.length));
  for (const { name, summary } of menuCommands("app")) expect(names + 2 + summary.length, name).toBeLessThanOrEqual(80);
});
