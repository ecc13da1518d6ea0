// Descriptors that the C library gives: pipes, and files in memory that nobody changes.
import { describe, expect, test } from "bun:test";
import { closeSync, readFileSync, readlinkSync, readSync, writeSync } from "node:fs";
import { sealedMemfd } from "./memfd.ts";
import { openPipe } from "./pipe.ts";

const path = (fd: number) => `/proc/${process.pid}/fd/${fd}`;
/** What a child has of the same number. */
const inherited = (fd: number) =>
  Bun.spawnSync(["readlink", `/proc/self/fd/${fd}`], { stdio: ["ignore", "pipe", "ignore"] })
    .stdout.toString()
    .trim();

describe.skipIf(process.platform !== "linux")("a pipe", () => {
  test("carries what is written, and no child has it", () => {
    const pipe = openPipe();
    if (!pipe) throw new Error("no pipe");
    const bytes = Buffer.alloc(5);
    expect(writeSync(pipe.write, "hello")).toBe(5);
    expect([readSync(pipe.read, bytes), bytes.toString()]).toEqual([5, "hello"]);
    for (const fd of [pipe.read, pipe.write]) {
      expect(readlinkSync(path(fd))).toStartWith("pipe:");
      expect(inherited(fd)).not.toBe(readlinkSync(path(fd)));
      closeSync(fd);
    }
  });

  test("is Bun's own elsewhere", () => {
    const { platform } = process;
    Object.defineProperty(process, "platform", { value: "darwin" });
    expect(openPipe()).toBeNull();
    Object.defineProperty(process, "platform", { value: platform });
  });
});

describe.skipIf(process.platform !== "linux")("a sealed file in memory", () => {
  test("is a program with these bytes, which nobody can change, and no child has it", () => {
    const fd = sealedMemfd("moat-test", readFileSync("/bin/true"));
    try {
      expect(readlinkSync(path(fd))).toBe("/memfd:moat-test (deleted)");
      expect(readFileSync(path(fd))).toEqual(readFileSync("/bin/true"));
      expect(Bun.spawnSync([path(fd)]).exitCode).toBe(0);
      expect(() => writeSync(fd, "x", 0)).toThrow("EPERM");
      expect(Bun.spawnSync(["truncate", "-s", "0", path(fd)]).exitCode).not.toBe(0);
      expect(Bun.spawnSync(["truncate", "-s", "100M", path(fd)]).exitCode).not.toBe(0);
      expect(inherited(fd)).not.toContain("memfd");
    } finally {
      closeSync(fd);
    }
  });

  test("is an error where it cannot be had", () => {
    expect(() => sealedMemfd("n".repeat(300), Buffer.from("x"))).toThrow("memfd_create: errno 22");
  });
});
