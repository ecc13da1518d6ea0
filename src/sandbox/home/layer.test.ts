// The layer over the home directory with several commands in it, at once and one after the other. What commands try against it is the attack
// suite's matter (native/attacks/table/layer.ts).
import { afterAll, describe, expect, test } from "bun:test";
import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { become } from "../../../native/attacks/world.ts";
import { policyOf } from "../fixture.ts";
import { run, sh, startCommand, until, whenMasked } from "../harness.suite.ts";
import { makeRange, makeUser, names, type RangeSetting } from "../range.suite.ts";
import { layerStore } from "./store.ts";

const range = makeRange();
afterAll(range.end);

/** A user with a project below the home, and what goes on in the layer of that project. */
async function makeLayered(setting: RangeSetting, more: Parameters<typeof policyOf>[1] = {}) {
  const user = await makeUser(range, setting, "project");
  const store = layerStore(join(user.home, ".cache/moat"), user.cwd);
  for (const name of ["", "upper", "work"]) mkdirSync(join(store, name), { recursive: true, mode: 0o700 });
  Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, user.home]);
  const policyNow = (changes: typeof more = {}) =>
    policyOf(
      { home: user.home, workspace: user.cwd },
      { exclude_slash_tmp: true, layer_dir: store, ...more, ...changes },
    );
  const policy = await policyNow();
  const upper = (name: string) => join(store, "upper", name);
  const command = (script: string, given = policy) => run(user.sandbox, sh(script), given, user.cwd);
  const start = (script: string) => startCommand(user.sandbox, sh(script), policy, user.cwd);
  /** The keeper, by what it wrote; null: none is there. */
  const keeper = () => {
    const pid = Number(readFileSync(join(store, "lock"), "utf8"));
    return pid > 0 && existsSync(`/proc/${pid}/fd/0`) ? pid : null;
  };
  const endKeeper = () => {
    const pid = keeper();
    if (pid === null) throw new Error("there is no keeper");
    process.kill(pid, "SIGKILL");
  };
  return { ...user, store, policy, policyNow, upper, command, start, keeper, endKeeper };
}

for (const setting of range.settings.filter(({ tier }) => tier === "ns")) {
  describe(`uid ${setting.uid}`, () => {
    test("what a command writes into the home directory is there for the next one, and not in the home", async () => {
      const { home, command, upper, cwd } = await makeLayered(setting);
      writeFileSync(join(home, ".profile"), "old\n");
      chownSync(join(home, ".profile"), setting.uid, setting.uid);
      const first = await command(
        "mkdir -p ~/.config/tool; echo 1 > ~/.config/tool/a; echo new >> ~/.profile; echo w > made",
      );
      expect(first).toMatchObject({ exit: 0, stderr: "", report: { home: "layer", hidden_absent: true } });
      expect((await command("cat ~/.config/tool/a ~/.profile")).stdout).toBe("1\nold\nnew\n");
      expect(names(home)).toEqual([".cache", ".moat", ".profile", "project"]);
      expect(readFileSync(join(home, ".profile"), "utf8")).toBe("old\n");
      expect(readFileSync(upper(".profile"), "utf8")).toBe("old\nnew\n");
      expect(names(cwd)).toEqual(["made"]);
    });

    test("commands at the same time share one layer, of two moats too; with the last one its keeper ends", async () => {
      const one = await makeLayered(setting);
      const two = { ...(await makeUser(range, setting, "project")), cwd: one.cwd };
      const write = (n: number) =>
        `HOME=${one.home}; for i in 1 2 3 4 5; do echo ${n} >> ~/shared; done; echo ${n} > ~/own-${n}`;
      const commands = [1, 2, 3, 4, 5, 6].map((n) =>
        run((n % 2 ? one : two).sandbox, sh(write(n)), one.policy, one.cwd),
      );
      for (const { exit, report } of await Promise.all(commands)) {
        expect({ exit, report }).toMatchObject({ exit: 0, report: { home: "layer" } });
      }
      expect((await one.command("wc -l < ~/shared; ls ~ | grep -c own")).stdout).toBe("30\n6\n");
      expect(await until(() => one.keeper() === null)).toBe(true);
    });

    test("a launcher that is killed takes the keeper with it", async () => {
      const { start, keeper } = await makeLayered(setting);
      const { child, report, finish } = start("sleep 100");
      await report;
      expect(keeper()).not.toBeNull();
      child.kill("SIGKILL");
      await finish();
      expect(await until(() => keeper() === null)).toBe(true);
    });

    test("a keeper that is killed: what runs goes on, the layer is not mounted twice, and comes back when that has ended", async () => {
      const { start, command, keeper, endKeeper, upper } = await makeLayered(setting);
      const { child, report, finish } = start("sleep 100");
      await report;
      endKeeper();
      expect(await until(() => keeper() === null)).toBe(true);
      const meanwhile = await command("echo x > ~/x");
      expect(meanwhile.report).toMatchObject({
        home: "real",
        home_reason: expect.stringContaining("keeper has ended"),
      });
      expect(meanwhile.exit).not.toBe(0);
      child.kill("SIGTERM");
      await child.exited;
      await finish();
      expect(await command("echo y > ~/y")).toMatchObject({ exit: 0, report: { home: "layer" } });
      expect(existsSync(upper("y"))).toBe(true);
    });

    test("nothing of it is seen from inside: no path, no keeper, no descriptor", async () => {
      const { command, store, start, keeper } = await makeLayered(setting);
      const { child, report, finish } = start("sleep 100");
      await report;
      const pid = keeper();
      const script = `cat /proc/self/mountinfo /proc/mounts; ls -l /proc/self/fd; ls /proc; kill -9 ${pid} || echo SAFE`;
      const { stdout } = await command(script);
      for (const word of ["overlay", "SAFE"]) expect(stdout).toContain(word);
      for (const word of [basename(store), "upper/", `\n${pid}\n`]) expect(stdout).not.toContain(word);
      expect(readFileSync(`/proc/${pid}/cmdline`, "latin1")).not.toContain("sleep");
      expect(readFileSync(`/proc/${pid}/environ`, "latin1")).not.toContain("PATH");
      child.kill("SIGKILL");
      await finish();
    });

    test("what lies in the layer leads nowhere: redirects, links and whiteouts that were planted", async () => {
      const { home, upper, command, policyNow } = await makeLayered(setting);
      mkdirSync(join(home, ".ssh"));
      writeFileSync(join(home, ".ssh/id"), "S3CR3T");
      writeFileSync(join(home, ".netrc"), "S3CR3T");
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, home]);
      const script =
        "import os\n" +
        "for n in ('redirect','opaque','metacopy','origin','whiteout'):\n" +
        "  for p in ('d','.netrc','f'):\n" +
        "    try: os.setxattr(os.path.expanduser('~/'+p), 'user.overlay.'+n, b'/.ssh')\n" +
        "    except OSError: pass\n";
      const policy = await policyNow();
      writeFileSync(join(home, "plant.py"), script);
      await command(
        "mkdir ~/d; touch ~/f; ln -s ~/.ssh ~/l; /usr/bin/python3 ~/plant.py; mknod ~/.netrc2 c 0 0",
        policy,
      );
      // The same from outside, as somebody would who could write the layer by its path.
      for (const [name, value] of [
        ["redirect", "/.ssh"],
        ["metacopy", ""],
      ])
        Bun.spawnSync([
          "/usr/bin/python3",
          "-c",
          `import os; os.setxattr(${JSON.stringify(upper("d"))}, "user.overlay.${name}", b"${value}")`,
        ]);
      const { stdout, report } = await command("cat ~/d/id ~/l/id ~/f ~/.netrc ~/.ssh/id; ls ~/d", policy);
      expect(report).toMatchObject({ home: "layer" });
      expect(stdout).not.toContain("S3CR3T");
      expect(existsSync(upper(".netrc2"))).toBe(false);
    });

    test("a directory that was granted is the real one, also where the layer has lost it", async () => {
      const { home, command, policyNow } = await makeLayered(setting);
      mkdirSync(join(home, "data/deep"), { recursive: true });
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, join(home, "data")]);
      expect((await command("rm -r ~/data && echo gone")).stdout).toBe("gone\n");
      const granted = await policyNow({ writable_roots: [join(home, "data/deep")] });
      expect(await command("echo real > ~/data/deep/file", granted)).toMatchObject({
        exit: 0,
        report: { home: "layer" },
      });
      expect(readFileSync(join(home, "data/deep/file"), "utf8")).toBe("real\n");
    });

    test("a program's own socket in the home directory works; one of a program outside does not", async () => {
      const { home, command } = await makeLayered(setting);
      const words = [...become(range.tools, setting.uid), "/usr/bin/python3", "-c", serve(join(home, "theirs"))];
      await using outside = Bun.spawn(words);
      expect(await until(() => existsSync(join(home, "theirs")))).toBe(true);
      const talk = (name: string) =>
        `import socket,os; s=socket.socket(socket.AF_UNIX); s.connect(os.path.expanduser("~/${name}")); print("REACHED")`;
      // Where the family is closed, because of a socket of the machine that this user cannot find, its program ends at once.
      const made = `(/usr/bin/python3 -c '${serve("own")}' || : > closed) & until [ -S own ] || [ -e closed ]; do :; done`;
      const script = `cd ~; rm -f closed; ${made}; /usr/bin/python3 -c '${talk("own")}'`;
      expect((await whenMasked(() => command(script))).stdout).toBe("REACHED\n");
      expect((await command(`/usr/bin/python3 -c '${talk("theirs")}'`)).stdout).not.toContain("REACHED");
      outside.kill();
    });

    test("what is moat's own is read-only in it", async () => {
      const { command, home, upper } = await makeLayered(setting);
      const script =
        "echo x > ~/.moat/planted; mkdir ~/.cache/moat/shell; mv ~/.moat ~/m; mv ~/.cache/moat ~/c; mv ~/.cache ~/d";
      await command(
        `${script}; mkdir -p ~/.cache/moat ~/.moat; echo x > ~/.cache/moat/planted; echo x > ~/.cache/other`,
      );
      expect(names(upper(".cache"))).toEqual(["other"]);
      expect([upper(".moat"), join(home, ".moat/planted")].filter(existsSync)).toEqual([]);
    });

    test("a set-user-id file stays behind a directory of the user's own, and has no effect inside", async () => {
      const { command, store, upper } = await makeLayered(setting);
      await command("cp /bin/sh ~/shell; chmod 4755 ~/shell; chmod 777 ~");
      expect(lstatSync(upper("shell")).mode & 0o4000).toBe(0o4000);
      expect(lstatSync(store).mode & 0o777).toBe(0o700);
      expect((await command("grep -o 'nosuid' /proc/self/mountinfo | head -1")).stdout).toBe("nosuid\n");
    });
  });
}

const serve = (path: string) =>
  `import socket; s=socket.socket(socket.AF_UNIX); s.bind("${path}"); s.listen(); [s.accept() for _ in iter(int, 1)]`;

describe("where there is none", () => {
  const setting = range.settings.find(({ tier }) => tier === "landlock");
  test.skipIf(!setting)(
    "without namespaces the home directory is only read, and `require home` starts nothing",
    async () => {
      if (!setting) return;
      const { command, policy, home } = await makeLayered(setting);
      const { report, exit } = await command("echo x > ~/.x");
      expect(report).toMatchObject({ home: "real" });
      expect(exit).not.toBe(0);
      expect((await command("true", { ...policy, require: ["home"] })).exit).toBe(125);
      expect(readdirSync(home)).not.toContain(".x");
    },
  );

  const ns = range.settings.find(({ tier }) => tier === "ns");
  test.skipIf(!ns)("a store that others can reach is not used, nor a home directory of somebody else", async () => {
    if (!ns) return;
    const { command, store, home } = await makeLayered(ns);
    Bun.spawnSync(["chmod", "755", store]);
    expect((await command("true")).report).toMatchObject({
      home: "real",
      home_reason: expect.stringContaining("others"),
    });
    Bun.spawnSync(["chmod", "700", store]);
    Bun.spawnSync(["chown", "12345", home]);
    expect((await command("true")).report).toMatchObject({ home: "real", home_reason: expect.stringContaining("own") });
  });

  test("a policy has none where nothing is written, where the home is writable, or where a store was opened", async () => {
    const user = { home: join(range.base, "h"), workspace: join(range.base, "h/w") };
    for (const path of [user.workspace, join(user.home, ".aws/sub")]) mkdirSync(path, { recursive: true });
    const layer_dir = join(user.home, "s");
    const layer = async (changes: Parameters<typeof policyOf>[1]) =>
      (await policyOf(user, { layer_dir, ...changes })).layer;
    expect(await layer({})).toEqual({ home: user.home, store: layer_dir });
    expect(await layer({ mode: "read-only" })).toBeUndefined();
    expect(await layer({ mode: "danger-full-access" })).toBeUndefined();
    expect(await layer({ cwd: user.home })).toBeUndefined();
    expect(await layer({ writable_roots: [range.base] })).toBeUndefined();
    expect(await layer({ writable_roots: [join(user.home, ".aws")] })).toBeDefined();
    expect(await layer({ writable_roots: [join(user.home, ".aws/sub")] })).toBeUndefined();
    expect(await layer({ layer_dir: null })).toBeUndefined();
  });
});
