// What is judged of every option that programs of the table have, as their own help lists them: which are free and which ask.
// `bun run goldens` writes the verdicts anew; a line that moves to `reads` has to be one that really only reads.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectGolden } from "../../testkit/golden.suite.ts";
import { judgeCommand } from "../judge.ts";
import { GIT_ROWS, ROWS } from "./lookup.ts";

const fixture = (name: string) => join(import.meta.dir, "fixtures", name);
/** `PROGRAM: LONG OPTIONS`; an option that ends with `=` is meant with a value. Short ones are all letters and digits. */
const vocabulary = readFileSync(fixture("options.txt"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [program = "", options = ""] = line.split(/: ?/, 2);
    return { program, options: options.split(" ").filter(Boolean) };
  });
const SHORT = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"].map((letter) => `-${letter}`);

const verdict = (...argv: string[]) => judgeCommand(argv, { cwd: "/work", workspace: "/work" }).verdict;
const NAMES = { safe: "reads", unknown: "asks", mutating: "changes" } as const;

/** Options by what a command is with one of them before its operand; `=` has a value. Short ones stand together, as programs take them. */
function page(program: string, options: string[]): string {
  const words = program.split(" ");
  const all = [...SHORT, ...options];
  const by: Record<string, string[]> = { reads: [], asks: [], changes: [] };
  for (const option of all)
    by[NAMES[verdict(...words, option.endsWith("=") ? `${option}x` : option, "f")]]?.push(option);
  const uses = [[], ["--version"], ["f"], ["f", "g"], ["-12", "f"], ["--", "-x"]].map(
    (rest) => `  ${[...words, ...rest].join(" ")}: ${NAMES[verdict(...words, ...rest)]}`,
  );
  const lists = Object.entries(by).flatMap(([name, list]) => {
    if (list.length === 0) return [];
    if (list.length === all.length) return `  any option: ${name}`;
    const short = list.filter((option) => SHORT.includes(option)).map((option) => option.slice(1));
    return `  ${name}: ${[...(short.length > 0 ? [`-${short.join("")}`] : []), ...list.filter((o) => !SHORT.includes(o))].join(" ")}`;
  });
  return [program, ...uses, ...lists].join("\n");
}

test("every option of every program", async () => {
  const pages = vocabulary.map(({ program, options }) => page(program, options));
  await expectGolden(fixture("verdicts.txt"), `${pages.join("\n")}\n`);
});

test("the vocabulary has every program of the table but builtins of the shell", () => {
  const known = new Set(vocabulary.map(({ program }) => program));
  const programs = [
    ...ROWS.flatMap((row) => row.programs),
    ...GIT_ROWS.flatMap((row) => row.programs.map((n) => `git ${n}`)),
  ];
  const BUILTINS =
    "test [ [[ printf echo true false yes pwd cd exit return break continue wait shift for read set : type command";
  expect(programs.filter((program) => !known.has(program) && !BUILTINS.split(" ").includes(program))).toEqual([]);
});
