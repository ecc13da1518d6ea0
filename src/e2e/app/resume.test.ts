// A long thread that one goes back to: its end is there at once, all of it where it is wanted, and the model gets the whole of it.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { respond, say } from "../../testkit/index.ts";
import { storeThread } from "./long-thread.ts";
import { KEY, onScreen, READY, trusted } from "./on-screen.ts";

const TURNS = 1500;
const CTRL_HOME = "\x1b[1;5H";

/** Which of the requests a text shows, in order. */
const requestsIn = (text: string) => [...text.matchAll(/this is request (\d+)/g)].map(([, n]) => Number(n));

test("what is typed at once is answered, with the whole conversation in the request", async () => {
  await using w = await trusted([respond(say("the new answer"))]);
  const id = storeThread(w, TURNS);
  await using t = onScreen(w, ["resume", id]);
  t.type("one more thing");
  await t.until(() => t.caret === "› one more thing", "it was not in the composer");
  t.type(KEY.enter);
  await t.shows("the new answer");
  const { raw = "" } = w.server.requests[0] ?? {};
  expect(requestsIn(raw)).toEqual(Array.from({ length: TURNS }, (_, n) => n));
  expect(raw).toContain("one more thing");
});

test("its end is shown, its beginning on a key; an earlier message, the transcript and an export have all of it", async () => {
  await using w = await trusted([]);
  const id = storeThread(w, TURNS);
  await using t = onScreen(w, ["resume", id], { rows: 30 });
  await t.shows(`this is request ${TURNS - 1}`);
  await t.shows(READY);
  t.type(CTRL_HOME);
  await t.shows(/^moat [\s\S]*this is request 0\b/);
  t.type(KEY.ctrl("t"));
  await t.shows("Everything that was said");
  t.type("/request 3");
  await t.shows("request 3");
  t.type(`${KEY.enter}q`);
  await t.shows(READY);
  t.type("/export all.md");
  await t.shows("› /export all.md");
  t.type(KEY.enter);
  await t.until(() => existsSync(w.project.path("all.md")), "nothing was exported");
  await t.shows("wrote all.md");
  expect(requestsIn(readFileSync(w.project.path("all.md"), "utf8"))).toEqual(
    Array.from({ length: TURNS }, (_, n) => n),
  );
  t.type(KEY.escape);
  await t.shows("Esc again");
  t.type(KEY.escape);
  await t.shows("Go back to before");
  t.type("request 1000");
  await t.shows(/▸.*this is request 1000\b/);
  t.type(KEY.enter);
  await t.shows("› this is request 1000");
  await t.shows("this is answer 999");
  await t.hides("answer 1001");
});

test("inline the end is printed once, and says that there is more; a turn that was cut off is closed", async () => {
  await using w = await trusted([respond(say("the new answer"))]);
  const id = storeThread(w, 300, true);
  w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n[tui]\nscreen = "inline"\n`);
  await using t = onScreen(w, ["resume", id]);
  await t.shows(READY);
  await t.shows("stopped");
  t.type("go on");
  await t.shows("› go on");
  t.type(KEY.enter);
  await t.shows("the new answer");
  t.type(KEY.ctrl("d"));
  expect(await t.exited).toBe(0);
  expect(t.all).toContain("… more before this (Ctrl-T)");
  const seen = requestsIn(t.all);
  expect(seen.length).toBeLessThan(100);
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => 300 - seen.length + at));
});

test("a thread that another process writes is not opened, and that is said where one was", async () => {
  await using w = await trusted([respond(say("an answer"))]);
  const id = storeThread(w, 300);
  await using t = onScreen(w, ["resume", id]);
  await t.shows(READY);
  t.type("go on");
  await t.shows("› go on");
  t.type(KEY.enter);
  await t.shows("an answer");
  await using second = onScreen(w, ["resume", id]);
  expect(await second.exited).toBe(1);
  expect(second.all).toContain("moat: the thread is in use by process");
  expect(second.raw.lastIndexOf("\x1b[?1049l")).toBeGreaterThan(second.raw.lastIndexOf("\x1b[?1049h"));
  await using other = onScreen(w, []);
  await other.shows(READY);
  other.type(`/resume ${id}`);
  await other.shows(`/resume ${id}`);
  other.type(KEY.enter);
  await other.shows("the thread is in use by process");
  other.type("still here");
  await other.shows("› still here");
});
