import { type Check, unknown } from "../finding.ts";
import type { OptionUsage } from "../usage.ts";
import { readUsage } from "./usage.ts";

// Never listed: `--output` writes a file; `--ext-diff`, `--textconv`, `--filters`, `-O` of grep and `--show-signature` start
// programs; `--submodule` and `--recurse-submodules` read repositories that nobody chose; `--stdin` brings more options.

const COMPARE =
  "--patch --no-patch --stat[=] --stat-width= --stat-name-width= --stat-count= --compact-summary --numstat --shortstat " +
  "--dirstat[=] --cumulative --summary --patch-with-stat --patch-with-raw --raw --name-only --name-status --color[=] --no-color " +
  "--color-moved[=] --no-color-moved --color-moved-ws= --word-diff[=] --word-diff-regex= --color-words[=] --no-renames " +
  "--check --ws-error-highlight= --full-index --binary --abbrev[=] --break-rewrites[=] --find-renames[=] --find-copies[=] " +
  "--find-copies-harder --irreversible-delete --diff-filter= --pickaxe-all --pickaxe-regex --find-object= --skip-to= " +
  "--rotate-to= --relative[=] --no-relative --text --ignore-cr-at-eol --ignore-space-at-eol --ignore-space-change " +
  "--ignore-all-space --ignore-blank-lines --ignore-matching-lines= --inter-hunk-context= --function-context --exit-code " +
  "--quiet --no-ext-diff --no-textconv --ignore-submodules[=] --src-prefix= --dst-prefix= --no-prefix --line-prefix= " +
  "--minimal --patience --histogram --anchored= --diff-algorithm= --indent-heuristic --no-indent-heuristic --unified= " +
  "--cached --staged --merge-base --no-index --base --ours --theirs";

const CHOOSE =
  "--max-count= --skip= --since= --after= --until= --before= --author= --committer= --grep= --grep-reflog= --all-match " +
  "--invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --merges --no-merges " +
  "--min-parents= --max-parents= --first-parent --not --all --branches[=] --tags[=] --remotes[=] --glob= --exclude= --reflog " +
  "--no-walk[=] --do-walk --cherry-mark --cherry-pick --left-only --right-only --cherry --walk-reflogs --merge --boundary " +
  "--simplify-by-decoration --full-history --dense --sparse --simplify-merges --ancestry-path[=] --show-pulls --date-order " +
  "--author-date-order --topo-order --reverse --pretty[=] --format= --abbrev-commit --no-abbrev-commit --oneline --encoding= " +
  "--expand-tabs[=] --no-expand-tabs --notes[=] --no-notes --date= --relative-date --parents --children --left-right --graph " +
  "--no-graph --decorate[=] --no-decorate --decorate-refs= --decorate-refs-exclude= --clear-decorations --source --mailmap " +
  "--no-mailmap --use-mailmap --log-size --follow --full-diff --no-diff-merges --diff-merges= --cc --root";

/** The options of `git diff` and its relatives. */
export const DIFF: OptionUsage = {
  flags: "pusazwbRWDcmtrq",
  optional: "MCBU",
  values: "SG",
  numbers: true,
  long: COMPARE,
};
/** The options of `git log` and its relatives. */
export const LOG: OptionUsage = {
  flags: "pusazwbRWDcmtrqgiEFP",
  optional: "MCBU",
  values: "SGLn",
  numbers: true,
  long: `${CHOOSE} ${COMPARE}`,
};
export const REVISIONS: OptionUsage = {
  flags: "giEFP",
  values: "n",
  numbers: true,
  long: `${CHOOSE} --count --objects --timestamp --header --no-commit-header --quiet --ignore-missing --abbrev[=]`,
};

/** Formats that print a signature start the program that checks it. */
const VERIFIES = /%(?:[-+ ]?G|\(\*?signature)/;

/** Refuses formats that are not known, and those for which git starts a program. */
export const formatsOnly =
  (usage: OptionUsage): Check =>
  (args) => {
    const { options } = readUsage(args, usage);
    const formats = options.filter(({ name }) => name === "--format" || name === "--pretty");
    const bad = formats.find(({ value, has_value }) => has_value && (value === null || VERIFIES.test(value)));
    return bad === undefined ? null : unknown(`\`${bad.name}\` may ask for signatures, which a program checks`);
  };
