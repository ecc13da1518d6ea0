// scripts/install.sh: what it refuses, with nothing changed.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { asNobody, hasNobody, type InstallOptions, install, isRoot, script } from "./installer.ts";
import { fakeProgram, openProject, serveReleases, snapshot } from "./site.ts";

const site = serveReleases({ "1.0.0": fakeProgram("1.0.0"), "1.2.0": fakeProgram("1.2.0") });
const heavy = serveReleases({ "1.0.0": fakeProgram("1.0.0", 300_000) });
afterAll(() => {
  site[Symbol.dispose]();
  heavy[Symbol.dispose]();
});

describe("refused, with the old program in its place", () => {
  const rows: [what: string, InstallOptions, says: string, instead?: [string, Uint8Array | null][]][] = [
    ...[
      "../../evil",
      "1.2.3;touch x",
      "$(touch x)",
      "1.2.0\n1.2.0",
      "1..2.0",
      "-1.2.0",
      "1.2.0/../../x",
      "latest x",
      "v",
    ].map((version): [string, InstallOptions, string] => [
      `version ${JSON.stringify(version)}`,
      { args: ["--version", version] },
      "must look like 1.2.3",
    ]),
    ...[
      "http://releases.example",
      "http://127.0.0.1.releases.example/x",
      "http://localhost.example/",
      "ftp://releases.example",
      "file:///etc",
      "releases.example",
      "https://",
    ].map((url): [string, InstallOptions, string] => [
      `base ${url}`,
      { args: ["--base-url", url] },
      "must begin with https://",
    ]),
    ...["http://127.0.0.1:80@releases.example/", "https://x.example/`touch x`", "https://x.example/ y"].map(
      (url): [string, InstallOptions, string] => [
        `base ${url}`,
        { args: ["--base-url", url] },
        "no address of releases needs",
      ],
    ),
    ["no address", { env: { MOAT_BASE_URL: "" } }, "does not know where releases lie"],
    ["an unknown flag", { args: ["--sudo"] }, "unknown flag --sudo"],
    ["a flag without its value", { args: ["--dir"] }, "--dir needs a value"],
    ["a release that is not there", { args: ["--version", "9.9.9"] }, "cannot download"],
    ["a corrupted archive", {}, "is not what SHA256SUMS says", archives(Buffer.from("not it"))],
    ["no archive", {}, "cannot download", archives(null)],
    ["no sums", {}, "cannot download", [["download/v1.2.0/SHA256SUMS", null]]],
    [
      "sums of something else",
      {},
      "SHA256SUMS does not name",
      [["download/v1.2.0/SHA256SUMS", Buffer.from(`${"0".repeat(64)}  other\n`)]],
    ],
    [
      "sums that are no sums",
      {},
      "SHA256SUMS does not name",
      [["download/v1.2.0/SHA256SUMS", Buffer.from("<html>\n")]],
    ],
    ["a program that does not start", { args: ["--binary", "/bin/false"] }, "does not start"],
    ["a program that is another", { args: ["--binary", "/bin/true"] }, "does not say that it is moat"],
    ["a file that is none", { args: ["--binary", "/proc/nowhere"] }, "cannot copy /proc/nowhere"],
  ];
  for (const [what, options, says, instead = []] of rows) {
    test(what, async () => {
      using there = openProject();
      const home = there.path("home");
      site.latest = "1.0.0";
      expect((await install(home, site.url)).exit).toBe(0);
      site.latest = "1.2.0";
      const before = snapshot(there.dir);
      for (const [path, bytes] of instead) site.instead.set(path, bytes);
      const ran = await install(home, site.url, options);
      site.instead.clear();
      expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining(says) });
      expect(snapshot(there.dir)).toEqual(before);
    });
  }

  function archives(bytes: Uint8Array | null): [string, Uint8Array | null][] {
    return ["", "-musl"].flatMap((libc) =>
      ["x64", "arm64"].map((cpu): [string, Uint8Array | null] => [
        `download/v1.2.0/moat-linux-${cpu}${libc}.tar.gz`,
        bytes,
      ]),
    );
  }

  test("a release that says another version", async () => {
    using there = openProject();
    using lying = serveReleases({ "3.0.0": fakeProgram("1.0.0") });
    const args = ["--base-url", lying.url, "--version", "3.0.0"];
    const ran = await install(there.path("home"), site.url, { args });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("says that it is moat 1.0.0, not 3.0.0") });
    expect(existsSync(there.path("home/.local/bin/moat"))).toBe(false);
  });

  test.if(hasNobody)("a directory that cannot be written", async () => {
    using there = openProject();
    there.write("closed/moat", fakeProgram("0.9.0"), 0o755);
    Bun.spawnSync(["chmod", "555", there.path("closed")]);
    const before = snapshot(there.dir);
    const ran = await install(there.path("home"), site.url, {
      args: ["--dir", there.path("closed")],
      before: asNobody,
    });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("cannot be written, nothing was installed") });
    const gone = await install(there.path("home"), site.url, {
      args: ["--dir", there.path("closed"), "--uninstall"],
      before: asNobody,
    });
    expect(gone).toMatchObject({ exit: 1, stderr: expect.stringContaining("nothing was removed") });
    expect(snapshot(there.dir)).toEqual(before);
    Bun.spawnSync(["chmod", "755", there.path("closed")]);
  });

  const mounts = ["unshare", ...(isRoot ? ["-m"] : ["-rm"])];
  const canMount =
    Bun.which("unshare") !== null && Bun.spawnSync([...mounts, "mount", "-t", "tmpfs", "none", "/mnt"]).exitCode === 0;
  test.if(canMount)("a disk that is full", async () => {
    using there = openProject();
    there.write("full/.keep", "");
    there.write("install.sh", readFileSync(script));
    const lines = `mount -t tmpfs -o size=64k none "$1" && echo old > "$1/moat" && sh "$2" --no-modify-path --dir "$1"; echo "exit $?"; ls -A "$1"; cat "$1/moat"`;
    const child = Bun.spawn([...mounts, "sh", "-c", lines, "sh", there.path("full"), there.path("install.sh")], {
      env: { HOME: there.path("home"), PATH: "/usr/bin:/bin", MOAT_BASE_URL: heavy.url },
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toContain("exit 1\nmoat\nold\n");
  });
});
