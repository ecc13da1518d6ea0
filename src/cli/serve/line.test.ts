import { expect, test } from "bun:test";
import { writeLine } from "./line.ts";

test("a long message leaves in pieces, which are one line of JSON, with what somebody is asked about as it is", () => {
  const written: string[] = [];
  const message = { method: "ask", params: { command: "export KEY=sk-1234567890", text: "ä\u0007\n".repeat(200_000) } };
  writeLine({ data: (text) => void written.push(text) }, message);
  expect(Math.max(...written.map((text) => text.length))).toBeLessThan(200_000);
  expect(written.join("").indexOf("\n")).toBe(written.join("").length - 1);
  expect(JSON.parse(written.join(""))).toEqual(message);
});
