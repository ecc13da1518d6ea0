// --json-to: the lines of `exec --json` beside the screen.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { loadSchemas } from "../protocol/index.ts";
import { call, respond, say } from "../testkit/index.ts";
import { binary, type JsonEvent, type TestWorld, world } from "./harness.ts";

const list = call("exec_command", { cmd: "ls -l /proc/self/fd; echo listed", login: false }, "c");
const { publicEvent } = await loadSchemas();

/** A repl in a shell that has descriptor 3 open. */
function withDescriptor(w: TestWorld, args: string, stdin: string) {
  return Bun.spawn(["sh", "-c", `"$0" ${args} 3>lines.jsonl`, binary], {
    cwd: w.project.dir,
    env: w.env,
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
}
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonEvent);

test("an open descriptor gets what exec --json prints, of every thread, and no command can write it", async () => {
  await using w = await world([respond(list), respond(say("one")), respond(say("two"))]);
  const child = withDescriptor(w, "repl --trust --json-to 3", "first\n/new\nsecond\n");
  expect(await child.exited).toBe(0);
  const text = w.project.read("lines.jsonl");
  const lines = linesOf(text);
  for (const line of lines) expect(() => publicEvent.parse(line)).not.toThrow();
  expect(lines.map(({ type }) => type)).toEqual([
    ...["thread.started", "turn.started", "item.started", "item.completed", "item.completed", "turn.completed"],
    ...["thread.started", "turn.started", "item.completed", "turn.completed"],
  ]);
  expect(text).toContain("listed");
  expect(text).not.toContain("lines.jsonl");
});

test("a file, and the same lines from exec", async () => {
  const script = [respond(list), respond(say("one"))];
  await using w = await world(script);
  await w.moat(["repl", "--trust", "--json-to", "lines.jsonl", "go"], { stdin: "" });
  await using other = await world(script);
  const events = (await other.moat(["exec", "--json", "go"])).events();
  const shape = ({ type, item }: JsonEvent) => [type, (item as { type?: string } | undefined)?.type];
  expect(linesOf(readFileSync(w.project.path("lines.jsonl"), "utf8")).map(shape)).toEqual(events.map(shape));
});

test.each([
  ["1", 2, "0 and 1 are the screen's"],
  ["9", 1, "--json-to /dev/fd/9: no such descriptor is open"],
])("a descriptor that cannot be (%s) is refused before anything happens", async (name, exit, wanted) => {
  await using w = await world([]);
  const ran = await w.moat(["repl", "--trust", "--json-to", name, "go"], { stdin: "" });
  expect(ran.exit).toBe(exit);
  expect(ran.stderr).toContain(wanted);
  expect(w.server.requests).toHaveLength(0);
});
