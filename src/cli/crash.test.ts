import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crashText } from "./crash.ts";

test("a name that no file system takes is none of moat's mistakes", () => {
  try {
    statSync("x".repeat(5000));
    expect.unreachable();
  } catch (error) {
    expect(crashText(error)).toMatch(/^moat: ENAMETOOLONG: /);
  }
});

test("links that lead in a circle are told of in words, with the path", () => {
  const base = mkdtempSync(join(tmpdir(), "moat-crash-"));
  const path = join(base, "circle");
  symlinkSync("circle", path);
  try {
    statSync(path);
    expect.unreachable();
  } catch (error) {
    expect(crashText(error)).toBe(`moat: ${path}: its links lead in a circle\n`);
  } finally {
    rmSync(base, { recursive: true });
  }
});
