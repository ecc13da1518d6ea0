import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SecretStream, Secrets } from "./index.ts";

const KEY = 'sk-live/9+ä"Zq=7';
const secrets = new Secrets([KEY, "short", "letters", "a-1b2", "sk-live/9", "hunter2hunter2"]);

describe("a value is found", () => {
  test.each([
    ["as it is", KEY],
    ["in an address", encodeURIComponent(KEY)],
    ["in an address, in small letters", encodeURIComponent(KEY).toLowerCase()],
    ["in JSON", JSON.stringify(JSON.stringify({ a: KEY }))],
    ["in base64", btoa(unescape(encodeURIComponent(KEY)))],
    ["behind a name in base64", Buffer.from(`user:${KEY}`).toString("base64")],
    ["between others in base64url", Buffer.from(`ab${KEY}xyz`).toString("base64url")],
  ])("%s", (_, text) => {
    const told = secrets.redact(`a ${text} b`);
    expect(told).toContain("[key]");
    expect(told).toStartWith("a ");
    expect(told).toEndWith(" b");
    expect(secrets.holds(text)).toBe(true);
    expect(secrets.redact(told)).toBe(told);
  });
});

test("the longest of two goes, both go when they touch, and other text stays the very same", () => {
  expect(secrets.redact(`${KEY}hunter2hunter2!`)).toBe("[key][key]!");
  const plain = "short words and letters, a-1b2, sk-live and nothing else";
  expect(secrets.redact(plain)).toBe(plain);
  expect(new Secrets().redact(KEY)).toBe(KEY);
});

test("data keeps its shape, and is the same object where nothing was found", () => {
  const clean = { a: ["x", { b: 1, c: null, d: true }] };
  expect(secrets.redactAll(clean)).toBe(clean);
  expect(secrets.redactAll({ a: ["x", { b: `<${KEY}>` }], [KEY]: 1 })).toEqual({
    a: ["x", { b: "<[key]>" }],
    "[key]": 1,
  } as never);
});

test("what is learned later counts, too", () => {
  const late = new Secrets();
  expect(late.known).toBe(false);
  late.learn(["first-of-all"]);
  expect(late.redact("first-of-all")).toBe("[key]");
  // A long text is searched in another way, which must learn it, too.
  const long = "some words and ".repeat(20);
  expect(late.redact(`${long}first-of-all`)).toBe(`${long}[key]`);
  expect(late.redact(`${long}(second+one)*`)).toBe(`${long}(second+one)*`);
  late.learn(["(second+one)*"]);
  expect(late.redact(`${long}(second+one)*`)).toBe(`${long}[key]`);
  expect(late.holds(`${long}first-of-all`)).toBe(true);
  expect(late.redactAll({ a: 1, b: [`${long}first-of-all`, long], c: long })).toEqual({
    a: 1,
    b: [`${long}[key]`, long],
    c: long,
  });
});

test("pieces of any size say what the whole says", () => {
  const word = fc.constantFrom(
    KEY,
    KEY.slice(0, 7),
    "hunter2",
    "hunter2hunter2",
    "sk-",
    " ",
    "text",
    encodeURIComponent(KEY),
  );
  fc.assert(
    fc.property(fc.array(word), fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (words, sizes) => {
      const whole = words.join("");
      const stream = new SecretStream(secrets);
      let told = "";
      for (let at = 0; at < whole.length; ) {
        const end = at + (sizes.next().value ?? 1);
        told += stream.push(whole.slice(at, end));
        at = end;
      }
      told += stream.end();
      expect(told).toBe(secrets.redact(whole));
    }),
  );
});

test("no value that was learned is left in any text around it", () => {
  const value = fc.string({ minLength: 8, maxLength: 40, unit: "grapheme" });
  fc.assert(
    fc.property(value, fc.string(), fc.string(), (key, before, after) => {
      const one = new Secrets([key]);
      expect(one.redact(before + key + after)).not.toContain(key);
      const base64 = Buffer.from(before + key + after).toString("base64");
      if (key.length >= 12) expect(one.holds(base64)).toBe(true);
    }),
  );
});

test("a piece that begins one is held back, whatever character that is", () => {
  for (const first of ["]", "^", "-", "\\", "[", "a", "\ud83d", "ä", " "]) {
    const value = `${first}23456789`;
    const known = new Secrets([value]);
    expect([known.mayBegin(`x${first}`), known.mayBegin("x")]).toEqual([true, false]);
    known.learn(["x23456789"]);
    expect(known.mayBegin("x")).toBe(true);
    const stream = new SecretStream(known);
    expect(["y", first, "2345", "6789", "z"].map((piece) => stream.push(piece)).join("") + stream.end()).toBe(
      "y[key]z",
    );
  }
});
