import { expect } from "bun:test";
import type { OnScreen } from "./on-screen.ts";

/** DEC private modes that are on at the end of what was written. */
function modesOn(raw: string): string[] {
  const on = new Set<string>();
  for (const [, numbers = "", to] of raw.matchAll(/\x1b\[\?([\d;]+)([hl])/g))
    for (const number of numbers.split(";")) to === "h" ? on.add(number) : on.delete(number);
  // The cursor is to be seen, and lines wrap, on a terminal that nothing was done to.
  return [...on].filter((number) => number !== "25" && number !== "7");
}

/** Keyboard modes that were pushed and not popped, and titles. */
const pushed = (raw: string) => [
  raw.split("\x1b[>5u").length - raw.split("\x1b[<u").length,
  raw.split("\x1b[22;2t").length - raw.split("\x1b[23;2t").length,
  raw.lastIndexOf("\x1b[>4;2m") > raw.lastIndexOf("\x1b[>4m"),
  raw.lastIndexOf("\x1b[?25l") > raw.lastIndexOf("\x1b[?25h"),
  raw.lastIndexOf("\x1b[?7l") > raw.lastIndexOf("\x1b[?7h"),
];

/** The terminal is as it was: every mode that was switched on is off again. */
export function givenBack(t: OnScreen): void {
  expect(modesOn(t.raw)).toEqual([]);
  expect(pushed(t.raw)).toEqual([0, 0, false, false, false]);
}
