import { expect, test } from "bun:test";
import { printers } from "./host.ts";

test("a line with a long text is written in pieces, and a key is found wherever they are cut", () => {
  const written: string[] = [];
  const { json, secrets } = printers(
    (text) => written.push(text),
    () => {},
    false,
  );
  secrets.learn(["sk-abcdefghijkl"]);
  for (let before = 16_370; before < 16_390; before++) {
    const line = (key: string) => ({ type: "x", text: `${"\0".repeat(before)}${key}${"y".repeat(300_000)}`, n: 1 });
    json(line("sk-abcdefghijkl"));
    expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(200_000);
    const whole = written.splice(0).join("");
    expect(whole.endsWith("}\n")).toBe(true);
    expect(JSON.parse(whole)).toEqual(line("[key]"));
  }
});
