import { expect, test } from "bun:test";
import { textOf } from "./text.ts";

test("UTF-8 and UTF-16, with a mark that is no part of the text", () => {
  const text = "ünï\n";
  const wide = Buffer.from(`\uFEFF${text}`, "utf16le");
  for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), wide, Buffer.from(wide).swap16()])
    expect(textOf(bytes)).toBe(text);
  expect(textOf(new Uint8Array())).toBe("");
});
