// Command lines as models send them, each with what it really does (`reads` or `acts`), what is wanted (`safe` or `ask`) and why.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCommand } from "./judge.ts";

interface Entry {
  nature: "reads" | "acts";
  want: "safe" | "ask";
  command: string;
  why: string;
}

const corpus = readFileSync(join(import.meta.dir, "fixtures", "corpus.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line): Entry => JSON.parse(line));

const judge = (command: string) =>
  judgeCommand(["bash", "-lc", command], { cwd: "/work/project", workspace: "/work/project" });
const answer = (command: string) => (judge(command).verdict === "safe" ? "safe" : "ask");

/** More than one command, whatever joins them. */
const isCompound = ({ command }: Entry) => judge(command).segments.length > 1 || /[|;&\n]|\$\(|`|<\(/.test(command);

describe("corpus", () => {
  test("holds at least 500 different lines", () => {
    expect(new Set(corpus.map(({ command }) => command)).size).toBeGreaterThanOrEqual(500);
  });

  test("no command that acts is judged safe", () => {
    const wrong = corpus.filter(({ nature, command }) => nature === "acts" && answer(command) === "safe");
    expect(wrong.map(({ command }) => command)).toEqual([]);
  });

  test("every line gets the judgement that is wanted", () => {
    const wrong = corpus.filter(({ want, command }) => answer(command) !== want);
    expect(wrong.map(({ want, command }) => `${want}: ${command} — ${judge(command).reason}`)).toEqual([]);
  });

  test("at least 80 % of the compounds that only read need no question", () => {
    const compounds = corpus.filter((entry) => entry.nature === "reads" && isCompound(entry));
    const free = compounds.filter(({ command }) => answer(command) === "safe");
    expect(compounds.length).toBeGreaterThan(150);
    expect(free.length / compounds.length).toBeGreaterThanOrEqual(0.8);
  });
});
