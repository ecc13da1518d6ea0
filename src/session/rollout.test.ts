import { describe, expect, test } from "bun:test";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Event, EventBody } from "../protocol/index.ts";
import { listBlobs } from "./blobs.ts";
import {
  pastEvents,
  RolloutError,
  type RolloutLine,
  RolloutWriter,
  readRollout,
  readThread,
  rolloutPath,
} from "./index.ts";
import { completedItems, numbered, opening, sampleTurn, tempHome, userMessage } from "./sample.suite.ts";

const date = () => new Date("2026-03-04T05:06:07.000Z");
const png = (bytes: number) =>
  `data:image/png;base64,${Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64")}`;
const noise = (length: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString("hex")
    .slice(0, length);

/** What is read back, without the times. */
function eventsOf(path: string): Event[] {
  return readRollout(path).lines.map(({ timestamp, ...event }: RolloutLine) => event as Event);
}

describe("a rollout", () => {
  test("keeps its events, for nobody else's eyes", () => {
    using home = tempHome();
    const events = numbered([...opening("t"), ...sampleTurn(0), ...sampleTurn(1)]);
    const path = home.thread("t", [...sampleTurn(0), ...sampleTurn(1)]);
    expect(eventsOf(path)).toEqual(events);
    expect(path).toBe(join(home.dir, "threads/2026/03/04/rollout-2026-03-04T05-06-07-t.jsonl"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (let dir = dirname(path); dir !== home.dir; dir = dirname(dir)) expect(statSync(dir).mode & 0o777).toBe(0o700);
    const text = readFileSync(path, "utf8");
    expect(text).toEndWith("}\n");
    expect(text.split("\n")[0]).toStartWith('{"timestamp":"2026-03-04T05:06:07.000Z","seq":0,"type":"thread.started"');
  });

  test("leaves out what a resumed thread can do without, and keeps the plan of a running turn", () => {
    using home = tempHome();
    const todo = (text: string) => ({ id: "item_0", type: "todo_list" as const, items: [{ text, completed: false }] });
    const path = home.thread("t", [
      { type: "item.started", item: todo("a") },
      { type: "item.updated", item: todo("b") },
      { type: "item.delta", item_id: "item_1", item_type: "agent_message", delta: "x" },
      { type: "error", message: "x" },
    ]);
    expect(readRollout(path).lines.map(({ type }) => type)).toEqual(["thread.started", "item.started", "item.updated"]);
    expect([...pastEvents(path)].at(-1)).toMatchObject({ item: todo("b") });
  });

  test("begins once, also when the thread is started again", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const writer = home.writer("t");
    for (const event of numbered([...opening("t", "/elsewhere"), ...sampleTurn(1)], readThread(path).next_seq))
      writer.append(event);
    writer.close();
    const thread = readThread(path);
    expect(thread).toMatchObject({ cwd: "/work/project", turns: 2, damaged: [] });
    expect(readRollout(path).lines.filter(({ type }) => type === "thread.started").length).toBe(1);
  });

  test("goes on only from what was read: not over another process's lines, not into a file that is gone", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const { bytes, next_seq } = readThread(path);
    const [event] = numbered(sampleTurn(1), next_seq);
    if (!event) throw new Error("the sample has no events");
    const other = home.writer("t");
    other.append(event);
    other.close();
    const late = new RolloutWriter(path, date, bytes);
    expect(() => late.append(event)).toThrow("resume it again");
    rmSync(path);
    expect(() => late.append(event)).toThrow(path);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("stores a big value once, compressed, and puts it back", () => {
    using home = tempHome();
    const [image, output] = [png(40_000), `${"line of output\n".repeat(20_000)}${noise(5000)}`];
    const bodies = [
      ...sampleTurn(0, { image, output }),
      ...sampleTurn(1, { image, output }),
      ...sampleTurn(2, { image }),
    ];
    const path = home.thread("t", bodies);
    home.thread("u", [...sampleTurn(0, { image, output })]);
    expect(eventsOf(path)).toEqual(numbered([...opening("t"), ...bodies]));
    const blobs = listBlobs(join(home.dir, "blobs"));
    expect(blobs.length).toBe(2);
    for (const blob of blobs) expect(statSync(blob.path).mode & 0o777).toBe(0o600);
    // Random bytes do not shrink: the image costs its bytes once, everything else next to nothing.
    const stored = blobs.reduce((sum, blob) => sum + blob.bytes, 0) + statSync(path).size;
    expect(stored).toBeLessThan(40_000 * 1.2 + 5000 + 10_000);
  });

  test("writes the words of an item and of its history once", () => {
    using home = tempHome();
    const [output, answer] = [noise(30_000), noise(8_000)];
    const path = home.thread("t", sampleTurn(0, { output, answer }));
    expect(eventsOf(path)).toEqual(numbered([...opening("t"), ...sampleTurn(0, { output, answer })]));
    expect(statSync(path).size).toBeLessThan((output.length + answer.length) * 1.1);
  });

  test("what was cut for the model is still recognised, at both ends", () => {
    using home = tempHome();
    const output = noise(60_000);
    const path = home.thread("t", sampleTurn(0, { output }));
    expect(eventsOf(path)).toEqual(numbered([...opening("t"), ...sampleTurn(0, { output })]));
    expect(statSync(path).size).toBeLessThan(output.length * 1.1);
  });

  test("a compaction repeats nothing, also after a resume", () => {
    using home = tempHome();
    const prompts = Array.from({ length: 20 }, () => userMessage(noise(3000)));
    const writer = home.writer("t");
    const bodies: EventBody[] = [...opening("t"), ...prompts.map((item) => ({ type: "history.added" as const, item }))];
    for (const event of numbered(bodies)) writer.append(event);
    const before = statSync(writer.path).size;
    const compact = (seq: number, text: string): Event => ({
      seq,
      type: "history.replaced",
      why: "compacted",
      history: [...prompts, userMessage(text)],
      tokens_before: 2,
      tokens_after: 1,
    });
    writer.append(compact(21, "summary 1"));
    writer.close();
    for (let seq = 22; seq < 30; seq++) {
      const again = home.writer("t");
      again.append(compact(seq, `summary ${seq}`));
      again.close();
    }
    expect(statSync(writer.path).size - before).toBeLessThan(9 * 1000);
    expect(readThread(writer.path).history).toEqual([...prompts, userMessage("summary 29")]);
  });

  test("why a history was replaced is kept, and costs nothing where it was compacted", () => {
    using home = tempHome();
    const replaced = (seq: number, why: "compacted" | "rewound", text: string): Event => {
      return { seq, type: "history.replaced", why, history: [userMessage(text)], tokens_before: 2, tokens_after: 1 };
    };
    const events = [...numbered(opening("t")), replaced(1, "compacted", "notes"), replaced(2, "rewound", "before")];
    const writer = home.writer("t");
    for (const event of events) writer.append(event);
    writer.close();
    expect(eventsOf(writer.path)).toEqual(events);
    expect(readThread(writer.path).history).toEqual([userMessage("before")]);
    const { why, ...rest } = events[1] as Extract<Event, { type: "history.replaced" }>;
    const before = JSON.stringify({ timestamp: "2026-01-02T03:04:05.000Z", ...rest, type: "history.compacted" });
    const written = readFileSync(writer.path, "utf8").split("\n")[1] ?? "";
    expect(written.length).toBeLessThan(before.length);
  });

  test("threads in which a compaction still had its old name are read for ever", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const old = { timestamp: "2026-01-02T03:04:05.000Z", seq: 90, type: "history.compacted" };
    const history = [userMessage("the old notes")];
    appendFileSync(path, `${JSON.stringify({ ...old, history, tokens_before: 2, tokens_after: 1 })}\n`);
    appendFileSync(path, `${JSON.stringify({ type: "history.compacted", history: "none", seq: 91 })}\n`);
    expect(readThread(path).history).toEqual(history);
    expect(eventsOf(path).at(-1)).toEqual({
      seq: 90,
      type: "history.replaced",
      why: "compacted",
      history,
      tokens_before: 2,
      tokens_after: 1,
    });
    expect(readThread(path).damaged).toHaveLength(1);
  });

  test("values that look like our references are kept as they are", () => {
    using home = tempHome();
    const forged = { $blob: "0".repeat(64), bytes: 1, other: { $join: [], $item: 3 } };
    const item: Event = {
      seq: 1,
      type: "item.completed",
      item: {
        id: "item_0",
        type: "mcp_tool_call",
        server: "s",
        tool: "t",
        arguments: { forged, list: [{ $item: 0 }], text: '{"$blob":"x"}' },
        result: null,
        error: null,
        status: "completed",
      },
    };
    const writer = home.writer("t");
    for (const event of [...numbered(opening("t")), item]) writer.append(event);
    writer.close();
    expect(eventsOf(writer.path)[1]).toEqual(item);
  });

  test("odd texts survive: lone surrogates, NUL, line separators", () => {
    using home = tempHome();
    const odd = `\ud800 \0 \u2028 ${"😀\udc00".repeat(40_000)}`;
    const path = home.thread("t", sampleTurn(0, { output: odd, answer: odd }));
    expect(eventsOf(path)).toEqual(numbered([...opening("t"), ...sampleTurn(0, { output: odd, answer: odd })]));
  });
});

describe("damage", () => {
  test("a torn last line is told, cut off on open, and the thread goes on", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    truncateSync(path, statSync(path).size - 20);
    expect(readThread(path).damaged).toEqual([{ line: 9, reason: expect.stringContaining("killed while it wrote") }]);
    expect(readThread(path).open_turn).toBe("turn_0");
    const writer = home.writer("t");
    for (const event of numbered(sampleTurn(1), 9)) writer.append(event);
    writer.close();
    const thread = readThread(path);
    expect(thread.damaged).toEqual([]);
    expect(completedItems(path).length).toBe(4);
  });

  test("a whole line that lost its line break is kept", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    truncateSync(path, statSync(path).size - 1);
    const writer = home.writer("t");
    for (const event of numbered(sampleTurn(1), 9)) writer.append(event);
    writer.close();
    expect(eventsOf(path)).toEqual(numbered([...opening("t"), ...sampleTurn(0), ...sampleTurn(1)]));
  });

  test("zeros at the end, as a power cut leaves them", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const { size } = statSync(path);
    appendFileSync(path, Buffer.alloc(200_000));
    expect(readThread(path).damaged.length).toBe(1);
    const writer = home.writer("t");
    writer.open();
    writer.close();
    expect(statSync(path).size).toBe(size);
  });

  test("damage in the middle is told and read past; nothing is deleted", () => {
    using home = tempHome();
    const path = home.thread("t", [...sampleTurn(0), ...sampleTurn(1)]);
    const lines = readFileSync(path, "utf8").split("\n");
    lines[3] = `${lines[3]?.slice(0, 90)}\0\0\0}`;
    lines[12] = "garbage";
    lines.splice(13, 0, "", "[1,2]", '"text"', '{"type":3}', '{"type":"item.completed","item":null}');
    const text = lines.join("\n");
    writeFileSync(path, text);
    const thread = readThread(path);
    expect(thread.turns).toBe(2);
    expect(thread.damaged.map(({ line }) => line)).toEqual([4, 13, 15, 16, 17, 18]);
    // The call of line 4 is lost, so its output goes too; the other call is whole.
    expect(thread.history.map((item) => item.type)).toEqual([
      "message",
      "message",
      "message",
      "function_call",
      "function_call_output",
      "message",
    ]);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("a missing or changed blob is told in its place; an image becomes a text", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0, { image: png(3000), output: "x".repeat(100_000) }));
    for (const [index, blob] of listBlobs(join(home.dir, "blobs")).entries()) {
      writeFileSync(blob.path, index === 0 ? "not zstd" : Bun.zstdCompressSync("another text"));
    }
    const thread = readThread(path);
    expect(thread.damaged.map(({ reason }) => reason)).toEqual(
      Array(3).fill(expect.stringMatching(/bytes are lost: blob [0-9a-f]{64} is missing or damaged/)),
    );
    const [prompt] = thread.history;
    expect(prompt).toMatchObject({
      content: [{ type: "input_text" }, { type: "input_text", text: expect.stringMatching(/^\[image: \d+ bytes/) }],
    });
    expect(completedItems(path)[0]).toMatchObject({
      aggregated_output: expect.stringMatching(/^\[100000 bytes are lost/),
    });
  });

  test("a file without its first line still knows its thread", () => {
    using home = tempHome();
    const path = home.thread("0198f000-aaaa", sampleTurn(0));
    writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(1).join("\n"));
    expect(readThread(path)).toMatchObject({ thread_id: "0198f000-aaaa", cwd: "/work/project", turns: 1 });
  });

  test("events of a newer version are kept and passed over", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const strange = '{"timestamp":"2026-03-04T05:06:07.000Z","seq":9,"type":"thread.teleported","to":"mars"}';
    appendFileSync(path, `${strange}\n`);
    expect(readThread(path)).toMatchObject({ next_seq: 10, damaged: [], turns: 1 });
    expect(readRollout(path).lines.at(-1)).toEqual(JSON.parse(strange));
  });

  test("any cut and any changed byte: reading never throws", () => {
    using home = tempHome();
    const path = home.thread("t", [...sampleTurn(0, { output: noise(2000) }), ...sampleTurn(1)]);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 17) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x15;
      writeFileSync(path, changed);
      readThread(path);
      readRollout(path);
      writeFileSync(path, bytes.subarray(0, at));
      readThread(path);
    }
  });
});

describe("a place that cannot be written", () => {
  /** Mounts something and unmounts it at the end of the block. */
  function mounted(dir: string, ...args: string[]): Disposable {
    mkdirSync(dir, { recursive: true });
    const { exitCode, stderr } = Bun.spawnSync(["mount", ...args, dir], { stderr: "pipe" });
    if (exitCode !== 0) throw new Error(stderr.toString());
    return { [Symbol.dispose]: () => void Bun.spawnSync(["umount", "-l", dir]) };
  }
  const tmpfs = (dir: string, options: string) => mounted(dir, "-t", "tmpfs", "-o", options, "moat-test");
  /** Only root may mount, and not in every container. */
  const canMount = Bun.spawnSync(["unshare", "-m", "mount", "-t", "tmpfs", "moat-test", "/mnt"]).exitCode === 0;

  test.skipIf(!canMount)(
    "a full disk: the error is clear, the partial line is gone, the rest can be read and goes on",
    () => {
      using home = tempHome();
      using _disk = tmpfs(home.dir, "size=256k");
      const writer = home.writer("t");
      const events = numbered([
        ...opening("t"),
        ...Array.from({ length: 50 }, (_, n) => sampleTurn(n, { answer: noise(9000) })).flat(),
      ]);
      let full: unknown = null;
      let written = 0;
      for (const event of events) {
        try {
          writer.append(event);
          written++;
        } catch (error) {
          full = error;
          break;
        }
      }
      expect(full).toBeInstanceOf(RolloutError);
      expect((full as Error).message).toMatch(/: the disk is full\. What was written so far is kept; free some space/);
      expect(readFileSync(writer.path, "utf8")).toEndWith("}\n");
      writer.close();
      const thread = readThread(writer.path);
      expect(thread.damaged).toEqual([]);
      expect(thread.next_seq).toBe(written);
      expect(eventsOf(writer.path)).toEqual(events.slice(0, written));
      expect(readdirSync(dirname(writer.path)).length).toBe(1);
      Bun.spawnSync(["mount", "-o", "remount,size=8m", home.dir]);
      const again = home.writer("t");
      for (const event of events.slice(written)) again.append(event);
      again.close();
      expect(eventsOf(again.path)).toEqual(events);
    },
  );

  test.skipIf(!canMount)("a full disk while a blob is written leaves no half blob", () => {
    using home = tempHome();
    using _disk = tmpfs(home.dir, "size=256k");
    const writer = home.writer("t");
    const bodies = [...opening("t"), ...sampleTurn(0, { image: png(400_000) })];
    expect(() => numbered(bodies).forEach((event) => void writer.append(event))).toThrow(/the disk is full/);
    writer.close();
    expect(listBlobs(join(home.dir, "blobs"))).toEqual([]);
    expect(readThread(writer.path).turns).toBe(1);
  });

  test.skipIf(!canMount)("a read-only home", () => {
    using home = tempHome();
    const path = home.thread("t", sampleTurn(0));
    const bytes = readFileSync(path);
    using _empty = tmpfs(join(home.dir, "ro"), "ro");
    const writer = new RolloutWriter(rolloutPath(join(home.dir, "ro"), "u", date()), date);
    expect(() => writer.open()).toThrow(
      /^cannot write the thread to .*EROFS.*Set MOAT_HOME to a directory that can be written, or use --ephemeral/,
    );
    // A thread that is there already can still be read.
    using _same = mounted(home.dir, "--bind", home.dir);
    Bun.spawnSync(["mount", "-o", "remount,bind,ro", home.dir]);
    expect(() => home.writer("t").open()).toThrow(RolloutError);
    expect(readThread(path).turns).toBe(1);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test("a file where MOAT_HOME should be", () => {
    using home = tempHome();
    writeFileSync(join(home.dir, "threads"), "");
    expect(() => home.writer("t").open()).toThrow(RolloutError);
  });
});
