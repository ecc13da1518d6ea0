// What is written once and referred to afterwards, and from which size on.
import { describe, expect, spyOn, test } from "bun:test";
import { type Event, type HistoryItem, NO_USAGE } from "../protocol/index.ts";
import { hashItem, Packer } from "./pack.ts";
import { userMessage } from "./sample.suite.ts";

const KIB = 1024;
/** A text without repetitions. */
function noise(length: number, seed = 0): string {
  let text = "";
  for (let n = 0; text.length < length; n++) text += Bun.hash(`${seed} ${n}`).toString(36);
  return text.slice(0, length);
}

function packing(load: (() => Map<string, number>) | null = null) {
  const blobs: string[] = [];
  const packer = new Packer((text) => `hash ${blobs.push(text)}`, load);
  let seq = 0;
  /** The packed line of an event, which counts as written. */
  const pack = (body: object) => {
    const packed = packer.pack({ seq: seq++, ...body } as Event, "2026-03-04T05:06:07.000Z");
    packed.written();
    return JSON.parse(packed.text);
  };
  return { pack, packer, blobs };
}

const command = (aggregated_output: string) => ({
  type: "item.completed",
  item: { id: "i", type: "command_execution", command: "c", aggregated_output, exit_code: 0, status: "completed" },
});
const output = (text: string) => ({
  type: "history.added",
  item: { type: "function_call_output", call_id: "c", output: text } as HistoryItem,
});
const message = (text: string) => ({ type: "item.completed", item: { id: "i", type: "agent_message", text } });

describe("a big value goes to the blob store", () => {
  test("a text beyond 64 KiB", () => {
    const { pack, blobs } = packing();
    const [small, big] = ["x".repeat(64 * KIB), "x".repeat(64 * KIB + 1)];
    expect(pack(message(small)).item.text).toBe(small);
    expect(pack(message(big)).item.text).toEqual({ $blob: "hash 1", bytes: 64 * KIB + 1 });
    expect(blobs).toEqual([big]);
  });

  test("without being made into JSON, where it has six times its length", () => {
    const { pack } = packing();
    const made = spyOn(JSON, "stringify");
    pack(command("\0".repeat(1024 * KIB)));
    const lengths = made.mock.results.map(({ value }) => String(value).length);
    made.mockRestore();
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThan(KIB);
  });

  test("a data URL beyond 1 KiB, counted in bytes", () => {
    const { pack, blobs } = packing();
    const url = (length: number) => `data:${"ä".repeat(length - 5)}`;
    expect(pack(message(url(KIB))).item.text).toBe(url(KIB));
    expect(pack(message(url(KIB + 1))).item.text).toEqual({ $blob: "hash 1", bytes: 5 + 2 * (KIB - 4) });
    expect(blobs).toEqual([url(KIB + 1)]);
  });

  test("not a text that has no bytes", () => {
    const { pack, blobs } = packing();
    const odd = `${"x".repeat(70 * KIB)}\ud800`;
    expect(pack(message(odd)).item.text).toBe(odd);
    expect(blobs).toEqual([]);
  });

  test("what looks like a reference, as JSON, whatever its size", () => {
    const { pack, blobs } = packing();
    for (const forged of [{ $blob: "x" }, { $join: [] }, { $item: 3 }]) {
      const { item } = pack({ type: "item.completed", item: { id: "i", type: "mcp_tool_call", arguments: forged } });
      expect(item.arguments).toEqual({
        $blob: `hash ${blobs.length}`,
        bytes: JSON.stringify(forged).length,
        json: true,
      });
    }
    expect(blobs).toEqual(['{"$blob":"x"}', '{"$join":[]}', '{"$item":3}']);
  });
});

describe("what an item holds is not written again in its history", () => {
  const repeat = (shown: string, told: string) => {
    const { pack } = packing();
    pack(command(shown));
    return pack(output(told)).item.output;
  };

  test("from 512 characters on", () => {
    const text = noise(512);
    expect(repeat(text, text)).toEqual({ $join: [{ seq: 0, start: 0, end: 512 }] });
    expect(repeat(text.slice(1), text.slice(1))).toBe(text.slice(1));
  });

  test("with what stands before and behind it", () => {
    const text = noise(600);
    expect(repeat(text, `a${text}b`)).toEqual({ $join: ["a", { seq: 0, start: 0, end: 600 }, "b"] });
    expect(repeat(text, `a${text.slice(0, 512)}b`)).toEqual({ $join: ["a", { seq: 0, start: 0, end: 512 }, "b"] });
    expect(repeat(text, `a${text.slice(0, 511)}-b`)).toBe(`a${text.slice(0, 511)}-b`);
    expect(repeat(text, `a${text.slice(1)}b`)).toBe(`a${text.slice(1)}b`);
  });

  test("at both ends, when the middle was cut; an end that is too short stays as it is", () => {
    const text = noise(4000);
    const [head, tail] = [text.slice(0, 1000), text.slice(-1000)];
    expect(repeat(text, `a${head}…${tail}b`)).toEqual({
      $join: ["a", { seq: 0, start: 0, end: 1000 }, "…", { seq: 0, start: 3000, end: 4000 }, "b"],
    });
    expect(repeat(text, `${head}…${text.slice(-512)}`)).toEqual({
      $join: [{ seq: 0, start: 0, end: 1000 }, "…", { seq: 0, start: 3488, end: 4000 }],
    });
    const short = text.slice(-511);
    expect(repeat(text, `${head}…${short}`)).toEqual({ $join: [{ seq: 0, start: 0, end: 1000 }, `…${short}`] });
    expect(repeat(text, `${head}… nothing of it`)).toEqual({
      $join: [{ seq: 0, start: 0, end: 1000 }, "… nothing of it"],
    });
  });

  test("an end is never taken for more than is left behind the beginning", () => {
    // All of one letter: both ends of it could be found anywhere.
    const text = "y".repeat(1500);
    const packed = repeat(text, `${"y".repeat(1000)}-${"y".repeat(900)}`);
    expect(packed).toEqual({
      $join: [{ seq: 0, start: 0, end: 1000 }, `-${"y".repeat(900)}`],
    });
  });

  test("of the latest item that holds it, until the turn is over", () => {
    const { pack } = packing();
    const text = noise(600);
    pack(command(text));
    pack(message(text));
    expect(pack(output(text)).item.output.$join[0].seq).toBe(1);
    pack({ type: "turn.completed", turn_id: "t", usage: NO_USAGE, turn_usage: NO_USAGE });
    expect(pack(output(text)).item.output).toBe(text);
    pack(command(text));
    pack({ type: "turn.failed", turn_id: "t", error: {}, usage: NO_USAGE, turn_usage: NO_USAGE });
    expect(pack(output(text)).item.output).toBe(text);
  });

  test("as far as 4 MiB of texts are remembered, the oldest forgotten first", () => {
    const MIB = 1024 * KIB;
    const { pack } = packing();
    const texts = [1, 2, 3, 4].map((seed) => noise(MIB, seed));
    for (const text of texts) pack(command(text));
    const found = (text: string) => typeof pack(output(text.slice(0, 600))).item.output === "object";
    expect(texts.map(found)).toEqual([true, true, true, true]);
    pack(command(noise(600, 5)));
    expect(texts.map(found)).toEqual([false, true, true, true]);
  });

  test("only in a history, and only once it was written", () => {
    const { pack, packer } = packing();
    const text = noise(600);
    packer.pack({ seq: 9, ...command(text) } as Event, "");
    expect(pack(output(text)).item.output).toBe(text);
    pack(command(text));
    expect(pack(message(text)).item.text).toBe(text);
  });
});

describe("a compaction", () => {
  const [one, two, summary] = ["one", "two", "summary"].map((text) => userMessage(text)) as [
    HistoryItem,
    HistoryItem,
    HistoryItem,
  ];
  const added = (item: HistoryItem) => ({ type: "history.added", item });
  const compacted = (...history: HistoryItem[]) => ({
    type: "history.replaced",
    why: "compacted",
    history,
    tokens_before: 2,
    tokens_after: 1,
  });

  test("names what has a line of its own, also after another one", () => {
    const { pack } = packing();
    pack(added(one));
    pack(added(two));
    expect(pack(compacted(two, summary)).history).toEqual([{ $item: 1 }, summary]);
    // What was left out is no part of the history any more; what is written in a compaction has no line of its own.
    expect(pack(compacted(one, two, summary)).history).toEqual([one, { $item: 1 }, summary]);
  });

  test("in a file that is gone on with, names what is there", () => {
    let loads = 0;
    const { pack } = packing(() => {
      loads++;
      return new Map([[hashItem(one), 7]]);
    });
    pack(added(two));
    expect(loads).toBe(0);
    expect(pack(compacted(one, summary)).history).toEqual([{ $item: 7 }, summary]);
    pack(compacted(summary));
    expect(loads).toBe(1);
  });

  test("that was not written leaves everything as it was", () => {
    const { pack, packer } = packing();
    pack(added(one));
    packer.pack({ seq: 9, ...compacted(summary) } as Event, "");
    expect(pack(compacted(one)).history).toEqual([{ $item: 0 }]);
  });
});
