// The parts of scripts/release.ts, each with an input that it must refuse.
import { describe, expect, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ar, type Entry, gzip, tar, zip } from "../../../scripts/release/archive.ts";
import { checksums } from "../../../scripts/release/assets.ts";
import { readPackages, thirdParty } from "../../../scripts/release/licences.ts";
import { checkNeeds } from "../../../scripts/release/needs.ts";
import { RUNTIME_VERSION } from "../../../scripts/release/runtime.ts";
import { sbom } from "../../../scripts/release/sbom.ts";
import { sizeLines, tooLarge } from "../../../scripts/release/sizes.ts";
import { smoke } from "../../../scripts/release/smoke.ts";
import { hostTarget, TARGETS } from "../../../scripts/release/targets.ts";
import { tempProject } from "../../testkit/index.ts";
import { binary } from "../harness.ts";

const root = join(import.meta.dir, "..", "..", "..");
const entries: Entry[] = [
  { path: "moat", bytes: Buffer.from("#!/bin/sh\necho moat\n"), mode: 0o755 },
  { path: "completions/moat.bash", bytes: Buffer.alloc(1025, "x"), mode: 0o644 },
  { path: "empty", bytes: new Uint8Array(), mode: 0o644 },
];
const run = (...command: string[]) => Bun.spawnSync(command, { stderr: "pipe" });

describe("archives", () => {
  test("tar.gz: tar unpacks it, and the same entries give the same bytes", () => {
    using there = tempProject();
    const packed = gzip(tar(entries, 1_700_000_000));
    expect(gzip(tar(entries, 1_700_000_000))).toEqual(packed);
    there.write("a.tar.gz", packed);
    expect(run("tar", "-xzf", there.path("a.tar.gz"), "-C", there.dir).exitCode).toBe(0);
    for (const { path, bytes } of entries) expect(there.read(path)).toBe(Buffer.from(bytes).toString());
    const listed = run("tar", "-tvzf", there.path("a.tar.gz")).stdout.toString();
    expect(listed).toContain("-rwxr-xr-x root/root");
    expect(listed).toContain("2023-11-14");
  });

  test("a name that does not fit is refused, not cut", () => {
    expect(() => tar([{ path: "x".repeat(101), bytes: new Uint8Array(), mode: 0o644 }], 0)).toThrow("too long");
  });

  test.if(Bun.which("python3") !== null)("zip: another reader finds files, sums and modes right", () => {
    using there = tempProject();
    there.write("a.zip", zip(entries));
    expect(run("python3", "-m", "zipfile", "-t", there.path("a.zip")).stdout.toString()).toContain("Done testing");
    expect(run("python3", "-m", "zipfile", "-e", there.path("a.zip"), there.path("out")).exitCode).toBe(0);
    for (const { path, bytes } of entries) expect(there.read(`out/${path}`)).toBe(Buffer.from(bytes).toString());
  });

  test.if(Bun.which("ar") !== null)("ar: the members come out as they went in", () => {
    using there = tempProject();
    there.write(
      "a.deb",
      ar(
        [{ path: "debian-binary", bytes: Buffer.from("2.0\n"), mode: 0o644 }, ...entries.slice(1, 2)].map((entry) => ({
          ...entry,
          path: entry.path.slice(-15),
        })),
        0,
      ),
    );
    expect(run("ar", "p", there.path("a.deb"), "debian-binary").stdout.toString()).toBe("2.0\n");
  });
});

describe("what is said of the parts", () => {
  test("the list of the runtime's libraries was read for the Bun that is used", () => {
    expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.bun).toBe(RUNTIME_VERSION);
  });

  test("THIRD_PARTY has every package with its text; one without a licence stops the release", () => {
    const packages = readPackages(["node_modules/zod", "node_modules/openai", "node_modules/standardwebhooks"]);
    const text = thirdParty(packages, RUNTIME_VERSION);
    for (const part of [
      "zod 4.6.7 (MIT)",
      "openai 7.57.0 (Apache-2.0)",
      "JavaScriptCore",
      "Permission is hereby granted",
    ])
      expect(text).toContain(part);
    expect(text).toContain("its package.json says MIT");
    using there = tempProject({ "package.json": '{"name":"x","version":"1.0.0"}' });
    expect(() => readPackages([`../../../../../../../../..${there.dir}`])).toThrow("names no licence");
  });

  test("the bill of materials is the same each time, and each part has a distinct id and an address", () => {
    const packages = readPackages(["node_modules/zod", "node_modules/@anthropic-ai/sdk"]);
    const subject = { version: "1.2.3", bun: "1.4.5", digest: "d".repeat(64), seconds: 1_700_000_000, packages };
    expect(sbom(subject)).toBe(sbom(subject));
    const document = JSON.parse(sbom(subject));
    expect(document).toMatchObject({ spdxVersion: "SPDX-2.3", creationInfo: { created: "2023-11-14T22:13:20Z" } });
    const ids = document.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    expect(JSON.stringify(document)).toContain("pkg:npm/%40anthropic-ai/sdk@1.13.0");
  });

  test("sha256sum reads the sums", () => {
    using there = tempProject({ b: "2", a: "1" });
    there.write("SHA256SUMS", checksums(there.dir, ["b", "a"]));
    expect(Bun.spawnSync(["sha256sum", "-c", "SHA256SUMS"], { cwd: there.dir }).stdout.toString()).toBe(
      "a: OK\nb: OK\n",
    );
  });
});

describe("gates", () => {
  test("a program that runs what lies in the directory is found out", async () => {
    using there = tempProject();
    const bad = there.path("bad");
    writeFileSync(bad, '#!/bin/sh\n[ "$1" != --help ] || touch "$MARKER"\necho "moat exec"\n');
    chmodSync(bad, 0o755);
    await expect(smoke([], bad)).rejects.toThrow("--help ran a file of the directory");
  });

  test("a program that does not do its work is found out", async () => {
    using there = tempProject();
    const bad = there.path("bad");
    writeFileSync(bad, '#!/bin/sh\necho "moat exec"\n');
    chmodSync(bad, 0o755);
    await expect(smoke([], bad)).rejects.toThrow("nonsense ended with 0, not 2");
  });

  test("the program of this tree passes, and asks for nothing but an old C library", async () => {
    await smoke([], binary);
    checkNeeds(hostTarget(), binary);
  });

  test.if(Bun.which("gcc") !== null)("a program that needs more is refused", () => {
    using there = tempProject({ "a.c": "int main(void) { return 0; }\n" });
    const built = run("gcc", "-o", there.path("a"), there.path("a.c"), "-Wl,--no-as-needed", "-lgcc_s");
    expect(built.exitCode).toBe(0);
    expect(() => checkNeeds(hostTarget(), there.path("a"))).toThrow("needs libgcc_s");
  });

  test("limits of size", () => {
    const fits = { binary: 124e6, archive: 60e6, bare: 48e6 };
    expect(tooLarge(fits, 109e6)).toEqual([]);
    expect(tooLarge({ binary: 125e6, archive: 61e6, bare: 49e6 }, 109e6)).toHaveLength(3);
    const lines = sizeLines(
      { "linux-x64": fits },
      { tag: "v0.9.0", sizes: { "linux-x64": { ...fits, binary: 100e6 } } },
    );
    expect(lines[1]).toContain("+24.0 %");
  });

  test("every machine has an archive of its own", () => {
    expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(8);
  });
});
