// Places of the home directory that must not come into being are held by stand-ins where there are mounts. Nothing of the user's is lost
// to them. What was planted is the attack suite's matter (native/attacks/table/home.ts).
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import type { Sandbox, SandboxPolicy } from "./contract.ts";
import { marker, processesWith, run, sh, startCommand, until } from "./harness.suite.ts";
import { presence } from "./launch/stand-in.ts";
import { makeRange, makeUser, meanwhile, names } from "./range.suite.ts";

const range = makeRange();
afterAll(range.end);

for (const setting of range.settings) {
  describe(`in the home directory: ${setting.tier}, uid ${setting.uid}`, () => {
    const ns = setting.tier === "ns";

    test("`git config --global` in another terminal keeps what it writes", async () => {
      const user = await makeUser(range, setting);
      const findings = await meanwhile(user, "git config --global user.name someone");
      expect(readFileSync(user.at(".gitconfig"), "utf8")).toBe("[user]\n\tname = someone\n");
      expect(findings).toEqual([]);
      expect(names(user.home)).toEqual([".cache", ".gitconfig", ".moat", "go"]);
    });

    test("what is moved there is kept: where it is, or in the quarantine where moat cannot know whose it is", async () => {
      const user = await makeUser(range, setting);
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
      const user = await makeUser(range, setting);
      // As another program of an ordinary user's would: it has to change the mode first.
      await meanwhile(user, "chmod 644 .bash_profile; echo mine > .bash_profile; chmod 755 .ssh; touch .ssh/id");
      expect(readFileSync(user.at(".bash_profile"), "utf8")).toBe("mine\n");
      expect(names(user.at(".ssh"))).toEqual(["id"]);
      expect(names(user.home)).toEqual([".bash_profile", ".cache", ".moat", ".ssh", "go"]);
    });

    test.skipIf(!ns || setting.uid !== 0)("a program that has the stand-in open to write loses nothing", async () => {
      const user = await makeUser(range, setting);
      const writer = `(exec 5>>.bash_profile; touch open; until [ -e written ]; do sleep 0.01; done; echo late >&5) >/dev/null 2>&1 & until [ -e open ]; do sleep 0.01; done`;
      await meanwhile(user, writer);
      user.outside("touch written");
      expect(await until(() => readFileSync(user.at(".bash_profile"), "utf8") === "late\n")).toBe(true);
    });

    test("what only looks like a stand-in is the user's", async () => {
      const user = await makeUser(range, setting);
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
        const user = await makeUser(range, setting);
        const go = (n: number) =>
          startCommand(user.sandbox, sh(`until [ -e go${n} ]; do sleep 0.01; done`), user.policy, user.home);
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

    test.skipIf(!ns)("500 stand-ins fit into the 1,024 descriptors that processes have by default", async () => {
      const user = await makeUser(range, setting);
      const stand_ins = Array.from({ length: 500 }, (_, index) => user.at(`place-${index}`));
      const policy = { ...user.policy, protected: stand_ins, stand_ins };
      const limited: Sandbox = {
        tier: setting.tier,
        launch(...args) {
          const launch = user.sandbox.launch(...args);
          return { ...launch, argv: [...sh('ulimit -n 1024; exec "$0" "$@"'), ...launch.argv] };
        },
      };
      const ended = await run(limited, sh("ls | grep -c place; touch place-7/x || echo refused"), policy, user.home);
      expect(ended.exit).toBe(0);
      expect(ended.stdout).toStartWith("500\n");
      expect(ended.stdout).toEndWith("refused\n");
      expect(names(user.home)).toEqual([".cache", ".moat"]);
    });

    test.skipIf(!ns)(
      "what is left when all of a launcher was killed goes at the next start, in any tier and directory",
      async () => {
        for (const next of range.tiers) {
          const user = await makeUser(range, setting);
          const mark = marker();
          const { child, report } = startCommand(user.sandbox, sh(`exec sleep ${mark}`), user.policy, user.home);
          await report;
          killAll(child.pid);
          await until(() => processesWith(mark).length === 0);
          expect(presence(user.at(".gitconfig"))).toBe("stand-in");
          const other = await makeUser(range, { ...setting, tier: next });
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
  for (const pid of tree) killIfThere(pid);
}

/** With the first process of a namespace the others in it go by themselves. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
