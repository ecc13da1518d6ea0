// What a command leaves behind for a later git outside, each first without the sandbox: the trap is real, a plain git falls into it.
import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { offeredTiers, policyOf, runConfined } from "../fixture.ts";
import { KnownRepositories } from "./known.ts";
import {
  base,
  canary,
  doLater,
  home,
  inHook,
  searchPath,
  sprung,
  TRAPS,
  type TrapWorld,
  trapEnv,
  trapWorld,
  withHook,
} from "./traps.suite.ts";

afterAll(() => rmSync(base, { recursive: true, force: true }));

test.each(TRAPS)("control: git falls for $name", (trap) => {
  const w = trapWorld();
  trap.before?.(w);
  for (const script of trap.commands(w))
    spawnSync("/bin/bash", ["-c", script], { cwd: w.main, env: trapEnv, stdio: "ignore" });
  doLater(trap, w);
  expect(sprung(w)).toBe(true);
});

for (const [tier, sandbox] of await offeredTiers(join(base, "bin"))) {
  describe(`what is left behind does not act later (${tier})`, () => {
    const begin = (w: TrapWorld) => ({ home, workspace: w.main, path: searchPath, known: new KnownRepositories() });
    const policyFor = (user: ReturnType<typeof begin>) =>
      policyOf(user, { exclude_slash_tmp: true, extra_protect: [...user.known.linked].filter(existsSync) });

    for (const always_git of [false, true]) {
      test.each(TRAPS)(`$name${always_git ? ", with the repository open to everything" : ""}`, async (trap) => {
        const w = trapWorld();
        trap.before?.(w);
        const user = { ...begin(w), always_git };
        for (const script of trap.commands(w))
          await runConfined(sandbox, ["/bin/bash", "-c", script], await policyFor(user), user);
        doLater(trap, w);
        expect(sprung(w)).toBe(false);
      });
    }

    test("a submodule that was not one yet when the command was judged", async () => {
      const w = trapWorld();
      const user = begin(w);
      const judged = await policyFor(user);
      const run = (script: string) => runConfined(sandbox, ["/bin/bash", "-c", script], judged, user);
      await run("mkdir sub && cd sub && git init -q && git commit -q --allow-empty -m x");
      expect((await run("git add sub")).findings).toEqual([]);
      const { findings } = await run(`cd sub && git config core.fsmonitor '${canary(w.marker)}'`);
      expect(findings).toMatchObject([{ path: join(w.main, "sub/.git/config"), action: "restored" }]);
      spawnSync("git", ["status"], { cwd: w.main, env: trapEnv });
      expect(existsSync(w.marker)).toBe(false);
    });

    test("what is moved away is kept, and said with its reason", async () => {
      const w = trapWorld();
      const user = begin(w);
      const why = "git in the project around it would obey this repository";
      const made = "mkdir SUB && cd SUB && git init -q && git commit -q --allow-empty -m x";
      const cases: [plant: string, name: string, action: string][] = [
        ["git config alias.x '!sh'", ".git/config", "restored"],
        ["echo x >.git/hooks/pre-commit", ".git/hooks/pre-commit", "quarantined"],
        [
          "mkdir ../evil && mv .git/objects .git/refs ../evil && echo ../../evil >.git/commondir",
          ".git",
          "quarantined",
        ],
        ["mv .git ../real && echo 'gitdir: ../real' >.git", ".git", "quarantined"],
      ];
      for (const [index, [plant, name, action]] of cases.entries()) {
        const sub = `sub${index}`;
        await runConfined(sandbox, ["/bin/bash", "-c", `${made.replaceAll("SUB", sub)}`], await policyFor(user), user);
        await runConfined(
          sandbox,
          ["/bin/bash", "-c", `cd ${sub} && mkdir -p .git/hooks && ${plant}`],
          await policyFor(user),
          user,
        );
        const { findings } = await runConfined(sandbox, ["git", "add", sub], await policyFor(user), user);
        expect([plant, findings]).toMatchObject([plant, [{ path: join(w.main, sub, name), action, why }]]);
        expect(existsSync(findings[0]?.kept_at ?? "")).toBe(true);
      }
    });

    test("an index that names .git is put back as it was", async () => {
      const w = trapWorld();
      withHook(w);
      const index = join(w.main, ".git/index");
      const before = readFileSync(index);
      const user = begin(w);
      const bytes = Buffer.from(before);
      Buffer.from(".Git/").copy(bytes, bytes.indexOf("three"));
      writeFileSync(join(w.main, "forged"), bytes);
      for (const script of inHook("cp forged .git/index")) {
        const { findings } = await runConfined(sandbox, ["/bin/bash", "-c", script], await policyFor(user), user);
        if (script.startsWith("git"))
          expect(findings.filter(({ path }) => path === index)).toMatchObject([{ action: "restored" }]);
      }
      expect(readFileSync(index)).toEqual(before);
    });
  });
}
