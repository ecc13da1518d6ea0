// What a person meets between turns: where a thread stands, what was said, what was asked beside it, and the wheel.
import { describe, expect, test } from "bun:test";
import { respond, say } from "../../testkit/index.ts";
import { KEY, type OnScreen, onScreen, READY, trusted } from "./on-screen.ts";

async function send(t: OnScreen, text: string) {
  t.type(text);
  await t.until(() => t.caret === `› ${text}`, `${text} was not in the composer`);
  t.type(KEY.enter);
}

describe.each(["tui", "interactive"])("moat %s", (screen) => {
  test("resume says what the kernel enforces before any command ran", async () => {
    await using w = await trusted([respond(say("an answer"))]);
    await w.moat(["exec", "-s", "workspace-write", "mend the roof"]);
    await using t = onScreen(w, ["resume", "--last", ...(screen === "interactive" ? ["--no-alt-screen"] : [])]);
    await t.shows("an answer");
    await t.shows(/sandbox: held by .*Landlock/);
    expect(w.server.requests).toHaveLength(1);
  });

  test("the prompt of the command line is an earlier prompt", async () => {
    await using w = await trusted([respond(say("an answer"))]);
    await using t = onScreen(w, [screen, "mend the roof"]);
    await t.shows("✓");
    t.type(KEY.up);
    await t.until(() => t.caret === "› mend the roof", "Up did not bring it back");
    t.type(KEY.ctrl("c"));
    t.type(KEY.ctrl("d"));
    await t.exited;
    await using again = onScreen(w, [screen]);
    await again.shows(READY);
    // Earlier prompts are read once the first picture is there: until then the key is pressed again.
    await again.until(() => {
      if (again.caret === "› mend the roof") return true;
      again.type(KEY.up);
      return false;
    }, "it was not kept");
  });

  test("/side: Esc puts the answer away, Ctrl-O opens it whole; the composer keeps what is typed", async () => {
    await using w = await trusted([respond(say("one")), respond(say("it is **beside**"))]);
    await using t = onScreen(w, [screen, "go"]);
    await t.shows("✓");
    await send(t, "/side what is this");
    await t.shows("it is beside");
    await t.shows("beside: what is this (not kept)");
    await t.shows("Esc puts it away");
    t.type("half a line");
    await t.shows("› half a line");
    t.type(KEY.ctrl("o"));
    await t.hides(READY);
    await t.shows("it is beside");
    t.type("q");
    await t.shows(READY);
    t.type(KEY.escape);
    await t.hides("it is beside");
    expect(t.caret).toBe("› half a line");
    expect(t.screen).not.toContain("not kept");
    expect(t.all).not.toContain("it is beside");
  });

  test("tags around a plan are not shown, while it comes and after it", async () => {
    const plan = ["Here:\n<propo", "sed_plan>\n# The pl", "an\n\n- a step\n</proposed_", "plan>\nSo."];
    await using w = await trusted([respond(say(...plan))]);
    await using t = onScreen(w, [screen, "go"]);
    await t.shows("✓");
    await t.shows("a step");
    expect(t.raw).not.toContain("propo");
  });
});

test("/resume shows the last exchange of the thread that is chosen", async () => {
  await using w = await trusted(({ body }) => {
    const text = JSON.stringify(body);
    return respond(say(text.includes("paint") ? "the door is blue" : "the roof is tight"));
  });
  await w.moat(["exec", "mend the roof"]);
  await w.moat(["exec", "paint the door"]);
  await using t = onScreen(w, []);
  await t.shows(READY);
  await send(t, "/resume");
  await t.shows("▸ paint the door");
  await t.shows("the door is blue");
  t.type(KEY.down);
  await t.shows("▸ mend the roof");
  await t.shows("the roof is tight");
  await t.hides("the door is blue");
});

describe("the wheel", () => {
  const lines = Array.from({ length: 80 }, (_, at) => `line ${at}`).join("\n\n");
  const WHEEL_UP = "\x1b[<64;10;10M";
  const WHEEL_DOWN = "\x1b[<65;10;10M";

  test("scrolls the conversation in fullscreen, and the terminal is asked for no more than that", async () => {
    await using w = await trusted([respond(say(lines))]);
    await using t = onScreen(w, ["tui", "go"], { rows: 20 });
    await t.shows("line 79");
    await t.until(() => t.raw.includes("\x1b[?1000h"), "the wheel was not asked for");
    expect(t.raw).not.toMatch(/\x1b\[\?100[23]h/);
    t.type(WHEEL_UP.repeat(10));
    await t.hides("line 79");
    t.type(WHEEL_DOWN.repeat(40));
    await t.shows("line 79");
    // A click is nothing, and types nothing.
    t.type("\x1b[<0;5;5M\x1b[<0;5;5mx");
    await t.until(() => t.caret === "› x", "a click left something");
    t.type(`${KEY.backspace}${KEY.ctrl("d")}`);
    await t.exited;
    expect(t.raw.lastIndexOf("\x1b[?1000l")).toBeGreaterThan(t.raw.lastIndexOf("\x1b[?1000h"));
  });

  test.each([
    ["tui.mouse = false", ["tui"], "\n[tui]\nmouse = false\n"],
    ["inline, where the terminal scrolls", ["interactive"], ""],
  ])("is the terminal's with %s", async (_, args, config) => {
    await using w = await trusted([respond(say("an answer"))]);
    w.config(`[projects."${w.project.dir}"]\ntrust_level = "trusted"\n${config}`);
    await using t = onScreen(w, [...args, "go"]);
    await t.shows("an answer");
    t.type(KEY.ctrl("d"));
    await t.exited;
    expect(t.raw).not.toContain("\x1b[?1000h");
  });
});
