// Places of a workspace that do not exist and must not come into being are only looked after: nothing of that is seen, and nothing of the
// user's is lost. What was planted and what came of it is the attack suite's matter (native/attacks/table/born.ts).
import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { become } from "../../native/attacks/world.ts";
import { run, sh, startCommand, until } from "./harness.suite.ts";
import { presence } from "./launch/stand-in.ts";
import { makeRange, makeUser, meanwhile, names, type RangeSetting, type RangeUser, WAIT } from "./range.suite.ts";

const range = makeRange();
afterAll(range.end);

for (const setting of range.settings) {
  describe(`in a workspace: ${setting.tier}, uid ${setting.uid}`, () => {
    const sees = async (user: RangeUser, script: string) =>
      run(user.sandbox, sh(script), await user.policyNow(), user.cwd);

    test("an empty one is seen empty, from inside and outside, and the report says what is only looked after", async () => {
      const user = await makeUser(range, setting, "project");
      const script = `ls -A; find . -mindepth 1; tar -cf - . | tar -tf - | grep -v '^\\./$'; touch seen; ${WAIT}`;
      const { child, report, finish } = startCommand(user.sandbox, sh(script), user.policy, user.cwd);
      expect(await report).toMatchObject({ carve_absent: false });
      expect(await until(() => existsSync(user.at("seen")))).toBe(true);
      expect(names(user.cwd)).toEqual(["seen"]);
      user.outside("touch go");
      expect(await child.stdout.text()).toBe("");
      expect(await finish()).toEqual([]);
    });

    test("`--require carve_absent` starts nothing there", async () => {
      const user = await makeUser(range, setting, "project");
      const policy = { ...user.policy, require: ["carve_absent"] };
      expect((await run(user.sandbox, sh("touch ran"), policy, user.cwd)).exit).toBe(125);
      expect(names(user.cwd)).toEqual([]);
    });

    test("`git init` and `git clone X .` work, and what they make stays and is protected from then on", async () => {
      const origin = await makeUser(range, setting, "project");
      const commit = "git -c user.name=u -c user.email=u@example.org commit -q --allow-empty -m x";
      expect((await sees(origin, `git init -q -b main . && ${commit}`)).findings).toEqual([]);
      const clone = await makeUser(range, setting, "project");
      const cloned = await sees(clone, `git clone -q ${origin.cwd} . && git log --oneline | wc -l`);
      expect(cloned).toMatchObject({ stdout: "1\n", findings: [] });
      for (const user of [origin, clone]) {
        expect(user.outside("git status").exitCode).toBe(0);
        const later = await sees(
          user,
          "git config core.fsmonitor /evil; echo x > .git/hooks/pre-commit; git status -s",
        );
        expect(later.report).toMatchObject({ carve: setting.tier === "ns" });
        expect(readFileSync(user.at(".git/config"), "utf8")).not.toContain("fsmonitor");
        expect(existsSync(user.at(".git/hooks/pre-commit"))).toBe(false);
      }
    });

    test("what a command marks like a stand-in of the launcher's is moved away, when there is something in it", async () => {
      const user = await makeUser(range, setting, "project");
      const script =
        "mkdir .husky; echo x > .husky/pre-commit; chmod 1555 .husky; touch -d @86400 .husky; printf '%s' \"$(stat -c %a:%Y .husky)\"";
      const { stdout, findings } = await sees(user, script);
      expect(stdout).toBe("1555:86400");
      expect(findings).toMatchObject([{ path: user.at(".husky") }]);
      expect(names(user.cwd)).not.toContain(".husky");
    });

    test("a repository of the user's, made while a command runs, stays; other places of his are kept for him", async () => {
      const user = await makeUser(range, setting, "project");
      user.outside("mkdir .vscode");
      const findings = await meanwhile(user, "git init -q; echo '{}' > t; mv t .vscode/settings.json");
      expect(user.outside("git status").exitCode).toBe(0);
      expect(findings).toMatchObject([{ path: user.at(".vscode/settings.json"), action: "quarantined" }]);
      expect(readFileSync(findings[0]?.kept_at ?? "", "utf8")).toBe("{}\n");
    });

    test("commands at the same time, of another moat, leave a repository alone that is being made", async () => {
      const user = await makeUser(range, setting, "project");
      const other = { ...(await makeUser(range, setting, "project")), cwd: user.cwd, policyNow: user.policyNow };
      for (let round = 0; round < 12; round++) {
        const [first, ...rest] = await Promise.all([
          sees(user, "git init -q . && git rev-parse --git-dir"),
          sees(other, "true"),
          sees(other, `sleep 0.0${round}`),
        ]);
        expect(first).toMatchObject({ exit: 0, stdout: ".git\n" });
        expect([first, ...rest].flatMap(({ findings }) => findings)).toEqual([]);
        user.outside("rm -rf .git");
      }
    });

    test("a launcher that is killed: nothing is compared before all of the command has ended", async () => {
      const user = await makeUser(range, setting, "project");
      const script = "exec >/dev/null 2>&1; touch go; while :; do mkdir -p .moat; echo x > .moat/config.toml; done";
      const { child, report, finish } = startCommand(user.sandbox, sh(script), user.policy, user.cwd);
      await report;
      await until(() => existsSync(user.at("go")));
      child.kill("SIGKILL");
      await child.exited;
      await finish();
      await Bun.sleep(30);
      expect(names(user.cwd)).toEqual(["go"]);
    });

    test("moat is killed: what appeared is moved aside all the same", async () => {
      const user = await makeUser(range, setting, "project");
      const plant =
        "mkdir -p .git/hooks .vscode; echo x > .git/hooks/pre-commit; ln -s /etc .moat; echo x > .vscode/tasks.json";
      const script = `${plant}; touch planted; chmod 555 . .vscode; sleep 60`;
      const moat = Bun.spawn([process.execPath, "-e", moatThatRuns(user, setting, script)], { cwd: range.base });
      expect(await until(() => existsSync(user.at("planted")))).toBe(true);
      moat.kill("SIGKILL");
      const aside = () =>
        [...names(user.cwd), ...names(user.at(".vscode"))].filter((name) => name.includes(".moved-away-by-moat"));
      expect(await until(() => aside().length === 3)).toBe(true);
      expect([".git", ".moat", ".vscode/tasks.json"].map((name) => presence(user.at(name)))).toEqual(
        Array(3).fill("nothing"),
      );
    });
  });
}

/** The source of a process that runs a command as moat does, until one of the two is killed. */
function moatThatRuns(user: RangeUser, { tier, uid }: RangeSetting, script: string): string {
  const given = [sh(script), user.policy, user.cwd, { PATH: process.env.PATH ?? "" }].map((value) =>
    JSON.stringify(value),
  );
  return `
    const { sandboxWith } = await import(${JSON.stringify(join(import.meta.dir, "launch/launch.ts"))});
    const launch = sandboxWith(${JSON.stringify(range.path)}, "${tier}", "/proc/nowhere").launch(${given.join()});
    const argv = [...${JSON.stringify(become(range.tools, uid))}, ...launch.argv];
    const child = Bun.spawn(argv, { env: launch.env, stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
    await launch.confirm(child.stdio[3]);
    await child.exited;
  `;
}
