import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "./contract.ts";
import { makeBase, makeWorkspace, policyFor, remove, run, sh, startCommand, tierHere, until } from "./harness.suite.ts";
import { embedded } from "./launch/embedded.ts";
import { sandboxWith } from "./launch/launch.ts";

const base = makeBase();
afterAll(() => remove(base));
const landlock = await tierHere("landlock", base);

describe.skipIf(landlock === null)("what only the landlock tier does", () => {
  const box = () => {
    if (!landlock) throw new Error("no Landlock here");
    return landlock;
  };

  test("hidden files cannot be read, their neighbours can", async () => {
    const { inside, outside } = makeWorkspace(base);
    mkdirSync(join(outside, "secret"));
    writeFileSync(join(outside, "secret", "key"), "S3CRET");
    writeFileSync(join(outside, "open"), "readable");
    const script = `cat ${outside}/secret/key; cat ${outside}/open; ln ${outside}/secret/key k; cat k; ls ${outside}`;
    const policy = policyFor(inside, { hidden: [join(outside, "secret"), join(outside, "not-there")] });
    const ended = await run(box(), sh(script), policy, inside);
    expect(ended.stdout).not.toContain("S3CRET");
    expect(ended.stdout).toContain("readable");
    expect(ended.stdout).toContain("Permission denied");
    expect(ended.stdout).toContain("open\nsecret\n");
    expect(ended.report).toMatchObject({ hidden: true });
    // Rules can only allow: what lies inside a writable root cannot be hidden, and the report says so.
    const within = await run(box(), ["true"], { ...policy, writable: [outside] }, inside);
    expect(within.report).toMatchObject({ hidden: false });
    const required = await run(box(), ["true"], { ...policy, writable: [outside], require: ["hidden"] }, inside);
    expect(required.exit).toBe(125);
  });

  const FAMILIES = `
import socket, errno
a, b = socket.socketpair(); a.send(b"pair"); print(b.recv(9).decode())
for family, kind, proto in [(1, 1, 0), (2, 1, 0), (10, 2, 0), (16, 3, 0), (16, 3, 15), (40, 1, 0), (38, 5, 0)]:
    try: socket.socket(family, kind, proto); print(family, proto, "made")
    except OSError as e: print(family, proto, errno.errorcode[e.errno])
`;
  const families = [
    "2 0 EPERM",
    "10 0 EPERM",
    "16 0 made",
    "16 15 EPROTONOSUPPORT",
    "40 0 EAFNOSUPPORT",
    "38 0 EAFNOSUPPORT",
  ];

  test("a pair of unix sockets always works, others where somebody outside could be reached do not", async () => {
    const { inside, outside } = makeWorkspace(base);
    const server = Bun.listen({ unix: join(outside, "service"), socket: { data() {} } });
    try {
      const ended = await run(box(), ["python3", "-c", FAMILIES], policyFor(inside), inside);
      expect(ended.stdout.trim().split("\n")).toEqual(["pair", "1 0 EPERM", ...families]);
      expect(ended.report).toMatchObject({ unix: "none", loopback: false });
    } finally {
      server.stop(true);
    }
  });

  test.skipIf(process.getuid?.() !== 0 || Bun.spawnSync(["unshare", "-nm", "true"]).exitCode !== 0)(
    "where nobody outside can be reached, unix sockets work",
    async () => {
      const { inside } = makeWorkspace(base);
      // A network namespace without sockets, an empty /run: as in a container without services.
      const empty = ["unshare", "-nm", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$@"', "sh"];
      const path = join(base, "launcher");
      writeFileSync(path, embedded().bytes, { mode: 0o755 });
      const inner = sandboxWith(path, "landlock", base);
      const contained: Sandbox = {
        tier: "landlock",
        launch(...args) {
          const launch = inner.launch(...args);
          return { ...launch, argv: [...empty, ...launch.argv] };
        },
      };
      const ended = await run(contained, ["python3", "-c", FAMILIES], policyFor(inside), inside);
      expect(ended.stdout.trim().split("\n")).toEqual(["pair", "1 0 made", ...families]);
      expect(ended.report).toMatchObject({ unix: "masked" });
    },
  );

  /** Runs `script`, which makes `started` in the workspace and then waits until `meanwhile` has been done. */
  async function interrupted(inside: string, outside: string, script: string, meanwhile: () => void) {
    const waits = `: > started; until [ -e ${outside}/go ]; do sleep 0.01; done; ${script}`;
    const { child, report } = startCommand(box(), sh(waits), policyFor(inside), inside);
    await report;
    expect(await until(() => existsSync(join(inside, "started")))).toBe(true);
    meanwhile();
    writeFileSync(join(outside, "go"), "");
    await child.exited;
  }

  test("a writable directory stays the one that it was: what takes its name meanwhile cannot be changed", async () => {
    const { inside, outside } = makeWorkspace(base);
    const moved = join(outside, "moved");
    await interrupted(inside, outside, `echo x > ${inside}/new; chmod 700 ${inside}; echo y > kept`, () => {
      renameSync(inside, moved);
      mkdirSync(inside, { mode: 0o750 });
    });
    expect(readdirSync(inside)).toEqual([]);
    expect(statSync(inside).mode & 0o777).toBe(0o750);
    expect(readdirSync(moved)).toContain("kept");
  });

  test.skipIf(process.getuid?.() !== 0)(
    "what is mounted on a writable directory meanwhile cannot be changed",
    async () => {
      const { inside, outside } = makeWorkspace(base);
      const mount = () => Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "mode=750", "tmpfs", inside]).exitCode;
      try {
        let exit = -1;
        const script = `echo x > ${inside}/new; chmod 700 ${inside}`;
        await interrupted(inside, outside, script, () => {
          exit = mount();
        });
        if (exit !== 0) return;
        expect(readdirSync(inside)).toEqual([]);
        expect(statSync(inside).mode & 0o777).toBe(0o750);
      } finally {
        Bun.spawnSync(["umount", inside]);
      }
    },
  );

  test("a descriptor that was inherited opens nothing beneath it", async () => {
    const { inside, outside } = makeWorkspace(base);
    writeFileSync(join(outside, "kept"), "kept");
    const open = `
import os
for flags in (os.O_WRONLY, os.O_RDWR | os.O_TRUNC, os.O_CREAT | os.O_WRONLY):
    try: os.open("kept" if flags & os.O_CREAT == 0 else "new", flags, dir_fd=5); print("opened")
    except OSError as e: print(e.errno)
for call in (lambda: os.mkdir("made", dir_fd=5), lambda: os.unlink("kept", dir_fd=5)):
    try: call(); print("done")
    except OSError as e: print(e.errno)
try: os.open("/proc/self/fd/5/kept", os.O_WRONLY); print("opened")
except OSError as e: print(e.errno)
`;
    const directory = openSync(outside, "r");
    const script = 'exec 5<&0 </dev/null; exec python3 -c "$0"';
    const command = ["sh", "-c", script, open];
    const ended = await run(box(), command, policyFor(inside), inside, undefined, directory);
    closeSync(directory);
    expect(ended.stdout).toBe("13\n13\n13\n13\n13\n13\n");
    expect(readdirSync(outside)).toEqual(["kept"]);
  });

  test("the guard repairs protected places, and the report says that they were open", async () => {
    const { inside } = makeWorkspace(base);
    mkdirSync(join(inside, ".git/hooks"), { recursive: true });
    const places = [".git", ".moat", ".vscode/settings.json"].map((name) => join(inside, name));
    const script =
      "mkdir .moat .vscode; echo evil > .git/hooks/pre-commit; echo evil > .vscode/settings.json; echo ok > fine";
    const ended = await run(box(), sh(script), policyFor(inside, { protected: places }), inside);
    expect(ended.report).toMatchObject({ carve: false });
    expect(ended.findings.map(({ action }) => action)).toEqual(["quarantined", "quarantined", "quarantined"]);
    expect(readdirSync(join(inside, ".git/hooks"))).toEqual([]);
    expect(readdirSync(inside).sort()).toEqual([".git", ".vscode", "fine"]);
    const required = await run(box(), sh(script), policyFor(inside, { protected: places, require: ["carve"] }), inside);
    expect(required.exit).toBe(125);
  });
});
