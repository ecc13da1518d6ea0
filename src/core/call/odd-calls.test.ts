// Calls that cannot be run as they are: the model is told, and the turn goes on.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../../testkit/index.ts";
import { play, SILENT, stage, turnOf } from "../harness.suite.ts";

const run = (cmd: string, id: string, more = {}) => call("exec_command", { cmd, login: false, ...more }, id);

describe("a call that the system does not start", () => {
  const cases: { name: string; one: ReturnType<typeof call>; said: string }[] = [
    { name: "a NUL byte in the command", one: run("echo a\0b", "c"), said: "NUL byte" },
    { name: "half a character in the command", one: run("touch s\ud800b", "c"), said: "cmd holds half of a surrogate" },
    {
      name: "half a character in the directory",
      one: run("pwd", "c", { workdir: "\udc00" }),
      said: "workdir holds half",
    },
    {
      name: "half a character in words",
      one: call("shell", { command: ["touch", "s\ud800b"] }, "c"),
      said: "command.1 holds half of a surrogate",
    },
    {
      name: "half a character in the path of a picture",
      one: call("view_image", { path: "\ud800" }, "c"),
      said: "path holds half",
    },
    { name: "a NUL byte in the directory", one: run("pwd", "c", { workdir: "a\0b" }), said: "no such directory" },
    {
      name: "a directory that cannot be",
      one: run("pwd", "c", { workdir: "x".repeat(5000) }),
      said: "no such directory",
    },
    { name: "a word of 200 kB", one: run(`echo ${"x".repeat(200_000)}`, "c"), said: "longer than the system takes" },
    {
      name: "a directory to open that cannot be",
      one: run("pwd", "c", { sandbox_permissions: "with_write", permission_target: `/${"x".repeat(5000)}` }),
      said: "no directory that exists",
    },
  ];
  for (const { name, one, said } of cases) {
    test(name, async () => {
      using s = await stage([respond(one), respond(say("ok"))]);
      const { events, outputs } = await play(s, [turnOf("go")], () => ({ type: "denied" }));
      expect(outputs.get("c")).toContain(said);
      expect(events.at(-1)?.type).toBe("turn.completed");
    });
  }
});

test("a negative limit is none: an output is cut all the same", async () => {
  using s = await stage([respond(run("seq 100000", "c", { max_output_tokens: -5 })), respond(say("ok"))]);
  const { outputs } = await play(s, [turnOf("go")], () => null);
  expect(outputs.get("c")?.length).toBeLessThan(2000);
});

describe("calls side by side", () => {
  test("one that fails while the next waits for an answer ends the turn, and not the process", async () => {
    const ask = { sandbox_permissions: "require_escalated", justification: "x" };
    using s = await stage([respond(run("true", "a"), run("true", "b"), run("true", "c", ask))], {
      settings: { budget: { tokens: null, cost: null, time_ms: null, turns: null, commands: 1 } },
    });
    const { events } = await play(s, [turnOf("go")], ({ call_id }) => {
      setTimeout(() => s.thread.submit({ type: "approval", call_id, decision: { type: "denied" } }), 50);
      return null;
    });
    expect(events.at(-1)).toMatchObject({ type: "turn.failed", error: { kind: "budget" } });
  });

  test("nothing runs on after a turn that ended because a later call could not be judged", async () => {
    let judged = 0;
    const fire = async () => {
      // SessionStart, UserPromptSubmit, the first call; the second one.
      if (++judged === 4) throw new Error("cannot be judged");
      return SILENT;
    };
    using s = await stage([respond(run("sleep 0.5; touch done", "a"), run("true", "b"))], {
      services: { hooks: { fire } },
    });
    let closed = false;
    s.thread.submit(turnOf("go"));
    for await (const event of s.thread.events) {
      if (event.type !== "turn.failed") continue;
      closed = existsSync(s.project.path("done"));
      s.thread.submit({ type: "shutdown" });
    }
    expect(closed).toBe(true);
  });
});
