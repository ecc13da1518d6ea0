// The launcher's build: what it takes, what it gives, and for which machines.
import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import { makeBase, makeWorkspace, policyFor, remove, run, sh, startedBehind } from "./harness.suite.ts";
import { sandboxWith } from "./launch/launch.ts";

const onLinux = process.platform === "linux";
const base = makeBase();
afterAll(() => remove(base));

const native = join(import.meta.dir, "../../native");
const arm64 = join(native, "out/moat-launch-arm64");
const qemu = Bun.which("qemu-aarch64-static") ?? Bun.which("qemu-aarch64");
const host = process.arch;
const cross = Bun.which("aarch64-linux-gnu-gcc");

describe.skipIf(!onLinux)("the build", () => {
  const build = (...args: string[]) =>
    Bun.spawnSync(["sh", join(native, "build.sh"), "--strict", "--install", join(base, "launcher.bin"), ...args], {
      stderr: "pipe",
    });

  test("a compiler that warns of more than ours does not keep a user from building", () => {
    const arch = ["--arch", host, "--install", join(base, "launcher.bin")];
    const env = { ...process.env, CC: "gcc -Wconversion" };
    const run = (...args: string[]) => Bun.spawnSync(["sh", join(native, "build.sh"), ...args, ...arch], { env });
    expect(run().exitCode).toBe(0);
    expect(run("--strict").exitCode).not.toBe(0);
  });

  test("no two parts of the launcher include each other", () => {
    const includes = (part: string) =>
      [".c", ".h"].flatMap((kind) => {
        const file = Bun.file(join(native, "src", part + kind));
        const text = file.size > 0 ? readFileSync(join(native, "src", part + kind), "utf8") : "";
        return [...text.matchAll(/^#include "(\w+)\.h"/gm)].map((match) => match[1] ?? "");
      });
    const parts = readdirSync(join(native, "src")).flatMap((name) => (name.endsWith(".c") ? [name.slice(0, -2)] : []));
    const circles = parts.flatMap((part) =>
      includes(part)
        .filter((other) => other !== part && includes(other).includes(part))
        .map((other) => `${part} ${other}`),
    );
    expect(circles).toEqual([]);
  });

  test("gives the same bytes twice, and does not touch a file that is right", () => {
    expect(build("--arch", host).stderr.toString()).toBe("");
    const first = readFileSync(join(base, "launcher.bin"));
    const { mtimeMs } = statSync(join(base, "launcher.bin"));
    build("--arch", host);
    expect(readFileSync(join(base, "launcher.bin"))).toEqual(first);
    expect(statSync(join(base, "launcher.bin")).mtimeMs).toBe(mtimeMs);
    expect(first).toEqual(readFileSync(launcher));
  });

  test.skipIf(!cross)("the one for arm64 fits into 64 KB", () => {
    expect(build("--arch", "arm64").stderr.toString()).toBe("");
    expect(statSync(arm64).size).toBeLessThanOrEqual(65536);
  });

  // qemu-user knows neither Landlock nor seccomp nor the adoption of descendants: it is good for everything before them. The rest has
  // to be tried on a machine of that kind.
  test.skipIf(!qemu || !cross)(
    "the one for arm64 reads its policy and starts nothing that it cannot hold (qemu-user)",
    async () => {
      const { inside } = makeWorkspace(base);
      const emulated = startedBehind([qemu ?? ""], sandboxWith(arm64, "landlock", base));
      const ended = await run(emulated, sh("touch ran"), policyFor(inside), inside);
      expect(ended.exit).toBe(125);
      expect(String(ended.report)).toContain("descendants cannot be adopted");
      const bad = await run(emulated, sh("touch ran"), policyFor(inside, { writable: [`${inside}/.`] }), inside);
      expect(String(bad.report)).toContain(`not absolute and normalized: ${inside}/.`);
      expect(readdirSync(inside)).toEqual([]);
    },
  );
});
