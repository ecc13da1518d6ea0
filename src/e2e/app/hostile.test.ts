// Text of others on both screens: nothing of it is obeyed, nothing hangs.
import { expect, test } from "bun:test";
import { call, respond, say } from "../../testkit/index.ts";
import { KEY, onScreen, READY, trusted } from "./on-screen.ts";

const ESC = "\x1b";
/** Harmless canaries: a title, a link, a colour, the cursor sent away, another screen, an answer that a terminal would type. */
const ORDERS = `${ESC}]2;canary-title\x07${ESC}]8;;http://canary${ESC}\\${ESC}[31m${ESC}[5;5H${ESC}[?1049h${ESC}[6n${ESC}[3J\x9b31m\0`;
const ODD = "\u202eabc\u202c \u{1f468}\u200d\u{1f469}\u200d\u{1f467} e\u0301\u0301 \ud83d x";

test.each(["tui", "interactive"])("moat %s: orders in what the model and a command say", async (screen) => {
  await using w = await trusted([
    respond(
      say(`one${ORDERS}two ${ODD}\n`),
      call(
        "exec_command",
        { cmd: `printf 'out\\033]2;canary-title\\007\\033[31m\\033[3J\\000put\\n'`, login: false },
        "c1",
      ),
    ),
    respond(say("the end")),
  ]);
  await using t = onScreen(w, [screen, "go"]);
  await t.shows("the end");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  expect(t.raw).not.toContain(`${ESC}]2;canary-title`);
  expect(t.raw).not.toContain("\x9b");
  for (const order of [`${ESC}[6n`, `${ESC}[3J`, `${ESC}[31m`, `${ESC}]8;;http://canary`, "\0", "\u202e"])
    expect([order, t.raw.includes(order)]).toEqual([order, false]);
  expect(t.raw.split(`${ESC}[?1049h`)).toHaveLength(screen === "tui" ? 2 : 1);
});

test.each(["tui", "interactive"])("moat %s: a line of a megabyte", async (screen) => {
  await using w = await trusted([
    respond(
      say(`${"x".repeat(1_000_000)}\n\nafter it`),
      call("exec_command", { cmd: "head -c 1000000 /dev/zero | tr '\\0' y", login: false }, "c1"),
    ),
    respond(say("the end")),
  ]);
  await using t = onScreen(w, [screen]);
  await t.shows(READY);
  t.type("go");
  await t.shows("› go");
  t.type(KEY.enter);
  await t.shows("the end");
  t.type("still here");
  await t.shows("› still here");
});
