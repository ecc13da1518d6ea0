import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "./contract.ts";
import { makeBase, makeWorkspace, policyFor, remove, run, sh, tierHere, until, whenMasked } from "./harness.suite.ts";
import type { ConfiningTier } from "./launch/probe.ts";

const base = makeBase();
afterAll(() => remove(base));
const TIERS: ConfiningTier[] = ["ns", "ns-only"];
const found = new Map(await Promise.all(TIERS.map(async (tier) => [tier, await tierHere(tier, base)] as const)));

for (const [tier, here] of found) {
  describe.skipIf(here === null)(`what mounts do (${tier})`, () => {
    const box = (): Sandbox => {
      if (!here) throw new Error(`no tier ${tier} here`);
      return here;
    };

    test("protected places are read-only and cannot be moved out of the way", async () => {
      const { inside } = makeWorkspace(base);
      mkdirSync(join(inside, ".git/hooks"), { recursive: true });
      mkdirSync(join(inside, "a/b/.husky"), { recursive: true });
      writeFileSync(join(inside, "settings.json"), "mine");
      symlinkSync("a", join(inside, "link"));
      const places = [".git", "a/b/.husky", "settings.json", "link"].map((name) => join(inside, name));
      const script = [
        "echo x > .git/hooks/pre-commit",
        "rm -rf .git",
        "mv .git g",
        "mv a a2",
        "mv a/b a/b2",
        "echo x > a/b/.husky/h",
        "echo x > settings.json",
        "mv settings.json s",
        "echo y > s2; mv s2 settings.json",
        "ln settings.json hard",
        "rm link",
        "ln -sfn b link",
        "chmod 777 .git",
        "touch a/b/fine fine",
      ].join("; ");
      const control = makeWorkspace(base);
      Bun.spawnSync(["cp", "-a", `${inside}/.`, control.inside]);
      await run(box(), sh(script), policyFor(control.inside, { mode: "danger-full-access" }), control.inside);
      expect(readdirSync(control.inside).sort()).toEqual(["a2", "fine", "hard", "link", "s", "settings.json"]);
      const ended = await run(box(), sh(script), policyFor(inside, { protected: places }), inside);
      expect(ended.report).toMatchObject({ carve: true });
      expect(readdirSync(inside).sort()).toEqual([".git", "a", "fine", "link", "s2", "settings.json"]);
      expect(readdirSync(join(inside, ".git/hooks"))).toEqual([]);
      expect(readdirSync(join(inside, "a/b")).sort()).toEqual([".husky", "fine"]);
      expect(readFileSync(join(inside, "settings.json"), "utf8")).toBe("mine");
      expect(ended.findings).toEqual([]);
    });

    test("a writable root inside a protected place stays writable", async () => {
      const { inside } = makeWorkspace(base);
      mkdirSync(join(inside, ".git/hooks"), { recursive: true });
      const policy = policyFor(inside, {
        writable: [inside, join(inside, ".git")],
        protected: [join(inside, ".git/hooks"), join(inside, ".moat")],
      });
      await run(box(), sh("touch .git/index; touch .git/hooks/x; mv .git/hooks .git/h; mv .git g"), policy, inside);
      expect(readdirSync(join(inside, ".git")).sort()).toEqual(["hooks", "index"]);
      expect(readdirSync(join(inside, ".git/hooks"))).toEqual([]);
    });

    test("hidden paths answer EACCES, inside writable roots too, and cannot be uncovered", async () => {
      const { inside, outside } = makeWorkspace(base);
      for (const place of [join(inside, "env"), outside]) {
        mkdirSync(join(place, "secret"), { recursive: true });
        writeFileSync(join(place, "secret/key"), "S3CRET");
        writeFileSync(join(place, "file"), "S3CRET");
      }
      const hidden = [
        join(inside, "env/secret"),
        join(inside, "env/file"),
        join(outside, "secret"),
        join(outside, "file"),
        join(outside, "none"),
      ];
      const script = hidden
        .map(
          (path) =>
            `ls ${path}; cat ${path} ${path}/key; chmod 777 ${path}; mv ${path} ${inside}/moved; rm -rf ${path}; umount ${path}; ln ${path} h`,
        )
        .join("; ");
      const ended = await run(
        box(),
        sh(`${script}; mv env env2; cat env2/secret/key env2/file`),
        policyFor(inside, { hidden }),
        inside,
      );
      expect(ended.report).toMatchObject({ hidden: true });
      expect(ended.stdout).not.toContain("S3CRET");
      expect(ended.stdout.match(/Permission denied/g)?.length).toBeGreaterThanOrEqual(8);
      expect(readFileSync(join(inside, "env2/secret/key"), "utf8")).toBe("S3CRET");
    });

    test("sockets that exist outside are covered, own ones work", async () => {
      const { inside, outside } = makeWorkspace(base);
      let hits = 0;
      const socket = { open: () => void hits++, data() {} };
      const servers = [join(outside, "s"), join(inside, "s")].map((unix) => Bun.listen({ unix, socket }));
      try {
        const connect = (path: string) => `
try:
    s = socket.socket(1, 1); s.connect(${JSON.stringify(path)}); print("connected")
except OSError as e: print(e)
`;
        const script = `import socket${connect(join(outside, "s"))}${connect(join(inside, "s"))}
l = socket.socket(1, 1); l.bind("own"); l.listen(1)${connect(join(inside, "own"))}`;
        const argv = ["python3", "-c", script];
        const control = await run(box(), argv, policyFor(inside, { unix: "allow" }), inside);
        expect(control.stdout.match(/connected/g)).toHaveLength(3);
        await until(() => hits === 2);
        remove(join(inside, "own"));
        const ended = await whenMasked(() => run(box(), argv, policyFor(inside), inside));
        expect(ended.stdout).toMatch(/^.*(refused|denied).*\n.*(refused|denied).*\nconnected\n$/);
        expect(hits).toBe(2);
        expect(ended.report).toMatchObject({ unix: "masked" });
      } finally {
        for (const server of servers) server.stop(true);
      }
    });

    test("without network a command can still talk to itself", async () => {
      const { inside } = makeWorkspace(base);
      const script = `
import socket, threading
l = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: l.accept()[0].send(b"self")).start()
print(socket.create_connection(l.getsockname()).recv(9).decode())
try: socket.create_connection(("192.0.2.1", 80), 1)
except OSError as e: print(e)
`;
      const ended = await run(box(), ["python3", "-c", script], policyFor(inside), inside);
      expect(ended.stdout).toBe("self\n[Errno 101] Network is unreachable\n");
      expect(ended.report).toMatchObject({ net: "none", loopback: true });
    });

    test("devices are harmless ones, shared memory is private, /proc shows the command's processes only", async () => {
      const { inside } = makeWorkspace(base);
      const name = `moat-test-${process.pid}`;
      const script = `ls /dev; echo x > /dev/shm/${name}; ls /proc | grep -c '^[0-9]'; echo 1 > /proc/sys/kernel/core_uses_pid; script -qc tty /dev/null`;
      const ended = await run(box(), sh(script), policyFor(inside), inside);
      const [devices = "", rest = ""] = ended.stdout.split("zero\n");
      expect(devices.split("\n").filter(Boolean)).toEqual(
        expect.arrayContaining(["fd", "full", "null", "ptmx", "pts", "random", "shm", "tty", "urandom"]),
      );
      expect(devices).not.toMatch(/^(sd|vd|nvme|mem|kmsg|loop)/m);
      expect(Number(rest.split("\n")[0])).toBeLessThanOrEqual(4);
      expect(rest).toMatch(/Read-only file system|Permission denied/);
      expect(rest).toContain("/dev/pts/0");
      expect(existsSync(`/dev/shm/${name}`)).toBe(false);
    });

    test("names that are not files fail with 125, and an odd umask does no harm", async () => {
      const { inside, outside } = makeWorkspace(base);
      symlinkSync(inside, join(outside, "link"));
      for (const writable of [[join(outside, "link")], [join(outside, "none")], [`${outside}/link/..`]]) {
        const ended = await run(box(), sh(`touch ${inside}/ran`), policyFor(inside, { writable }), inside);
        expect(ended.exit).toBe(125);
      }
      expect(readdirSync(inside)).toEqual([]);
      const umask = process.umask(0o777);
      try {
        const ended = await run(box(), sh("umask"), policyFor(inside, { protected: [join(inside, ".moat")] }), inside);
        expect(ended.stdout).toBe("0777\n");
      } finally {
        process.umask(umask);
      }
      expect(readdirSync(inside)).toEqual([]);
    });

    test("a workspace on a read-only mount stays read-only", async () => {
      if (process.getuid?.() !== 0) return;
      const { inside, outside } = makeWorkspace(base);
      const mounted = Bun.spawnSync([
        "sh",
        "-c",
        `mount --bind ${inside} ${outside} && mount -o remount,bind,ro ${outside}`,
      ]);
      if (mounted.exitCode !== 0) return;
      try {
        const policy = policyFor(outside, { protected: [join(outside, ".git")] });
        const ended = await run(box(), sh("touch x; ls -A"), policy, outside);
        expect(ended.exit).toBe(0);
        expect(ended.stdout).toContain("Read-only file system");
        expect(readdirSync(inside)).toEqual([]);
      } finally {
        Bun.spawnSync(["umount", outside]);
      }
    });

    test("the workspace's own owner and times are left alone", async () => {
      const { inside } = makeWorkspace(base);
      const before = statSync(inside).mtimeMs;
      await run(box(), ["true"], policyFor(inside), inside);
      expect(statSync(inside).mtimeMs).toBe(before);
    });
  });
}
