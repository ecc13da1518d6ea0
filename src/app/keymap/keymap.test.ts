// The key table: every row can be pressed, is written in help, and may be set otherwise.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Driver, keyOf } from "../state/driver.suite.ts";
import { keyLines, keyMarkdown } from "./help.ts";
import { keymapOf, keyName, typedText } from "./keymap.ts";
import { keysPage } from "./page.ts";
import { KEY_TABLE } from "./table.ts";

type KeyEvent = Parameters<typeof keyName>[0];
const keyEvent = (name: string) => keyOf(name) as KeyEvent;

describe("the table", () => {
  test("every key is written as it is read, and no place has one twice", () => {
    for (const { keys } of KEY_TABLE) for (const key of keys) expect(keyName(keyEvent(key))).toBe(key);
    expect(keymapOf().problems).toEqual([]);
    expect(new Set(KEY_TABLE.map(({ name }) => name)).size).toBe(KEY_TABLE.length);
  });

  test("help and documentation have every row", () => {
    const help = keyLines(KEY_TABLE).join("\n");
    const docs = keyMarkdown(KEY_TABLE);
    for (const { name, what } of KEY_TABLE) {
      expect(help).toContain(what);
      expect(docs).toContain(`| \`${name}\` |`);
    }
    expect(help).toContain("Ctrl-A, Home");
    expect(help).toContain("G, Ctrl-End");
  });
});

test("docs/keys.md is what the tables give; if not, run: bun scripts/docs.ts", () => {
  expect(readFileSync(join(import.meta.dir, "../../../docs/keys.md"), "utf8")).toBe(keysPage());
});

describe("names of keys", () => {
  test.each<[Partial<KeyEvent>, string]>([
    [{ key: "a" }, "a"],
    [{ key: "A", shift: true }, "A"],
    [{ key: "a", ctrl: true }, "ctrl-a"],
    [{ key: "Z", ctrl: true }, "ctrl-shift-z"],
    [{ key: "z", ctrl: true, shift: true }, "ctrl-shift-z"],
    [{ key: " " }, "space"],
    [{ key: "enter", named: true, shift: true }, "shift-enter"],
    [{ key: "left", named: true, ctrl: true, alt: true }, "ctrl-alt-left"],
    [{ key: "-" }, "-"],
  ])("%j is %s", (event, name) =>
    expect(keyName({ type: "key", named: false, ctrl: false, alt: false, shift: false, key: "", ...event })).toBe(name),
  );

  test("only a character alone is text", () => {
    expect(typedText(keyEvent("é"))).toBe("é");
    expect(typedText(keyEvent("space"))).toBe(" ");
    for (const key of ["ctrl-a", "alt-a", "enter"]) expect(typedText(keyEvent(key))).toBeNull();
  });
});

describe("keys of one's own", () => {
  test("take the place of those of the table, and win over others", () => {
    const { keymap, problems } = keymapOf({ newline: ["Enter"], send: ["ctrl-s"], undo: [] });
    expect(keymap.composer.get("enter")).toBe("newline");
    expect(keymap.composer.get("ctrl-s")).toBe("send");
    expect(keymap.composer.get("ctrl-j")).toBeUndefined();
    expect([...keymap.composer.values()]).not.toContain("undo");
    expect(problems).toEqual([]);
    const driver = new Driver({ setup: { home: "/", keymap, notifications: true } });
    driver.type("a");
    driver.key("enter", "b", "ctrl-s");
    expect(driver.ops()).toEqual([{ type: "user_turn", input: [{ type: "text", text: "a\nb" }] }]);
    expect(keyLines(keymap.rows).join("\n")).toContain("Ctrl-S");
  });

  test("what is wrong with them is said", () => {
    const { keymap, problems } = keymapOf({ sing: ["x"], queue: ["enter"] });
    expect(problems).toHaveLength(2);
    expect(problems.join(" ")).toContain("sing");
    expect(keymap.composer.get("enter")).toBe("queue");
  });
});
