// scripts/install.sh, from a server on 127.0.0.1, in every shell that is here: what it does.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install, installed, script } from "./installer.ts";
import { fakeProgram, openProject, pathWith, serveReleases, snapshot } from "./site.ts";

const site = serveReleases({ "1.0.0": fakeProgram("1.0.0"), "1.2.0": fakeProgram("1.2.0") });
afterAll(() => site[Symbol.dispose]());
const SHELLS = [["sh"], ["dash"], ["bash"], ["busybox", "sh"]].filter(([name = ""]) => Bun.which(name) !== null);

for (const shell of SHELLS) {
  describe(shell.join(" "), () => {
    test("fresh, again, upgrade, pinned, uninstall", async () => {
      using there = openProject();
      const home = there.path("home");
      there.write("home/.profile", "export A=1\n");
      there.write("home/.moat/config.toml", "");
      const before = snapshot(home);
      site.latest = "1.0.0";
      const first = await install(home, site.url, { shell });
      expect(first).toMatchObject({ exit: 0, stderr: "" });
      expect(first.stdout).toContain(`installed moat 1.0.0 as ${home}/.local/bin/moat`);
      expect(installed(home)).toBe("moat 1.0.0\n");
      const found = Bun.spawnSync(["sh", "-c", ". ~/.profile && command -v moat"], {
        env: { HOME: home, PATH: "/bin" },
      });
      expect(found.stdout.toString()).toBe(`${home}/.local/bin/moat\n`);

      const once = snapshot(home);
      expect((await install(home, site.url, { shell })).exit).toBe(0);
      expect(snapshot(home)).toEqual(once);

      site.latest = "1.2.0";
      expect((await install(home, site.url, { shell })).exit).toBe(0);
      expect(installed(home)).toBe("moat 1.2.0\n");
      for (const version of ["1.0.0", "v1.2.0"]) {
        const pinned = await install(home, site.url, { shell, args: ["--version", version, "--quiet"] });
        expect(pinned).toEqual({ exit: 0, stdout: "", stderr: "" });
        expect(installed(home)).toBe(`moat ${version.replace("v", "")}\n`);
      }

      const gone = await install(home, site.url, { shell, args: ["--uninstall"] });
      expect(gone).toMatchObject({ exit: 0, stdout: expect.stringContaining(`kept ${home}/.moat`) });
      const { ".local": _, ".local/bin": __, ...rest } = snapshot(home);
      expect(rest).toEqual(before);
    });

    test("cut off anywhere, it does nothing", async () => {
      using there = openProject();
      const home = there.path("home");
      const text = readFileSync(script, "utf8");
      const before = snapshot(home);
      const cuts = Array.from({ length: Math.floor(text.length / 200) }, (_, at) => (at + 1) * 200);
      // The last lines are where a cut could leave a call behind.
      for (let back = 2; back < 40; back++) cuts.push(text.length - back);
      for (const cut of cuts) await install(home, site.url, { shell, text: text.slice(0, cut) });
      expect(snapshot(home)).toEqual(before);
    });
  });
}

describe("profiles", () => {
  test.each([
    ["/bin/bash", {}, [".bashrc", ".profile"]],
    ["/usr/bin/zsh", {}, [".zshrc"]],
    ["/usr/bin/zsh", { ZDOTDIR: "zsh" }, ["zsh/.zshrc"]],
    ["/usr/bin/fish", {}, [".config/fish/conf.d/moat.fish"]],
  ])("%s %o", async (SHELL, dirs, files) => {
    using there = openProject();
    const home = there.path("home");
    const env = { SHELL, ...Object.fromEntries(Object.entries(dirs).map(([name, dir]) => [name, join(home, dir)])) };
    for (const _ of [1, 2]) expect((await install(home, site.url, { env })).exit).toBe(0);
    for (const file of files) {
      const text = readFileSync(join(home, file), "utf8");
      expect(text.match(/>>> moat >>>/g)).toHaveLength(1);
      expect(text).toContain(`${home}/.local/bin`);
    }
    expect((await install(home, site.url, { env, args: ["--uninstall"] })).exit).toBe(0);
    for (const file of files) expect(existsSync(join(home, file))).toBe(false);
  });

  test("another directory takes the place of the first; a link stays a link; --no-modify-path writes nothing", async () => {
    using there = openProject();
    const home = there.path("home");
    there.write("dotfiles", "# mine, without an end of line");
    Bun.spawnSync(["ln", "-s", there.path("dotfiles"), join(home, ".profile")]);
    await install(home, site.url, { args: ["--no-modify-path"] });
    expect(there.read("dotfiles")).toBe("# mine, without an end of line");
    await install(home, site.url);
    await install(home, site.url, { args: ["--dir", join(home, "other place")] });
    expect(there.read("dotfiles").match(/moat >>>\n/g)).toHaveLength(1);
    expect(there.read("dotfiles")).toContain("other place");
    expect(
      Bun.spawnSync(["readlink", join(home, ".profile")])
        .stdout.toString()
        .trim(),
    ).toBe(there.path("dotfiles"));
    await install(home, site.url, { args: ["--uninstall"] });
    expect(there.read("dotfiles")).toBe("# mine, without an end of line\n");
  });

  test("GITHUB_PATH gets the directory; another moat on the PATH is told of", async () => {
    using there = openProject();
    const home = there.path("home");
    there.write("first/moat", "#!/bin/sh\n", 0o755);
    const env = { GITHUB_PATH: there.path("github"), PATH: `${there.path("first")}:/usr/bin:/bin` };
    const ran = await install(home, site.url, { env });
    expect(there.read("github")).toBe(`${home}/.local/bin\n`);
    expect(ran.stderr).toContain(`another moat comes first on your PATH: ${there.path("first")}/moat`);
  });
});

describe("machines", () => {
  const rows: [what: string, fakes: Record<string, string>, archive: string | null, says: string][] = [
    [
      "Linux arm64",
      { uname: "case $1 in -s) echo Linux;; *) echo aarch64;; esac", getconf: "echo glibc 2.36" },
      "moat-linux-arm64.tar.gz",
      "installed",
    ],
    [
      "glibc 2.17",
      { uname: "case $1 in -s) echo Linux;; *) echo x86_64;; esac", getconf: "echo glibc 2.17" },
      "moat-linux-x64.tar.gz",
      "installed",
    ],
    [
      "an old glibc",
      { uname: "case $1 in -s) echo Linux;; *) echo x86_64;; esac", getconf: "echo glibc 2.12" },
      null,
      "moat needs glibc 2.17, and this machine has 2.12",
    ],
    [
      "macOS on Intel",
      { uname: "case $1 in -s) echo Darwin;; *) echo x86_64;; esac", sysctl: "echo 0" },
      "moat-darwin-x64.tar.gz",
      "installed",
    ],
    [
      "a shell under Rosetta",
      { uname: "case $1 in -s) echo Darwin;; *) echo x86_64;; esac", sysctl: "echo 1" },
      "moat-darwin-arm64.tar.gz",
      "installed",
    ],
    ["Git Bash", { uname: "echo MINGW64_NT-10.0" }, null, "use install.ps1"],
    ["FreeBSD", { uname: "echo FreeBSD" }, null, "there is no release for FreeBSD"],
    [
      "riscv64",
      { uname: "case $1 in -s) echo Linux;; *) echo riscv64;; esac" },
      null,
      "there is no release for riscv64",
    ],
  ];
  for (const [what, fakes, archive, says] of rows) {
    test(what, async () => {
      using there = openProject();
      const path = pathWith(there, ["curl"], fakes);
      site.asked.length = 0;
      const ran = await install(there.path("home"), site.url, { env: { PATH: path }, shell: ["/bin/sh"] });
      expect(ran.stdout + ran.stderr).toContain(says);
      expect(ran.exit).toBe(archive === null ? 1 : 0);
      expect(site.asked.filter((name) => name.endsWith(".gz"))).toEqual(
        archive === null ? [] : [`latest/download/${archive}`],
      );
    });
  }

  test.if(Bun.which("wget") !== null)("wget will do; without it, that is said", async () => {
    using there = openProject();
    const home = there.path("home");
    expect((await install(home, site.url, { env: { PATH: pathWith(there, ["wget"]) }, shell: ["/bin/sh"] })).exit).toBe(
      0,
    );
    using bare = openProject();
    const none = await install(bare.path("home"), site.url, { env: { PATH: pathWith(bare, []) }, shell: ["/bin/sh"] });
    expect(none).toMatchObject({ exit: 1, stderr: expect.stringContaining("neither curl nor wget") });
  });

  test.if(Bun.which("busybox") !== null)("busybox and nothing else, as on Alpine", async () => {
    using there = openProject();
    const busybox = Bun.which("busybox") ?? "";
    there.write("bin/.keep", "");
    for (const name of Bun.spawnSync([busybox, "--list"]).stdout.toString().split("\n").filter(Boolean))
      Bun.spawnSync(["ln", "-s", busybox, there.path(`bin/${name}`)]);
    const ran = await install(there.path("home"), site.url, {
      env: { PATH: there.path("bin") },
      shell: [busybox, "sh"],
    });
    expect(ran).toMatchObject({ exit: 0, stderr: "" });
  });

  test("a musl machine without its C++ library is told what to install", async () => {
    using there = openProject();
    const program = there.path("moat");
    there.write(
      "moat",
      "#!/bin/sh\necho 'Error loading shared library libstdc++.so.6: No such file' >&2\nexit 127\n",
      0o755,
    );
    const before = snapshot(there.path("home"));
    const ran = await install(there.path("home"), site.url, { args: ["--binary", program] });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("apk add libstdc++ libgcc") });
    expect(snapshot(there.path("home"))).toMatchObject(before);
    expect(existsSync(there.path("home/.local/bin/moat"))).toBe(false);
  });

  test("--binary installs a file", async () => {
    using there = openProject();
    there.write("moat", fakeProgram("7.7.7"), 0o755);
    const none = { MOAT_BASE_URL: "" };
    expect(
      (await install(there.path("home"), site.url, { args: ["--binary", there.path("moat")], env: none })).exit,
    ).toBe(0);
    expect(installed(there.path("home"))).toBe("moat 7.7.7\n");
  });
});
