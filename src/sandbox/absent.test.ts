// Places that do not exist and must not come into being: looked after in a workspace, held by a stand-in in the home directory.
// Nothing of the user's is lost to either. What was planted and what came of it is the attack suite's matter.
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import launcher from "../../dist/launcher.bin" with { type: "file" };
import { become, buildTools } from "../../native/attacks/world.ts";
import type { Sandbox, SandboxPolicy } from "./contract.ts";
import { policyOf } from "./fixture.ts";
import { makeBase, marker, processesWith, remove, run, sh, start, until } from "./harness.suite.ts";
import { type ConfiningTier, type Probe, sandboxWith } from "./launch/launch.ts";
import { presence } from "./launch/stand-in.ts";

const onLinux = process.platform === "linux";
const base = makeBase();
afterAll(() => remove(base));
chmodSync(base, 0o755);
const path = join(base, "moat-launch");
copyFileSync(launcher, path);
chmodSync(path, 0o755);
const tools = onLinux ? buildTools(base) : { attack: "", become: "" };
const self = process.getuid?.() ?? -1;
const NOBODY = 65_534;

const found: Probe = onLinux
  ? JSON.parse(Bun.spawnSync([path, "--probe"]).stdout.toString())
  : { abi: 0, namespaces: false, reason: null };
const tiers = (["ns", "landlock"] as const).filter(
  (tier) => found.abi > 0 && (tier === "landlock" || found.namespaces),
);
const settings = tiers.flatMap((tier) => (self === 0 ? [0, NOBODY] : [self]).map((uid) => ({ tier, uid })));

interface Setting {
  tier: ConfiningTier;
  uid: number;
}

let made = 0;
/** A user who works in his home directory or in a project in it, and the sandbox for his commands. */
async function userOf({ tier, uid }: Setting, project = "") {
  const home = join(base, `home-${++made}`);
  const at = (name: string) => join(home, project, name);
  mkdirSync(at("."), { recursive: true });
  const policyNow = () => policyOf({ home, workspace: join(home, project) }, { exclude_slash_tmp: true });
  const policy = await policyNow();
  Bun.spawnSync(["chown", "-R", `${uid}:${uid}`, home]);
  const prefix = become(tools, uid);
  const inner = sandboxWith(path, tier, join(base, `quarantine-${made}`));
  const sandbox: Sandbox = {
    tier,
    launch(argv, given, cwd, _env, output) {
      const launch = inner.launch(argv, given, cwd, { PATH: process.env.PATH ?? "", HOME: home }, output);
      return { ...launch, argv: [...prefix, ...launch.argv] };
    },
  };
  const outside = (script: string) =>
    Bun.spawnSync([...prefix, ...sh(script)], { cwd: at("."), env: { PATH: process.env.PATH, HOME: home } });
  return { home, cwd: join(home, project), policy, policyNow, sandbox, outside, at };
}
const homeOf = (setting: Setting) => userOf(setting);
const projectOf = (setting: Setting) => userOf(setting, "project");

const WAIT = "until [ -e go ]; do sleep 0.01; done";

/** What the user does in another terminal, while a command runs. */
async function meanwhile(user: Awaited<ReturnType<typeof userOf>>, script: string, command = WAIT) {
  const { child, report, finish } = start(user.sandbox, sh(command), user.policy, user.cwd);
  await report;
  const done = user.outside(`${script}\ntouch go`);
  expect(done.exitCode, done.stderr.toString()).toBe(0);
  await child.exited;
  return finish();
}

const names = (directory: string) => readdirSync(directory).sort();

for (const setting of settings) {
  describe(`in the home directory: ${setting.tier}, uid ${setting.uid}`, () => {
    const ns = setting.tier === "ns";

    test("`git config --global` in another terminal keeps what it writes", async () => {
      const user = await homeOf(setting);
      const findings = await meanwhile(user, "git config --global user.name someone");
      expect(readFileSync(user.at(".gitconfig"), "utf8")).toBe("[user]\n\tname = someone\n");
      expect(findings).toEqual([]);
      expect(names(user.home)).toEqual([".cache", ".gitconfig", ".moat", "go"]);
    });

    test("what is moved there is kept: where it is, or in the quarantine where moat cannot know whose it is", async () => {
      const user = await homeOf(setting);
      const findings = await meanwhile(
        user,
        "echo '[alias] x = !y' > t; mv t .gitconfig; mkdir d; touch d/id; mv -T d .ssh",
      );
      if (ns) {
        expect(findings).toEqual([]);
        expect(readFileSync(user.at(".gitconfig"), "utf8")).toContain("alias");
        expect(names(user.at(".ssh"))).toEqual(["id"]);
      } else {
        const kept = new Map(findings.map(({ path, kept_at }) => [path, kept_at ?? ""]));
        expect(readFileSync(kept.get(user.at(".gitconfig")) ?? "", "utf8")).toContain("alias");
        expect(names(kept.get(user.at(".ssh")) ?? "")).toEqual(["id"]);
      }
      expect(names(user.home).filter((name) => presence(user.at(name)) === "stand-in")).toEqual([]);
    });

    test.skipIf(!ns)("what is written into a stand-in makes it the user's", async () => {
      const user = await homeOf(setting);
      // As another program of an ordinary user's would: it has to change the mode first.
      await meanwhile(user, "chmod 644 .bash_profile; echo mine > .bash_profile; chmod 755 .ssh; touch .ssh/id");
      expect(readFileSync(user.at(".bash_profile"), "utf8")).toBe("mine\n");
      expect(names(user.at(".ssh"))).toEqual(["id"]);
      expect(names(user.home)).toEqual([".bash_profile", ".cache", ".moat", ".ssh", "go"]);
    });

    test.skipIf(!ns || setting.uid !== 0)("a program that has the stand-in open to write loses nothing", async () => {
      const user = await homeOf(setting);
      const writer = `(exec 5>>.bash_profile; touch open; until [ -e written ]; do sleep 0.01; done; echo late >&5) >/dev/null 2>&1 & until [ -e open ]; do sleep 0.01; done`;
      await meanwhile(user, writer);
      user.outside("touch written");
      expect(await until(() => readFileSync(user.at(".bash_profile"), "utf8") === "late\n")).toBe(true);
    });

    test("what only looks like a stand-in is the user's", async () => {
      const user = await homeOf(setting);
      user.outside(
        "touch .gitconfig .zshrc; mkdir .ssh; chmod 1444 .gitconfig .zshrc; chmod 1555 .ssh; touch -d '1970-01-02 UTC' .bashrc .ssh/.. .ssh",
      );
      user.outside("chmod 644 .bashrc; touch -d '1970-01-02 UTC' .profile; echo x > .profile; chmod 1444 .profile");
      const before = names(user.home);
      await run(user.sandbox, ["true"], user.policy, user.home);
      // An empty directory with a stand-in's mode and time could not be told from one; nothing is in it.
      expect(names(user.home)).toEqual(before.filter((name) => name !== ".ssh"));
    });

    test.skipIf(!ns)(
      "commands at the same time share stand-ins; the last one takes them away, also when it is killed",
      async () => {
        const user = await homeOf(setting);
        const go = (n: number) =>
          start(user.sandbox, sh(`until [ -e go${n} ]; do sleep 0.01; done`), user.policy, user.home);
        const [first, second, third] = [go(1), go(2), go(3)];
        await Promise.all([first.report, second.report, third.report]);
        const held = () => user.policy.stand_ins.filter((place) => presence(place) === "stand-in").length;
        expect(held()).toBe(10);
        user.outside("touch go1");
        await first.child.exited;
        expect(held()).toBe(10);
        second.child.kill("SIGKILL");
        await second.finish();
        expect(held()).toBe(10);
        const refused = await run(
          user.sandbox,
          sh("echo x > .gitconfig || mkdir .ssh/x || echo refused"),
          user.policy,
          user.home,
        );
        expect(refused.stdout).toContain("refused");
        third.child.kill("SIGKILL");
        await third.finish();
        expect(held()).toBe(0);
      },
    );

    test.skipIf(!ns)(
      "what is left when all of a launcher was killed goes at the next start, in any tier and directory",
      async () => {
        for (const next of tiers) {
          const user = await homeOf(setting);
          const mark = marker();
          const { child, report } = start(user.sandbox, sh(`exec sleep ${mark}`), user.policy, user.home);
          await report;
          killAll(child.pid);
          await until(() => processesWith(mark).length === 0);
          expect(presence(user.at(".gitconfig"))).toBe("stand-in");
          const other = await homeOf({ ...setting, tier: next });
          const elsewhere: SandboxPolicy = { ...other.policy, stand_ins: user.policy.stand_ins };
          await run(other.sandbox, ["true"], elsewhere, other.home);
          expect(names(user.home)).toEqual([".cache", ".moat"]);
        }
      },
    );
  });
}

/** The launcher, and everything that it started, at once: nobody is left to tidy up. */
function killAll(launcher: number): void {
  const tree = [launcher];
  for (const pid of tree) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
    tree.push(...children);
  }
  for (const pid of tree) process.kill(pid, "SIGSTOP");
  for (const pid of tree) process.kill(pid, "SIGKILL");
}

for (const setting of settings) {
  describe(`in a workspace: ${setting.tier}, uid ${setting.uid}`, () => {
    const sees = async (user: Awaited<ReturnType<typeof userOf>>, script: string) =>
      run(user.sandbox, sh(script), await user.policyNow(), user.cwd);

    test("an empty one is seen empty, from inside and outside, and the report says what is only looked after", async () => {
      const user = await projectOf(setting);
      const script = `ls -A; find . -mindepth 1; tar -cf - . | tar -tf - | grep -v '^\\./$'; touch seen; ${WAIT}`;
      const { child, report, finish } = start(user.sandbox, sh(script), user.policy, user.cwd);
      expect(await report).toMatchObject({ carve_absent: false });
      expect(await until(() => existsSync(user.at("seen")))).toBe(true);
      expect(names(user.cwd)).toEqual(["seen"]);
      user.outside("touch go");
      expect(await child.stdout.text()).toBe("");
      expect(await finish()).toEqual([]);
    });

    test("`--require carve_absent` starts nothing there", async () => {
      const user = await projectOf(setting);
      const policy = { ...user.policy, require: ["carve_absent"] };
      expect((await run(user.sandbox, sh("touch ran"), policy, user.cwd)).exit).toBe(125);
      expect(names(user.cwd)).toEqual([]);
    });

    test("`git init` and `git clone X .` work, and what they make stays and is protected from then on", async () => {
      const origin = await projectOf(setting);
      const commit = "git -c user.name=u -c user.email=u@example.org commit -q --allow-empty -m x";
      expect((await sees(origin, `git init -q -b main . && ${commit}`)).findings).toEqual([]);
      const clone = await projectOf(setting);
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

    test("a repository of the user's, made while a command runs, stays; other places of his are kept for him", async () => {
      const user = await projectOf(setting);
      user.outside("mkdir .vscode");
      const findings = await meanwhile(user, "git init -q; echo '{}' > t; mv t .vscode/settings.json");
      expect(user.outside("git status").exitCode).toBe(0);
      expect(findings).toMatchObject([{ path: user.at(".vscode/settings.json"), action: "quarantined" }]);
      expect(readFileSync(findings[0]?.kept_at ?? "", "utf8")).toBe("{}\n");
    });

    test("commands at the same time, of another moat, leave a repository alone that is being made", async () => {
      const user = await projectOf(setting);
      const other = { ...(await projectOf(setting)), cwd: user.cwd, policyNow: user.policyNow };
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
      const user = await projectOf(setting);
      const script = "exec >/dev/null 2>&1; touch go; while :; do mkdir -p .moat; echo x > .moat/config.toml; done";
      const { child, report, finish } = start(user.sandbox, sh(script), user.policy, user.cwd);
      await report;
      await until(() => existsSync(user.at("go")));
      child.kill("SIGKILL");
      await child.exited;
      await finish();
      await Bun.sleep(30);
      expect(names(user.cwd)).toEqual(["go"]);
    });

    test("moat is killed: what appeared is moved aside all the same", async () => {
      const user = await projectOf(setting);
      const plant =
        "mkdir -p .git/hooks .vscode; echo x > .git/hooks/pre-commit; ln -s /etc .moat; echo x > .vscode/tasks.json";
      const script = `${plant}; touch planted; chmod 555 . .vscode; sleep 60`;
      const moat = Bun.spawn([process.execPath, "-e", moatThatRuns(user, setting, script)], { cwd: base });
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
function moatThatRuns(user: Awaited<ReturnType<typeof userOf>>, { tier, uid }: Setting, script: string): string {
  const given = [sh(script), user.policy, user.cwd, { PATH: process.env.PATH ?? "" }].map((value) =>
    JSON.stringify(value),
  );
  return `
    const { sandboxWith } = await import(${JSON.stringify(join(import.meta.dir, "launch/launch.ts"))});
    const launch = sandboxWith(${JSON.stringify(path)}, "${tier}", "/nonexistent").launch(${given.join()});
    const argv = [...${JSON.stringify(become(tools, uid))}, ...launch.argv];
    const child = Bun.spawn(argv, { env: launch.env, stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
    await launch.confirm(child.stdio[3]);
    await child.exited;
  `;
}
