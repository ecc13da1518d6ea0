// Which keys answer a dialog, and which were meant for the line. Pure: the time is what `open` says.
import { describe, expect, test } from "bun:test";
import { DialogKeys, type Taking } from "./dialog-keys.ts";
import { KeyReader } from "./keys.ts";

const ESCAPE = "\x1b";
const DOWN = "\x1b[B";
const pasted = (text: string) => `\x1b[200~${text}\x1b[201~`;

/** Yes, session, no; the no is marked. */
const list: Taking = { kind: "list", letters: [["y"], ["s", "a"], ["n"]], at: 2 };
const downs = (count: number) => `${DOWN.repeat(count)}\r`;

function keysAt(taking: Taking, ...early: string[]): DialogKeys {
  const keys = new DialogKeys();
  keys.begin(taking);
  for (const chunk of early) expect(keys.take(chunk).feed).toBe("");
  keys.open();
  return keys;
}
const fed = (keys: DialogKeys, ...chunks: string[]) => chunks.map((chunk) => keys.take(chunk).feed).join("");

describe("before a list could be read", () => {
  test.each(["/help\r", "y", "1", "y\r", "\r", ESCAPE, DOWN, "\t", "\x04", pasted("y\r"), "ja\x7f\x7f\r", "é", "👍"])(
    "%j answers nothing",
    (chunk) => {
      const keys = keysAt(list, chunk);
      expect(fed(keys, "y")).toBe(downs(1));
    },
  );

  test("what was typed goes back as it came; keys that mean nothing in an empty line do not", () => {
    expect(keysAt(list, "/", "help", "\r").rest()).toBe("/help\r");
    expect(keysAt(list, "ab\x7f", DOWN, ESCAPE, "\r").rest()).toBe("ab\x7f\r");
    expect(keysAt(list, pasted("one\rtwo"), "\r").rest()).toBe(`${pasted("one\rtwo")}\r`);
    expect(keysAt(list, "\r", "\x7f", DOWN).rest()).toBe("");
  });

  test("whoever types is told so, and gets the time anew", () => {
    const keys = new DialogKeys();
    keys.begin(list);
    expect(keys.take("x").typing).toBe(true);
    expect(keys.take("\r").typing).toBe(true);
    expect(keysAt(list).take("z").typing).toBe(false);
    const idle = new DialogKeys();
    idle.begin(list);
    expect([idle.take("\r").typing, idle.take(DOWN).typing]).toEqual([false, false]);
  });

  test("Ctrl-C works at any time", () => {
    const keys = new DialogKeys();
    keys.begin(list);
    expect(keys.take("ab\x03").feed).toBe("\x03");
  });
});

describe("a list that was read", () => {
  test.each([
    ["y", downs(1)],
    ["Y", downs(1)],
    ["1", downs(1)],
    ["s", downs(2)],
    ["a", downs(2)],
    ["2", downs(2)],
    ["n", downs(0)],
    ["3", downs(0)],
    ["\r", "\r"],
    [ESCAPE, ESCAPE],
    [DOWN, DOWN],
  ])("%j", (key, wanted) => expect(fed(keysAt(list), key)).toBe(wanted));

  test.each(["h", "j", "k", "l", "q", "0", "4", "9", " ", "\t", "\x1b[C", "\x1b[D", "\x1by", "é"])(
    "%j does nothing",
    (key) => {
      const keys = keysAt(list);
      expect(fed(keys, key)).toBe("");
      expect(keys.rest()).toBe("");
      expect(fed(keys, "\r")).toBe("\r");
    },
  );

  test("a letter counts from where the arrows went", () => {
    expect(fed(keysAt(list), DOWN, "y")).toBe(`${DOWN}${downs(0)}`);
    expect(fed(keysAt(list), "\x1b[A", "y")).toBe(`\x1b[A${downs(2)}`);
  });

  test("a paste, and a burst of a terminal that does not mark it, go to the line", () => {
    for (const text of [pasted("y"), "yes", "yes\r", "/help\r"]) {
      const keys = keysAt(list);
      expect(fed(keys, text)).toBe("");
      expect(keys.rest()).toBe(text);
    }
    expect(keysAt(list, "\x1b[200~half").rest()).toBe("\x1b[200~half");
    const slow = keysAt(list, "\x1b[200~y");
    expect(fed(slow, "\r", "y\r", "\x1b[201~")).toBe("");
    expect(slow.rest()).toBe(pasted("y\ry\r"));
  });

  test("what is typed after the answer is for the line, or for the field that it opens", () => {
    const keys = keysAt(list);
    expect(fed(keys, "y\r", "more")).toBe(downs(1));
    expect(keys.rest()).toBe("\rmore");
    const reason = keysAt(list);
    expect(fed(reason, "n\r")).toBe(downs(0));
    expect(reason.begin({ kind: "field" })).toBe("\r");
    const asked = keysAt(list, "early");
    expect(fed(asked, "n")).toBe(downs(0));
    expect(asked.begin({ kind: "field" })).toBe("");
    expect(asked.rest()).toBe("early");
  });
});

test("a field takes everything at once, a paste as one line; a search only when it was read", () => {
  const field = new DialogKeys();
  field.begin({ kind: "field" });
  expect(fed(field, "jk y", pasted("a\r\n  b\r"), DOWN, "\r")).toBe(`jk ya b${DOWN}\r`);
  const search = keysAt({ kind: "search" }, "early\r");
  expect(fed(search, "late", DOWN, "\r")).toBe(`late${DOWN}\r`);
  expect(search.rest()).toBe("early\r");
});

test("keys are taken apart whatever the chunks are", () => {
  const read = (...chunks: string[]) => {
    const reader = new KeyReader();
    return chunks.flatMap((chunk) => reader.read(chunk)).map(({ type, text }) => `${type[1]}:${text}`);
  };
  expect(read("a\x1b[A\x1bOB\x1b[1;5C\x1bx\x1b")).toEqual([
    "h:a",
    "o:\x1b[A",
    "o:\x1bOB",
    "o:\x1b[1;5C",
    "o:\x1bx",
    "o:\x1b",
  ]);
  expect(read("\x1b[200~a\x1b[", "Ab\x1b[201~c")).toEqual(["a:a\x1b[Ab", "h:c"]);
  expect(read("\x1b[20", "0~a\x1b[2", "01", "~b\x1b[20")).toEqual(["a:a", "h:b"]);
  expect(read("\x1b[2", "~")).toEqual(["o:\x1b[2~"]);
  expect(read("é👍")).toEqual(["h:é", "h:👍"]);
});
