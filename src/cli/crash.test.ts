import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crashText } from "./crash.ts";

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
