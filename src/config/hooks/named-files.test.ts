import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { Fixture } from "../fixture.ts";
import { hookFiles, missingPrograms, startedNames } from "./named-files.ts";

let fixture: Fixture;
beforeEach(() => {
  fixture = new Fixture();
  for (const file of [
    "a.py",
    "check",
    "sub/check.sh",
    "check.sh",
    "tools/check me.sh",
    "node_modules/.bin/lint",
    "package.json",
    "Makefile",
    "sub/Makefile",
    "mod/__main__.py",
    "hook/index.js",
    "data.txt",
    "checks/one.sh",
    "checks/two.sh",
  ]) {
    fixture.write(`work/${file}`, "");
  }
  fixture.write("outside.sh", "");
  fixture.write("spare/late.sh", "");
});
afterEach(() => fixture.remove());

const places = (cwd: string) => ({
  root: fixture.project,
  cwd: join(fixture.project, cwd),
  home: fixture.home,
  within: [fixture.project, join(fixture.home, "spare")],
});
const inProject = (path: string) => relative(fixture.project, path);
const named = (line: string, cwd = ".") =>
  hookFiles(line, places(cwd))
    .map(({ path }) => inProject(path))
    .sort();

describe("every word that is a file of the project counts", () => {
  const lines: [line: string, files: string[], cwd?: string][] = [
    ['"$CLAUDE_PROJECT_DIR/tools/check me.sh" --x; python3 a.py && ../outside.sh', ["a.py", "tools/check me.sh"]],
    [`$${"{MOAT_PROJECT_DIR}"}/a.py | ./a.py`, ["a.py"]],
    ["sh ./check.sh", ["check.sh"]],
    ["sh 'tools/check me.sh'", ["tools/check me.sh"]],
    ["sh tools/check\\ me.sh", ["tools/check me.sh"]],
    ["python3 ./a.py <data.txt", ["a.py", "data.txt"]],
    ["node_modules/.bin/lint .", ["node_modules/.bin/lint"]],
    ["npx lint --fix", ["node_modules/.bin/lint", "package.json"]],
    ["npx --no-install lint", ["node_modules/.bin/lint", "package.json"], "sub"],
    ["npm run lint", ["node_modules/.bin/lint", "package.json"]],
    ["make lint", ["Makefile", "sub/Makefile"], "sub"],
    ["make -C sub lint", ["Makefile", "sub/Makefile"]],
    ["python3 -c \"exec(open('a.py').read())\"", ["a.py"]],
    ["node -e 'require(\"./check\")'", ["check"]],
    ["bash <check.sh", ["check.sh"]],
    ["eval ./check.sh; timeout 5 ./a.py", ["a.py", "check.sh"]],
    ["python3 -m mod", ["mod/__main__.py"]],
    ["python3 mod", ["mod/__main__.py"]],
    ["node ./hook", ["hook/index.js"]],
    ["node ./check", ["check"]],
    ["./check.sh", ["check.sh", "sub/check.sh"], "sub"],
    ["cd sub && ./check.sh", ["check.sh", "sub/check.sh"]],
    ['sh -c "exec ./check.sh --now"', ["check.sh"]],
    ["bash -c './check.sh; ./a.py'", ["a.py", "check.sh"]],
    ['"$(git rev-parse --show-toplevel)/sub/check.sh"', ["sub/check.sh"]],
    ["$(git rev-parse --show-toplevel)/check.sh", ["check.sh"]],
    ["`pwd`/check.sh", ["check.sh"]],
    ["$PWD/check.sh", ["check.sh", "sub/check.sh"].slice(1), "sub"],
    ["$TOOLS/check.sh", ["check.sh"]],
    ["~/work/check.sh", ["check.sh"]],
    ["tool --require=./a.py -r./check.sh X=data.txt", ["a.py", "check.sh", "data.txt"]],
    ["PATH=node_modules/.bin:$PATH lint", ["node_modules/.bin/lint"]],
    ["for f in checks/*; do sh $f; done", ["checks/one.sh", "checks/two.sh"]],
    ["cat data.txt | tee log.txt >check.sh 2>>a.py", ["data.txt"]],
    ["git status . --flag", []],
    ["true", []],
  ];
  for (const [line, files, cwd] of lines) test(line, () => expect(named(line, cwd)).toEqual(files));

  test("behind links: where it lies and where it leads", () => {
    symlinkSync(join(fixture.home, "outside.sh"), join(fixture.project, "leads-out"));
    symlinkSync(fixture.project, join(fixture.home, "leads-in"));
    expect(named("./leads-out")).toEqual(["leads-out"]);
    expect(named("~/leads-in/check.sh")).toEqual(["../leads-in/check.sh"]);
  });

  test("and of other places that commands may write, what is started", () => {
    const found = hookFiles(`sh ${fixture.home}/spare/late.sh; cat ${fixture.home}/spare/late.sh`, places("."));
    expect(found).toMatchObject([{ started: true }]);
    expect(hookFiles(`cat ${fixture.home}/spare/late.sh`, places("."))).toMatchObject([{ started: false }]);
  });
});

describe("missingPrograms", () => {
  const lines: [line: string, missing: string[], cwd?: string][] = [
    ["./gone.sh", ["./gone.sh"]],
    ["sh gone.sh", ["gone.sh"]],
    ["sh -e gone.sh", ["gone.sh"]],
    ["./check", ["./check"], "sub"],
    ["cd sub && ./check.sh", []],
    ['cd "$X" && ./gone.sh', []],
    ["./check.sh", []],
    ["tool ./gone", []],
    ["/bin/sh -c 'exit 0'", []],
    ["echo x >./gone", []],
    ["$DIR/gone.sh", []],
    ["../outside-gone.sh", []],
    ["[ ! -x gone.sh ] || ./gone.sh", []],
  ];
  for (const [line, missing, cwd = "."] of lines) {
    test(`${line} (${cwd})`, () => expect(missingPrograms(line, places(cwd))).toEqual(missing));
  }
});

test("startedNames gives what is looked up on the PATH", () => {
  expect(startedNames("lint --check src && A=1 env tool | ./x; sh y.sh")).toEqual([
    "lint",
    "env",
    "tool",
    "sh",
    "y.sh",
  ]);
});

test("a file in place of a directory, a loop of links and a directory without rights are no files", () => {
  symlinkSync("loop", join(fixture.project, "loop"));
  mkdirSync(join(fixture.project, "closed"), { mode: 0 });
  expect(named("./check.sh/x ./loop ./closed/x")).toEqual([]);
});
