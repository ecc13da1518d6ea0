// The table against the programs of this machine: every option that is listed, and every option of every wrapper, is really used.
// What the machine lacks is skipped, and counted as skipped.
import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { glue, optionsOf } from "./fuzz/programs.suite.ts";
import { compare, listing } from "./fuzz/runner.suite.ts";
import { makeWorld } from "./fuzz/world.suite.ts";
import { judgeCommand } from "./judge.ts";
import { GIT_ROWS, ROWS } from "./table/lookup.ts";
import type { OptionUsage } from "./usage.ts";
import { WRAPPERS } from "./wrappers.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-real-")));
const world = join(base, "world");
mkdirSync(world);
makeWorld(world, "repository");
// A value that is not taken for one is an operand, and `a` the second, which programs like uniq would write to.
writeFileSync(join(world, "1"), "x\n");
const before = listing(world);
afterAll(() => rmSync(base, { recursive: true, force: true }));

const HANGS = 2_000;
/** For one program with all its options, in ms: an interpreted one (yq) starts once for every option, slowly on a loaded machine. */
const ALL_OPTIONS = 300_000;
const env = {
  PATH: process.env.PATH,
  HOME: join(world, "home"),
  WORLD: world,
  GIT_OPTIONAL_LOCKS: "0",
  GIT_PAGER: "cat",
  LC_ALL: "C",
};
const run = (argv: string[]) =>
  spawnSync(argv[0] ?? "", argv.slice(1), { cwd: world, env, timeout: HANGS, stdio: "ignore", killSignal: "SIGKILL" });

/** Every way to write the options of a list down. */
function uses(usage: OptionUsage): string[][] {
  const { alone, separate, glued } = optionsOf(usage);
  return [
    [],
    ...alone.map((name) => [name]),
    ...separate.map((name) => [name, "1"]),
    ...glued.map((name) => [glue(name, "1")]),
  ];
}

/** Runs a program with each option, before its operand and behind it, as far as that is judged safe. */
function runAll(program: string[], usage: OptionUsage, operand: string): number {
  const lines = uses(usage)
    .flatMap((option) =>
      usage.operands === 0
        ? [option]
        : [
            [...option, operand],
            [operand, ...option],
          ],
    )
    .map((words) => [...program, ...words])
    .filter((argv) => judgeCommand(argv, { cwd: world, workspace: world }).verdict === "safe");
  for (const line of lines) run(line);
  return lines.length;
}

describe("every listed option only reads", () => {
  for (const row of ROWS) {
    const { usage } = row;
    if (typeof usage === "string") continue;
    for (const name of row.programs) {
      const [program = "", ...more] = name.split(" ");
      // `type` and `command` are builtins: no program of that name is there.
      test.skipIf(Bun.which(program) === null)(
        name,
        () => {
          expect(runAll([program, ...more], usage, name === "date" ? "+%s" : "a")).toBeGreaterThan(0);
          expect(compare(before, listing(world))).toEqual([]);
        },
        ALL_OPTIONS,
      );
    }
  }
});

describe("every listed option of git only reads", () => {
  for (const row of GIT_ROWS) {
    const { usage } = row;
    if (typeof usage === "string") continue;
    for (const name of row.programs) {
      test.skipIf(Bun.which("git") === null)(name, () => {
        expect(runAll(["git", ...name.split(" ")], usage, "HEAD")).toBeGreaterThan(0);
        expect(compare(before, listing(world))).toEqual([]);
      });
    }
  }
});

describe("every wrapper runs the command behind its options, and nothing else", () => {
  const bin = join(base, "bin");
  const log = join(base, "log");
  const values = ["1", "0", "L", "TERM", "5", "X", "2"];
  mkdirSync(bin);
  for (const name of ["inner", "arg", ...values]) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "\${0##*/} $*" >> ${log}\n`);
    chmodSync(join(bin, name), 0o755);
  }

  /** A value that the option takes, by the pattern that the table has for it. */
  const valueFor = (pattern: RegExp | undefined) => values.find((value) => pattern?.test(value));

  /** What was run, line by line; empty when the options were refused. */
  function ran(argv: string[]): string[] {
    rmSync(log, { force: true });
    spawnSync(argv[0] ?? "", argv.slice(1), {
      cwd: base,
      env: { ...env, PATH: `${bin}:${env.PATH}` },
      input: "x\n",
      timeout: HANGS,
      stdio: ["pipe", "ignore", "ignore"],
    });
    return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  }

  const busybox = Bun.which("busybox");
  const toybox = Bun.which("toybox");
  for (const [name, { usage, values: patterns = {}, operand }] of Object.entries(WRAPPERS)) {
    const builtin = ["command", "builtin", "exec", "time"].includes(name);
    const of = (file: string | null) => (file === null ? null : [file, name]);
    const implementations: (string[] | null)[] = builtin
      ? [["bash", "-c", `${name} "$@"`, "_"]]
      : [Bun.which(name) === null ? null : [name], of(busybox), of(toybox)];
    for (const program of implementations) {
      test.skipIf(program === null)(`${name}${program?.length === 2 ? ` of ${program[0]}` : ""}`, () => {
        const { alone, separate, glued } = optionsOf(usage);
        const value = (option: string) => valueFor(patterns[option]) ?? "1";
        const used = [
          ...[[], ...alone.map((option) => [option])],
          ...separate.map((option) => [option, value(option)]),
          ...glued.map((option) => [glue(option, value(option))]),
        ];
        for (const words of used) {
          const lines = ran([
            ...(program ?? []),
            ...words,
            ...(operand === undefined ? [] : ["5"]),
            ...(name === "builtin" ? ["eval"] : []),
            "inner",
            "arg",
          ]);
          for (const line of lines) expect([words, line]).toEqual([words, expect.stringMatching(/^inner arg/)]);
        }
      });
    }
  }
});
