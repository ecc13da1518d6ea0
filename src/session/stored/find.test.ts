import { describe, expect, test } from "bun:test";

import { sampleTurn, tempHome } from "../sample.suite.ts";
import { archiveThread, findThread, renameThread } from "../store.ts";

const at = (n: number) => `2026-03-${String(n).padStart(2, "0")}T00:00:00.000Z`;
const date = () => new Date(at(28));

/** Threads by their id, each with its name and its first prompt; the later ones were used last. */
async function finder(threads: Record<string, { name?: string; prompt?: string }>) {
  const home = tempHome();
  for (const [index, [id, { name, prompt = "x" }]] of Object.entries(threads).entries()) {
    const path = home.thread(id, sampleTurn(0, { prompt }), at(index + 1));
    if (name) renameThread(path, name, date);
  }
  const find = async (word: string) => {
    const found = await findThread(home.dir, word);
    return found.ok ? found.thread.thread_id : [found.reason, ...found.near.map(({ thread_id }) => thread_id)];
  };
  return { find, [Symbol.dispose]: () => home[Symbol.dispose]() };
}

describe("a word means", () => {
  test("first an id, then a name as it is written, then a name, then the beginning of an id", async () => {
    using home = await finder({
      aaaa1111: { name: "bbbb" },
      bbbb: { name: "BBBB2222" },
      bbbb2222: { name: "Alpha" },
      cccc3333: { name: "alpha" },
      dddd4444: { name: "Beta" },
    });
    expect(await home.find("bbbb")).toBe("bbbb");
    expect(await home.find("BBBB")).toBe("bbbb");
    expect(await home.find("bbbb2222")).toBe("bbbb2222");
    expect(await home.find("Alpha")).toBe("bbbb2222");
    expect(await home.find("alpha")).toBe("cccc3333");
    expect(await home.find("ALPHA")).toEqual(["ambiguous", "cccc3333", "bbbb2222"]);
    expect(await home.find("BETA")).toBe("dddd4444");
    expect(await home.find("dddd")).toBe("dddd4444");
    expect(await home.find("ddd")).toEqual(["unknown"]);
  });

  test("an archived thread as well", async () => {
    using home = tempHome();
    archiveThread(home.thread("aaaa1111", sampleTurn(0)), true);
    expect(await findThread(home.dir, "aaaa1111")).toMatchObject({ ok: true, thread: { archived: true } });
  });

  test("nothing for certain when several fit: five of them, the last used first", async () => {
    const ids = Array.from({ length: 7 }, (_, n) => [`aaaa000${n}`, {}] as const);
    using home = await finder(Object.fromEntries(ids));
    expect(await home.find("aaaa")).toEqual(["ambiguous", "aaaa0006", "aaaa0005", "aaaa0004", "aaaa0003", "aaaa0002"]);
  });
});

describe("what may have been meant", () => {
  test("a part of a name before a typing mistake before a word of the prompt", async () => {
    using home = await finder({
      "11111111": { prompt: "fix the parser" },
      "22222222": { name: "parsed" },
      "33333333": { name: "the parser" },
      "44444444": { name: "something else" },
    });
    expect(await home.find("PARSER")).toEqual(["unknown", "33333333", "22222222", "11111111"]);
  });

  test("one wrong character in a short word, one in eight in a long one", async () => {
    using home = await finder({ abcdefgh12345678: {} });
    const near = ["unknown", "abcdefgh12345678"];
    expect(await home.find("abcx")).toEqual(near);
    expect(await home.find("abxx")).toEqual(["unknown"]);
    expect(await home.find("abcdefghxx345678")).toEqual(near);
    expect(await home.find("abcdefghxxx45678")).toEqual(["unknown"]);
    // Too short to be like anything, and longer than what it would be like.
    expect(await home.find("abx")).toEqual(["unknown"]);
    expect(await home.find("abcdefgh123456789")).toEqual(["unknown"]);
  });
});
