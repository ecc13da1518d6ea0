// The app under a shell with job control, within other programs' screens, and far away.
import { expect, test } from "bun:test";
import { respond, say } from "../../testkit/index.ts";
import { binary } from "../harness.ts";
import { KEY, onScreen, READY, trusted } from "./on-screen.ts";

test.each(["tui", "interactive"])("Ctrl-Z gives the shell its terminal, fg comes back: moat %s", async (screen) => {
  await using w = await trusted([respond(say("the end"))]);
  await using t = onScreen(w, [], {
    command: ["bash", "--norc", "--noprofile", "-i"],
    env: { PS1: "shell> ", MOAT_BINARY: binary },
  });
  await t.shows("shell> ");
  t.type(`"$MOAT_BINARY" ${screen}\r`);
  await t.shows(READY);
  t.type("half a line");
  await t.shows("› half a line");
  t.type(KEY.ctrl("z"));
  await t.shows("Stopped");
  t.type("stty -a | grep -o ' icanon'; echo modes\r");
  await t.shows(" icanon");
  const before = t.raw.length;
  expect(t.raw.lastIndexOf("\x1b[?2004l")).toBeGreaterThan(t.raw.lastIndexOf("› half a line"));
  expect(t.raw.lastIndexOf("\x1b[?1049l") > t.raw.lastIndexOf("\x1b[?1049h")).toBe(screen === "tui");
  t.type("fg\r");
  await t.until(() => t.raw.slice(before).includes("\x1b[?2004h"), "the terminal was not taken again");
  await t.shows("› half a line");
  t.type(KEY.enter);
  await t.shows("the end");
  t.type(KEY.ctrl("d"));
  await t.until(() => t.raw.endsWith("shell> ") || t.raw.includes("moat resume "), "it did not end");
});
