// scripts/install.sh, from a server on 127.0.0.1, in every shell that is here: what it does, and what it refuses.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fakeProgram, openProject, pathWith, serveReleases, snapshot } from "./site.ts";

const script = join(import.meta.dir, "..", "..", "..", "scripts", "install.sh");
const site = serveReleases({ "1.0.0": fakeProgram("1.0.0"), "1.2.0": fakeProgram("1.2.0") });
const heavy = serveReleases({ "1.0.0": fakeProgram("1.0.0", 300_000) });
afterAll(() => {
  site[Symbol.dispose]();
  heavy[Symbol.dispose]();
});

const SHELLS = [["sh"], ["dash"], ["bash"], ["busybox", "sh"]].filter(([name = ""]) => Bun.which(name) !== null);
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

interface Options {
  args?: string[];
  env?: Record<string, string>;
  shell?: string[];
  /** Text of the script in the place of the real one. */
  text?: string;
  before?: string[];
}

/** Runs the installer with nothing in its environment but HOME, PATH and what is said. It comes through a pipe. */
async function install(home: string, { args = [], env = {}, shell = ["sh"], text, before = [] }: Options = {}) {
  const child = Bun.spawn([...before, ...shell, "-s", "--", ...args], {
    cwd: "/",
    env: { HOME: home, PATH: "/usr/bin:/bin", MOAT_BASE_URL: site.url, ...env },
    stdin: new Blob([text ?? readFileSync(script, "utf8")]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exit: await child.exited, stdout, stderr };
}

const installed = (home: string) => Bun.spawnSync([join(home, ".local/bin/moat"), "--version"]).stdout.toString();

for (const shell of SHELLS) {
  describe(shell.join(" "), () => {
    test("fresh, again, upgrade, pinned, uninstall", async () => {
      using there = openProject();
      const home = there.path("home");
      there.write("home/.profile", "export A=1\n");
      there.write("home/.moat/config.toml", "");
      const before = snapshot(home);
      site.latest = "1.0.0";
      const first = await install(home, { shell });
      expect(first).toMatchObject({ exit: 0, stderr: "" });
      expect(first.stdout).toContain(`installed moat 1.0.0 as ${home}/.local/bin/moat`);
      expect(installed(home)).toBe("moat 1.0.0\n");
      const found = Bun.spawnSync(["sh", "-c", ". ~/.profile && command -v moat"], {
        env: { HOME: home, PATH: "/bin" },
      });
      expect(found.stdout.toString()).toBe(`${home}/.local/bin/moat\n`);

      const once = snapshot(home);
      expect((await install(home, { shell })).exit).toBe(0);
      expect(snapshot(home)).toEqual(once);

      site.latest = "1.2.0";
      expect((await install(home, { shell })).exit).toBe(0);
      expect(installed(home)).toBe("moat 1.2.0\n");
      for (const version of ["1.0.0", "v1.2.0"]) {
        const pinned = await install(home, { shell, args: ["--version", version, "--quiet"] });
        expect(pinned).toEqual({ exit: 0, stdout: "", stderr: "" });
        expect(installed(home)).toBe(`moat ${version.replace("v", "")}\n`);
      }

      const gone = await install(home, { shell, args: ["--uninstall"] });
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
      for (const cut of cuts) await install(home, { shell, text: text.slice(0, cut) });
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
    for (const _ of [1, 2]) expect((await install(home, { env })).exit).toBe(0);
    for (const file of files) {
      const text = readFileSync(join(home, file), "utf8");
      expect(text.match(/>>> moat >>>/g)).toHaveLength(1);
      expect(text).toContain(`${home}/.local/bin`);
    }
    expect((await install(home, { env, args: ["--uninstall"] })).exit).toBe(0);
    for (const file of files) expect(existsSync(join(home, file))).toBe(false);
  });

  test("another directory takes the place of the first; a link stays a link; --no-modify-path writes nothing", async () => {
    using there = openProject();
    const home = there.path("home");
    there.write("dotfiles", "# mine, without an end of line");
    Bun.spawnSync(["ln", "-s", there.path("dotfiles"), join(home, ".profile")]);
    await install(home, { args: ["--no-modify-path"] });
    expect(there.read("dotfiles")).toBe("# mine, without an end of line");
    await install(home);
    await install(home, { args: ["--dir", join(home, "other place")] });
    expect(there.read("dotfiles").match(/moat >>>\n/g)).toHaveLength(1);
    expect(there.read("dotfiles")).toContain("other place");
    expect(
      Bun.spawnSync(["readlink", join(home, ".profile")])
        .stdout.toString()
        .trim(),
    ).toBe(there.path("dotfiles"));
    await install(home, { args: ["--uninstall"] });
    expect(there.read("dotfiles")).toBe("# mine, without an end of line\n");
  });

  test("GITHUB_PATH gets the directory; another moat on the PATH is told of", async () => {
    using there = openProject();
    const home = there.path("home");
    there.write("first/moat", "#!/bin/sh\n", 0o755);
    const env = { GITHUB_PATH: there.path("github"), PATH: `${there.path("first")}:/usr/bin:/bin` };
    const ran = await install(home, { env });
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
      const ran = await install(there.path("home"), { env: { PATH: path }, shell: ["/bin/sh"] });
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
    expect((await install(home, { env: { PATH: pathWith(there, ["wget"]) }, shell: ["/bin/sh"] })).exit).toBe(0);
    using bare = openProject();
    const none = await install(bare.path("home"), { env: { PATH: pathWith(bare, []) }, shell: ["/bin/sh"] });
    expect(none).toMatchObject({ exit: 1, stderr: expect.stringContaining("neither curl nor wget") });
  });

  test.if(Bun.which("busybox") !== null)("busybox and nothing else, as on Alpine", async () => {
    using there = openProject();
    const busybox = Bun.which("busybox") ?? "";
    there.write("bin/.keep", "");
    for (const name of Bun.spawnSync([busybox, "--list"]).stdout.toString().split("\n").filter(Boolean))
      Bun.spawnSync(["ln", "-s", busybox, there.path(`bin/${name}`)]);
    const ran = await install(there.path("home"), { env: { PATH: there.path("bin") }, shell: [busybox, "sh"] });
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
    const ran = await install(there.path("home"), { args: ["--binary", program] });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("apk add libstdc++ libgcc") });
    expect(snapshot(there.path("home"))).toMatchObject(before);
    expect(existsSync(there.path("home/.local/bin/moat"))).toBe(false);
  });

  test("--binary installs a file", async () => {
    using there = openProject();
    there.write("moat", fakeProgram("7.7.7"), 0o755);
    const none = { MOAT_BASE_URL: "" };
    expect((await install(there.path("home"), { args: ["--binary", there.path("moat")], env: none })).exit).toBe(0);
    expect(installed(there.path("home"))).toBe("moat 7.7.7\n");
  });
});

describe("refused, with the old program in its place", () => {
  const rows: [what: string, Options, says: string, instead?: [string, Uint8Array | null][]][] = [
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
    ].map((version): [string, Options, string] => [
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
    ].map((url): [string, Options, string] => [
      `base ${url}`,
      { args: ["--base-url", url] },
      "must begin with https://",
    ]),
    ...["http://127.0.0.1:80@releases.example/", "https://x.example/`touch x`", "https://x.example/ y"].map(
      (url): [string, Options, string] => [
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
    ["a file that is none", { args: ["--binary", "/nowhere"] }, "cannot copy /nowhere"],
  ];
  for (const [what, options, says, instead = []] of rows) {
    test(what, async () => {
      using there = openProject();
      const home = there.path("home");
      site.latest = "1.0.0";
      expect((await install(home)).exit).toBe(0);
      site.latest = "1.2.0";
      const before = snapshot(there.dir);
      for (const [path, bytes] of instead) site.instead.set(path, bytes);
      const ran = await install(home, options);
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
    const ran = await install(there.path("home"), { args });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("says that it is moat 1.0.0, not 3.0.0") });
    expect(existsSync(there.path("home/.local/bin/moat"))).toBe(false);
  });

  test.if(!isRoot || Bun.which("setpriv") !== null)("a directory that cannot be written", async () => {
    using there = openProject();
    there.write("closed/moat", fakeProgram("0.9.0"), 0o755);
    Bun.spawnSync(["chmod", "555", there.path("closed")]);
    const before = snapshot(there.dir);
    const ran = await install(there.path("home"), { args: ["--dir", there.path("closed")], before: asNobody });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("cannot be written, nothing was installed") });
    const gone = await install(there.path("home"), {
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
