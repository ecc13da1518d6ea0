// moat update, as the built binary does it to a copy of itself, from a server on 127.0.0.1.
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareName, hostTarget } from "../../../scripts/release/targets.ts";
import { ownerOf } from "../../cli/update/owner.ts";
import { checksumOf, releaseBase } from "../../cli/update/source.ts";
import { respond, say, tempProject } from "../../testkit/index.ts";
import { canGovern, governed } from "../governed.ts";
import { placeBinary, world } from "../harness.ts";
import { pty } from "../pty.ts";
import { asNobody, hasNobody } from "./installer.ts";
import { fakeProgram, openProject, type Site, serveReleases } from "./site.ts";

const VERSION = JSON.parse(readFileSync(join(import.meta.dir, "../../../package.json"), "utf8")).version;
const staging = "case $0 in */.moat-update-*) ;; *)";
const site = serveReleases({
  "0.0.1": fakeProgram("0.0.1"),
  "9.1.0": Buffer.from("#!/bin/sh\nkill -SEGV $$\n"),
  "9.2.0": Buffer.from(`#!/bin/sh\n${staging} echo broken >&2; exit 3;; esac\necho moat 9.2.0\n`),
  "9.3.0": fakeProgram("8.8.8"),
  "9.9.9": fakeProgram("9.9.9"),
});
afterAll(() => site[Symbol.dispose]());

/** A copy of the binary that may be replaced, in `directory` below a fresh place. */
function copy(directory = "bin") {
  const there = openProject();
  mkdirSync(there.path(directory), { recursive: true });
  const program = there.path(`${directory}/moat`);
  placeBinary(program);
  return { there, program, home: there.path("home") };
}

function start(program: string, args: string[], home: string, env: Record<string, string> = {}, before: string[] = []) {
  return Bun.spawn([...before, program, "update", ...args], {
    cwd: "/",
    env: { HOME: home, PATH: "/usr/bin:/bin", MOAT_BASE_URL: site.url, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function update(...call: Parameters<typeof start>) {
  const child = start(...call);
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { exit: await child.exited, stdout, stderr };
}

const says = (program: string) => Bun.spawnSync([program, "--version"]).stdout.toString().trim();

/** The old program is where it was, and nothing lies beside it. */
function unchanged(program: string) {
  expect(says(program)).toBe(`moat ${VERSION}`);
  expect(readdirSync(join(program, ".."))).toEqual(["moat"]);
}

describe("good", () => {
  test("the latest; --check changes nothing; an older one only when it is named", async () => {
    const { there, program, home } = copy();
    using _ = there;
    expect(await update(program, ["--check"], home)).toMatchObject({
      exit: 0,
      stdout: `moat 9.9.9 is there; this is ${VERSION}. \`moat update\` installs it.\n`,
    });
    unchanged(program);
    const done = await update(program, [], home);
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining(`moat ${VERSION} → 9.9.9`) });
    expect(says(program)).toBe("moat 9.9.9");
    expect(readdirSync(join(program, ".."))).toEqual(["moat"]);
  });

  test("--version, with or without a v", async () => {
    const { there, program, home } = copy();
    using _ = there;
    expect((await update(program, ["--version", "v0.0.1"], home)).exit).toBe(0);
    expect(says(program)).toBe("moat 0.0.1");
  });

  test("what is older than this, or the same, is not installed as the latest", async () => {
    const { there, program, home } = copy();
    using _ = there;
    using old = serveReleases({ "0.0.1": fakeProgram("0.0.1") });
    expect(await update(program, ["--base-url", old.url], home)).toMatchObject({
      exit: 0,
      stdout: `moat ${VERSION} is the latest.\n`,
    });
    unchanged(program);
  });
});

describe("refused, with the old program in its place", () => {
  const bare = (version: string) => `download/v${version}/${bareName(hostTarget())}`;
  const sums = "download/v9.9.9/SHA256SUMS";
  const rows: [what: string, args: string[], exit: number, text: string, instead?: [string, Uint8Array | null]][] = [
    ["a bad checksum", [], 1, "is not what SHA256SUMS of 9.9.9 says", [bare("9.9.9"), Bun.zstdCompressSync("x")]],
    ["no program", [], 1, "status 404", [bare("9.9.9"), null]],
    ["no sums", [], 1, "status 404", [sums, null]],
    ["sums of something else", [], 1, "does not name", [sums, Buffer.from(`${"0".repeat(64)}  x\n`)]],
    ["no version", [], 1, "holds no version", ["download/v9.9.9/VERSION", Buffer.from("../../evil\n")]],
    ["a program that crashes", ["--version", "9.1.0"], 1, "it was ended by SIGSEGV"],
    ["one that stops answering once it is in place", ["--version", "9.2.0"], 1, "printed: broken"],
    ["one that says another version", ["--version", "9.3.0"], 1, "printed: moat 8.8.8"],
    ["a release that is not there", ["--version", "7.7.7"], 1, "status 404"],
    ["a version that is none", ["--version", "1.2.3;x"], 2, "a version looks like 1.2.3"],
    ["http:// elsewhere", ["--base-url", "http://releases.example"], 1, "https:// only"],
    ["an address with a name in it", ["--base-url", "https://a@releases.example"], 1, "https:// only"],
    ["an argument", ["now"], 2, "takes no arguments"],
  ];
  for (const [what, args, exit, text, instead] of rows) {
    test(what, async () => {
      const { there, program, home } = copy();
      using _ = there;
      if (instead) site.instead.set(...instead);
      const ran = await update(program, args, home);
      site.instead.clear();
      expect(ran).toMatchObject({ exit, stdout: "", stderr: expect.stringContaining(text) });
      unchanged(program);
    });
  }

  test("a redirect to an address that is not https://", async () => {
    const { there, program, home } = copy();
    using _ = there;
    using elsewhere = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.redirect("http://releases.example/x", 302),
    });
    const ran = await update(program, ["--base-url", `http://127.0.0.1:${elsewhere.port}`], home);
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("is not an https:// address") });
    unchanged(program);
  });

  test("killed in the middle of the download, and then again", async () => {
    const { there, program, home } = copy();
    using _ = there;
    const asked = Promise.withResolvers<void>();
    using stalled = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      async fetch(request) {
        const path = new URL(request.url).pathname;
        if (!path.endsWith(".zst")) return fetch(`${site.url}${path}`);
        asked.resolve();
        return new Response(
          new ReadableStream({
            async pull(controller) {
              controller.enqueue("x");
              await new Promise(() => {});
            },
          }),
        );
      },
    });
    const child = start(program, ["--base-url", `http://127.0.0.1:${stalled.port}`], home);
    await asked.promise;
    child.kill("SIGKILL");
    await child.exited;
    unchanged(program);
    expect((await update(program, [], home)).exit).toBe(0);
    expect(says(program)).toBe("moat 9.9.9");
  });

  test("what an update that was killed left behind goes with a later one", async () => {
    const { there, program, home } = copy();
    using _ = there;
    for (const name of [".moat-update-old", ".moat-update-new"]) mkdirSync(join(program, "..", name));
    Bun.spawnSync(["touch", "-d", "2 hours ago", join(program, "..", ".moat-update-old")]);
    expect((await update(program, [], home)).exit).toBe(0);
    expect(readdirSync(join(program, "..")).sort()).toEqual([".moat-update-new", "moat"]);
  });

  test.if(hasNobody)("no permission", async () => {
    const { there, program, home } = copy();
    using _ = there;
    Bun.spawnSync(["chmod", "555", join(program, "..")]);
    const ran = await update(program, [], home, {}, asNobody);
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("cannot be written") });
    unchanged(program);
    Bun.spawnSync(["chmod", "755", join(program, "..")]);
  });

  test("what a package manager installed", async () => {
    const { there, program, home } = copy("lib/node_modules/@moat/linux-x64/bin");
    using _ = there;
    site.asked.length = 0;
    const ran = await update(program, [], home);
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("npm install -g moat@latest") });
    expect(site.asked).toEqual([]);
    unchanged(program);
  });

  test.if(canGovern)("where the administrator does not allow the host", async () => {
    await using w = await world([]);
    const rules = 'allowed_hosts = ["api.corp.example"]\n';
    const ran = await governed(w, rules, ["update", "--check"], { env: { MOAT_BASE_URL: site.url } });
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("allowed_hosts") });
  });
});

describe("check_for_update", () => {
  /** A conversation that is left at once. */
  async function converse(on: boolean, home_of: Awaited<ReturnType<typeof world>>, from: Site): Promise<string> {
    home_of.config(
      `${on ? "check_for_update = true\n" : ""}[projects."${home_of.project.dir}"]\ntrust_level = "trusted"\n`,
    );
    await using t = pty(home_of, ["repl"], { MOAT_BASE_URL: from.url });
    await t.shows("user> ");
    if (on) while (!existsSync(join(home_of.moat_home, "update.json"))) await Bun.sleep(10);
    t.type("q\r");
    expect(await t.exited).toBe(0);
    return t.text;
  }

  test("off: nobody is asked. on: asked once a day, and told at the next start", async () => {
    await using w = await world([respond(say("hi"))]);
    using from = serveReleases({ "9.9.9": fakeProgram("9.9.9") });
    expect(await converse(false, w, from)).not.toContain("moat update");
    expect(from.asked).toEqual([]);
    expect(await converse(true, w, from)).not.toContain("moat update");
    expect(from.asked).toEqual(["latest/download/VERSION"]);
    expect(await converse(true, w, from)).toContain(`moat: 9.9.9 is there (this is ${VERSION}): moat update`);
    expect(from.asked).toHaveLength(1);
    writeFileSync(join(w.moat_home, "update.json"), '{"version":"\\u001b[31m9.9.9","looked_at":99999999999999}');
    expect(await converse(true, w, from)).not.toContain("is there");
  });
});

describe("who owns a program", () => {
  test.each([
    ["/usr/lib/node_modules/moat/node_modules/@moat/linux-x64/moat", "npm"],
    ["/opt/homebrew/Cellar/moat/1.2.3/bin/moat", "Homebrew"],
    ["/nix/store/abc-moat-1.2.3/bin/moat", "Nix"],
    ["C:\\Users\\a\\scoop\\apps\\moat\\current\\moat.exe", "Scoop"],
  ])("%s", (path, name) => expect(ownerOf(path)?.name).toBe(name));

  test("databases of Debian and Arch; a program that they do not list is the user's", () => {
    using there = tempProject({
      "var/lib/dpkg/info/moat.list": "/.\n/usr/bin\n/usr/bin/moat\n",
      "var/lib/dpkg/info/moated.list": "/usr/local/bin/moat\n",
      "var/lib/pacman/local/moat-bin-1.2.3-1/files": "%FILES%\nusr/\nopt/moat/moat\n",
    });
    expect(ownerOf("/usr/bin/moat", there.dir)?.command).toContain("apt-get");
    expect(ownerOf("/opt/moat/moat", there.dir)?.name).toBe("pacman");
    expect(ownerOf("/usr/local/bin/moat", there.dir)).toBeNull();
    expect(ownerOf("/home/a/.local/bin/moat", "/proc/nowhere")).toBeNull();
  });
});

describe("small parts", () => {
  test("addresses", () => {
    for (const good of [
      "https://a.example/x/releases",
      "http://127.0.0.1:8080",
      "http://[::1]:1/x",
      "http://localhost/x",
    ])
      expect(releaseBase(`${good}/`)).toBe(good);
    for (const bad of [
      "http://127.0.0.1.a.example",
      "ftp://a",
      "x",
      "https://a@b",
      "https://a/?x",
      "http://127.1.evil/",
    ])
      expect(releaseBase(bad)).toBeNull();
  });

  test("checksums: a whole line, and the whole name", () => {
    const sum = "a".repeat(64);
    expect(checksumOf(`${sum}  a\n${sum} *b\n`, "b")).toBe(sum);
    for (const text of [`${sum}  ab`, `${sum}  a b`, `${sum.slice(1)}  b`, `x${sum}  b`, ""])
      expect(checksumOf(text, "b")).toBeNull();
  });
});
