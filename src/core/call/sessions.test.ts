// Commands that live: started with a terminal or a time to wait, talked to in later calls, gone with the thread.
import { describe, expect, test } from "bun:test";
import type { CommandExecution, Event } from "../../protocol/index.ts";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const exec = (args: object, id: string) => respond(call("exec_command", args, id));
const write = (args: object, id: string) => respond(call("write_stdin", args, id));
const done = respond(say("done"));
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const ends = (events: readonly Event[]) =>
  events.flatMap((event) =>
    event.type === "item.completed" && event.item.type === "command_execution" ? [event.item as CommandExecution] : [],
  );

describe("a terminal", () => {
  test("is typed to, keeps what it prints, and tells how it ended", async () => {
    using set = await stage([
      exec(
        { cmd: "test -t 0 && echo tty $TERM; read -r name; echo hello $name; exit 3", tty: true, yield_time_ms: 1000 },
        "a",
      ),
      write({ session_id: 1, chars: "moat\n", yield_time_ms: 20_000 }, "b"),
      done,
    ]);
    const { events, outputs } = await play(set, [turnOf("go")], () => null);
    expect(outputs.get("a")).toMatch(/Process running with session ID 1\n[\s\S]*tty xterm-256color/);
    expect(outputs.get("b")).toMatch(/Process exited with code 3\n[\s\S]*hello moat/);
    expect(outputs.get("b")).not.toContain("xterm");
    expect(ends(events)).toMatchObject([
      { exit_code: 3, status: "failed", aggregated_output: expect.stringContaining("hello moat") },
    ]);
  });

  test("has the size that it is given", async () => {
    using set = await stage([
      exec(
        {
          cmd: "stty size; trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done",
          tty: true,
          yield_time_ms: 1500,
        },
        "a",
      ),
      write({ session_id: 1, cols: 101, rows: 33, yield_time_ms: 20_000 }, "b"),
      done,
    ]);
    const { outputs } = await play(set, [turnOf("go")], () => null);
    expect(outputs.get("a")).toContain("24 80");
    expect(outputs.get("b")).toMatch(/exited with code 0[\s\S]*33 101/);
  });
});

describe("a command that runs on", () => {
  test("goes on in the next turn, and is killed when the model says so", async () => {
    using set = await stage([
      exec({ cmd: "echo pid $$; sleep 600", yield_time_ms: 300 }, "a"),
      done,
      write({ session_id: 1, kill: true }, "b"),
      write({ session_id: 1 }, "c"),
      done,
    ]);
    const { outputs, events } = await play(set, [turnOf("one"), turnOf("two")], () => null);
    expect(outputs.get("a")).toContain("session ID 1");
    expect(outputs.get("b")).toContain("Stopped: it was ended");
    expect(outputs.get("c")).toBe("there is no session 1; none is running");
    expect(ends(events)).toHaveLength(1);
  });

  test("ends with the thread, and so does all that it started", async () => {
    using set = await stage([exec({ cmd: "sleep 613 & echo started; wait", yield_time_ms: 300 }, "a"), done], {
      settings: { sandbox_mode: "danger-full-access" },
    });
    let pid = 0;
    set.thread.submit(turnOf("go"));
    for await (const event of set.thread.events) {
      if (event.type !== "turn.completed") continue;
      pid = Number(Bun.spawnSync(["pgrep", "-f", "sleep 613"]).stdout.toString().split("\n")[0]);
      expect(set.thread.running_programs).toMatchObject([{ id: 1, command: expect.stringContaining("sleep 613") }]);
      set.thread.submit({ type: "shutdown" });
    }
    expect(pid).toBeGreaterThan(0);
    expect(alive(pid)).toBe(false);
    expect(set.thread.running_programs).toEqual([]);
  });

  test("that is done in time is one like any other, with what the sandbox refused it", async () => {
    using set = await stage([exec({ cmd: "echo x > /etc/moat-x", yield_time_ms: 30_000 }, "a"), done]);
    const { outputs } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
    expect(outputs.get("a")).toMatch(/Process exited with code 1\n[\s\S]*\/etc/);
    expect(set.thread.running_programs).toEqual([]);
  });

  test("without a terminal reads nothing; what cannot be typed is said", async () => {
    using set = await stage([
      exec({ cmd: "cat; echo eof; sleep 600", yield_time_ms: 500 }, "a"),
      write({ session_id: 1, chars: "x\n" }, "b"),
      write({ session_id: 7 }, "c"),
      done,
    ]);
    const { outputs } = await play(set, [turnOf("go")], () => null);
    expect(outputs.get("a")).toContain("eof");
    expect(outputs.get("b")).toBe("stdin is closed: start the command with tty to type into it");
    expect(outputs.get("c")).toBe("there is no session 7; running: 1");
  });

  test("has a limit where one is asked for", async () => {
    using set = await stage([
      exec({ cmd: "sleep 600", yield_time_ms: 250, timeout_ms: 600 }, "a"),
      write({ session_id: 1, yield_time_ms: 60_000 }, "b"),
      done,
    ]);
    const { outputs, events } = await play(set, [turnOf("go")], () => null);
    expect(outputs.get("b")).toContain("exited with code 124");
    expect(ends(events)).toMatchObject([{ exit_code: 124, status: "failed" }]);
  });

  test("is interrupted with the call that waits for it, and left alone by later ones", async () => {
    using set = await stage([exec({ cmd: "echo begun; sleep 600", yield_time_ms: 30_000 }, "a")]);
    const { thread } = set;
    thread.submit(turnOf("go"));
    for await (const event of thread.events) {
      if (event.type === "item.delta") thread.submit({ type: "interrupt" });
      if (event.type === "turn.failed") thread.submit({ type: "shutdown" });
    }
    expect(thread.running_programs).toEqual([]);
  });
});

test("what is typed is asked about where everything is, and where the command has more than the sandbox gives", async () => {
  using set = await stage(
    [
      exec({ cmd: 'read -r line; eval "$line"', tty: true, yield_time_ms: 500 }, "a"),
      write({ session_id: 1, chars: "touch made\n", yield_time_ms: 3000 }, "b"),
      done,
    ],
    { settings: { approval_policy: "untrusted" } },
  );
  const { asked, outputs } = await play(set, [turnOf("go")], ({ effect }) =>
    effect.kind === "command" && effect.command.startsWith("(typed into session 1")
      ? { type: "denied" }
      : { type: "approved" },
  );
  expect(asked).toHaveLength(2);
  expect(asked[1]).toMatchObject({ effect: { kind: "command", argv: ["write_stdin", "touch made\n"] } });
  expect(outputs.get("b")).toContain("the user said no");
  expect(await Bun.file(set.project.path("made")).exists()).toBe(false);
});
