import { type Check, type Finding, mutating, type Row, unknown } from "../finding.ts";
import { mayBeOption } from "../shell/word.ts";
import { anything, only, onlyOptions, without, words } from "./checks.ts";

/** Options of the diff family that write a file or start what the repository configures. */
const diffFamily = without({
  long: ["--output", "--ext-diff", "--textconv"],
  why: "writes a file or starts a program",
});

/** Without operands, unless an option says that they are only patterns to list. */
function listing(options: readonly string[], patterns: readonly string[]): Check {
  const allowed = onlyOptions([...options, ...patterns]);
  return (args, around) => {
    const lists = args.some((word) =>
      patterns.some((p) => word.text === p || (p.endsWith("=") && word.prefix.startsWith(p))),
    );
    const operand = args.find((word) => !mayBeOption(word) || word.text === "--");
    if (operand !== undefined && !lists) return mutating(`\`${operand.raw}\` would be created or changed`);
    return allowed(args, around);
  };
}

const subcommandIs =
  (names: readonly string[], options: readonly string[] = []): Check =>
  (args, around) => {
    const [first, ...rest] = args;
    if (first === undefined || first.text === null || !names.includes(first.text)) {
      return unknown(`only ${names.map((n) => `\`${n}\``).join(", ")} are known to only read`);
    }
    return onlyOptions(options)(rest, around);
  };

/** Subcommands of git that only read, and the uses of them that do. */
export const GIT: readonly Row[] = [
  {
    programs: words(
      "status ls-files ls-tree rev-parse rev-list merge-base describe name-rev for-each-ref show-ref " +
        "count-objects check-ignore check-attr version cherry var show-branch",
    ),
    note: "Tell about the repository.",
    check: anything,
    match: ["git status", "git status --short -b", "git ls-files '*.ts'", "git rev-parse --show-toplevel"],
    not_match: ["git status > a", "git -c core.fsmonitor=./x status", "git -C /tmp status", "git --git-dir=x status"],
  },
  {
    programs: words("log diff show shortlog whatchanged diff-tree diff-index diff-files range-diff blame annotate"),
    note: "Show history and differences. Without `--output` and without `--ext-diff` and `--textconv`, which start programs.",
    check: diffFamily,
    match: [
      "git log --oneline -5",
      "git diff HEAD~1 -- src",
      "git show HEAD:a.txt",
      "git --no-pager log -p",
      "git blame -L 1,5 a",
    ],
    not_match: [
      "git diff --output=a",
      "git diff --outp a",
      "git log --ext-diff -p",
      "git show --textconv",
      "git diff $x",
      "git log *",
    ],
  },
  {
    programs: ["grep"],
    note: "Searches tracked files. Without `-O`, which opens them in a pager, and `--textconv`.",
    check: without({ short: "O", long: ["--open-files-in-pager", "--textconv"], why: "starts a program" }),
    match: ["git grep -n foo", "git grep foo -- src"],
    not_match: ["git grep -O foo", "git grep -O./x foo", "git grep --open-files-in-pager=x foo"],
  },
  {
    programs: ["cat-file"],
    note: "Shows objects. Without `--textconv` and `--filters`.",
    check: without({ long: ["--textconv", "--filters"], why: "starts a program" }),
    match: ["git cat-file -p HEAD"],
    not_match: ["git cat-file --filters HEAD:a"],
  },
  {
    programs: ["branch"],
    note: "Lists branches. A name without `--list`, `--contains` or the like would create one.",
    check: listing(
      words(
        "-a -r -v -vv -av -avv -ra -rv -i --all --remotes --verbose --show-current --color --no-color " +
          "--color= --column --no-column --sort= --format= --abbrev= --ignore-case",
      ),
      words(
        "--list --contains --no-contains --merged --no-merged --points-at --contains= --merged= --no-merged= " +
          "--points-at=",
      ),
    ),
    match: [
      "git branch",
      "git branch -a",
      "git branch --list 'feat/*'",
      "git branch --show-current",
      "git branch -vv --sort=-committerdate",
    ],
    not_match: [
      "git branch new",
      "git branch -D old",
      "git branch -d old",
      "git branch -m a b",
      "git branch -f a b",
      "git branch --list -D x",
      "git branch -l new",
      "git branch $x",
      "git branch --edit-description",
      "git branch -u origin/x",
    ],
  },
  {
    programs: ["tag"],
    note: "Lists tags. A name without `-l` or the like would create one.",
    check: listing(
      ["-n", "-n#", "--sort=", "--format=", "--color=", "-i"],
      ["-l", "--list", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at"],
    ),
    match: ["git tag", "git tag -l 'v*'", "git tag --sort=-creatordate", "git tag -n1"],
    not_match: ["git tag v1", "git tag -d v1", "git tag -a v1 -m x", "git tag -l -d v1"],
  },
  {
    programs: ["remote"],
    note: "Lists remotes and their addresses; without asking them.",
    check: (args, around) =>
      (args[0]?.text === "get-url" ? subcommandIs(["get-url"], ["--all", "--push"]) : only(["-v", "--verbose"]))(
        args,
        around,
      ),
    match: ["git remote", "git remote -v", "git remote get-url origin"],
    not_match: [
      "git remote add x y",
      "git remote remove x",
      "git remote show origin",
      "git remote -v update",
      "git remote set-url origin x",
    ],
  },
  {
    programs: ["stash"],
    note: "Lists and shows what was stashed. Alone it would stash.",
    check: (args, around) =>
      subcommandIs(["list", "show"])(args.slice(0, 1), around) ?? diffFamily(args.slice(1), around),
    match: ["git stash list", "git stash show -p"],
    not_match: [
      "git stash",
      "git stash pop",
      "git stash drop",
      "git stash list --output=x",
      "git stash show --ext-diff",
    ],
  },
  {
    programs: ["worktree", "notes", "bisect"],
    note: "Only `worktree list`, `notes list`, `notes show`, `bisect log`.",
    check: (args) => {
      const [first, ...rest] = args;
      const reads =
        ["list", "show", "log"].includes(first?.text ?? "") &&
        rest.every((w) => !mayBeOption(w) || w.text === "--porcelain");
      return reads ? null : unknown("only listing is known to only read");
    },
    match: ["git worktree list", "git worktree list --porcelain"],
    not_match: ["git worktree add x", "git submodule update", "git bisect start", "git bisect run x"],
  },
  {
    programs: ["reflog"],
    note: "Shows the reflog. Without `expire`, `delete`, `drop` and `write`.",
    check: (args, around) => {
      const first = args[0];
      const shows =
        first === undefined ||
        first.text === "show" ||
        first.prefix.startsWith("-") ||
        /^(?:HEAD|@)/.test(first.prefix);
      const acts = args.some((word) => ["expire", "delete", "drop", "write"].includes(word.text ?? ""));
      return shows && !acts
        ? diffFamily(args, around)
        : unknown("only `git reflog` and `git reflog show` are known to only read");
    },
    match: ["git reflog", "git reflog show -5", "git reflog -n 3", "git reflog HEAD"],
    not_match: ["git reflog expire --all", "git reflog delete x", "git reflog --output=x"],
  },
  {
    programs: ["config"],
    note: "Reads settings: `--get…`, `--list`, `get`, `list`, or one name and nothing else.",
    check: readsConfig,
    match: [
      "git config --get user.name",
      "git config user.name",
      "git config --list",
      "git config --global --get-regexp alias",
    ],
    not_match: [
      "git config user.name x",
      "git config --unset a.b",
      "git config -e",
      "git config --add a.b c",
      "git config --get user.name --add x y",
    ],
  },
  {
    programs: ["symbolic-ref"],
    note: "Reads where a symbolic reference points. With two names it would move it.",
    check: (args, around) =>
      args.length <= 2 && args.filter((w) => !mayBeOption(w)).length === 1
        ? onlyOptions(["-q", "--short", "--quiet"])(args, around)
        : mutating("it moves a reference"),
    match: ["git symbolic-ref --short HEAD"],
    not_match: ["git symbolic-ref HEAD refs/heads/x", "git symbolic-ref -d HEAD"],
  },
];

function readsConfig(args: Parameters<Check>[0], around: Parameters<Check>[1]): Finding | null {
  const scope = words(
    "--global --system --local --worktree --show-origin --show-scope --name-only -z --null --includes " +
      "--bool --int --path --type= --default=",
  );
  const rest = args.filter((word) => word.text === null || !scope.includes(word.text));
  const [first, ...others] = rest;
  if (first === undefined || first.text === null) return unknown("its use is not known");
  if (["--get", "--get-all", "--get-regexp", "--list", "-l", "get", "list"].includes(first.text))
    return onlyOptions(scope)(others, around);
  const reads = others.length === 0 && !mayBeOption(first) && first.text.includes(".");
  return reads ? null : mutating("it changes the configuration");
}
