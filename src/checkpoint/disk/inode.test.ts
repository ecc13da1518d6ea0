import { expect, test } from "bun:test";
import * as fs from "node:fs";
import fc from "fast-check";
import { tempProject } from "../../testkit/index.ts";
import { fromPath } from "../format/byte-text.ts";
import { idOfText, idText, inodeId, inodeIdOf } from "../format/inode-id.ts";
import { ABSENT } from "../format/record.ts";
import { factsAt, inodeAt, inodeOfDescriptor } from "./inode.ts";
import { quickInode } from "./stat.ts";

test("an inode is known alike by its path and by a descriptor: by the C library's call and by Bun's", () => {
  using project = tempProject({ "a.txt": "a\n", "d/grün.txt": "x" });
  fs.utimesSync(project.path("a.txt"), 1.5, 1234567890.25);
  fs.utimesSync(project.path("d"), -5, -1.5);
  for (const name of ["a.txt", "d", "d/grün.txt", "."]) {
    const path = fromPath(project.path(name));
    const fd = fs.openSync(project.path(name), "r");
    try {
      const inode = inodeOfDescriptor(fd);
      expect(inodeAt(path)).toEqual(inode);
      const { mode, uid, gid, size, mtime } = inode;
      expect(factsAt(path)).toMatchObject({ mode, uid, gid, size, mtime });
      if (process.platform === "linux") expect(quickInode(path)).toEqual(inode);
    } finally {
      fs.closeSync(fd);
    }
  }
});

test("a link is looked at itself, nothing is null, and a device goes Bun's way", () => {
  using project = tempProject({ "a.txt": "a\n" });
  fs.symlinkSync("a.txt", project.path("link"));
  expect(inodeAt(fromPath(project.path("link")))?.mode.toString(8)).toBe("120777");
  for (const absent of ["b", "a.txt/b"]) expect(inodeAt(fromPath(project.path(absent)))).toBeNull();
  expect(inodeAt("/dev/null")?.rdev).toBeGreaterThan(0n);
  expect(() => inodeAt(`${project.dir}/a.txt\0`)).toThrow();
  // Longer than a path can be: what it is cut to is not looked at.
  expect(() => inodeAt(`${project.dir}/${"./".repeat(2100)}a.txt`)).toThrow("ENAMETOOLONG");
});

test("an id is the same from halves of numbers, from whole numbers, and from both texts of it", () => {
  const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 35, 36, 36 ** 5, 2 ** 32 - 1));
  const ns = fc.integer({ min: 0, max: 999_999_999 });
  const whole = (high: number, low: number) => (BigInt(high) << 32n) | BigInt(low);
  fc.assert(
    fc.property(word, word, word, word, word, ns, (major, minor, inoHigh, inoLow, born, bornNs) => {
      const numbers = [whole(major, minor), whole(inoHigh, inoLow), BigInt(born) * 1_000_000_000n + BigInt(bornNs)];
      const [device = 0n, ino = 0n, time = 0n] = numbers;
      const id = inodeId({ major, minor, inoHigh, inoLow, born, bornNs });
      expect(id).toBe(inodeIdOf(device, ino, time));
      expect(idOfText(idText(id))).toBe(id);
      expect(idOfText(numbers.map((number) => number.toString(36)).join("."))).toBe(id);
    }),
    { numRuns: 2000 },
  );
  expect(idOfText(idText(ABSENT))).toBe(ABSENT);
});
