// A setting that has no effect yet says so at start, once, in every front end, and never among the lines for programs.
import { expect, test } from "bun:test";
import { respond, say } from "../testkit/index.ts";
import { world } from "./harness.ts";

const op = `${JSON.stringify({ type: "user_turn", input: [{ type: "text", text: "go" }] })}\n`;
const CASES: [string, string[], string | undefined][] = [
  ["exec", ["exec", "go"], undefined],
  ["exec --json", ["exec", "--json", "go"], undefined],
  ["exec resume", ["exec", "resume", "--last", "on"], undefined],
  ["review", ["exec", "review", "--uncommitted"], undefined],
  ["proto", ["proto"], op],
  ["repl", ["repl"], "go\n/new\ngo\n"],
];

test.each(CASES)("%s", async (name, args, stdin) => {
  await using w = await world(() => respond(say("ok")));
  if (name === "exec resume") await w.moat(["exec", "go"]);
  w.project.write("new.txt", "new\n");
  w.config(
    `[projects."${w.project.dir}"]\ntrust_level = "trusted"\n[tui]\nanimations = false\n[sandbox_workspace_write]\nunix_sockets = "none"\n`,
  );
  const ran = await w.moat(args, stdin === undefined ? {} : { stdin });
  expect(ran.exit).toBe(0);
  const [told, quiet] = name === "repl" ? [ran.stdout, ran.stderr] : [ran.stderr, ran.stdout];
  const sentence = "tui.animations, sandbox_workspace_write.unix_sockets have no effect yet";
  expect(told.split(sentence)).toHaveLength(2);
  expect(quiet).not.toContain("no effect yet");
  if (name === "exec --json") expect(ran.events().at(-1)?.type).toBe("turn.completed");
});
