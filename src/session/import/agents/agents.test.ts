// Sessions of other agents, one a format. The fixtures were written by the published programs with a scripted model (2026-11): each looked
// at a file, ran a command that failed and looked at an image side by side, wrote a file, answered, and was asked once more. What
// their makers tell their models was taken out.
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { HistoryItem } from "../../../protocol/index.ts";
import { tempHome } from "../../sample.suite.ts";
import { PEERS, type PeerName } from "../peers.ts";
import { storedThreads, type ToldThread, toldThreads } from "../told.suite.ts";

const fixtures = join(import.meta.dir, "..", "fixtures");
const CWD = "/home/ada/calc";

/** The file of a scenario. */
function fileOf(scenario: string): string {
  const dir = join(fixtures, scenario);
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const name = names.find((one) => /(?:\.jsonl|\.db|ses_[^/]+\.json)$/.test(one));
  return join(dir, name ?? "none");
}

async function told(from: PeerName, scenario: string): Promise<ToldThread[]> {
  const { open } = await PEERS[from]();
  return toldThreads(open, fileOf(scenario)) ?? [];
}

/** Items, in short: what a person sees. */
const shown = ({ events }: ToldThread) =>
  events.flatMap(({ body }) => {
    if (body.type !== "item.completed") return [];
    const { item } = body;
    if (item.type === "command_execution") return [`$ ${item.command} → ${item.exit_code} ${item.status}`];
    if (item.type === "file_change") return item.changes.map(({ kind, path }) => `${kind} ${path}`);
    if (item.type === "mcp_tool_call") return [`${item.server}.${item.tool} ${item.status}`];
    return "text" in item ? [`${item.type}: ${item.text}`] : [item.type];
  });

const prompts = ({ events }: ToldThread) =>
  events.flatMap(({ body }) => {
    if (body.type !== "history.added" || body.item.type !== "message" || body.item.role !== "user") return [];
    return [body.item.content.map((part) => (part.type === "input_text" ? part.text : "[image]")).join("|")];
  });

const usage = ({ events }: ToldThread) => {
  const last = events.findLast(({ body }) => body.type === "turn.completed")?.body;
  return last?.type === "turn.completed" ? [last.usage.input_tokens, last.usage.output_tokens] : null;
};

/** Every call with its output, and whether an image is in it. */
function calls(history: readonly HistoryItem[]): string[] {
  return history.flatMap((item) => {
    if (item.type === "function_call") return [`${item.call_id} ${item.name}`];
    if (item.type !== "function_call_output") return [];
    const image = typeof item.output !== "string" && item.output.some(({ type }) => type === "input_image");
    return [`${item.call_id} → ${image ? "image" : "text"}`];
  });
}

const replaced = ({ events }: ToldThread) =>
  events.flatMap(({ body }) => (body.type === "history.replaced" ? [body] : []));

test.each<[PeerName, string, string[], [number, number]]>([
  [
    "claude",
    "claude-2.1.332",
    [
      "reasoning: I should look at the files.",
      "agent_message: Looking.",
      "claude.Read completed",
      "$ cat notes.md; echo err >&2; exit 3 → 3 failed",
      "claude.Read completed",
      `add ${CWD}/new.ts`,
      "agent_message: Done with the first.",
    ],
    [6000, 250],
  ],
  [
    "qwen",
    "qwen-0.24.4",
    [
      "reasoning: I should look.",
      "agent_message: Looking.",
      "qwen.read_file completed",
      "$ cat notes.md; exit 3 → 3 failed",
      "qwen.read_file completed",
      `add ${CWD}/new2.ts`,
      "agent_message: Done with the first.",
    ],
    [5000, 200],
  ],
  [
    "gemini",
    "gemini-0.61",
    [
      "reasoning: **Looking**\n\nI should look.",
      "agent_message: Looking.",
      "gemini.read_file completed",
      "$ cat notes.md; exit 3 → 3 failed",
      "gemini.read_file completed",
      `add ${CWD}/new3.ts`,
      "agent_message: Done with the first.",
    ],
    [6500, 300],
  ],
  [
    "pi",
    "pi-1.6",
    [
      "reasoning: I should look.",
      "agent_message: Looking.",
      "pi.read completed",
      "$ cat notes.md; exit 3 → 3 failed",
      "pi.read completed",
      `add ${CWD}/new4.ts`,
      "agent_message: Done with the first.",
    ],
    [4710, 205],
  ],
  [
    "copilot",
    "copilot-1.0.102",
    [
      "reasoning: I should look.",
      "agent_message: Looking.",
      "copilot.view completed",
      "copilot.view completed",
      "$ cat notes.md; exit 3 → 3 failed",
      `add ${CWD}/new5.ts`,
      "agent_message: Done with the first.",
    ],
    [6200, 250],
  ],
  [
    "opencode",
    "opencode-1.18.33",
    [
      "reasoning: I should look.",
      "agent_message: Looking.",
      "opencode.read completed",
      "$ cat notes.md; exit 3 → 3 failed",
      "opencode.read completed",
      `add ${CWD}/new6.ts`,
      "agent_message: Done with the first.",
    ],
    [7300, 300],
  ],
])("%s: what a person saw, and what it took, counted once", async (from, scenario, items, used) => {
  const [thread] = await told(from, scenario);
  if (!thread) throw new Error("no thread");
  expect(shown(thread).slice(0, items.length)).toEqual(items);
  expect(usage(thread)).toEqual(used);
});

test.each<[PeerName, string, string]>([
  ["claude", "claude-2.1.332", "toolu_01A Read, toolu_01B Bash, toolu_01C Read, toolu_02A Write"],
  ["gemini", "gemini-0.61", "read_file, run_shell_command, read_file, write_file"],
  ["pi", "pi-1.6", "call_1 read, call_2 bash, call_3 read, call_4 write"],
  ["opencode", "opencode-1.18.33", "call_1 read, call_2 bash, call_3 read, call_4 write"],
])("%s: every call has its result, also those beside the chain, and the image", async (from, scenario, wanted) => {
  using home = tempHome();
  const { open } = await PEERS[from]();
  const threads = storedThreads(open, home.dir, fileOf(scenario));
  // Where the history was compacted later on, the branch still has it all.
  const history = threads.map((thread) => calls(thread.history)).find((list) => list.length > 0) ?? [];
  const made = history.filter((one) => !one.includes("→"));
  expect(made.map((one) => (from === "gemini" ? one.replace(/^\S+ /, "") : one)).join(", ")).toBe(wanted);
  const answered = history.filter((one) => one.includes("→")).map((one) => one.split(" ")[0] ?? "");
  expect(answered.toSorted()).toEqual(made.map((one) => one.split(" ")[0] ?? "").toSorted());
  expect(history.filter((one) => one.endsWith("image"))).toHaveLength(1);
});

describe("branches and compactions", () => {
  test("claude: what was said last goes on; the other way is a fork with what came before", async () => {
    const [main, fork, ...more] = await told("claude", "claude-2.1.332");
    if (!main || !fork) throw new Error("no branches");
    expect(more).toEqual([]);
    expect(prompts(main)).toEqual(["Look at everything", "Another way", "Go on"]);
    expect(prompts(fork)).toEqual(["Look at everything", "And again"]);
    expect(fork.forked_from).toBe(main.thread_id);
    const [compaction] = replaced(main);
    // The summary, and what was kept word for word.
    expect(compaction?.history).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ text: "A branch answer." }] },
    ]);
    expect(replaced(fork)).toEqual([]);
    expect(main.skipped).toMatchObject({ "queue-operation": 1, "api-request-blob": 1, "attachment environment": 2 });
  });

  test("pi: the same", async () => {
    const [main, fork] = await told("pi", "pi-1.6");
    if (!main || !fork) throw new Error("no branches");
    expect(prompts(main)).toEqual(["Look at everything", "Another way", "Go on"]);
    expect(prompts(fork)).toEqual([
      "Look at everything",
      '<file name="/home/ada/calc/dot.png"></file>\nAnd again|[image]',
    ]);
    expect(main.skipped).toEqual({ thinking_level_change: 1, "system message": 1 });
  });

  test("qwen: a compaction has the history that takes its place", async () => {
    const [thread] = await told("qwen", "qwen-0.24.4");
    expect(thread && replaced(thread)[0]?.history).toMatchObject([
      { role: "user", content: [{ text: "<state_snapshot>They looked at add.ts.</state_snapshot>" }] },
      { role: "assistant", content: [{ text: "Got it." }] },
    ]);
  });

  test("copilot: what was said stays, and the summary comes after it", async () => {
    const [thread] = await told("copilot", "copilot-1.0.102");
    expect(thread && replaced(thread)[0]?.history).toMatchObject([
      { role: "user", content: [{ text: "Look at everything" }] },
      { role: "user", content: [{ text: "And again @dot.png" }] },
      { role: "user", content: [{ text: "<overview>They looked at add.ts.</overview>" }] },
    ]);
  });

  test("copilot: an image lies in a line of its own, and belongs to the result that names it", async () => {
    const [thread] = await told("copilot", "copilot-1.0.102");
    const added = (thread?.events ?? []).flatMap(({ body }) => (body.type === "history.added" ? [body.item] : []));
    expect(calls(added).filter((one) => one.includes("→"))).toEqual([
      "call_3 → image",
      "call_1 → text",
      "call_2 → text",
      "call_4 → text",
    ]);
  });

  test("gemini: a session that goes on says everything again, which is no compaction and is counted once", async () => {
    const [thread] = await told("gemini", "gemini-0.61");
    if (!thread) throw new Error("no thread");
    expect(replaced(thread)).toEqual([]);
    expect(prompts(thread).map((text) => text.split("|")[0])).toEqual([
      "Look at everything",
      "And again @dot.png",
      "/compress",
    ]);
  });

  test("opencode: a summary takes the place of what it is about; a fork is a session of its own", async () => {
    const [first, second] = await told("opencode", "opencode-1.18.33");
    if (!first || !second) throw new Error("no sessions");
    expect(prompts(first)).toEqual(['"Look at everything"', '[image]|"And again"', "Go on"]);
    expect(replaced(first)[0]?.history).toMatchObject([
      { role: "user", content: [{ text: "Summary: they looked at add.ts." }] },
    ]);
    expect(prompts(second)).toEqual(['"Look at everything"', '[image]|"And again"', '"Another way"']);
  });

  test("opencode: the files that it kept before it had a database say the same", async () => {
    const [database] = await told("opencode", "opencode-1.18.33");
    const [files] = await told("opencode", "opencode-files");
    if (!database || !files) throw new Error("no sessions");
    expect(files.thread_id).toBe(database.thread_id);
    expect(shown(files)).toEqual(shown(database).slice(0, shown(files).length));
    expect(shown(files)).toHaveLength(7);
  });
});

test.each((Object.keys(PEERS) as PeerName[]).filter((name) => name !== "moat"))(
  "%s: goes on with the user's model and modes, as its own are not known here",
  async (from) => {
    const scenario =
      readdirSync(fixtures).find((name) => name.startsWith(from === "codex" ? "codex-0.20.0" : from)) ?? "";
    using home = tempHome();
    const { open } = await PEERS[from]();
    const [thread] = storedThreads(open, home.dir, fileOf(scenario));
    expect(thread?.context).toMatchObject({ sandbox_mode: "read-only", approval_policy: "on-request" });
    expect(thread?.context?.untold).toEqual({
      model: true,
      model_provider: true,
      sandbox_mode: "danger-full-access",
      approval_policy: "never",
    });
    expect(thread?.damaged).toEqual([]);
  },
);
