import { type Check, type Row, unknown } from "../finding.ts";
import { mayBeOption } from "../shell/word.ts";
import type { OptionUsage } from "../usage.ts";
import { DIFF, formatsOnly, LOG } from "./git-options.ts";

/**
 * git takes what stands behind `--` for an option all the same: `git blame -- FILE REVISION` is an old spelling. Not so the
 * first `files` words.
 */
const noOptionBehindDashes =
  (files: number): Check =>
  (args) => {
    const dashes = args.findIndex((word) => word.text === "--");
    const behind = dashes === -1 ? [] : args.slice(dashes + 1);
    const certain = behind.length <= files && !behind.some((word) => word.many);
    const other = certain ? undefined : behind.find(mayBeOption);
    return other === undefined ? null : unknown(`\`${other.raw}\` may be an option, also behind \`--\``);
  };

const BLAME: OptionUsage = {
  flags: "wltsepfnbc",
  optional: "MC",
  values: "L",
  long:
    "--line-porcelain --porcelain --incremental --show-stats --show-name --show-number --show-email --root --date= --since= " +
    "--first-parent --reverse --ignore-rev= --ignore-revs-file= --abbrev[=] --color-lines --color-by-age",
};
const SHORTLOG: OptionUsage = {
  flags: "snec",
  optional: "w",
  numbers: true,
  long: `${LOG.long} --summary --numbered --email --committer --group=`,
};

/** Subcommands of git that show what was changed, and search in it. */
export const GIT_HISTORY: readonly Row[] = [
  {
    programs: ["log", "show", "whatchanged", "reflog show", "stash list"],
    note: "Show history. Without what writes a file (`--output`), starts a program (`--ext-diff`, `--textconv`, `--show-signature`, formats with `%G`) or reads more options (`--stdin`).",
    usage: LOG,
    check: formatsOnly(LOG),
    match: [
      "git log --oneline -5",
      "git log -n 3 --format='%h %s' -- src",
      "git show HEAD:a.txt",
      "git --no-pager log -p",
      "git reflog show -5",
    ],
    not_match: [
      "git log --ext-diff -p",
      "git show --textconv",
      "git log --outp=a",
      "git log --format=%G?",
      "git log --show-signature",
      "git log *",
      'git log "$OLDPWD--output=x"',
      "git stash list --output=x",
    ],
  },
  {
    programs: ["shortlog"],
    note: "Counts and lists commits by author.",
    usage: SHORTLOG,
    check: formatsOnly(SHORTLOG),
    match: ["git shortlog -sne HEAD", "git shortlog -s -n --since=2.weeks", "git shortlog --group=author v1..HEAD"],
    not_match: ["git shortlog --output=x", "git shortlog $x", "git shortlog --format=%G?"],
  },
  {
    programs: ["diff", "diff-tree", "diff-index", "diff-files"],
    note: "Show differences. Without what writes a file (`--output`) or starts a program (`--ext-diff`, `--textconv`).",
    usage: { ...DIFF, long: `${DIFF.long} --root --no-commit-id` },
    match: ["git diff HEAD~1 -- src", "git diff --stat --cached", "git diff -U10 main...HEAD"],
    not_match: [
      "git diff --output=a",
      "git diff --outp a",
      "git diff --ext-diff",
      "git diff $x",
      "git diff --submodule=diff",
    ],
  },
  {
    programs: ["blame"],
    note: "Tells who wrote each line.",
    usage: BLAME,
    check: noOptionBehindDashes(1),
    match: ["git blame -L 1,5 a", "git blame -w -C HEAD -- a", 'git blame -- "$f"'],
    not_match: ["git blame $x", "git blame --output=x a", "git blame -- a --output=x", "git blame --contents=x a"],
  },
  {
    programs: ["stash show"],
    note: "Shows what was stashed.",
    usage: { ...DIFF, long: `${DIFF.long} --include-untracked --only-untracked` },
    check: noOptionBehindDashes(0),
    match: ["git stash show -p", "git stash show --stat stash@{1}"],
    not_match: [
      "git stash show --ext-diff",
      "git stash show --output=x",
      "git stash show -- --output=x",
      "git stash pop",
    ],
  },
  {
    programs: ["grep"],
    note: "Searches tracked files. Without `-O`, which opens them in a pager, and `--textconv`.",
    usage: {
      flags: "nivwlLchHEFGPpWozaIqr",
      values: "eABCm",
      numbers: true,
      long:
        "--cached --untracked --no-index --exclude-standard --no-exclude-standard --invert-match --ignore-case --word-regexp " +
        "--text --max-depth= --extended-regexp --basic-regexp --fixed-strings --perl-regexp --line-number --column --full-name " +
        "--files-with-matches --name-only --files-without-match --null --only-matching --count --color[=] --no-color --break " +
        "--heading --context= --before-context= --after-context= --threads= --show-function --function-context --and --or --not " +
        "--quiet --all-match --max-count=",
    },
    match: ["git grep -n foo", "git grep foo -- src", "git grep -e foo --and -e bar", "git grep -il 'a b' HEAD~3"],
    not_match: [
      "git grep -O foo",
      "git grep -nO./x foo",
      "git grep --open-files-in-pager=x foo",
      "git grep --textconv foo",
      "git grep $x",
    ],
  },
  {
    programs: ["cat-file"],
    note: "Shows objects. Without `--textconv` and `--filters`.",
    usage: { flags: "ptse", long: "--batch[=] --batch-check[=] --batch-all-objects --unordered" },
    match: ["git cat-file -p HEAD", "git cat-file -t HEAD", "git cat-file --batch-check < a"],
    not_match: ["git cat-file --filters HEAD:a", "git cat-file --textconv HEAD:a", "git cat-file $x"],
  },
];
