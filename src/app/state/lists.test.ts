// Menus, commands, files and what is written.
import { describe, expect, test } from "bun:test";
import type { Item } from "../../protocol/index.ts";
import { Driver, opened } from "./driver.suite.ts";

const message = (id: string, text: string): Item => ({ id, type: "agent_message", text });

describe("the slash menu", () => {
  test("filters as one types; Enter takes and runs, Tab completes, Esc leaves the text", () => {
    const driver = new Driver();
    driver.type("/");
    expect(driver.text).toContain("/help");
    expect(driver.text).not.toContain("/undo");
    driver.type("mod");
    expect(driver.text).toContain("/model");
    expect(driver.text).not.toContain("/help");
    driver.key("tab");
    expect(driver.state.composer.text).toBe("/model ");
    driver.key("ctrl-u");
    driver.type("/mod");
    driver.key("enter");
    expect(driver.taken("command")).toEqual([{ type: "command", name: "model", args: "" }]);
    expect(driver.state.composer.text).toBe("");
    driver.feed({ type: "command ended" });
    driver.type("/st");
    driver.key("escape");
    expect(driver.state.menu).toBeNull();
    driver.type("a");
    expect([driver.state.menu, driver.state.composer.text]).toEqual([null, "/sta"]);
    driver.key("ctrl-u");
    driver.type("/");
    expect(driver.state.menu).not.toBeNull();
  });

  test("arrows choose; a command that needs words is completed", () => {
    const driver = new Driver();
    driver.type("/side");
    driver.key("enter");
    expect(driver.state.composer.text).toBe("/side ");
    driver.key("ctrl-u");
    driver.type("/");
    driver.key("down", "down", "up", "enter");
    expect(driver.taken("command")).toMatchObject([{ name: "model" }]);
  });

  test("what is no command word has none", () => {
    for (const text of ["/usr/bin", "a /x", "//", "/ a"]) {
      const driver = new Driver();
      driver.type(text);
      expect(driver.state.menu).toBeNull();
    }
  });
});

describe("commands", () => {
  const call = (text: string, working = false) => {
    const driver = new Driver();
    if (working) driver.begin();
    driver.type(`${text} `);
    driver.key("enter");
    return driver;
  };

  test("an unknown one stays where it is", () => {
    const driver = call("/nope");
    expect(driver.taken("command")).toEqual([]);
    expect(driver.state.composer.text).toBe("/nope ");
    expect(driver.text).toContain("no command /nope");
  });

  test("while a turn runs only those that may", () => {
    expect(call("/new", true).taken("command")).toEqual([]);
    expect(call("/new", true).text).toContain("has to wait");
    expect(call("/status", true).taken("command")).toHaveLength(1);
  });

  test("one at a time; Ctrl-C stops it", () => {
    const driver = call("/init");
    driver.type("/diff ");
    driver.key("enter");
    expect(driver.taken("command")).toHaveLength(1);
    driver.key("ctrl-u", "ctrl-c");
    expect(driver.taken("stop command")).toHaveLength(1);
    driver.feed({ type: "command ended" });
    expect(driver.state.command).toBeNull();
  });

  describe("one that ends in another thread", () => {
    const sent = () => {
      const driver = call("/rewind 2");
      driver.type("for the copy");
      driver.key("enter");
      expect([driver.ops(), driver.state.composer.text]).toEqual([[], ""]);
      return driver;
    };

    test("what is sent meanwhile is for that one", () => {
      const driver = sent();
      driver.feed({ type: "action", action: { type: "thread", target: { to: "stored", id: "t2" } } });
      driver.feed({ type: "command ended" });
      expect(driver.ops()).toEqual([]);
      driver.feed({ type: "opened", opened: { ...opened, thread_id: "t2" } });
      expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "for the copy" }] }]);
    });

    test("where it came to none, that is written again; a shell command has to wait", () => {
      const driver = sent();
      driver.type("!ls");
      driver.key("enter");
      expect(driver.ops()).toEqual([]);
      expect(driver.text).toContain("/rewind still runs");
      driver.key("ctrl-u");
      driver.feed({ type: "command ended" });
      expect([driver.ops(), driver.state.composer.text]).toEqual([[], "for the copy"]);
      driver.key("enter");
      expect(driver.ops()).toHaveLength(1);
    });
  });

  test("what they say is a note, what they ask is answered", () => {
    const driver = call("/init");
    driver.feed({ type: "note", lines: ["two\nlines"] });
    expect(driver.text).toContain("lines");
    driver.feed({ type: "confirm", id: 5, question: "Write AGENTS.md?" });
    driver.key("y");
    expect(driver.taken("answer")).toEqual([]);
    driver.key("backspace");
    driver.shown();
    driver.key("y");
    expect(driver.taken("answer")).toEqual([{ type: "answer", id: 5, value: true }]);
    driver.feed({ type: "confirm", id: 6, question: "Sure?" });
    driver.shown();
    driver.key("escape");
    expect(driver.taken("answer")).toEqual([{ type: "answer", id: 6, value: null }]);
  });

  test("a list is filtered, taken or left", () => {
    const driver = new Driver();
    const rows = ["alpha", "beta", "gamma"].map((name) => ({ id: name, name, description: `the ${name}` }));
    driver.feed({ type: "pick", id: 1, title: "Which one", rows });
    expect(driver.text).toContain("Which one");
    driver.type("ga");
    expect(driver.text).not.toContain("alpha");
    driver.key("enter");
    expect(driver.taken("answer")).toEqual([{ type: "answer", id: 1, value: "gamma" }]);
    driver.feed({ type: "pick", id: 2, title: "Which one", rows });
    driver.key("down", "enter");
    driver.feed({ type: "pick", id: 3, title: "Which one", rows });
    driver.type("zzz");
    driver.key("enter", "escape");
    expect(driver.taken("answer")).toEqual([
      { type: "answer", id: 2, value: "beta" },
      { type: "answer", id: 3, value: null },
    ]);
  });

  test("of the app itself", () => {
    const driver = new Driver();
    driver.feed({ type: "action", action: { type: "screen" } });
    expect(driver.taken("screen")).toEqual([{ type: "screen", kind: "inline" }]);
    driver.feed({ type: "action", action: { type: "theme", name: "contrast" } });
    expect(driver.state.look.theme.name).toBe("contrast");
    driver.feed({ type: "term", event: { type: "background", dark: false } });
    expect(driver.state.look.theme.dark).toBe(false);
    driver.feed({ type: "action", action: { type: "copy" } });
    expect(driver.taken("copy")).toEqual([]);
    driver.event({ type: "item.completed", item: message("m", "the answer") });
    driver.feed({ type: "action", action: { type: "copy" } });
    expect(driver.taken("copy")).toEqual([{ type: "copy", text: "the answer" }]);
    driver.feed({ type: "action", action: { type: "quit" } });
    expect(driver.taken("quit")).toEqual([{ type: "quit", exit: 0 }]);
  });

  test("beside the thread: the answer is shown as it comes, and said not to be kept", () => {
    const driver = new Driver();
    driver.feed({ type: "action", action: { type: "side", question: "why?" } });
    expect(driver.taken("side")).toEqual([{ type: "side", question: "why?" }]);
    driver.feed({ type: "side answer", text: "Because", done: false });
    expect(driver.picture.live.join("")).toContain("Because");
    driver.feed({ type: "side answer", text: " so.", done: true });
    expect(driver.text).toContain("Because so.");
    expect(driver.text).toContain("not kept");
    driver.feed({ type: "action", action: { type: "side", question: "again?" } });
    driver.key("escape");
    expect(driver.taken("stop side")).toHaveLength(1);
  });
});

describe("files", () => {
  test("are looked for as one types; what comes for older text is left out", () => {
    const driver = new Driver();
    driver.type("see @ma");
    const asked = driver.taken("find files");
    expect(asked.map(({ query }) => query)).toEqual(["", "m", "ma"]);
    const files = [
      { path: "src/main.ts", matched: [4, 5] },
      { path: "a map.md", matched: [2, 3] },
    ];
    driver.feed({ type: "files", generation: asked[0]?.generation ?? 0, files, more: 0, done: true });
    expect(driver.text).not.toContain("src/main.ts");
    driver.feed({ type: "files", generation: asked[2]?.generation ?? 0, files, more: 7, done: true });
    expect(driver.text).toContain("src/main.ts");
    expect(driver.text).toContain("7 more");
    driver.key("enter");
    expect(driver.state.composer.text).toBe("see @src/main.ts ");
    driver.type("@ma");
    driver.feed({ type: "files", generation: driver.state.counter, files, more: 0, done: true });
    driver.key("down", "tab");
    expect(driver.state.composer.text).toBe('see @src/main.ts @"a map.md" ');
  });

  test("of what was found for the word before only what still fits can be taken", () => {
    const driver = new Driver();
    driver.type("@");
    const files = ["a.md", "src/main.ts"].map((path) => ({ path, matched: [] }));
    driver.feed({ type: "files", generation: driver.state.counter, files, more: 0, done: true });
    driver.type("main");
    driver.key("tab");
    expect(driver.state.composer.text).toBe("@src/main.ts ");
    driver.key("ctrl-u");
    driver.type("@");
    driver.feed({ type: "files", generation: driver.state.counter, files, more: 0, done: true });
    driver.type("zz");
    driver.key("enter");
    expect(driver.ops()).toMatchObject([{ input: [{ text: "@zz" }] }]);
  });

  test("without any Enter sends; an address has no menu", () => {
    const driver = new Driver();
    driver.type("@nothing");
    driver.key("enter");
    expect(driver.ops()).toHaveLength(1);
    driver.type("me@here");
    expect(driver.state.menu).toBeNull();
  });
});

describe("what is written", () => {
  test("large pastes and images have placeholders, and are whole when sent", () => {
    const driver = new Driver();
    driver.type("see");
    driver.paste("line\n".repeat(50));
    driver.paste("/tmp/shot.png");
    expect(driver.state.composer.text).toBe("see [pasted 50 lines] [image shot.png] ");
    driver.key("enter");
    expect(driver.ops()).toEqual([
      {
        type: "user_turn",
        input: [
          { type: "local_image", path: "/tmp/shot.png" },
          { type: "text", text: `see ${"line\n".repeat(50)} [image shot.png] ` },
        ],
      },
    ]);
    expect(driver.taken("remember")[0]?.text).toContain("line\nline");
  });

  test("a clipboard's image, and none", () => {
    const driver = new Driver();
    driver.key("ctrl-v");
    expect(driver.taken("read image")).toHaveLength(1);
    driver.feed({ type: "image", path: null });
    expect(driver.text).toContain("no image");
    driver.feed({ type: "image", path: "/tmp/c.png" });
    expect(driver.state.composer.text).toBe("[image c.png] ");
  });

  test("several lines in four ways; the editor", () => {
    const driver = new Driver();
    driver.key("a", "shift-enter", "b", "alt-enter", "c", "ctrl-j", "d", "\\", "enter", "e");
    expect(driver.state.composer.text).toBe("a\nb\nc\nd\ne");
    driver.key("ctrl-g");
    expect(driver.taken("edit")).toEqual([{ type: "edit", text: "a\nb\nc\nd\ne" }]);
    driver.feed({ type: "edited", text: "new\n" });
    expect(driver.state.composer.text).toBe("new");
    driver.feed({ type: "edited", text: null });
    expect(driver.state.composer.text).toBe("new");
  });

  test("earlier prompts by Up, and searched", () => {
    const driver = new Driver();
    driver.feed({ type: "prompts", prompts: ["fix the tests", "hello"] });
    driver.key("up", "up", "down");
    expect(driver.state.composer.text).toBe("fix the tests");
    driver.key("ctrl-u", "ctrl-r");
    driver.type("hel");
    driver.key("enter");
    expect(driver.state.composer.text).toBe("hello");
    driver.key("enter", "up");
    expect(driver.state.composer.text).toBe("hello");
    expect(driver.state.prompts).toEqual(["hello", "fix the tests"]);
  });
});
