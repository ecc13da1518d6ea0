import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../contract.ts";
import { installPrivate } from "../private-file.ts";
import { embedded, prepare } from "./embedded.ts";

const base = mkdtempSync(join(tmpdir(), "moat-embedded-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
/** A launcher without arguments explains itself and exits with 125, as nothing else does. */
const starts = async (path: string) => {
  const exit = await Bun.spawn([path], { stdio: ["ignore", "ignore", "ignore"] }).exited;
  if (exit !== 125) throw new Error(`exit ${exit}`);
  return exit;
};
const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe.skipIf(process.platform !== "linux")("the embedded launcher", () => {
  const { bytes } = embedded();
  const right = sha256(bytes);

  test("is at most 64 KB", () => {
    expect(bytes.length).toBeGreaterThan(4096);
    expect(bytes.length).toBeLessThanOrEqual(65536);
  });

  test("runs from a sealed file in memory, leaving nothing on the disk", async () => {
    const cache = join(base, "unused");
    const { path } = await prepare({ bytes, sha256: right }, cache, starts);
    expect(path).toStartWith("/proc/self/fd/");
    expect(readlinkSync(path)).toContain("memfd:moat-launch");
    expect(() => writeFileSync(path, "x")).toThrow();
    expect(existsSync(cache)).toBe(false);
  });

  test("does not run when its bytes are damaged", async () => {
    const damaged = new Uint8Array(bytes);
    damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1;
    expect(await failure(prepare({ bytes: damaged, sha256: right }, base, starts))).toBeInstanceOf(SandboxError);
    for (const broken of [new Uint8Array(0), bytes.subarray(1), bytes.subarray(0, 64), new Uint8Array(5000).fill(7)]) {
      expect(await failure(prepare({ bytes: broken, sha256: null }, join(base, "broken"), starts))).toBeInstanceOf(
        SandboxError,
      );
    }
  });

  test("runs from the disk where memory does not do", async () => {
    const cache = join(base, "fallback");
    const onlyFiles = async (path: string) => {
      if (path.startsWith("/proc/")) throw new Error("no execution from memory");
      return starts(path);
    };
    expect((await prepare({ bytes, sha256: right }, cache, onlyFiles)).path).toBe(join(cache, right));
    const never = async () => Promise.reject(new Error("noexec"));
    expect(String(await failure(prepare({ bytes, sha256: right }, cache, never)))).toContain("noexec; noexec");
  });

  test("is put into a private directory where memory cannot be executed", () => {
    const directory = join(base, "cache");
    const path = join(directory, right);
    installPrivate(bytes, right, path);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    expect(Bun.spawnSync([path]).exitCode).toBe(125);
    const { ino } = statSync(path);
    installPrivate(bytes, right, path);
    expect(statSync(path).ino).toBe(ino);
    expect(readdirSync(directory)).toEqual([right]);
  });

  test("replaces what somebody put in its place", () => {
    const directory = join(base, "taken");
    mkdirSync(directory, { mode: 0o700 });
    const path = join(directory, right);
    writeFileSync(path, "#!/bin/sh\necho evil\n", { mode: 0o500 });
    installPrivate(bytes, right, path);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    rmSync(path);
    symlinkSync("/bin/true", path);
    installPrivate(bytes, right, path);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
    chmodSync(path, 0o777);
    installPrivate(bytes, right, path);
    expect(readFileSync(path)).toEqual(Buffer.from(bytes));
  });

  test("is not put where others can write", () => {
    const directory = join(base, "shared");
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    expect(() => installPrivate(bytes, right, join(directory, right))).toThrow("changed by others");
    const link = join(base, "link");
    symlinkSync(base, link);
    expect(() => installPrivate(bytes, right, join(link, right))).toThrow();
  });
});
