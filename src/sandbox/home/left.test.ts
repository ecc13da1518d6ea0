// What is told of the layer, and thrown away, after commands that really wrote there.
import { afterAll, describe, expect, test } from "bun:test";
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyOf } from "../fixture.ts";
import { run, sh, startCommand } from "../harness.suite.ts";
import { makeRange, makeUser, names } from "../range.suite.ts";
import { leftInLayer } from "./left.ts";
import { resetLayer } from "./reset.ts";
import { layerStore, makeLayerStore } from "./store.ts";

const range = makeRange();
afterAll(range.end);

for (const setting of range.settings.filter(({ tier }) => tier === "ns")) {
  describe(`uid ${setting.uid}`, () => {
    const furnished = async () => {
      const user = await makeUser(range, setting, "project");
      const base = join(user.home, ".cache/moat");
      const store = makeLayerStore(base, user.cwd) ?? "";
      for (const path of ["a", "b", "dir/c", "dir/d", "whole/e"]) {
        mkdirSync(join(user.home, path, ".."), { recursive: true });
        writeFileSync(join(user.home, path), "12345");
      }
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, user.home]);
      const paths = { home: user.home, workspace: user.cwd };
      const policy = await policyOf(paths, { exclude_slash_tmp: true, layer_dir: store });
      const command = (script: string) => run(user.sandbox, sh(script), policy, user.cwd);
      return { ...user, store, policy, command };
    };

    test("what is new, changed and deleted is listed once; what was only touched is not", async () => {
      const { command, store, home } = await furnished();
      const script =
        "echo more >> ~/a; chmod u+x ~/b; chmod u-x ~/b; rm ~/dir/c; mkdir -p ~/new/deep; echo 12 > ~/new/deep/f; rm -r ~/whole; mkdir ~/whole; ln -s / ~/link; mkdir ~/shut; chmod 000 ~/shut";
      expect(await command(script)).toMatchObject({ exit: 0, stdout: "", report: { home: "layer" } });
      expect(leftInLayer(store, home)).toEqual([
        { path: "a", change: "changed", kind: "file", bytes: 10 },
        { path: "dir/c", change: "deleted", kind: "file", bytes: 0 },
        { path: "link", change: "new", kind: "other", bytes: 0 },
        { path: "new", change: "new", kind: "directory", bytes: 3 },
        { path: "shut", change: "new", kind: "directory", bytes: 0 },
        { path: "whole", change: "changed", kind: "directory", bytes: 0 },
      ]);
    });

    test("nothing is thrown away while a command uses it; afterwards all of it goes, and the home is as it was", async () => {
      const { sandbox, policy, cwd, command, store, home } = await furnished();
      await command("rm -r ~/dir; mkdir -p ~/x/y; chmod 000 ~/x");
      const before = names(home);
      const { child, report, finish } = startCommand(sandbox, sh("sleep 100"), policy, cwd);
      await report;
      expect(resetLayer(store)).toBe(false);
      expect(leftInLayer(store, home)).not.toEqual([]);
      child.kill("SIGKILL");
      await finish();
      expect(resetLayer(store)).toBe(true);
      for (const name of ["lock", "users"]) chownSync(join(store, name), setting.uid, setting.uid);
      expect(leftInLayer(store, home)).toEqual([]);
      expect(names(home)).toEqual(before);
      expect(await command("cat ~/dir/c")).toMatchObject({ stdout: "12345", report: { home: "layer" } });
    });
  });
}

test("a workspace that never had one has nothing, and nothing to throw away", () => {
  const store = layerStore(range.base, "/proc/nowhere");
  expect(leftInLayer(store, range.base)).toEqual([]);
  expect(resetLayer(store)).toBe(true);
});
