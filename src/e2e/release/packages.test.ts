// Packages of a release: what npm and dpkg make of them, and manifests that name the right files.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { releases } from "../../../scripts/build/address.ts";
import { companions } from "../../../scripts/release/assets.ts";
import { deb, debName } from "../../../scripts/release/packages/deb.ts";
import { manifests, parseSums } from "../../../scripts/release/packages/manifests.ts";
import { platformPackage, writeNpm } from "../../../scripts/release/packages/npm.ts";
import { archiveName, hostTarget, TARGETS } from "../../../scripts/release/targets.ts";
import { ownerOf } from "../../cli/update/owner.ts";
import { type TempProject, tempProject } from "../../testkit/index.ts";
import { binary } from "../harness.ts";
import { fakeProgram } from "./site.ts";

const full = process.env.MOAT_TEST_FULL === "1";
const VERSION = JSON.parse(readFileSync(join(import.meta.dir, "../../../package.json"), "utf8")).version;
const host = hostTarget();
/** Tells how it was called, and ends as it is told. */
const talking = `#!/bin/sh\ncase $1 in exit) exit "$2";; kill) kill -TERM $$;; esac\nprintf '[%s]' "$@"\n`;

/** npm's packages of a release, installed from tarballs into a project of their own. */
function installed(there: TempProject, program: string) {
  there.write("packages/.keep", "");
  writeNpm(there.path("npm"), TARGETS, VERSION, () => program, "third party\n");
  const npm = (...args: string[]) =>
    Bun.spawnSync(["npm", ...args, "--offline", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: there.path("project"),
      env: { HOME: there.dir, PATH: process.env.PATH ?? "" },
      stderr: "pipe",
    });
  const tarballs = ["moat", host.name].map((name) => {
    const packed = npm("pack", there.path(`npm/${name}`), "--pack-destination", there.path("packages"));
    expect(packed.exitCode).toBe(0);
    return there.path(`packages/${packed.stdout.toString().trim().split("\n").at(-1)}`);
  });
  const done = npm("install", ...tarballs);
  expect(done.stderr.toString()).toBe("");
  return { program: there.path("project/node_modules/.bin/moat"), tarballs };
}

const hasNpm = Bun.which("npm") !== null;

describe("npm", () => {
  test.if(hasNpm)(
    "the wrapper starts the program of this machine, with its words, its exit code and its signal",
    () => {
      using there = tempProject({ "project/package.json": "{}" });
      there.write("moat", talking, 0o755);
      const { program, tarballs } = installed(there, there.path("moat"));
      const run = (...args: string[]) => Bun.spawnSync([program, ...args], { stderr: "pipe" });
      expect(run("exec", "a b", "").stdout.toString()).toBe("[exec][a b][]");
      expect(run("exit", "7").exitCode).toBe(7);
      expect(run("kill").signalCode).toBe("SIGTERM");
      for (const tarball of tarballs) {
        const listed = Bun.spawnSync(["tar", "-tzf", tarball]).stdout.toString();
        expect(listed).toContain("package/LICENSE");
        const manifest = JSON.parse(Bun.spawnSync(["tar", "-xzOf", tarball, "package/package.json"]).stdout.toString());
        expect(manifest.scripts).toBeUndefined();
        expect(manifest.version).toBe(VERSION);
      }
      Bun.spawnSync(["rm", "-r", there.path(`project/node_modules/${platformPackage(host)}`)]);
      expect(run("x")).toMatchObject({ exitCode: 1 });
      expect(run("x").stderr.toString()).toContain("without --omit=optional");
    },
  );

  test("each package says for which machine it is, and the wrapper names them all with its own version", () => {
    using there = tempProject();
    there.write("moat", talking, 0o755);
    writeNpm(there.path("npm"), TARGETS, VERSION, () => there.path("moat"), "");
    const read = (name: string) => JSON.parse(there.read(`npm/${name}/package.json`));
    expect(read("linux-arm64-musl")).toMatchObject({ os: ["linux"], cpu: ["arm64"], libc: ["musl"] });
    expect(read("windows-x64")).toMatchObject({ os: ["win32"], cpu: ["x64"] });
    expect(Object.values(read("moat").optionalDependencies)).toEqual(TARGETS.map(() => VERSION));
  });

  test.if(full && hasNpm)("--full: the real program, which says whose it is", () => {
    using there = tempProject({ "project/package.json": "{}" });
    const { program } = installed(there, binary);
    expect(Bun.spawnSync([program, "--version"]).stdout.toString()).toBe(`moat ${VERSION}\n`);
    const update = Bun.spawnSync([program, "update"], {
      env: { HOME: there.dir, PATH: process.env.PATH ?? "", MOAT_BASE_URL: "http://127.0.0.1:9/" },
      stderr: "pipe",
    });
    expect(update.stderr.toString()).toContain("belongs to npm");
  });
});

describe.if(Bun.which("dpkg") !== null && process.getuid?.() === 0 && host.libc === "glibc")("Debian", () => {
  /** Installs a package below a root of its own, looks at it, and removes it. */
  function through(program: Uint8Array, look: (root: string) => void): void {
    using there = tempProject({
      "root/var/lib/dpkg/status": "",
      "root/var/lib/dpkg/info/.keep": "",
      "root/var/lib/dpkg/updates/.keep": "",
    });
    const root = there.path("root");
    const bytes = deb(host, VERSION, program, companions(binary, "third party\n"), 1_700_000_000);
    there.write(debName(host), bytes);
    const dpkg = (...args: string[]) => {
      const done = Bun.spawnSync(["dpkg", `--root=${root}`, "--force-depends", "--log=/dev/null", ...args], {
        stderr: "pipe",
      });
      expect([args[0], done.exitCode, done.exitCode === 0 ? "" : done.stderr.toString()]).toEqual([args[0], 0, ""]);
      return done.stdout.toString();
    };
    dpkg("-i", there.path(debName(host)));
    expect(dpkg("-V", "moat")).toBe("");
    look(root);
    dpkg("-r", "moat");
    expect(existsSync(join(root, "usr/bin/moat"))).toBe(false);
    expect(readdirSync(root)).toEqual(["var"]);
  }

  test("installed, found by its owner, and removed without a trace", () => {
    through(fakeProgram("1.2.3"), (root) => {
      expect(Bun.spawnSync([join(root, "usr/bin/moat")]).stdout.toString()).toBe("moat 1.2.3\n");
      expect(ownerOf("/usr/bin/moat", root)?.command).toContain("apt-get");
      for (const file of [
        "share/man/man1/moat.1.gz",
        "share/bash-completion/completions/moat",
        "share/doc/moat/copyright",
      ])
        expect(existsSync(join(root, "usr", file))).toBe(true);
    });
  });

  test.if(full)("--full: the real program", () => {
    through(readFileSync(binary), (root) => {
      expect(Bun.spawnSync([join(root, "usr/bin/moat"), "--version"]).stdout.toString()).toBe(`moat ${VERSION}\n`);
    });
  });
});

describe("manifests", () => {
  const sum = (name: string) => new Bun.CryptoHasher("sha256").update(name).digest("hex");
  const text = TARGETS.map((target) => `${sum(archiveName(target))}  ${archiveName(target)}\n`).join("");
  const files = manifests({ version: "1.2.3", sums: parseSums(text) });

  test("every archive is named once with its sum, by every manager that is for that system", () => {
    const wanted: Record<string, string[]> = {
      "homebrew/moat.rb": ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"],
      "nix/moat.nix": ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"],
      "aur/PKGBUILD": ["linux-arm64", "linux-x64"],
      "aur/.SRCINFO": ["linux-arm64", "linux-x64"],
      "scoop/moat.json": ["windows-arm64", "windows-x64"],
      "winget/moat.moat.installer.yaml": ["windows-arm64", "windows-x64"],
    };
    for (const [file, names] of Object.entries(wanted)) {
      const written = files[file]?.toLowerCase() ?? "";
      for (const target of TARGETS) {
        const count = written.split(sum(archiveName(target))).length - 1;
        expect([file, target.name, count]).toEqual([file, target.name, names.includes(target.name) ? 1 : 0]);
        if (count > 0) expect(written).toContain(`${releases()}/download/v1.2.3/${archiveName(target)}`.toLowerCase());
      }
    }
  });

  test("a release that lacks an archive has no manifests", () => {
    expect(() => manifests({ version: "1.2.3", sums: new Map() })).toThrow("no archive for darwin-arm64");
  });

  test("the shell, JSON and YAML among them can be read, and say the version", () => {
    using there = tempProject({ PKGBUILD: files["aur/PKGBUILD"] ?? "" });
    const line = `. "$1" && printf "%s %s %s" "$pkgname" "$pkgver" "$sha256sums_aarch64"`;
    const read = Bun.spawnSync(["bash", "-euc", line, "bash", there.path("PKGBUILD")]);
    expect(read.stdout.toString()).toBe(`moat-bin 1.2.3 ${sum("moat-linux-arm64.tar.gz")}`);
    expect(JSON.parse(files["scoop/moat.json"] ?? "").version).toBe("1.2.3");
    for (const [name, yaml] of Object.entries(files).filter(([name]) => name.endsWith(".yaml")))
      expect([name, Bun.YAML.parse(yaml)]).toMatchObject([name, { PackageVersion: "1.2.3" }]);
  });
});
