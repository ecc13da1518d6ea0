// What front ends for people have of the other commands.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type EventBody, type HistoryItem, NO_USAGE, promptText, type TurnContext } from "../../protocol/index.ts";
import { pastEvents, RolloutWriter, readThread, rolloutPath } from "../../session/index.ts";
import { tempProject } from "../../testkit/index.ts";
import { fakeHost } from "../fixtures/host.ts";
import { appTools } from "./app-tools.ts";

const context: TurnContext = {
  ...{ cwd: "/p", model: "m", model_provider: "openai", effort: null },
  approval_policy: "on-request",
  sandbox_mode: "read-only",
};
const says = (text: string): HistoryItem => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});

/** A stored thread of two turns, and the tools of a front end. */
function stored() {
  const home = tempProject();
  const path = rolloutPath(home.dir, "0198a0c0-0000-7000-8000-000000000001", new Date("2026-01-01"));
  const writer = new RolloutWriter(path, () => new Date("2026-01-01"));
  const turn = (n: number): EventBody[] => [
    { type: "turn.started", turn_id: `t${n}`, context },
    { type: "history.added", item: says(`prompt ${n}`) },
    { type: "item.completed", item: { id: `item_${n}`, type: "agent_message", text: `answer ${n}` } },
    { type: "turn.completed", turn_id: `t${n}`, usage: NO_USAGE, turn_usage: NO_USAGE },
  ];
  const started: EventBody = {
    type: "thread.started",
    thread_id: "t",
    schema_version: 1,
    cwd: "/p",
    moat_version: "1",
  };
  for (const [seq, body] of [started, ...turn(1), ...turn(2)].entries()) writer.append({ seq, ...body });
  writer.close();
  const { host } = fakeHost({ cwd: home.dir, home: home.dir, moat_home: home.dir });
  return { home, path, tools: appTools(host, {}, home.dir), [Symbol.dispose]: () => home.remove() };
}

describe("a fork", () => {
  test("before a message holds what came before it, and gives back what was said", async () => {
    using s = stored();
    const forked = await s.tools.fork?.(s.path, 1);
    if (!forked?.ok) throw new Error(forked?.message);
    expect(forked.text).toBe("prompt 2");
    const { listThreads } = await import("../../session/store.ts");
    const found = (await listThreads(s.home.dir)).find(({ thread_id }) => thread_id === forked.thread_id);
    const said = [...pastEvents(found?.path ?? "")].flatMap((event) =>
      event.type === "history.added" ? [promptText(event.item)] : [],
    );
    expect(said).toEqual(["prompt 1"]);
  });

  test("of all of it; and one that cannot be is told of", async () => {
    using s = stored();
    const forked = await s.tools.fork?.(s.path, null);
    expect(forked).toMatchObject({ ok: true, text: "" });
    expect(await s.tools.fork?.(s.path, 7)).toMatchObject({
      ok: false,
      message: expect.stringContaining("2 messages"),
    });
    expect(readThread(s.path).turns).toBe(2);
  });
});

test("the last exchange of a thread is read without a list of all of them", async () => {
  using s = stored();
  const lines = await s.tools.lastExchange?.("0198a0c0-0000-7000-8000-000000000001");
  expect(lines).toEqual(["› prompt 2", "answer 2"]);
  // What a list is kept in.
  expect(existsSync(join(s.home.dir, "threads.sqlite"))).toBe(false);
  expect(await s.tools.lastExchange?.("nowhere")).toEqual([]);
});

test("an export goes where it is told, in the form of its name", async () => {
  using s = stored();
  expect(await s.tools.exportThread?.(s.path, "t.md")).toBe("wrote t.md");
  expect(s.home.read("t.md")).toContain("answer 2");
  expect(await s.tools.exportThread?.(s.path, "t.html")).toBe("wrote t.html");
  expect(s.home.read("t.html")).toContain("<!doctype html>");
  expect(await s.tools.exportThread?.(s.path, "none/t.md")).toContain("none/t.md: there is no such file");
  expect(existsSync(join(s.home.dir, "none"))).toBe(false);
});

test("a review is of what was said, or of everything that is not committed", () => {
  using s = stored();
  expect(s.tools.reviewPrompt?.(" ")).toContain("not committed");
  expect(s.tools.reviewPrompt?.("the last commit")).toEndWith("# What to review\n\nthe last commit");
});
