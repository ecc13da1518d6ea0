import { expect, test } from "bun:test";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobReferences, getBlob, listBlobs, putBlob } from "./blobs.ts";
import { tempHome } from "./sample.suite.ts";

const day = (date: string) => new Date(`${date}T00:00:00.000Z`);

test("a text is stored once, for nobody else's eyes, and read again", () => {
  using home = tempHome();
  const dir = join(home.dir, "blobs");
  const text = "ä".repeat(10_000);
  const hash = putBlob(dir, text, day("2026-01-01"));
  expect(hash).toBe(new Bun.CryptoHasher("sha256").update(text).digest("hex"));
  const path = join(dir, hash.slice(0, 2), `${hash}.zst`);
  const { size, mode, mtimeMs } = statSync(path);
  expect(size).toBeLessThan(1000);
  expect([mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(getBlob(dir, hash)).toBe(text);
  expect(listBlobs(dir)).toEqual([{ hash, path, bytes: size, used: mtimeMs }]);
  // To store it again says that it is used, and nothing more.
  expect(putBlob(dir, text, day("2030-01-01"))).toBe(hash);
  expect(listBlobs(dir)).toEqual([{ hash, path, bytes: size, used: day("2030-01-01").getTime() }]);
  expect(readdirSync(dirname(path))).toEqual([`${hash}.zst`]);
});

test("what is missing, damaged or another text is none", () => {
  using home = tempHome();
  const [one, two] = ["one", "two"].map((text) => putBlob(home.dir, text, day("2026-01-01"))) as [string, string];
  const path = (hash: string) => join(home.dir, hash.slice(0, 2), `${hash}.zst`);
  expect(getBlob(home.dir, "0".repeat(64))).toBeNull();
  writeFileSync(path(one), "not zstd");
  expect(getBlob(home.dir, one)).toBeNull();
  writeFileSync(path(one), Bun.zstdCompressSync("two"));
  expect([getBlob(home.dir, one), getBlob(home.dir, two)]).toEqual([null, "two"]);
});

test("leftovers of writers that were killed are listed without a hash", () => {
  using home = tempHome();
  const hash = putBlob(home.dir, "one", day("2026-01-01"));
  const folder = join(home.dir, hash.slice(0, 2));
  for (const name of [`${hash}.zst.123`, `x${hash}.zst`, `${hash}`]) writeFileSync(join(folder, name), "");
  const hashes = listBlobs(home.dir).map((blob) => blob.hash);
  expect(hashes.sort()).toEqual(["", "", "", hash]);
  expect(listBlobs(join(home.dir, "none"))).toEqual([]);
});

test("references are found in whole and in damaged lines", () => {
  using home = tempHome();
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  const path = join(home.dir, "rollout");
  writeFileSync(path, `{"x":{"$blob":"${a}","bytes":1}}\n{"y":[{"$blob":"${b}","by`);
  expect(blobReferences(path)).toEqual(new Set([a, b]));
});
