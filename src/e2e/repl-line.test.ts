// The line of the repl on a terminal that is looked at: a long one that is edited leaves nothing behind, and words stay whole.
import { expect, test } from "bun:test";
import { call, respond, say } from "../testkit/index.ts";
import { KEY, type OnScreen, onScreen, trusted } from "./app/on-screen.ts";

const LONG = Array.from({ length: 40 }, (_, index) => `word${index}`).join(" ");
const COLUMNS = 60;
const PROMPT = "user> ";

const trimmed = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((row) => row.trimEnd());

/** The rows that a terminal makes of the prompt with this line. */
const rowsOf = (line: string) =>
  (`${PROMPT}${line}`.match(new RegExp(`.{1,${COLUMNS}}`, "g")) ?? []).map((row) => row.trimEnd());

/** The screen below its greeting is this line and nothing else. */
async function holds(t: OnScreen, line: string): Promise<void> {
  const shown = () => trimmed(t.screen.slice(t.screen.indexOf(PROMPT)));
  await t.until(() => shown().join("\n") === rowsOf(line).join("\n"), `not only ${JSON.stringify(line)}`);
}

test("a long pasted line that is edited leaves no ghost rows", async () => {
  await using w = await trusted(() => respond(say("ok")));
  await using t = onScreen(w, ["repl"], { columns: COLUMNS, rows: 24 });
  await t.shows(PROMPT);
  const words = LONG.split(" ");
  const steps: [keys: string, line: string][] = [
    [KEY.paste(LONG), LONG],
    [KEY.ctrl("w"), `${words.slice(0, -1).join(" ")} `],
    [KEY.ctrl("a"), `${words.slice(0, -1).join(" ")} `],
    ["\x1bd", `${words.slice(1, -1).join(" ")} `],
    [KEY.ctrl("k"), ""],
    [LONG, LONG],
    [KEY.ctrl("u"), ""],
    ["x".repeat(COLUMNS - PROMPT.length), "x".repeat(COLUMNS - PROMPT.length)],
    ["yz", `${"x".repeat(COLUMNS - PROMPT.length)}yz`],
    [KEY.backspace.repeat(3), "x".repeat(COLUMNS - PROMPT.length - 1)],
  ];
  for (const [keys, line] of steps) {
    t.type(keys);
    await holds(t, line);
  }
});

test("Ctrl-R over long lines leaves none either", async () => {
  await using w = await trusted(() => respond(say("ok")));
  await using t = onScreen(w, ["repl"], { columns: COLUMNS, rows: 40 });
  for (const line of [`first ${LONG}`, `second ${LONG}`]) {
    await t.shows(/user> *$/m);
    t.type(`${line}${KEY.enter}`);
    await t.until(() => t.screen.split("tokens:").length > (line.startsWith("first") ? 1 : 2), "no answer");
  }
  await t.shows(/user> *$/m);
  t.type("word1");
  t.type(KEY.ctrl("r"));
  await t.until(() => t.screen.trimEnd().endsWith("word39"), "nothing was found");
  t.type(KEY.ctrl("r"));
  const last = () => trimmed(t.screen.slice(t.screen.lastIndexOf("tokens:"))).slice(2);
  await t.until(() => last().join("\n") === rowsOf(`first ${LONG}`).join("\n"), "rows of the other stayed");
});

test.each([
  ["repl", ["repl", "-a", "never", "go"]],
  ["exec", ["exec", "go"]],
])("%s: sentences of moat are broken between words", async (_, args) => {
  const escalated = { sandbox_permissions: "require_escalated", justification: "to see" };
  await using w = await trusted([
    respond(call("exec_command", { cmd: "touch out", login: false, ...escalated }, "c1")),
    respond(say("the end")),
  ]);
  await using t = onScreen(w, args, { columns: COLUMNS, rows: 40 });
  await t.shows("the end");
  // Rows that a terminal had to break are joined there.
  const broken = t.all.split("\n").filter((row) => row.trimEnd().length > COLUMNS);
  expect(broken).toEqual([]);
  expect(t.all).toContain("\n  declined by policy: the model asks for");
});
