// What runs without a question because it only reads starts no program of the project: none that the configuration of a repository
// names, and none by its name that a reader looks up itself. Each trap is tried without moat first: it is real.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { call, respond, say, type TempProject, tempProject } from "../../testkit/index.ts";
import { play, stage, turnOf } from "../harness.suite.ts";

const MODES = ["workspace-write", "danger-full-access"] as const;

interface Trap {
  cmd: string;
  /** What is put into the project; `hook` is the program that must not run. */
  set(project: TempProject, hook: string): void;
  /** In front of the PATH. */
  path?: string;
}

const git = (dir: string, ...args: string[]) => {
  const done = Bun.spawnSync(["git", "-c", "protocol.file.allow=always", ...args], { cwd: dir });
  if (!done.success) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.toString().trim();
};

/** As long as it was: git has to look into the file. */
function change(project: TempProject, name: string): void {
  project.write(name, "two\n");
}

const filter = (key: "clean" | "process"): Trap => ({
  cmd: "git status --short",
  set(project, hook) {
    git(project.dir, "config", "filter.Own.required", "true");
    git(project.dir, "config", `filter.Own.${key}`, hook);
    project.write(".git/info/attributes", "*.txt filter=Own\n");
    change(project, "a.txt");
  },
});

const NEUTRAL: Record<string, Trap> = {
  "a monitor": {
    cmd: "git status",
    set: (project, hook) => void git(project.dir, "config", "core.fsmonitor", hook),
  },
  "a monitor in an included file": {
    cmd: "git diff --stat",
    set(project, hook) {
      project.write("more", `[core]\n\tfsmonitor = ${hook}\n`);
      git(project.dir, "config", "include.path", "../more");
    },
  },
  "a hook": {
    cmd: "git status",
    set(project, hook) {
      project.write(".git/hooks/post-index-change", `#!/bin/sh\n${hook}\n`, 0o755);
      Bun.spawnSync(["touch", "-d", "2001-01-01", project.path("a.txt")]);
    },
  },
  "a filter": filter("clean"),
  "a filter that stays": filter("process"),
  "the monitor of a submodule": {
    cmd: "git status",
    set(project, hook) {
      const inner = project.path("inner");
      git(project.dir, "clone", "-q", project.dir, inner);
      git(project.dir, "-c", "advice.addEmbeddedRepo=false", "add", "inner");
      git(inner, "config", "core.fsmonitor", hook);
    },
  },
  "the filter of a submodule": {
    cmd: "git status",
    set(project, hook) {
      const inner = project.path("inner");
      git(project.dir, "clone", "-q", project.dir, inner);
      git(project.dir, "-c", "advice.addEmbeddedRepo=false", "add", "inner");
      git(inner, "config", "filter.x.clean", hook);
      project.write("inner/.git/info/attributes", "*.txt filter=x\n");
      change(project, "inner/a.txt");
    },
  },
  "a format that asks for signatures": {
    cmd: "git log --format=foo",
    set(project, hook) {
      const plain = git(project.dir, "cat-file", "commit", "HEAD");
      const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
      project.write("signed", `${plain.replace("\n\n", `\n${signature}\n\n`)}\n`);
      git(project.dir, "reset", "-q", git(project.dir, "hash-object", "-w", "-t", "commit", "signed"));
      git(project.dir, "config", "pretty.foo", "%G?");
      git(project.dir, "config", "gpg.program", hook);
    },
  },
  "the program behind a reader": {
    cmd: "egrep -c x a.txt",
    path: "bin",
    set: (project, hook) => project.write("bin/grep", `#!/bin/sh\n${hook}\n`, 0o755),
  },
  "the program behind a packed archive": {
    cmd: "tar -tzf a.tgz",
    path: "bin",
    set(project, hook) {
      Bun.spawnSync(["tar", "-czf", "a.tgz", "a.txt"], { cwd: project.dir });
      project.write("bin/gzip", `#!/bin/sh\n${hook}\n`, 0o755);
    },
  },
};

const ASKED: Record<string, Trap> = {
  "diff.external": {
    cmd: "git diff",
    set(project, hook) {
      git(project.dir, "config", "diff.external", hook);
      change(project, "a.txt");
    },
  },
  "diff.x.textconv": {
    cmd: "git diff",
    set(project, hook) {
      git(project.dir, "config", "diff.x.textconv", hook);
      project.write(".gitattributes", "*.txt diff=x\n");
      change(project, "a.txt");
    },
  },
  "diff.x.command": {
    cmd: "git diff && git log -1",
    set(project, hook) {
      git(project.dir, "config", "diff.x.command", hook);
      project.write(".git/info/attributes", "*.txt diff=x\n");
      change(project, "a.txt");
    },
  },
};

async function run(trap: Trap, sandbox_mode: (typeof MODES)[number]) {
  const project = tempProject({ "a.txt": "one\n" }, { git: true });
  git(project.dir, "add", ".");
  git(project.dir, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x");
  const marker = project.path("ran");
  project.write("hook.sh", `#!/bin/sh\necho >> ${marker}\nexit 1\n`);
  chmodSync(project.path("hook.sh"), 0o755);
  trap.set(project, project.path("hook.sh"));
  const PATH = trap.path ? `${project.path(trap.path)}:${process.env.PATH}` : process.env.PATH;
  const home = tempProject();
  const env = { PATH, HOME: home.dir };
  // The index stays as it is: the trap has to be there for moat, too.
  const before = Bun.file(project.path(".git/index"));
  const index = await before.bytes();
  Bun.spawnSync(["/bin/sh", "-c", trap.cmd], { cwd: project.dir, env: { ...process.env, ...env } });
  const real = existsSync(marker);
  rmSync(marker, { force: true });
  await Bun.write(project.path(".git/index"), index);
  using set = await stage(
    [respond(call("exec_command", { cmd: trap.cmd, login: false }, "c1")), respond(say("done"))],
    { project, settings: { approval_policy: "untrusted", sandbox_mode }, services: { env, home: home.dir } },
  );
  const { asked, outputs } = await play(set, [turnOf("go")], () => ({ type: "denied" }));
  const ran = existsSync(marker);
  home.remove();
  return { real, ran, asked: asked.map(({ reason }) => reason), output: outputs.get("c1") ?? "" };
}

for (const mode of MODES) {
  describe(`what only reads under ${mode}`, () => {
    for (const [name, trap] of Object.entries(NEUTRAL)) {
      test(`is not asked about, and does not start ${name}`, async () => {
        const { output, ...rest } = await run(trap, mode);
        expect(rest).toEqual({ real: true, ran: false, asked: [] });
        expect(output).not.toContain("fatal");
      });
    }
    for (const [name, trap] of Object.entries(ASKED)) {
      test(`is asked about where the repository says ${name}`, async () => {
        const { real, ran, asked } = await run(trap, mode);
        expect({ real, ran }).toEqual({ real: true, ran: false });
        expect(asked).toEqual([expect.stringContaining(`names a program (${name})`)]);
      });
    }
  });
}

test("what a person said yes to runs as the repository has it", async () => {
  const project = tempProject({ "a.txt": "one\n" }, { git: true });
  project.write(".git/hooks/pre-commit", "#!/bin/sh\necho the hook ran\n", 0o755);
  const cmd = "git add . && git -c user.name=a -c user.email=a@b commit -m x";
  using set = await stage([respond(call("exec_command", { cmd, login: false }, "c1")), respond(say("done"))], {
    project,
    settings: { approval_policy: "untrusted" },
  });
  const { outputs } = await play(set, [turnOf("go")], () => ({ type: "approved" }));
  expect(outputs.get("c1")).toContain("the hook ran");
});

test("what is known to only read has no unix sockets, unless one was opened by name", async () => {
  const unixOf = async (allow_sockets: string[]) => {
    const home = tempProject({ listens: "" });
    using set = await stage(
      [
        ...["true", "./nothing"].map((cmd, n) => respond(call("exec_command", { cmd, login: false }, `c${n}`))),
        respond(say("done")),
      ],
      {
        settings: {
          sandbox_workspace_write: {
            ...{ writable_roots: [], network_access: false, hidden_paths: [] },
            ...{ exclude_slash_tmp: true, exclude_tmpdir_env_var: true },
            allow_sockets: allow_sockets.map((name) => home.path(name)),
          },
        },
        services: { env: { PATH: process.env.PATH, HOME: home.dir }, home: home.dir },
      },
    );
    const { events } = await play(set, [turnOf("go")], () => null);
    home.remove();
    return events.flatMap((event) =>
      event.type === "item.completed" && event.item.type === "command_execution" ? [event.item.sandbox?.unix] : [],
    );
  };
  // Any program of the machine may have a socket at this moment that cannot be masked: then no command has any.
  const once = async (allow_sockets: string[]) => {
    for (;;) {
      const [reading, other] = await unixOf(allow_sockets);
      if (other === "masked") return reading;
    }
  };
  expect(await once([])).toBe("none");
  expect(await once(["listens"])).toBe("masked");
});
