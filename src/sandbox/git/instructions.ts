// Files of a git directory that a later git executes words of: `git rebase --continue` runs what a todo list says.
import { join } from "node:path";
import { lstatOf } from "../paths.ts";
import { parseGitConfig } from "./settings.ts";
import { isReadable, readGitFile } from "./small-file.ts";

/** Merge strategies that are part of git; any other is a program `git-merge-NAME` of the PATH. */
export const STRATEGIES = new Set(["ort", "recursive", "resolve", "ours", "octopus", "subtree"]);

/** What of a file's text would start a program. */
type Acts = (text: string) => string[];

const execLines: Acts = (text) => text.split("\n").filter((line) => /^[ \t]*(?:x|exec)(?=[ \t\r]|$)/.test(line));
const foreignStrategy: Acts = (text) => [text.trim()].filter((name) => name !== "" && !STRATEGIES.has(name));
const strategyOption: Acts = (text) =>
  parseGitConfig(text).flatMap(({ name, value }) => (name === "options.strategy" ? foreignStrategy(value) : []));
/** Old versions of git give these words to a shell; git writes each in quotes. */
const unquoted: Acts = (text) => [text.replace(/'[^']*'|\\['!]|\s+/g, "")].filter(Boolean);

const FILES: Record<string, Acts> = {
  "rebase-merge/git-rebase-todo": execLines,
  "rebase-merge/strategy": foreignStrategy,
  "sequencer/todo": execLines,
  "sequencer/opts": strategyOption,
  BISECT_NAMES: unquoted,
};

/** The acting words of each such file in a git directory, by path. */
export function instructions(git_dir: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, acts] of Object.entries(FILES)) {
    const path = join(git_dir, name);
    if (lstatOf(path) === null) continue;
    const words = isReadable(path) ? acts(readGitFile(path)) : ["it is no small file"];
    if (words.length > 0) found.set(path, words);
  }
  return found;
}
