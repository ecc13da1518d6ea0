// Single hosts cannot be opened yet: a grant that names some starts nothing, rather than more or less than was granted.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { call, respond, say } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

test("a grant of hosts reaches the launcher, which starts nothing", async () => {
  using set = await stage([respond(call("exec_command", { cmd: "touch made", login: false })), respond(say("done"))], {
    settings: {
      rules: {
        prefix: [
          {
            pattern: [["touch"]],
            decision: "allow",
            sandboxed: true,
            network: { hosts: ["a.example"] },
            justification: null,
            place: null,
          },
        ],
      },
    },
  });
  const { events } = await play(set, [turnOf("go")], () => ({ type: "approved" }));
  expect(events.at(-1)).toMatchObject({
    type: "turn.failed",
    error: { kind: "sandbox_unavailable", message: expect.stringContaining("single hosts cannot be opened") },
  });
  expect(existsSync(set.project.path("made"))).toBe(false);
});
