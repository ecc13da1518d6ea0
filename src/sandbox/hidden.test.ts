// What lies beside something hidden stays readable, for every user and however the directories above are kept.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { policyFor, run, sh } from "./harness.suite.ts";
import { makeRange, sandboxOf } from "./range.suite.ts";

const range = makeRange();
afterAll(range.end);

let made = 0;
for (const setting of range.settings) {
  describe(`${setting.tier}, uid ${setting.uid}`, () => {
    test.each([0o755, 0o711])("in a home directory beneath one of mode %o", async (mode) => {
      const homes = join(range.base, String(++made));
      const home = join(homes, "someone");
      mkdirSync(join(home, "work"), { recursive: true });
      mkdirSync(join(home, ".config/app"), { recursive: true });
      for (const name of [".profile", ".netrc", ".config/app/settings", ".config/keys"])
        writeFileSync(join(home, name), `${name}\n`);
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, home]);
      chmodSync(homes, mode);
      const hidden = [".netrc", ".aws", ".config/keys", ".config/none"].map((name) => join(home, name));
      const script =
        "cd ..; cat .profile .config/app/settings .netrc .config/keys 2>/dev/null; echo x > work/y && cat work/y";
      const ended = await run(
        sandboxOf(range, setting),
        sh(script),
        policyFor(join(home, "work"), { hidden }),
        join(home, "work"),
      );
      expect(ended.stdout).toBe(".profile\n.config/app/settings\nx\n");
      expect(ended.report).toMatchObject({ hidden: true, hidden_absent: true });
    });

    test("names that begin alike, and what is hidden twice", async () => {
      const home = join(range.base, String(++made));
      const seen = [".net", ".netrc.old", ".awsome/x", ".config-old/x", ".config/keyset", ".config/keys.d/x"];
      const unseen = [".netrc", ".aws/x", ".aws/deep/x", ".config/keys"];
      for (const name of [...seen, ...unseen]) {
        mkdirSync(dirname(join(home, name)), { recursive: true });
        writeFileSync(join(home, name), `${name}\n`);
      }
      const work = join(home, "work");
      mkdirSync(work);
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, home]);
      const hidden = [".aws/deep", ".aws", ".aws/x", ".netrc", ".config/keys/more", ".config/keys"];
      const policy = policyFor(work, { hidden: hidden.map((name) => join(home, name)) });
      const script = `cd ..; cat ${[...seen, ...unseen].join(" ")} 2>/dev/null`;
      const ended = await run(sandboxOf(range, setting), sh(script), policy, work);
      expect(ended.stdout).toBe(seen.map((name) => `${name}\n`).join(""));
    });

    test("a directory that may be written is not listed for what is hidden in it", async () => {
      const work = join(range.base, String(++made));
      const crowded = join(work, "crowded");
      mkdirSync(crowded, { recursive: true });
      writeFileSync(join(crowded, ".env"), "x\n");
      writeFileSync(join(crowded, "beside"), "read\n");
      Bun.spawnSync(["chown", "-R", `${setting.uid}:${setting.uid}`, work]);
      // Whoever lists it changes the first of the two, because it is the older one.
      utimesSync(crowded, 1_000, 2_000);
      const policy = policyFor(work, { hidden: [join(crowded, ".env")] });
      const ended = await run(sandboxOf(range, setting), sh("cat crowded/beside; echo x > crowded/y"), policy, work);
      expect(ended.stdout).toBe("read\n");
      expect(statSync(crowded).atimeMs).toBe(1_000_000);
    });
  });
}
