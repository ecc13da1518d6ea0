// Command lines as models send them, and attacks: each with its kind, what it really does (`reads` or `acts`), what is wanted (`safe`
// or `ask`) and why. `shell` is the one that reads it, bash when it is not named.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCommand } from "./judge.ts";

interface Entry {
  kind: string;
  nature: "reads" | "acts";
  want: "safe" | "ask";
  command: string;
  why: string;
  shell?: string;
}

const corpus = readFileSync(join(import.meta.dir, "fixtures", "corpus.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line): Entry => JSON.parse(line));

/** How many lines of each kind there are at least: as many as an attack from outside once tried, and more. */
const KINDS: Record<string, number> = {
  ...{ git: 150, find: 38, xargs: 45, awk: 42, sed: 40, readers: 164, shell: 199, zsh: 63, sh: 15, assignments: 73 },
  ...{ wrappers: 74, versions: 105, system: 123, empty: 24 },
};

const judge = ({ command, shell = "bash" }: Entry) =>
  judgeCommand([shell, "-lc", command], { cwd: "/work/project", workspace: "/work/project" });
const answer = (entry: Entry) => (judge(entry).verdict === "safe" ? "safe" : "ask");
const name = ({ command, shell }: Entry) => (shell === undefined ? command : `${shell}: ${command}`);

/** More than one command, whatever joins them. */
const isCompound = (entry: Entry) => judge(entry).segments.length > 1 || /[|;&\n]|\$\(|`|<\(/.test(entry.command);

describe("corpus", () => {
  test("holds at least 3,000 different lines, of every kind", () => {
    expect(new Set(corpus.map(name)).size).toBe(corpus.length);
    expect(corpus.length).toBeGreaterThanOrEqual(3_000);
    const count = (kind: string) => corpus.filter((entry) => entry.kind === kind).length;
    expect(Object.entries(KINDS).filter(([kind, least]) => count(kind) < least)).toEqual([]);
    expect(corpus.filter(({ kind }) => !Object.hasOwn(KINDS, kind)).map(name)).toEqual([]);
  });

  test("no command that acts is judged safe", () => {
    expect(corpus.filter((entry) => entry.nature === "acts" && answer(entry) === "safe").map(name)).toEqual([]);
  });

  test("every line gets the judgement that is wanted", () => {
    const wrong = corpus.filter((entry) => answer(entry) !== entry.want);
    expect(wrong.map((entry) => `${entry.want}: ${name(entry)} — ${judge(entry).reason}`)).toEqual([]);
  });

  test("at least 80 % of the compounds that only read need no question", () => {
    const compounds = corpus.filter((entry) => entry.nature === "reads" && isCompound(entry));
    const free = compounds.filter((entry) => answer(entry) === "safe");
    expect(compounds.length).toBeGreaterThan(400);
    expect(free.length / compounds.length).toBeGreaterThanOrEqual(0.8);
  });
});
