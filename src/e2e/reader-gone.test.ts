// A reader that has read enough (`moat … | head`) ends every front end as it ends the field's tools: with 128 + SIGPIPE.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { createGate, respond, say } from "../testkit/index.ts";
import { binary, world } from "./harness.ts";

const op = JSON.stringify({ type: "user_turn", input: [{ type: "text", text: "go" }] });

/** Reads one line, closes its end and says so; the exit code is that of what wrote. */
const PIPELINE = '"$0" "$@" | { head -n 1 >/dev/null; exec <&-; : >gone; }; exit "$PIPESTATUS"';

test.each([
  ["exec", ["exec", "--json", "go"], ""],
  ["proto", ["proto"], `${op}\n`],
  ["repl", ["repl"], "go\n"],
])("%s", async (_, args, stdin) => {
  const gate = createGate();
  await using w = await world([[{ head: true }, { wait: gate }, ...respond(say("more than one line"))]]);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  const child = Bun.spawn(["bash", "-c", PIPELINE, binary, ...args], {
    cwd: w.project.dir,
    env: w.env,
    stdin: Buffer.from(stdin),
    stdout: "ignore",
    stderr: "ignore",
  });
  while (!existsSync(w.project.path("gone"))) await Bun.sleep(10);
  gate.open();
  expect(await child.exited).toBe(141);
});
