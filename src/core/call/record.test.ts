// The record of a command: what it was as a process, in its item and so in the thread's file.
import { expect, test } from "bun:test";
import type { CommandExecution, Event } from "../../protocol/index.ts";
import { processText } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, type Stage, stage, turnOf } from "../harness.suite.ts";

const exec = (args: object, id = "c") => respond(call("exec_command", args, id));
const done = respond(say("done"));

async function records(set: Stage) {
  const { events, outputs } = await play(set, [turnOf("go")], () => null);
  return { processes: ends(events).map(({ process }) => process), outputs };
}

const ends = (events: readonly Event[]) =>
  events.flatMap((event) =>
    event.type === "item.completed" && event.item.type === "command_execution" ? [event.item as CommandExecution] : [],
  );

const KEYS = ["argv", "cwd", "ended", "output_bytes", "peak_memory_bytes", "system_ms", "user_ms", "wall_ms"];

test("words, place, end, time, memory, and what was printed and shown", async () => {
  using set = await stage([exec({ cmd: "printf '\\360\\237\\231\\202%05d\\n' 7; exit 3", login: false }), done]);
  const [found] = (await records(set)).processes;
  expect(Object.keys(found ?? {}).sort()).toEqual([...KEYS, "shown_bytes"].sort());
  expect(found?.argv.at(-1)).toBe("printf '\\360\\237\\231\\202%05d\\n' 7; exit 3");
  expect(found?.argv[0]).toMatch(/^\/.*\/bash$/);
  const { cwd, ended, output_bytes, shown_bytes } = found ?? {};
  expect({ cwd, ended, output_bytes, shown_bytes }).toEqual({
    cwd: set.project.dir,
    ended: "exited",
    output_bytes: 10,
    shown_bytes: 10,
  });
  expect(found?.peak_memory_bytes).toBeGreaterThan(100_000);
});

test("of an output that was cut: what it printed, and the less that the model was given", async () => {
  using set = await stage([exec({ cmd: "seq 100000", login: false, max_output_tokens: 100 }), done]);
  const [found] = (await records(set)).processes;
  expect(found?.output_bytes).toBe(588_895);
  expect(found?.shown_bytes).toBeGreaterThan(300);
  expect(found?.shown_bytes).toBeLessThan(600);
});

test("of one that was killed: by which signal; of one whose time was over: that", async () => {
  const late = { cmd: "trap '' TERM; while :; do :; done", login: false, timeout_ms: 100 };
  using set = await stage([exec({ cmd: "kill -SEGV $$", login: false }, "a"), exec(late, "b"), done]);
  const [killed, over] = (await records(set)).processes;
  expect([killed?.signal, killed?.ended]).toEqual(["SIGSEGV", "exited"]);
  expect(over?.ended).toBe("timed_out");
  expect((over?.user_ms ?? 0) + (over?.system_ms ?? 0)).toBeGreaterThan(0);
});

test("of one that ran on: all of it, but what the model was given in many calls", async () => {
  using set = await stage([
    exec({ cmd: "read -r line; echo got $line", login: false, tty: true, yield_time_ms: 250 }, "a"),
    respond(call("write_stdin", { session_id: 1, chars: "x\n", yield_time_ms: 20_000 }, "b")),
    done,
  ]);
  const [found] = (await records(set)).processes;
  expect(Object.keys(found ?? {}).sort()).toEqual(KEYS);
});

test("there is none of what was not started", async () => {
  using set = await stage([exec({ cmd: "true", workdir: "nowhere" }), done]);
  expect((await records(set)).processes).toEqual([undefined]);
});

test("for people", () => {
  const process = { argv: ["x"], cwd: "/w", ended: "timed_out", wall_ms: 1234, output_bytes: 5000 } as const;
  const took = { user_ms: 500, system_ms: 100, peak_memory_bytes: 213_000_000, shown_bytes: 4000, signal: "SIGKILL" };
  expect(processText({ ...process, argv: [] })).toBe("timed out, 1.23 s, printed 5,000 bytes");
  expect(processText({ ...process, argv: [], ...took })).toBe(
    "SIGKILL, timed out, 1.23 s, CPU 0.60 s, at most 213 MB, printed 5,000 bytes (4,000 shown to the model)",
  );
});
