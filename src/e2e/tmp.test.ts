import { test } from "bun:test";
import { respond, say } from "../testkit/index.ts";
import { KEY, onScreen, trusted } from "./app/on-screen.ts";

const long = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");
test("ghost", async () => {
  await using w = await trusted(() => respond(say(`ok ${long}`)));
  await using t = onScreen(w, ["repl"], { columns: 60, rows: 16 });
  await t.shows("user>");
  const show = async (what: string) => {
    await Bun.sleep(400);
    console.log(
      `--- ${what} | caret: ${JSON.stringify(t.caret)}\n${t.screen
        .split("\n")
        .map((l) => `|${l.trimEnd()}`)
        .join("\n")
        .replace(/(\n\|)+$/, "")}`,
    );
  };
  t.type(KEY.paste(long));
  await show("pasted");
  t.type("\x17\x17\x17");
  await show("three words deleted at the end");
  t.type("\x01");
  await show("home");
  t.type("X");
  await show("X at home");
  t.type("\x1bd\x1bd\x1bd");
  await show("three words deleted at start");
  t.type("\x0b");
  await show("ctrl-k");
  t.type("short");
  await show("short");
  t.type("\x15");
  t.type(long);
  await show("typed long");
  t.type("\x15");
  await show("ctrl-u");
  t.type(KEY.up);
  await show("up");
  t.type(`hi${KEY.enter}`);
  await show("sent");
  await Bun.sleep(500);
  t.type(KEY.up);
  await show("up");
  t.type(KEY.paste(long));
  await show("paste again");
  t.type("\x15");
  await show("ctrl-u");
  t.type(KEY.paste(`${"x".repeat(53)}`));
  await show("exactly the width");
  t.type("y");
  await show("one more");
  t.type("\x7f");
  await show("one less");
  t.type("\x7f\x7f");
  await show("three less");
  t.resize(40, 16);
  t.type("z");
  await show("narrow");
}, 60000);
