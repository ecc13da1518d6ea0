// The supervisor of the landlock tier does the calls on modes, owners, times and attributes in the command's place. What it refuses
// is in native/attacks/table/metadata.ts; here is what it must not disturb, and what it does when it cannot work.
import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import launcher from "../../../dist/launcher.bin" with { type: "file" };
import { become, buildProgram } from "../../../native/attacks/world.ts";
import type { Sandbox } from "../contract.ts";
import {
  env,
  makeBase,
  makeWorkspace,
  marker,
  policyFor,
  processesWith,
  remove,
  run,
  sh,
  startCommand,
  tierHere,
  until,
} from "../harness.suite.ts";
import { sandboxWith } from "./launch.ts";

const base = makeBase();
afterAll(() => remove(base));
const landlock = await tierHere("landlock", base);
const ns = await tierHere("ns", base);
const NOBODY = 65_534;
const self = process.getuid?.() ?? -1;
const users = self === 0 ? [0, NOBODY] : [self];

/** The programs of the test, and the launcher where other users can execute it. */
function prepare() {
  chmodSync(base, 0o755);
  const path = join(base, "moat-launch");
  copyFileSync(launcher, path);
  chmodSync(path, 0o755);
  return {
    path,
    become: buildProgram(base, "become"),
    inside: buildProgram(base, "inside", ["inside", "inside-processes"]),
  };
}

/** A directory that belongs to the user, beneath `base`. */
function ownWorkspace(uid: number): { inside: string; outside: string } {
  const paths = makeWorkspace(base);
  for (const path of [join(paths.inside, ".."), ...Object.values(paths)]) {
    chmodSync(path, 0o755);
    chownSync(path, uid, uid);
  }
  return paths;
}

describe.skipIf(landlock === null)("the supervisor of the landlock tier", () => {
  if (landlock === null) return;
  const tools = prepare();
  /** The sandbox for another user, or with other words before the launcher. */
  const as = (prefix: string[]): Sandbox => {
    const inner = sandboxWith(tools.path, "landlock", join(base, "quarantine"));
    return {
      tier: "landlock",
      launch(...args) {
        const launch = inner.launch(...args);
        return { ...launch, argv: [...prefix, ...launch.argv] };
      },
    };
  };

  test.each(users)(
    "every call answers in the workspace as it does without a sandbox (uid %i)",
    async (uid) => {
      const [free, confined] = [ownWorkspace(uid).inside, ownWorkspace(uid).inside];
      const control = Bun.spawnSync([...become(tools, uid), tools.inside], { cwd: free });
      const ended = await run(as(become(tools, uid)), [tools.inside], policyFor(confined), confined);
      expect(control.stdout.toString().split("\n").length).toBeGreaterThan(180);
      expect(ended.stdout.split("\n")).toEqual(control.stdout.toString().split("\n"));
      expect(ended.report).toMatchObject({ metadata: true });
    },
    30_000,
  );

  /** What programs do to metadata when they pack, install, build and commit. */
  const PROGRAMS = `set -e
umask 022
mkdir -p src/bin && echo 'echo hi' > src/bin/run && chmod 755 src/bin/run && touch -d 2001-02-03 src/bin/run
ln -s run src/bin/link && mkdir -m 2750 src/shared && mkfifo -m 600 src/pipe
tar cf all.tar src && mkdir out && tar xpf all.tar -C out
cp -a src copy && install -D -m 711 src/bin/run installed/run && install -d -m 1777 installed/tmp
chmod -R g+w copy && touch -h -d 2002-02-03 copy/bin/link && touch -r src/bin/run installed/run
printf 'all: out.txt\\nout.txt: src/bin/run\\n\\tcp -p src/bin/run out.txt\\n' > Makefile && make -s
git init -q repo && cp src/bin/run repo/run && git -C repo add run
git -C repo -c user.name=u -c user.email=u@example.org commit -qm x && rm repo/run && git -C repo checkout -q run
mv copy moved && cp -p moved/bin/run moved/again && gzip -k all.tar && gzip -dc all.tar.gz | cmp - all.tar
find . -name .git -prune -o -printf '%p %y %m %u %g %l\\n' | sort
find src/bin moved/bin out/src/bin installed out.txt all.tar.gz -type f -printf '%p %TY-%Tm-%Td\\n' | sort
`;

  test.each(users)(
    "tar, cp, install, touch, make, gzip and git work unchanged (uid %i)",
    async (uid) => {
      const [free, confined] = [ownWorkspace(uid).inside, ownWorkspace(uid).inside];
      const control = Bun.spawnSync([...become(tools, uid), "sh", "-c", PROGRAMS], {
        cwd: free,
        env: { ...env, HOME: free },
      });
      const ended = await run(
        as(become(tools, uid)),
        sh(`HOME=$PWD; export HOME\n${PROGRAMS}`),
        policyFor(confined),
        confined,
      );
      expect(control.exitCode).toBe(0);
      expect(ended.stdout).toBe(control.stdout.toString());
      expect(ended.exit).toBe(0);
    },
    30_000,
  );

  /** What a process of nobody's tries in a directory with a file of root's and one of its own. */
  const STEPS = `
import os
def attempt(name, call):
    try: call(); print(name, "ok", flush=True)
    except OSError as e: print(name, e.errno, flush=True)
attempt("own mode", lambda: os.chmod("theirs", 0o600))
attempt("own times", lambda: os.utime("theirs", (5, 5)))
attempt("give away", lambda: os.chown("theirs", 0, 0))
attempt("mode of root's", lambda: os.chmod("roots", 0o777))
attempt("attribute of root's", lambda: os.setxattr("roots", "user.x", b"1"))
`;
  const DROPPED = "own mode ok\nown times ok\ngive away 1\nmode of root's 1\nattribute of root's 13\n";
  const drop = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  /** capabilities(7): Docker's root has no CAP_SYS_PTRACE. */
  const asInDocker = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];

  test.skipIf(self !== 0).each([[[]], [asInDocker]])(
    "a process that gave up root's ids has no more power through the supervisor (%p)",
    async (prefix) => {
      const { inside } = ownWorkspace(0);
      for (const [name, uid] of [["roots", 0] as const, ["theirs", NOBODY] as const]) {
        writeFileSync(join(inside, name), "", { mode: 0o644 });
        chownSync(join(inside, name), uid, uid);
      }
      const script = `chmod 604 theirs; ${drop} python3 -c '${STEPS.replaceAll("'", `'"'"'`)}'; chmod 640 theirs && echo root again ok`;
      const ended = await run(as(prefix), sh(script), policyFor(inside), inside);
      expect(ended.stdout).toBe(`${DROPPED}root again ok\n`);
      expect(statSync(join(inside, "theirs")).mode & 0o777).toBe(0o640);
    },
  );

  test.skipIf(self !== 0 || Bun.spawnSync(["unshare", "-m", "true"]).exitCode !== 0)(
    "an inherited descriptor is judged by its file, not by a name that means another one now",
    async () => {
      const { inside } = makeWorkspace(base);
      const own = join(inside, "own");
      writeFileSync(own, "");
      const covered = `exec 0<${own}; mount -t tmpfs tmpfs ${inside} && : >${own} && exec "$@"`;
      const box = as(["unshare", "-m", "sh", "-c", covered, "sh"]);
      const script = "import os; os.utime('own', (6, 6)); print(os.stat('own').st_mtime); os.utime(0, (5, 5))";
      const ended = await run(box, ["python3", "-c", script], policyFor(inside), inside, "separate");
      expect(ended.stdout).toBe("6.0\n");
      expect(ended.stderr).toContain("PermissionError");
      expect(statSync(own).mtimeMs).not.toBe(5000);
    },
  );

  test("a sandbox in the sandbox says that its metadata is open, and closed all the same where the outer one closes it", async () => {
    const { inside, outside } = ownWorkspace(self);
    const kept = join(outside, "kept");
    writeFileSync(kept, "", { mode: 0o644 });
    const nested = (require: string) => [
      "python3",
      "-c",
      NESTED,
      tools.path,
      inside,
      require,
      `chmod 600 ${kept}; chmod 600 own`,
    ];
    writeFileSync(join(inside, "own"), "", { mode: 0o644 });
    const ended = await run(as([]), nested("fs"), policyFor(inside), inside);
    expect(ended.stdout).toContain('"metadata":false');
    expect(ended.stdout).toEndWith("exit 0\n");
    expect([kept, join(inside, "own")].map((path) => statSync(path).mode & 0o777)).toEqual([0o644, 0o600]);
    const required = await run(as([]), nested("metadata"), policyFor(inside), inside);
    expect(required.stdout).toContain("a required protection cannot be enforced here: metadata");
    expect(required.stdout).toEndWith("exit 125\n");
  });

  test("where nobody may look into memory, the report says so, and programs work all the same", async () => {
    const { inside } = ownWorkspace(self);
    const box = as(become(tools, self, "no-peeking"));
    const ended = await run(box, sh(": > f; chmod 604 f; stat -c %a f"), policyFor(inside), inside);
    expect(ended.stdout).toBe("604\n");
    expect(ended.report).toMatchObject({ metadata: false });
    const required = await run(box, ["true"], policyFor(inside, { require: ["metadata"] }), inside);
    expect(required.exit).toBe(125);
  });

  test("a supervisor that is killed takes the command with it, and the launcher says so", async () => {
    const { inside } = ownWorkspace(self);
    const mark = marker();
    const loop = `(setsid sleep ${mark} &); while chmod 600 .; do :; done`;
    const { child, report } = startCommand(as([]), sh(loop), policyFor(inside), inside, "separate");
    await report;
    expect(await until(() => processesWith(`sleep\0${mark}`).length === 1)).toBe(true);
    process.kill(childOf(child.pid), "SIGKILL");
    expect(await child.stderr.text()).toContain("the supervisor was killed, so the command was ended");
    await child.exited;
    expect(child.exitCode).toBe(128 + 9);
    expect(processesWith(mark)).toEqual([]);
  });
});

describe.skipIf(landlock === null)("a descriptor that the command inherits", () => {
  const SET = "import os; os.utime(0, (5, 5))";
  const changed = (path: string) => statSync(path).mtimeMs === 5000;
  /** Runs a command that gives its stdin, the file at `path`, other times. */
  const change = async (box: Sandbox, path: string, inside: string, require: string[]) => {
    const stdin = openSync(path, "r");
    try {
      return await run(box, ["python3", "-c", SET], policyFor(inside, { require }), inside, "separate", stdin);
    } finally {
      closeSync(stdin);
    }
  };

  test("is judged by where its file lies (landlock)", async () => {
    if (!landlock) throw new Error("no Landlock here");
    const { inside, outside } = makeWorkspace(base);
    const [own, foreign] = [join(inside, "own"), join(outside, "foreign")];
    for (const path of [own, foreign]) writeFileSync(path, "");
    expect((await change(landlock, own, inside, ["metadata"])).exit).toBe(0);
    expect((await change(landlock, foreign, inside, ["metadata"])).exit).toBe(1);
    expect([own, foreign].map(changed)).toEqual([true, false]);
  });

  test.skipIf(ns === null)("from other mounts cannot be held: the report says so (ns)", async () => {
    if (!ns) throw new Error("no namespaces here");
    const { inside, outside } = makeWorkspace(base);
    const [own, foreign] = [join(inside, "own"), join(outside, "foreign")];
    for (const path of [own, foreign]) writeFileSync(path, "");
    expect((await change(ns, own, inside, ["metadata"])).report).toMatchObject({ metadata: true });
    expect((await change(ns, foreign, inside, [])).report).toMatchObject({ metadata: false });
    writeFileSync(foreign, "");
    expect((await change(ns, foreign, inside, ["metadata"])).exit).toBe(125);
    expect([own, foreign].map(changed)).toEqual([true, false]);
  });
});

/** Process number of the one child that a process has. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

/** Runs a shell script in a sandbox of its own, as moat would: LAUNCHER WORKSPACE REQUIREMENT SCRIPT. */
const NESTED = `
import os, socket, sys
launcher, inside, require, script = sys.argv[1:]
ours, theirs = socket.socketpair()
if os.fork() == 0:
    os.dup2(theirs.fileno(), 3)
    os.execv(launcher, [launcher, "--", "sh", "-c", script])
theirs.close()
records = ["moat 1", "tier landlock", "mode workspace-write", "net none", "unix masked", "cwd " + inside,
           "parent " + str(os.getpid()), "write " + inside, "require " + require, "end"]
ours.sendall("\\0".join(records).encode() + b"\\0")
print(ours.recv(4096).decode())
print("exit", os.waitstatus_to_exitcode(os.wait()[1]))
`;
