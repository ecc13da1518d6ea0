// The directory that lines are run in: files to read, files whose names are options, programs that must not run, repositories.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What variables hold that scripts cannot know: options, several words, code for shells that evaluate. */
export const EVIL: Record<string, string> = {
  evil: "-delete",
  out: "-oout",
  long: "--output=out",
  two: "a -oout",
  file: "out",
  semi: ";",
  plus: "+",
  code: "path[$(touch ran)]",
  array: "a[$(touch ran)]",
  glob: "*(e:touch ran:)",
  run: "./x",
  script: "w out",
  dash: "-i",
  EVIL: "--compress-program=./x",
};

/** Which of two kinds of directory: a repository, or one that only looks like a bare one and names programs. */
export type FuzzWorld = "repository" | "planted";

/** Leaves a trace, also when it was started without its environment. */
const PROGRAM = '#!/bin/sh\n[ -n "$WORLD" ] && cd "$WORLD"\n: > ran\n';
const PLANTED =
  '[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "$WORLD/x"\n\tworktree = .\n[diff]\n\texternal = ./x\n';

const FILES: Record<string, string> = {
  a: "b\na\n1 2 3\n",
  b: "x y z\n",
  in: "-oout\n-delete\n--output=out\na\n./x\n",
  "data.json": '{"a":{"b":[1,2]}}\n',
  "data.yml": "a:\n  b: 1\n",
  "src/a.ts": "export const a = 1;\n",
  "src/b.ts": "foo\n",
  "-oout": "x\n",
  "-delete": "x\n",
  "--output=out": "x\n",
  "-i": "x\n",
  "--pre=.": "x\n",
  ".gitattributes": "* diff=x filter=x\n",
  ".npmrc": "cache=./cache\nlogs-dir=./logs\n",
  "go.mod": "module x\n\ngo 1.21\n\ntoolchain go1.99.0\n",
  "package.json": '{"name":"x","version":"1.0.0","scripts":{"pre":"./x"},"volta":{"node":"99.0.0"}}\n',
  ".tool-versions": "nodejs path:./tools\npython path:./tools\n",
  "bunfig.toml": 'preload = ["./x.ts"]\n',
  "x.ts": 'require("fs").writeFileSync(process.env.WORLD + "/ran", "");\n',
  ".ripgreprc": "--pre=./x\n",
  ".curlrc": "output = out\n",
  "10/cat": PROGRAM,
  "bin/ls": PROGRAM,
  x: PROGRAM,
  "home/.keep": "",
};

/** An archive that holds `a` and `out`. */
const ZIP =
  "UEsDBBQAAAAAAAAAIVhDvrfoAQAAAAEAAAABAAAAYWFQSwMEFAAAAAAAAAAhWJlt6rkDAAAAAwAAAAMAAABvdXRvdXRQSwECFAMUAAAAAAAAACFYQ7636AEAAAAB" +
  "AAAAAQAAAAAAAAAAAAAAgAEAAAAAYVBLAQIUAxQAAAAAAAAAIViZbeq5AwAAAAMAAAADAAAAAAAAAAAAAACAASAAAABvdXRQSwUGAAAAAAIAAgBgAAAARAAAAAAA";

const BARE: Record<string, string> = {
  HEAD: "ref: refs/heads/main\n",
  config: PLANTED,
  "objects/.keep": "",
  "refs/.keep": "",
};

function write(dir: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll("$WORLD/x", join(dir, "x")));
    if (text === PROGRAM) chmodSync(path, 0o755);
  }
}

/** Fills a directory. Archives are made when the programs for them are there. */
export function makeWorld(dir: string, kind: FuzzWorld): void {
  write(dir, FILES);
  // In both worlds there are others' repositories below: one without a working tree, and one that names a program.
  write(join(dir, "bare"), { ...BARE, x: PROGRAM });
  const inGit = Object.entries(BARE).map(([name, text]) => [`.git/${name}`, text]);
  write(join(dir, "nested"), { ...Object.fromEntries(inGit), a: "a\n", x: PROGRAM });
  const run = (...argv: string[]) =>
    spawnSync(argv[0] ?? "", argv.slice(1), {
      cwd: dir,
      stdio: "ignore",
      env: { PATH: process.env.PATH, HOME: join(dir, "home"), GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  run("tar", "cf", "a.tar", "a", "b");
  run("sh", "-c", "gzip -c a > a.gz");
  writeFileSync(join(dir, "a.zip"), Buffer.from(ZIP, "base64"));
  if (kind === "planted") {
    write(dir, BARE);
    return;
  }
  const git = (...args: string[]) => run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", ...args);
  git("init", "-q", "-b", "main");
  git("add", "a", "b", "src");
  git("commit", "-qm", "one");
  write(dir, { b: "changed\n" });
  git("stash", "-q");
  git("tag", "v1");
  git("tag", "--", "--list");
  write(dir, { "src/b.ts": "foo\nbar\n" });
}
