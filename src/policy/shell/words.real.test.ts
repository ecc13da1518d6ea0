// What the reader knows of words against what shells make of them: random scripts in which every command notes its words. Each
// command that ran must be one that was read, with words that are what the reader said. Shells that are missing are skipped.
import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Random, randomFrom } from "../fuzz/random.suite.ts";
import { readScript } from "./read-script.ts";
import type { Shell, Word } from "./word.ts";

const FULL = process.env.MOAT_TEST_FULL === "1";
const SEED = Number(process.env.MOAT_TEST_SEED ?? 1);
const { pieces, values, settings, joins } = JSON.parse(
  readFileSync(join(import.meta.dir, "..", "fixtures", "word-pieces.json"), "utf8"),
);

const base = realpathSync(mkdtempSync(join(tmpdir(), "moat-words-")));
const bin = join(base, "bin");
const work = join(base, "work");
mkdirSync(bin);
mkdirSync(join(work, "src"), { recursive: true });
for (const name of ["a", "b.c", "-x", "-o", "1"]) writeFileSync(join(work, name), "");
writeFileSync(join(work, "f"), "-f g\n");
// It notes its words, each behind a mark, and prints two words, of which one is like an option.
const LOG = "#!/bin/sh\n{ printf '\\036'; for w; do printf '\\037%s' \"$w\"; done; } >> \"$NOTES\"\necho 'w -l'\n";
writeFileSync(join(bin, "log"), LOG, { mode: 0o755 });
writeFileSync(join(bin, "cat"), '#!/bin/sh\nwhile read -r l; do echo "$l"; done\n', { mode: 0o755 });
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The words of every \`log\` that ran. */
function run(argv: string[], script: string): string[][] {
  // A file for each script: what still runs in the background of another one writes into its own.
  const notes = join(mkdtempSync(join(base, "notes-")), "notes");
  const env = { NOTES: notes, PATH: bin, HOME: join(base, "home dir"), y: "-y", two: "c -d" };
  spawnSync(argv[0] ?? "", [...argv.slice(1), script, "name", "-1", "2 3"], {
    cwd: work,
    env,
    stdio: "ignore",
    timeout: 2_000,
    killSignal: "SIGKILL",
  });
  if (!existsSync(notes)) return [];
  const told = readFileSync(notes, "utf8").split("\u001e").slice(1);
  return told.map((one) => one.split("\u001f").slice(1));
}

function isOne(word: Word, value: string): boolean {
  if (word.text !== null) return word.text === value;
  return value.startsWith(word.prefix) && (!word.plain || (value !== "" && !value.startsWith("-")));
}

/** True when these may be the words that a shell makes of what was read. */
function covers([word, ...others]: readonly Word[], actual: readonly string[]): boolean {
  if (word === undefined) return actual.length === 0;
  if (!word.many) return actual[0] !== undefined && isOne(word, actual[0]) && covers(others, actual.slice(1));
  for (let count = 0; ; count++) {
    if (covers(others, actual.slice(count))) return true;
    const next = actual[count];
    if (next === undefined || !isOne(word, next)) return false;
  }
}

function command(r: Random): string {
  const word = () => r.some(1, 3, () => r.pick<string>(pieces)).join("");
  return `log ${r.some(0, 3, word).join(" ")}`;
}

function script(r: Random): string {
  const value = r.oneIn(3) ? r.pick<string>(pieces) : r.pick<string>(values);
  const set = r.oneIn(3) ? "" : `${r.pick<string>(settings).replaceAll("V", () => value)}\n`;
  const shape = r.pick<string>(joins);
  return set + shape.replace(/[AB]/g, () => command(r));
}

const SHELLS: [string, Shell, string[]][] = [
  ["bash", "bash", ["bash", "-c"]],
  ["zsh", "zsh", ["zsh", "-f", "-c"]],
  ["dash", "sh", ["dash", "-c"]],
  ["mksh", "sh", ["mksh", "-c"]],
  ["ksh", "sh", ["ksh", "-c"]],
  ["busybox", "sh", ["busybox", "sh", "-c"]],
  ["bash --posix", "sh", ["bash", "--posix", "-c"]],
];

describe("a shell makes of a script what was read", () => {
  for (const [label, shell, [program = "", ...options]] of SHELLS) {
    const file = Bun.which(program);
    test.skipIf(file === null)(label, () => {
      const r = randomFrom(SEED);
      const wrong: string[] = [];
      for (let ran = 0; ran < (FULL ? 20_000 : 400) && wrong.length < 5; ) {
        const text = script(r);
        const read = readScript(text, shell);
        if (!read.ok) continue;
        ran++;
        const known = read.commands.map(({ words }) => words.slice(words.findIndex(({ text }) => text === "log")));
        const odd = run([file ?? "", ...options], text).filter(
          (actual) => !known.some((words) => covers(words.slice(1), actual)),
        );
        wrong.push(...odd.map((actual) => `${JSON.stringify(text)} ran ${JSON.stringify(actual)}`));
      }
      expect(wrong).toEqual([]);
    });
  }
});
