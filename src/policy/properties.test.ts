// What must hold for any command: wrapping never makes it safer, and what is judged safe really runs nothing else.
import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { judgeCommand } from "./judge.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const corpus = readFileSync(join(import.meta.dir, "fixtures", "corpus.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line): { command: string; shell?: string } => JSON.parse(line))
  .filter(({ shell = "bash" }) => shell === "bash")
  .map(({ command }) => command);

const isSafe = (command: string, shell = "bash") =>
  judgeCommand([shell, "-lc", command], { cwd: "/work", workspace: "/work" }).verdict === "safe";
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const WRAPPERS: Record<string, (command: string) => string> = {
  "bash -lc": (c) => `bash -lc ${quote(c)}`,
  "sh -c": (c) => `sh -c ${quote(c)}`,
  "double quotes": (c) => `bash -c "${c.replace(/["\\$`]/g, "\\$&")}"`,
  env: (c) => `env ${c}`,
  "env with a variable": (c) => `env TZ=UTC ${c}`,
  nice: (c) => `nice -n 5 ${c}`,
  timeout: (c) => `timeout 5 ${c}`,
  "timeout bash": (c) => `timeout -k 1 5 bash -c ${quote(c)}`,
  time: (c) => `time ${c}`,
  command: (c) => `command ${c}`,
  xargs: (c) => `xargs -n1 ${c}`,
  "xargs bash": (c) => `xargs -I{} bash -c ${quote(c)}`,
  subshell: (c) => `(${c}\n)`,
  group: (c) => `{ ${c}\n}`,
  substitution: (c) => `echo "$(${c}\n)"`,
  // Backquotes do not nest: around others they would pair up differently.
  backquotes: (c) => (c.includes("`") ? c : `echo \`${c}\``),
  "process substitution": (c) => `cat <(${c}\n)`,
  condition: (c) => `if ${c}\nthen :; fi`,
  loop: (c) => `for unused in a b; do ${c}\ndone`,
  "behind another": (c) => `ls; ${c}`,
  "before another": (c) => `${c}\nls`,
  pipe: (c) => `${c} | cat`,
  find: (c) => `find . -exec bash -c ${quote(c)} \\;`,
  "quoted program": (c) => c.replace(/^[a-z]+(?= |$)/, (name) => `"${name}"`),
  "escaped program": (c) => c.replace(/^[a-z]+(?= |$)/, (name) => `\\${name}`),
};

describe("wrapping never makes a command safer", () => {
  for (const [name, wrap] of Object.entries(WRAPPERS)) {
    test(name, () => {
      const safer = corpus.filter((command) => isSafe(wrap(command)) && !isSafe(command));
      expect(safer).toEqual([]);
    });
  }

  test("nor do several wrappers, one around the other", () => {
    const wrappers = fc.array(fc.constantFrom(...Object.values(WRAPPERS)), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...corpus), wrappers, (command, list) => {
        const wrapped = list.reduce((inner, wrap) => wrap(inner), command);
        return isSafe(command) || !isSafe(wrapped);
      }),
      { numRuns: FULL ? 50_000 : 3_000 },
    );
  });

  test("nor does another shell that knows less", () => {
    expect(corpus.filter((command) => isSafe(command, "sh") && !isSafe(command, "bash"))).toEqual([]);
  });
});

/**
 * Random scripts made of the pieces that shells take apart, alone and inside lines of the corpus, with `mut` in them: a
 * program that is not known to only read. Those that are judged safe are run by real shells; then `mut` must not have run,
 * and no file may be there.
 */
const PIECES: string[] = JSON.parse(readFileSync(join(import.meta.dir, "fixtures", "shell-pieces.json"), "utf8"));

const dir = mkdtempSync(join(tmpdir(), "moat-policy-"));
const bin = join(dir, "bin");
const work = join(dir, "work");
const ran = join(dir, "ran");
mkdirSync(bin);
mkdirSync(work);
// Only these programs are there, so that a wrong judgement can do no harm.
for (const name of ["cat", "env", "find", "head", "nice", "sed", "sort", "timeout", "xargs"]) {
  const path = Bun.which(name);
  if (path !== null) symlinkSync(path, join(bin, name));
}
writeFileSync(join(bin, "mut"), `#!/bin/sh\n: > ${ran}\n`, { mode: 0o755 });
afterAll(() => rmSync(dir, { recursive: true }));

/** What the script left behind, `ran` when `mut` was started. A script that hangs is stopped; that is no effect. */
function sideEffects(shell: string, script: string): string[] {
  const options = { cwd: work, env: { PATH: bin, HOME: work }, timeout: 1_000 };
  Bun.spawnSync([shell, "-c", script], { ...options, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const made = readdirSync(work).map((name) => join(work, name));
  if (existsSync(ran)) made.push(ran);
  for (const path of made) rmSync(path, { recursive: true });
  return made;
}

const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 14 });
const spliced = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(60), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 3 }),
  )
  .map(([line, inserts]) =>
    inserts.reduce((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), `${line} mut`),
  );
const scripts = fc.oneof(
  pieces.map((list) => list.join(" ")),
  pieces.map((list) => list.join("")),
  spliced,
);

describe("what is judged safe changes nothing when it runs", () => {
  const shells: [string, string][] = [
    ["bash", "/bin/bash"],
    ["sh", "/bin/dash"],
    ["zsh", "/bin/zsh"],
  ];
  for (const [shell, path] of shells.filter(([, path]) => existsSync(path))) {
    test(`random scripts in ${path}`, () => {
      let runs = 0;
      const most = FULL ? 20_000 : 250;
      const property = fc.property(scripts, (text) => {
        if (runs >= most || !(text.includes("mut") || text.includes(">")) || !isSafe(text, shell)) return;
        runs++;
        const effects = sideEffects(path, text);
        if (effects.length > 0) throw new Error(`${JSON.stringify(text)} made ${effects.join(", ")}`);
      });
      fc.assert(property, { numRuns: FULL ? 1_000_000 : 20_000 });
      expect(runs).toBeGreaterThan(50);
    });
  }
});
