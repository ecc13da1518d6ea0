// `unix masked` on machines with sockets in odd places: what the report says, and what still works. Whether somebody can be
// reached is the attack suite's matter (native/attacks/table/sockets.ts), but for the landlock tier, where it has to be an
// otherwise empty machine: elsewhere the sockets of its services close the family anyway.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { become } from "../../native/attacks/world.ts";
import type { Sandbox } from "./contract.ts";
import { makeWorkspace, policyFor, remove, run, whenMasked } from "./harness.suite.ts";
import { sandboxWith } from "./launch/launch.ts";
import { makeRange } from "./range.suite.ts";

const range = makeRange();
const { base, path, tools } = range;
afterAll(range.end);
const offers = (tier: "ns" | "landlock") => range.tiers.includes(tier);
const root = process.getuid?.() === 0;

const started: Bun.Subprocess[] = [];
afterEach(() => {
  for (const server of started.splice(0)) server.kill("SIGKILL");
});

async function serve(cwd: string, count: number, name: string, goes: string[] = []): Promise<void> {
  const words = [join(base, "heard"), "1", String(count), name, ...goes];
  const server = Bun.spawn([tools.attack, "serve", ...words], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  started.push(server);
  await server.stdout.getReader().read();
}

/** Makes a socket of its own, and says whether it could. */
const OWN = ["python3", "-c", "import socket\ns = socket.socket(1, 1); s.bind('own'); s.listen(1); print('made')"];

describe.skipIf(!offers("ns"))("in the ns tier", () => {
  const box = () => sandboxWith(path, "ns", join(base, "quarantine"));

  test("700 sockets are covered, and own ones work", async () => {
    const { inside, outside } = makeWorkspace(base);
    await serve(outside, 700, join(outside, "s"));
    const ended = await whenMasked(() => run(box(), OWN, policyFor(inside, { require: ["unix"] }), inside));
    expect(ended).toMatchObject({ stdout: "made\n", report: { unix: "masked" } });
  });

  test("a relative name is found in the directory of its program, and own sockets work", async () => {
    const { inside, outside } = makeWorkspace(base);
    await serve(outside, 1, "s");
    const ended = await whenMasked(() => run(box(), OWN, policyFor(inside), inside));
    expect(ended).toMatchObject({ stdout: "made\n", report: { unix: "masked" } });
  });

  test("what cannot be found closes the family, and the report says so", async () => {
    const { inside, outside } = makeWorkspace(base);
    await serve(outside, 1, "s", ["/"]);
    const ended = await run(box(), OWN, policyFor(inside, { require: ["unix"] }), inside);
    expect(ended.stdout).not.toContain("made");
    expect(ended.report).toMatchObject({ unix: "none" });
  });

  test("as many places as sockets have to be found: one of two with the same name is not enough", async () => {
    const { inside, outside } = makeWorkspace(base);
    mkdirSync(join(outside, "other"));
    await serve(outside, 1, "s");
    await serve(join(outside, "other"), 1, "s", ["/"]);
    expect((await run(box(), OWN, policyFor(inside), inside)).report).toMatchObject({ unix: "none" });
  });
});

const empty = ["unshare", "-nm", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh"];
const canEmpty = root && offers("landlock") && Bun.spawnSync([...empty, "true"]).exitCode === 0;

describe.skipIf(!canEmpty)("in the landlock tier, on a machine without services", () => {
  /** Starts a server there, and becomes the launcher, which ends what it finds as its children. */
  const SERVED =
    'cd "$1"; rm -f ready "$6"; "$2" serve "$3" 1 1 "$4" $5 > ready & until [ -s ready ]; do sleep 0.01; done; shift 6; exec "$@"';

  async function connects(uid: number, name: string, goes: string, target: string) {
    const { inside, outside } = makeWorkspace(base);
    mkdirSync(join(outside, "real"));
    symlinkSync("real", join(outside, "link"));
    for (const directory of [inside, outside, join(outside, "real")]) chmodSync(directory, 0o777);
    chmodSync(join(inside, ".."), 0o755);
    const heard = join(outside, "heard");
    const bound = name.startsWith("/") ? outside + name : name;
    const words = [outside, tools.attack, heard, bound, goes, target];
    const before = [...empty, ...become(tools, uid), "bash", "-c", SERVED, "bash", ...words];
    const inner = sandboxWith(path, "landlock", join(base, "quarantine"));
    const contained: Sandbox = {
      tier: "landlock",
      launch(...args) {
        const launch = inner.launch(...args);
        return { ...launch, argv: [...before, ...launch.argv] };
      },
    };
    const argv = [tools.attack, "unix", join(outside, target), "token"];
    const free = await run(contained, argv, policyFor(inside, { unix: "allow" }), inside);
    const control = free.stdout.includes("GOT THROUGH") && existsSync(heard) && readFileSync(heard, "utf8") === "token";
    remove(heard);
    return { control, ended: await run(contained, argv, policyFor(inside), inside), heard };
  }

  const cases: [what: string, name: string, goes: string, target: string][] = [
    ["a relative name", "s", "", "s"],
    ["a relative name of a program that went elsewhere", "s", "/", "s"],
    ["a name through a link", "/link/s", "", "real/s"],
  ];
  for (const uid of [0, 65_534]) {
    test.each(cases)(`as uid ${uid}: %s counts as in reach`, async (_, name, goes, target) => {
      const { control, ended, heard } = await connects(uid, name, goes, target);
      expect(control).toBe(true);
      expect(ended.report).toMatchObject({ tier: "landlock", unix: "none" });
      expect(ended.stdout).not.toContain("GOT THROUGH");
      expect(existsSync(heard)).toBe(false);
    });
  }
});
