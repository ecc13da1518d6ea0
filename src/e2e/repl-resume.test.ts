// What a person sees of a thread that they come back to, and how settings are changed there.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { call, respond, say } from "../testkit/index.ts";
import { type TestWorld, world } from "./harness.ts";
import { pty } from "./pty.ts";

const ENTER = "\r";
const plan = (status: string) => call("update_plan", { plan: [{ step: "Mend the roof", status }] }, "plan");

async function settled(script: Parameters<typeof world>[0]): Promise<TestWorld> {
  const w = await world(script);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n`);
  return w;
}

test("a thread resumed in the repl shows the last exchange and the open plan, and nothing of what was before", async () => {
  const many = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
  await using w = await settled([
    respond(say("an old answer")),
    respond(plan("in_progress"), call("exec_command", { cmd: "true", login: false }, "c")),
    respond(say(many)),
    respond(say("more")),
  ]);
  await w.moat(["repl"], { stdin: "an old prompt\nthe last \x1b[31mprompt\n" });
  const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout) as { thread_id: string }[];
  await using t = pty(w, ["repl"]);
  await t.shows("user> ");
  const before = t.text.length;
  t.type(`/resume ${thread?.thread_id}${ENTER}`);
  await t.shows("[ ] Mend the roof\ngpt-");
  const text = t.text.slice(before, t.text.lastIndexOf("gpt-"));
  expect(text).toContain("> the last ");
  expect(text).toContain("… 1 command\n  … 24 lines before\nline 24\n");
  expect(text).toEndWith("line 39\nthe plan:\n[ ] Mend the roof\n");
  expect(text).not.toContain("an old");
  expect(t.raw).not.toContain("\x1b[31m");
  t.type(`/status${ENTER}`);
  await t.shows("tokens     ");
  expect(t.text).not.toContain("none yet");
  t.type(`go on${ENTER}`);
  await t.shows("more");
  expect(w.server.requests[3]?.raw).toContain("go on");
});

test("a pipe is shown nothing of the past", async () => {
  await using w = await settled([respond(say("one")), respond(say("two"))]);
  await w.moat(["repl"], { stdin: "first\n" });
  const [thread] = JSON.parse((await w.moat(["threads", "list", "--json"])).stdout) as { thread_id: string }[];
  const ran = await w.moat(["repl"], { stdin: `/resume ${thread?.thread_id}\nsecond\n` });
  expect(ran.stdout).not.toContain("one");
  expect(ran.stdout).toContain("two");
});

test("/model and /approvals change the thread at once, by an op of their own", async () => {
  await using w = await settled([respond(say("one")), respond(say("two"))]);
  const ran = await w.moat(["repl", "-S", "in.jsonl", "-E", "out.jsonl"], {
    stdin: "/model m2\n/approvals read-only\nhi\n/new\nagain\n",
  });
  expect(ran.exit).toBe(0);
  const linesOf = (name: string) =>
    readFileSync(w.project.path(name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
  expect(linesOf("in.jsonl").slice(0, 3)).toMatchObject([
    { type: "settings", changes: { model: "m2" } },
    { type: "settings", changes: { sandbox_mode: "read-only" } },
    { type: "user_turn", input: [{ type: "text", text: "hi" }] },
  ]);
  const changed = linesOf("out.jsonl").filter(({ type }) => type === "settings.changed");
  expect(changed).toMatchObject([
    { context: { model: "m2" } },
    { context: { model: "m2", sandbox_mode: "read-only" } },
    { context: { model: "m2", sandbox_mode: "read-only" } },
  ]);
  expect(ran.stdout.match(/^m2 .*sandbox read-only/gm)).toHaveLength(2);
  expect(w.server.requests.map(({ body }) => (body as { model: string }).model)).toEqual(["m2", "m2"]);
});
