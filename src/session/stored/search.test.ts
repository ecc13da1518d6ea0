import { describe, expect, test } from "bun:test";
import type { EventBody, Item } from "../../protocol/index.ts";
import { sampleTurn, tempHome, userMessage } from "../sample.suite.ts";
import { renameThread, searchThreads } from "../store.ts";

type Body = Item extends infer I ? (I extends Item ? Omit<I, "id"> : never) : never;
const item = (body: Body): EventBody => ({ type: "item.completed", item: { id: "item_0", ...body } as Item });
const said = (text: string): EventBody => ({ type: "history.added", item: userMessage(text) });

/** Who said it, and the snippet, for each place. */
async function search(events: EventBody[], text: string, name: string | null = null): Promise<[string, string][]> {
  using home = tempHome();
  const path = home.thread("t", events);
  if (name !== null) renameThread(path, name, () => new Date("2026-03-04T05:06:08.000Z"));
  const [found] = await searchThreads(home.dir, text, {});
  return (found?.matches ?? []).map(({ who, snippet }) => [who, snippet]);
}

describe("a text is found", () => {
  test("in each kind of thing that was said or done, once each", async () => {
    const events: EventBody[] = [
      said("the NEEDLE"),
      item({ type: "agent_message", text: "a needle" }),
      item({ type: "reasoning", text: "needle" }),
      item({
        type: "command_execution",
        command: "grep needle",
        aggregated_output: "needle",
        exit_code: 0,
        status: "completed",
      }),
      item({
        type: "command_execution",
        command: "cat",
        aggregated_output: "hay\nneedle",
        exit_code: 0,
        status: "completed",
      }),
      item({ type: "file_change", changes: [{ path: "/w/needle.ts", kind: "add" }], status: "completed" }),
      item({
        type: "file_change",
        changes: [
          { path: "/w/a", kind: "add" },
          { path: "/w/b", kind: "update", diff: "+needle" },
        ],
        status: "completed",
      }),
      item({ type: "error", message: "needle" }),
      { type: "history.added", item: { type: "function_call", call_id: "c", name: "needle", arguments: "{}" } },
      {
        type: "history.added",
        item: { type: "message", role: "assistant", content: [{ type: "output_text", text: "needle" }] },
      },
    ];
    expect(await search(events, "Needle", "Needles")).toEqual([
      ["name", "Needles"],
      ["user", "the NEEDLE"],
      ["agent", "a needle"],
      ["command", "grep needle needle"],
      ["command", "cat hay needle"],
      ["patch", "/w/needle.ts"],
      ["patch", "/w/a /w/b +needle"],
    ]);
  });

  test("that JSON writes otherwise, and in what is stored elsewhere", async () => {
    expect(await search([said('say "hi"\tthere')], '"hi"\t')).toEqual([["user", 'say "hi" there']]);
    const big = `${"x".repeat(100_000)} needle`;
    const [command] = await search(sampleTurn(0, { output: big }), "needle");
    expect(command?.[0]).toBe("command");
    expect(command?.[1]).toEndWith("x needle");
  });

  test("with its time, and only in threads that are asked for", async () => {
    using home = tempHome();
    home.thread("a", [said("needle")], "2026-03-01T00:00:00.000Z");
    const b = home.thread("b", [said("needle")], "2026-03-02T00:00:00.000Z");
    renameThread(b, "needle", () => new Date("2026-03-05T00:00:00.000Z"));
    const found = await searchThreads(home.dir, "needle", {});
    expect(found.map(({ thread }) => thread.thread_id)).toEqual(["b", "a"]);
    expect(found[0]?.matches.map(({ timestamp }) => timestamp)).toEqual([
      "2026-03-02T00:00:00.000Z",
      "2026-03-02T00:00:00.000Z",
    ]);
    expect(await searchThreads(home.dir, "needle", { query: "nothing" })).toEqual([]);
  });

  test("twenty times in a thread and no more", async () => {
    expect(
      await search(
        Array.from({ length: 20 }, () => said("needle")),
        "needle",
      ),
    ).toHaveLength(20);
    expect(
      await search(
        Array.from({ length: 21 }, () => said("needle")),
        "needle",
      ),
    ).toHaveLength(20);
  });
});

describe("a snippet", () => {
  const around = async (before: number, after: number) => {
    const [found] = await search([said(`${"b".repeat(before)}needle${"a".repeat(after)}`)], "needle");
    return found?.[1];
  };

  test("has 60 characters on either side, and marks what is left out", async () => {
    expect(await around(60, 60)).toBe(`${"b".repeat(60)}needle${"a".repeat(60)}`);
    expect(await around(61, 60)).toBe(`…${"b".repeat(60)}needle${"a".repeat(60)}`);
    expect(await around(60, 61)).toBe(`${"b".repeat(60)}needle${"a".repeat(60)}…`);
    expect(await around(500, 500)).toBe(`…${"b".repeat(60)}needle${"a".repeat(60)}…`);
    expect(await around(0, 0)).toBe("needle");
  });
});
