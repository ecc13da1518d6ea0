import { expect, test } from "bun:test";
import { parseDuration } from "./duration.ts";

test.each([
  ["90", 90_000],
  ["90s", 90_000],
  ["1.5m", 90_000],
  ["1h30m", 5_400_000],
  ["500ms", 500],
  ["0s", 0],
  ["", null],
  ["soon", null],
  ["-5s", null],
  ["5d", null],
])("%s", (text, ms) => expect(parseDuration(text)).toBe(ms));
