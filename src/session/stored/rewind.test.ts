// Going back to before something that was said: a fork, and the original as it was.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { promptText } from "../../protocol/index.ts";
import { pastEvents, readThread } from "../index.ts";
import { atOnce } from "../read.ts";
import { sampleTurn, tempHome, userMessage } from "../sample.suite.ts";
import { type ForkOptions, rewindInSlices } from "../store.ts";

const rewindThread = (path: string, back: number, options: ForkOptions) => atOnce(rewindInSlices(path, back, options));

const options = (moat_home: string) => ({
  moat_home,
  thread_id: "0198a0c0-0000-7000-8000-00000000000f",
  date: new Date("2026-06-01T00:00:00.000Z"),
  moat_version: "0.2.0",
});
const said = (path: string) =>
  [...pastEvents(path)].flatMap((event) => (event.type === "history.added" ? [promptText(event.item)] : []));

describe("a thread of three turns", () => {
  const events = [...sampleTurn(0), ...sampleTurn(1), ...sampleTurn(2)];

  test.each([
    [0, [], "prompt 0"],
    [1, ["prompt 0"], "prompt 1"],
    [2, ["prompt 0", "prompt 1"], "prompt 2"],
  ])("before message %d", (message, kept, text) => {
    using home = tempHome();
    const path = home.thread("t", events);
    const before = readFileSync(path, "utf8");
    const rewound = rewindThread(path, 3 - message, options(home.dir));
    expect(rewound.text).toBe(text);
    expect(said(rewound.path)).toEqual(kept);
    expect(readFileSync(path, "utf8")).toBe(before);
    const stored = readThread(rewound.path);
    expect(stored).toMatchObject({ turns: message, open_turn: null, forked_from: "t", damaged: [] });
    expect(stored.history).toEqual(
      message === 0 ? [] : readThread(home.thread("s", events.slice(0, sampleTurn(0).length * message))).history,
    );
    const last = [...pastEvents(rewound.path)].at(-1);
    expect(last).toMatchObject({ type: "history.replaced", why: "rewound" });
    expect(last?.type === "history.replaced" && last.tokens_before > last.tokens_after).toBe(true);
  });

  test("to what is not there is refused", () => {
    using home = tempHome();
    const path = home.thread("t", events);
    for (const back of [4, 0])
      expect(() => rewindThread(path, back, options(home.dir))).toThrow(`none ${back} from the end`);
  });
});

test("what was said while a turn ran: the fork ends there, in the middle of it", () => {
  using home = tempHome();
  const [started, prompt, ...rest] = sampleTurn(0);
  if (!started || !prompt) throw new Error("no turn");
  const path = home.thread("t", [started, prompt, { type: "history.added", item: userMessage("and tests") }, ...rest]);
  const rewound = rewindThread(path, 1, options(home.dir));
  expect([rewound.text, said(rewound.path)]).toEqual(["and tests", ["prompt 0"]]);
  expect(readThread(rewound.path).open_turn).toBe("turn_0");
});

test("before a compaction the fork has the history that was replaced", () => {
  using home = tempHome();
  const notes = { ...userMessage("<context_summary>\nnotes") };
  const path = home.thread("t", [
    ...sampleTurn(0),
    { type: "history.replaced", why: "compacted", history: [notes], tokens_before: 9, tokens_after: 1 },
    ...sampleTurn(1),
  ]);
  expect(JSON.stringify(readThread(rewindThread(path, 1, options(home.dir)).path).history)).toContain("notes");
  const first = rewindThread(path, 2, { ...options(home.dir), thread_id: "0198a0c0-0000-7000-8000-00000000000e" });
  expect(readThread(first.path).history).toEqual([]);
});
