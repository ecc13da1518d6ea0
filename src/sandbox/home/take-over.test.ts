// What commands left in a layer, taken over into the home directory: real commands, and what is planted on both sides.
import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { policyOf } from "../fixture.ts";
import { run, sh, startCommand, until } from "../harness.suite.ts";
import { makeRange, makeUser } from "../range.suite.ts";
import { leftInLayer } from "./left.ts";
import { mustName } from "./must-name.ts";
import { makeLayerStore } from "./store.ts";
import { planTakeover, takeOver } from "./take-over.ts";

const range = makeRange();
afterAll(range.end);

for (const setting of range.settings.filter(({ tier }) => tier === "ns")) {
  describe(`uid ${setting.uid}`, () => {
    const furnished = async (files: Record<string, string> = {}) => {
      const user = await makeUser(range, setting, "project");
      const store = makeLayerStore(join(user.home, ".cache/moat"), user.cwd) ?? "";
      const at = (path: string) => join(user.home, path);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(at(path), ".."), { recursive: true });
        writeFileSync(at(path), text);
      }
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, user.home]);
      const paths = { home: user.home, workspace: user.cwd };
      const policy = await policyOf(paths, { exclude_slash_tmp: true, layer_dir: store });
      const command = async (script: string) => {
        const ended = await run(user.sandbox, sh(script), policy, user.cwd);
        expect(ended).toMatchObject({ exit: 0, report: { home: "layer" } });
      };
      const order = (named: string[] = [], force = false) => ({
        store,
        home: user.home,
        moat_home: at(".moat"),
        named,
        force,
      });
      const take = (named: string[] = [], force = false) => {
        const done = takeOver(order(named, force), planTakeover(order(named, force)));
        return { taken: done?.take.map(({ path }) => path), left: done?.left };
      };
      const read = (path: string) => readFileSync(at(path), "utf8");
      return { ...user, store, policy, command, order, take, at, read };
    };

    test("new, changed and deleted files: whole, with their mode but no set-id bit, their owner's, and gone from the layer", async () => {
      const { command, take, at, read, store, home } = await furnished({ "data/a": "old", "data/gone": "x" });
      await command(
        "printf new > ~/data/a; rm ~/data/gone; mkdir -p ~/made/deep ~/empty; printf 1 > ~/made/deep/f; chmod 6640 ~/made/deep/f; chmod 700 ~/made",
      );
      expect(take()).toEqual({ taken: ["data/a", "data/gone", "empty", "made/deep/f"], left: [] });
      expect([read("data/a"), read("made/deep/f"), existsSync(at("data/gone"))]).toEqual(["new", "1", false]);
      expect(lstatSync(at("made/deep/f")).mode & 0o7777).toBe(0o640);
      for (const path of ["made", "made/deep", "made/deep/f", "empty"]) {
        const { uid, mode } = lstatSync(at(path));
        expect([path, uid, mode & 0o7000]).toEqual([path, setting.uid === 0 ? 0 : lstatSync(home).uid, 0]);
      }
      expect(lstatSync(at("made")).mode & 0o777).toBe(0o700);
      expect(readdirSync(at("data"))).toEqual(["a"]);
      expect(leftInLayer(store, home)).toEqual([]);
      await command("test $(cat ~/data/a) = new; test ! -e ~/data/gone; test $(cat ~/made/deep/f) = 1");
    });

    test("what was changed outside since is left, and overwritten by force; a database is a file as any", async () => {
      const { command, take, at, read, store } = await furnished({ "data/a.db": "old", "data/b": "old" });
      await command("printf theirs > ~/data/a.db; printf theirs > ~/data/b; printf theirs > ~/data/c");
      await laterThan(join(store, "upper/data/c"), at("tick"));
      writeFileSync(at("data/a.db"), "mine");
      renameSync(at("data/b"), at("data/kept"));
      writeFileSync(at("data/b"), "mine");
      utimesSync(at("data/b"), 1, 1);
      writeFileSync(at("data/c"), "mine");
      const why = "you changed it since a command did: --force overwrites yours";
      const left = ["data/a.db", "data/b", "data/c"].map((path) => ({ path, why }));
      expect(take()).toEqual({ taken: [], left });
      expect(read("data/a.db")).toBe("mine");
      expect(take(["data"], true).left).toEqual([]);
      expect([read("data/a.db"), read("data/b"), read("data/c")]).toEqual(["theirs", "theirs", "theirs"]);
    });

    test("no link is taken over, none is followed, on neither side, and directories of the home are not deleted", async () => {
      const { command, take, at } = await furnished({
        "real/f": "1",
        "swap/f": "1",
        "whole/f": "1",
        outside: "1",
      });
      const target = join(range.base, `target-${setting.uid}`);
      mkdirSync(target, { recursive: true });
      await command(
        `ln -s ${target} ~/out; ln -sf ~/outside ~/real/f; printf 2 > ~/swap/f; mkdir -p ~/new/in; printf 2 > ~/new/in/f; rm -r ~/whole; mkfifo ~/pipe; printf 2 > ~/outside`,
      );
      renameSync(at("swap"), at("swapped"));
      symlinkSync(target, at("swap"));
      symlinkSync(target, at("new"));
      renameSync(at("outside"), at("moved"));
      symlinkSync(join(target, "f"), at("outside"));
      const { taken, left } = take([], true);
      expect(taken).toEqual([]);
      expect(left?.map(({ path }) => path).sort()).toEqual(
        ["new", "new/in/f", "out", "outside", "pipe", "real/f", "swap", "swap/f", "whole"].sort(),
      );
      expect(readdirSync(target)).toEqual([]);
      expect(existsSync(at("whole/f"))).toBe(true);
    });

    test("a directory that was replaced stays in the layer until all of it was taken; what it no longer has is deleted by force", async () => {
      const { command, take, at, store, home } = await furnished({ "dir/a": "1", "dir/b": "1", "dir/sub/c": "1" });
      await command("rm -r ~/dir; mkdir ~/dir; printf 2 > ~/dir/a; printf 2 > ~/dir/run; chmod 755 ~/dir/run");
      expect(take([], true)).toEqual({
        taken: ["dir/a", "dir/b"],
        left: [
          { path: "dir/run", why: "it can be run: name it to have it" },
          { path: "dir/sub", why: "a directory of yours is not deleted: remove it yourself" },
        ],
      });
      expect(readdirSync(at("dir")).sort()).toEqual(["a", "sub"]);
      expect(leftInLayer(store, home).map(({ path }) => path)).toEqual(["dir"]);
    });

    test("what changed after it was shown is left, and nothing is done while a command uses the layer", async () => {
      const { command, order, at, read, sandbox, policy, cwd } = await furnished({ "data/a": "old", "data/b": "old" });
      await command("printf new > ~/data/a; printf new > ~/data/b");
      const plan = planTakeover(order());
      writeFileSync(at("data/b"), "mine");
      const { child, report, finish } = startCommand(sandbox, sh("sleep 100"), policy, cwd);
      await report;
      expect(takeOver(order(), plan)).toBeNull();
      expect(read("data/a")).toBe("old");
      child.kill("SIGKILL");
      await finish();
      const done = takeOver(order(), plan);
      expect(done?.left).toEqual([{ path: "data/b", why: "it was changed after it was shown: look again" }]);
      expect([read("data/a"), read("data/b")]).toEqual(["new", "mine"]);
      expect(readdirSync(at("data")).sort()).toEqual(["a", "b"]);
    });
  });
}

/** Waits until what is written gets another time than a file has: the clock of files goes in steps. */
async function laterThan(file: string, tick: string) {
  const { birthtimeNs } = lstatSync(file, { bigint: true });
  await until(() => {
    writeFileSync(tick, "");
    return lstatSync(tick, { bigint: true }).ctimeNs > birthtimeNs;
  });
}

test("what runs at the next start, settings and credentials are taken over only by name", () => {
  const judge = (path: string, named: string[] = [], runnable = false) =>
    mustName({ path, runnable }, named, [".ssh", ".config/gh"])?.split(" ")[0] ?? null;
  expect(judge("notes/a")).toBeNull();
  expect(judge(".cache/tool/x")).toBeNull();
  for (const path of [".bashrc", ".config/astro/a", ".local/bin/x", ".local/lib/python3/site-packages/a.pth", "bin/x"])
    expect([path, judge(path)]).toEqual([path, "programs"]);
  expect(judge(".toolrc")).toBe("it");
  expect(judge("tool/x", [], true)).toBe("it");
  expect(judge(".ssh/config")).toBe("credentials");
  expect(judge(".bashrc", [".bashrc"])).toBeNull();
  expect(judge(".config/astro/a", [".config/astro"])).toBeNull();
  expect(judge(".config/astro/a", [".config"])).toBeNull();
  expect(judge(".config/autostart/a", [".config"])).toBe("programs");
  expect(judge(".config/gh/hosts.yml", [".config"])).toBe("credentials");
  expect(judge(".config/gh/hosts.yml", [".config/gh"])).toBeNull();
  expect(judge(".config/astro/a", [".config/other"])).toBe("programs");
  expect(judge("tool/bin/x", ["tool"], true)).toBe("it");
  expect(judge("tool/bin/x", ["tool/bin"], true)).toBeNull();
});
