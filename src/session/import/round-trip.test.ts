// Nothing is lost on the way: a session of any agent with anything said in it is imported, goes on for a turn, is exported, and imported again.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { promptText } from "../../protocol/index.ts";
import { RolloutWriter, readRollout, readThread, type StoredThread } from "../index.ts";
import { numbered, sampleTurn, tempHome } from "../sample.suite.ts";
import { MADE, type MadeTurn, writeSession } from "./encode.suite.ts";
import { PEERS } from "./peers.ts";
import { storedPaths } from "./told.suite.ts";

const full = process.env.MOAT_TEST_FULL === "1";

/** What people, models and commands say: anything, but not what the programs themselves say in such a place. */
const text = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ maxLength: 2000 }),
    fc.constantFrom("{}", "null", "\u2028\n\r\t", "Output:\n", "Exit code 3"),
  )
  .map((value) => value.toWellFormed());
const spoken = text.filter((value) => value.trim() !== "");
const image = fc.option(fc.base64String({ minLength: 4, maxLength: 2000 }));

const step = fc.record({
  think: fc.oneof(fc.constant(""), spoken),
  say: fc.oneof(fc.constant(""), spoken),
  calls: fc.array(fc.record({ command: text, output: spoken, image }), { maxLength: 3 }),
});
const session = fc
  .array(fc.record({ prompt: spoken, steps: fc.array(step, { maxLength: 3 }) }), { minLength: 1, maxLength: 4 })
  .map((turns): MadeTurn[] => {
    let count = 0;
    const called = (one: { command: string; output: string; image: string | null }) => ({
      ...one,
      id: `call_${++count}`,
    });
    return turns.map(({ prompt, steps }) => ({
      prompt,
      steps: steps.map(({ calls, ...more }) => ({ ...more, calls: calls.map(called) })),
    }));
  });

/** What was said and done, in one line each. */
function wanted(turns: MadeTurn[]): string[] {
  return turns.flatMap(({ prompt, steps }) => [
    `user ${prompt}`,
    ...steps.flatMap(({ think, say, calls }) => [
      ...(think ? [`thought ${think}`] : []),
      ...(say ? [`said ${say}`] : []),
      ...calls.map(({ id, command }) => `${id} ${command}`),
      ...calls.map(({ id, output, image: picture }) => `${id} → ${output} ${picture ?? ""}`),
    ]),
  ]);
}

function told({ history }: StoredThread): string[] {
  return history.map((item) => {
    if (item.type === "message")
      return item.role === "assistant" ? `said ${plain(item.content)}` : `user ${promptText(item)}`;
    if (item.type === "reasoning") return `thought ${item.summary.map((part) => part.text).join("")}`;
    if (item.type === "function_call") return `${item.call_id} ${JSON.parse(item.arguments).command}`;
    if (item.type !== "function_call_output") return item.type;
    const picture =
      typeof item.output === "string" ? undefined : item.output.find(({ type }) => type === "input_image");
    const data = picture?.type === "input_image" ? picture.image_url.replace("data:image/png;base64,", "") : "";
    return `${item.call_id} → ${plain(item.output)} ${data}`;
  });
}

const plain = (output: string | object[]) =>
  typeof output === "string" ? output : output.map((part) => ("text" in part ? part.text : "")).join("");

const events = (path: string) =>
  readRollout(path).lines.map((line) => ({
    ...line,
    seq: 0,
    ...(line.type === "thread.started" ? { moat_version: "" } : {}),
  }));

test.each(MADE)("%s", async (from) => {
  const [peer, own] = [await PEERS[from](), await PEERS.moat()];
  fc.assert(
    fc.property(session, (turns) => {
      using home = tempHome();
      using other = tempHome();
      const [path = ""] = storedPaths(peer.open, home.dir, writeSession(from, turns, join(home.dir, "theirs")));
      expect(told(readThread(path))).toEqual(wanted(turns));
      const writer = new RolloutWriter(path, () => new Date("2026-11-28T07:00:00.000Z"));
      const { next_seq, turns: before } = readThread(path);
      for (const event of numbered(sampleTurn(before), next_seq)) writer.append(event);
      writer.rename("mine");
      writer.close();
      const exported = join(other.dir, "exported.jsonl");
      writeFileSync(
        exported,
        readRollout(path)
          .lines.map((line) => `${JSON.stringify(line)}\n`)
          .join(""),
      );
      const [again = ""] = storedPaths(own.open, other.dir, exported);
      expect(events(again)).toEqual(events(path));
      const { bytes: _, next_seq: __, ...first } = readThread(path);
      expect(readThread(again)).toMatchObject(first);
    }),
    { numRuns: full ? 200 : 8 },
  );
});
