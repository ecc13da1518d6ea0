// What lies beside something hidden stays readable, for every user and however the directories above are kept.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import { become, buildTools } from "../../native/attacks/world.ts";
import type { Sandbox } from "./contract.ts";
import { makeBase, policyFor, remove, run, sh } from "./harness.suite.ts";
import { sandboxWith } from "./launch/launch.ts";

const onLinux = process.platform === "linux";
const base = makeBase();
afterAll(() => remove(base));
chmodSync(base, 0o755);
const path = join(base, "moat-launch");
copyFileSync(launcher, path);
chmodSync(path, 0o755);
const tools = onLinux ? buildTools(base) : { attack: "", become: "" };
const self = process.getuid?.() ?? -1;
const found = onLinux
  ? JSON.parse(Bun.spawnSync([path, "--probe"]).stdout.toString())
  : { abi: 0, namespaces: false, reason: null };
const tiers = (["ns", "landlock"] as const).filter(
  (tier) => found.abi > 0 && (tier === "landlock" || found.namespaces),
);

let made = 0;
for (const tier of tiers) {
  for (const uid of self === 0 ? [0, 65_534] : [self]) {
    describe(`${tier}, uid ${uid}`, () => {
      const inner = sandboxWith(path, tier, join(base, "quarantine"));
      const sandbox: Sandbox = {
        tier,
        launch(...args) {
          const launch = inner.launch(...args);
          return { ...launch, argv: [...become(tools, uid), ...launch.argv] };
        },
      };

      test.each([0o755, 0o711])("in a home directory beneath one of mode %o", async (mode) => {
        const homes = join(base, String(++made));
        const home = join(homes, "someone");
        mkdirSync(join(home, "work"), { recursive: true });
        mkdirSync(join(home, ".config/app"), { recursive: true });
        for (const name of [".profile", ".netrc", ".config/app/settings", ".config/keys"])
          writeFileSync(join(home, name), `${name}\n`);
        Bun.spawnSync(["chown", "-R", `${uid}:${uid}`, home]);
        chmodSync(homes, mode);
        const hidden = [".netrc", ".aws", ".config/keys", ".config/none"].map((name) => join(home, name));
        const script =
          "cd ..; cat .profile .config/app/settings .netrc .config/keys 2>/dev/null; echo x > work/y && cat work/y";
        const ended = await run(sandbox, sh(script), policyFor(join(home, "work"), { hidden }), join(home, "work"));
        expect(ended.stdout).toBe(".profile\n.config/app/settings\nx\n");
        expect(ended.report).toMatchObject({ hidden: true, hidden_absent: true });
      });
    });
  }
}
