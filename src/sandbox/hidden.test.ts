// What lies beside something hidden stays readable, for every user and however the directories above are kept.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  });
}
