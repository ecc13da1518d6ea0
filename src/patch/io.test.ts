import { expect, test } from "bun:test";
import { join } from "node:path";
import { isUnchanged, look } from "./io.ts";
import { workspace } from "./testing.ts";

test("a file is unchanged while all that tells it apart is: inode, size, time, mode and bytes", () => {
  using space = workspace({ f: "x\n" });
  const found = look(join(space.root, "f"));
  if (found?.kind !== "file") throw new Error("no file");
  const { snapshot } = found;
  expect(isUnchanged(found, { ...snapshot })).toBe(true);
  const others = [
    { dev: snapshot.dev + 1n },
    { ino: snapshot.ino + 1n },
    { size: snapshot.size + 1n },
    { mtime_ns: snapshot.mtime_ns + 1n },
    { mode: snapshot.mode ^ 0o100 },
    { link: "elsewhere" },
    { bytes: Buffer.from("y\n") },
    { bytes: null },
  ];
  expect(others.map((other) => isUnchanged(found, { ...snapshot, ...other }))).toEqual(others.map(() => false));
});
