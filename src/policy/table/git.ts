import { type Check, mutating, type Row, unknown } from "../finding.ts";
import type { OptionUsage } from "../usage.ts";
import { formatsOnly, LOG, REVISIONS } from "./git-options.ts";
import { readUsage } from "./usage.ts";

const REFS: OptionUsage = {
  flags: "sp",
  long:
    "--shell --perl --python --tcl --count= --format= --color[=] --sort= --points-at= --merged[=] --no-merged[=] " +
    "--contains[=] --no-contains[=] --ignore-case",
};
/** What says that the operands of `git branch` and `git tag` are patterns or commits, and nothing is created. */
const LISTS = ["--list", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at"];
const BRANCH: OptionUsage = {
  flags: "arvi",
  long:
    "--list --all --remotes --verbose --show-current --color[=] --no-color --column[=] --no-column --sort[=] --format[=] " +
    "--abbrev[=] --ignore-case --contains[=] --no-contains[=] --merged[=] --no-merged[=] --points-at[=]",
};
const TAG: OptionUsage = {
  flags: "li",
  optional: "n",
  long:
    "--list --sort[=] --format[=] --color[=] --column[=] --no-column --ignore-case --contains[=] --no-contains[=] " +
    "--merged[=] --no-merged[=] --points-at[=]",
};
const CONFIG: OptionUsage = {
  flags: "zl",
  long:
    "--global --system --local --worktree --show-origin --show-scope --name-only --null --includes --bool --int " +
    "--bool-or-int --path --type[=] --default[=] --get --get-all --get-regexp --get-urlmatch --list",
};

/** Operands would be created, unless an option before `--` says that they are only looked for. */
const listing =
  (usage: OptionUsage, more: readonly string[] = []): Check =>
  (args, around) => {
    const { options, operands } = readUsage(args, usage);
    const lists = options.some(({ name }) => LISTS.includes(name) || more.includes(name));
    const [operand] = operands;
    if (operand !== undefined && !lists) return mutating(`\`${operand.raw}\` would be created or changed`);
    return formatsOnly(usage)(args, around);
  };

/** Behind the first name everything is a value, also what looks like an option. */
const readsConfig: Check = (args) => {
  const [name, ...values] = readUsage(args, CONFIG).tail;
  const before = args.slice(0, args.length - values.length - (name === undefined ? 0 : 1));
  const asks = readUsage(before, CONFIG).options.some((option) => /^--get|^--list$|^-[zl]*l/.test(option.name));
  const one = values.length === 0 && name?.text?.includes(".") === true && !name.text.startsWith("-");
  return asks || one ? null : mutating("it changes the configuration");
};

/** `git reflog NAME` shows it, unless the name is that of something to do. */
const showsReflog: Check = (args, around) => {
  const { operands } = readUsage(args, LOG);
  const shows = operands.every((word) => /^(?:HEAD|@|refs\/)/.test(word.prefix));
  return shows
    ? formatsOnly(LOG)(args, around)
    : unknown("only `git reflog HEAD` and `git reflog show` are known to only read");
};

/** Subcommands of git that tell about the repository, and the uses of them that only read. A row may name a second word. */
export const GIT_STATE: readonly Row[] = [
  {
    programs: ["status"],
    note: "Tells what is changed.",
    usage: {
      flags: "sbvz",
      optional: "uM",
      long:
        "--short --branch --show-stash --porcelain[=] --long --verbose --null --untracked-files[=] --ignored[=] --column[=] " +
        "--no-column --ignore-submodules[=] --ahead-behind --no-ahead-behind --renames --no-renames --find-renames[=]",
    },
    match: [
      "git status",
      "git status --short -b",
      "git status -sb",
      "git status --porcelain=v1 -uno -- src",
      "cd /tmp; git -C /work/project status",
    ],
    not_match: [
      "git status > a",
      "git -c core.fsmonitor=./x status",
      "git -C /tmp status",
      "git -C /work/project -C sub status",
      "git --git-dir=x status",
      "git status $x",
      "env -i git status",
      "git status --help",
    ],
  },
  {
    programs: ["ls-files"],
    note: "Lists files of the index and the working tree.",
    usage: {
      flags: "cdmoisutvkz",
      values: "xX",
      long:
        "--cached --deleted --modified --others --ignored --stage --unmerged --killed --directory --no-empty-directory --eol " +
        "--exclude= --exclude-from= --exclude-standard --error-unmatch --full-name --abbrev[=] --deduplicate --with-tree=",
    },
    match: ["git ls-files '*.ts'", "git ls-files -z", "git ls-files -o --exclude-standard", "git ls-files | wc -l"],
    not_match: ["git ls-files > a", "git ls-files --recurse-submodules", "git ls-files $x"],
  },
  {
    programs: ["ls-tree"],
    note: "Lists a tree.",
    usage: {
      flags: "rdtlz",
      long: "--long --name-only --name-status --object-only --full-name --full-tree --abbrev[=] --format=",
    },
    match: ["git ls-tree -r HEAD", "git ls-tree --name-only HEAD src/"],
    not_match: ["git ls-tree HEAD > a", "git ls-tree $x"],
  },
  {
    programs: ["rev-parse"],
    note: "Tells what names stand for, and where the repository is.",
    usage: {
      flags: "q",
      long:
        "--show-toplevel --show-prefix --show-cdup --git-dir --absolute-git-dir --git-common-dir --git-path " +
        "--is-inside-work-tree --is-inside-git-dir --is-bare-repository --is-shallow-repository --abbrev-ref[=] --short[=] " +
        "--verify --quiet --symbolic --symbolic-full-name --all --branches[=] --tags[=] --remotes[=] --since= --until= " +
        "--show-object-format[=] --path-format= --revs-only --no-revs --flags --no-flags --not",
    },
    match: ["git rev-parse --show-toplevel", "git rev-parse --abbrev-ref HEAD", "git rev-parse --short=8 HEAD"],
    not_match: ["git rev-parse HEAD > a", "git rev-parse --sq-quote x", "git rev-parse $x"],
  },
  {
    programs: ["rev-list"],
    note: "Lists commits.",
    usage: REVISIONS,
    check: formatsOnly(REVISIONS),
    match: ["git rev-list --count HEAD", "git rev-list -n 1 HEAD -- src", "git rev-list --left-right --count a...b"],
    not_match: [
      "git rev-list --output=a HEAD",
      "git rev-list --outp=a HEAD",
      "git rev-list --stdin",
      "git rev-list $x",
    ],
  },
  {
    programs: ["merge-base", "name-rev", "describe", "cherry", "count-objects", "show-branch"],
    note: "Name and compare commits.",
    usage: {
      flags: "avH",
      long:
        "--all --octopus --independent --is-ancestor --fork-point --tags --name-only --refs= --exclude= --always --undefined " +
        "--abbrev[=] --long --first-parent --exact-match --candidates= --match= --contains --dirty[=] --broken[=] --verbose " +
        "--human-readable --list --current --topo-order --date-order --remotes",
    },
    match: ["git merge-base HEAD main", "git describe --tags --always", "git count-objects -vH", "git cherry -v main"],
    not_match: ["git describe > a", "git describe $x", "git name-rev --stdin", "git merge-base --output=x a b"],
  },
  {
    programs: ["for-each-ref"],
    note: "Lists references. No format that asks for signatures.",
    usage: REFS,
    check: formatsOnly(REFS),
    match: [
      "git for-each-ref --sort=-committerdate --format='%(refname:short)' refs/heads",
      "git for-each-ref --count=5",
    ],
    not_match: ["git for-each-ref > a", "git for-each-ref --format='%(signature)'", "git for-each-ref --stdin"],
  },
  {
    programs: ["show-ref", "check-ignore", "check-attr"],
    note: "Tell about references, ignored files and attributes.",
    usage: {
      flags: "dqsvna",
      long:
        "--head --heads --tags --branches --verify --dereference --hash[=] --abbrev[=] --quiet --exists --verbose " +
        "--non-matching --no-index --all --cached",
    },
    match: ["git show-ref --heads", "git check-ignore -v dist", "git check-attr -a src/a.ts"],
    not_match: ["git show-ref > a", "git check-ignore $x", "git show-ref --exclude-existing=x"],
  },
  {
    programs: ["version"],
    note: "Tells the version.",
    usage: { long: "--build-options", operands: 0 },
    match: ["git version", "git --version"],
    not_match: ["git version > a", "git version x"],
  },
  {
    programs: ["var"],
    note: "Tells the value of a variable of git.",
    usage: { flags: "l", operands: 1 },
    match: ["git var GIT_AUTHOR_IDENT", "git var -l"],
    not_match: ["git var $x", "git var GIT_EDITOR > a"],
  },
  {
    programs: ["branch"],
    note: "Lists branches. A name without `--list`, `--contains` or the like would create one.",
    usage: BRANCH,
    check: listing(BRANCH),
    match: [
      "git branch",
      "git branch -a",
      "git branch --list 'feat/*'",
      "git branch --show-current",
      "git branch -vv --sort=-committerdate",
      "git branch --contains HEAD~3",
    ],
    not_match: [
      "git branch new",
      "git branch -D old",
      "git branch -m a b",
      "git branch -f a b",
      "git branch --list -D x",
      "git branch -l new",
      "git branch $x",
      "git branch -u origin/x",
      "git branch -- new --list",
      "git branch -v new",
    ],
  },
  {
    programs: ["tag"],
    note: "Lists tags. A name without `-l` or the like would create one.",
    usage: TAG,
    check: listing(TAG, ["-l"]),
    match: ["git tag", "git tag -l 'v*'", "git tag --sort=-creatordate", "git tag -n1", "git tag --points-at HEAD"],
    not_match: [
      "git tag v1",
      "git tag -d v1",
      "git tag -a v1 -m x",
      "git tag -l -d v1",
      "git tag -- v1 --list",
      "git tag -v v1",
    ],
  },
  {
    programs: ["remote"],
    note: "Lists remotes; without asking them.",
    usage: { flags: "v", long: "--verbose", operands: 0 },
    match: ["git remote", "git remote -v"],
    not_match: ["git remote add x y", "git remote show origin", "git remote -v update", "git remote set-url origin x"],
  },
  {
    programs: ["remote get-url", "worktree list", "notes list", "notes show", "bisect log"],
    note: "Tell addresses, working trees, notes and what bisect did.",
    usage: { flags: "vz", long: "--all --push --porcelain --verbose", operands: 1 },
    match: ["git remote get-url origin", "git worktree list --porcelain", "git notes show HEAD", "git bisect log"],
    not_match: [
      "git worktree add x",
      "git notes add x",
      "git bisect start",
      "git bisect run x",
      "git submodule update",
    ],
  },
  {
    programs: ["reflog"],
    note: "Shows the reflog of `HEAD` or of a full name.",
    usage: LOG,
    check: showsReflog,
    match: ["git reflog", "git reflog -n 3", "git reflog HEAD", "git reflog --date=iso"],
    not_match: ["git reflog expire --all", "git reflog delete x", "git reflog --output=x", "git reflog -5 expire"],
  },
  {
    programs: ["config"],
    note: "Reads settings: `--get…`, `--list`, or one name and nothing else.",
    usage: CONFIG,
    check: readsConfig,
    match: [
      "git config --get user.name",
      "git config user.name",
      "git config --list --show-origin",
      "git config --global --get-regexp alias",
    ],
    not_match: [
      "git config user.name x",
      "git config --unset a.b",
      "git config -e",
      "git config --add a.b c",
      "git config user.name --get",
      "git config user.name --global",
      "git config $x",
    ],
  },
  {
    programs: ["config get", "config list"],
    note: "The same, as newer versions spell it.",
    usage: {
      flags: "z",
      long: "--global --system --local --worktree --show-origin --show-scope --all --null",
      operands: 1,
    },
    match: ["git config list", "git config get user.name"],
    not_match: ["git config set a.b c", "git config unset a.b", "git config get a.b c"],
  },
  {
    programs: ["symbolic-ref"],
    note: "Reads where a symbolic reference points. With two names it would move it.",
    usage: { flags: "q", long: "--short --quiet", operands: 1 },
    match: ["git symbolic-ref --short HEAD"],
    not_match: ["git symbolic-ref HEAD refs/heads/x", "git symbolic-ref -d HEAD", "git symbolic-ref -- HEAD x"],
  },
];
