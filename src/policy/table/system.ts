import { type Check, type Row, unknown, words } from "../finding.ts";
import type { OptionUsage } from "../usage.ts";
import { readUsage } from "./usage.ts";

const DATE: OptionUsage = {
  flags: "uR",
  optional: "I",
  values: "dr",
  long: "--utc --universal --date= --reference= --iso-8601[=] --rfc-email --rfc-2822 --rfc-3339=",
};

/** An operand that is no format is the time to set. */
const formatOnly: Check = (args) => {
  const other = readUsage(args, DATE).operands.find((word) => !word.prefix.startsWith("+"));
  return other === undefined ? null : unknown(`\`${other.raw}\` may set the clock`);
};

/** Where tools are started by a stand-in of a version manager, a file of the directory says which one that is. */
const notMoved: Check = (_, { moved }) => (moved ? unknown("the directory may choose which program answers") : null);

/** Programs that tell about files, the machine and installed tools. */
export const SYSTEM: readonly Row[] = [
  {
    programs: ["ls", "stat", "du", "df", "basename", "dirname", "realpath", "readlink", "pathchk", "namei"],
    note: "Tell about files and paths.",
    usage: "any",
    match: ["ls -la", "ls $HOME *.ts", "stat -c %s a", "du -sh node_modules", 'basename "$x"'],
    not_match: ["ls > a", "ls $(rm a)"],
  },
  {
    programs: words(
      "whoami id groups uname nproc uptime free ps pidof lscpu lsblk tty printenv users w logname vmstat",
    ),
    note: "Tell about the machine, its users and its processes.",
    usage: "any",
    match: ["uname -a", "ps aux", "printenv PATH", "id -u", "free -m"],
    not_match: ["uname -a > x", "ps aux | xargs kill"],
  },
  {
    programs: ["which", "type", "whereis"],
    note: "Tell where programs are.",
    usage: { flags: "atpPfbms" },
    match: ["which node python3", "type -a ls", "which -a git"],
    not_match: ["which $x", "which ls > a", "type -x 'path[$(rm a)]' ls"],
  },
  {
    programs: ["pgrep"],
    note: "Finds processes.",
    usage: { flags: "aflinovx", values: "uUPgGt" },
    match: ["pgrep -fl node", "pgrep -u root sshd"],
    not_match: ["pgrep --signal 9 x", "pgrep -9 x", "pgrep $x"],
  },
  {
    programs: ["who"],
    note: "Tells who is logged in. Without `--lookup`, which asks the network.",
    usage: { flags: "abdHlmpqrsTuw" },
    match: ["who", "who -b"],
    not_match: ["who --lookup", "who $x"],
  },
  {
    programs: ["locale", "getconf"],
    note: "Tell settings of the system. Without `getconf -v`, which starts another program.",
    usage: { flags: "akm" },
    match: ["locale", "locale -a", "getconf _NPROCESSORS_ONLN", "getconf PAGE_SIZE"],
    not_match: ["getconf -v POSIX_V7_ILP32_OFF32 PATH", "getconf $x", "locale --help > a"],
  },
  {
    programs: ["arch"],
    note: "Tells the kind of processor. Without arguments: on macOS they are a command.",
    usage: { operands: 0 },
    match: ["arch"],
    not_match: ["arch -x86_64 rm a", "arch rm"],
  },
  {
    programs: ["hostname"],
    note: "Tells the name of the machine. Without a name, which would set it.",
    usage: { words: "-f -s -i -I -d --fqdn --short", operands: 0 },
    match: ["hostname", "hostname -f"],
    not_match: ["hostname evil", "hostname -F x", "hostname -b x", "hostname -f -- evil"],
  },
  {
    programs: ["date"],
    note: "Tells the time. Only with formats and `-d`, `-u`, `-r`, `-R`, `-I`: anything else may set the clock.",
    usage: DATE,
    check: formatOnly,
    match: ["date", "date +%s", "date -u +%F", "date -d yesterday +%F", "date --date=@0"],
    not_match: [
      "date -s 10:00",
      "date --set=10:00",
      "date 010112002026",
      "date -us 10:00",
      "date --se 10:00",
      "date $x",
      'date -u"$x"',
      'date -R"$x"',
      'date -d "$x"',
      "date -- 01011200",
      "date -f x",
    ],
  },
  {
    programs: ["echo", "true", "false", ":", "pwd", "expr", "seq", "sleep", "factor", "numfmt", "tsort", "cal", "yes"],
    note: "Print what they are given, compute, or wait.",
    usage: "any",
    match: ["echo $x", "true", "seq 1 10", "sleep 1", "pwd"],
    not_match: ["echo a > b", "echo $(rm a)"],
  },
  {
    programs: ["shuf"],
    note: "Shuffles lines. Without `-o`, which writes a file.",
    usage: {
      flags: "erz",
      values: "ni",
      long: "--echo --repeat --zero-terminated --head-count= --input-range=",
    },
    match: ["shuf -n 3 a", "shuf -i 1-10 -n1", "shuf -e a b"],
    not_match: ["shuf -o a b", "shuf --outp=a b", "shuf $x"],
  },
  {
    // Not here: npm, npx, yarn, pnpm, go, cargo, rustc, dotnet, mvn, gradle, because a file of the project decides what answers or where it
    // logs; gh, terraform, kubectl, helm, aws, because they ask the network or start plugins.
    programs: words(
      "node bun deno python python3 ruby perl php java javac gcc g++ clang make cmake ninja docker pip pip3 uv tsc bash zsh curl " +
        "wget psql sqlite3 ffmpeg",
    ),
    note: "Only `--version`.",
    usage: "checked",
    check: (args, around) =>
      args.length === 1 && args[0]?.text === "--version"
        ? notMoved(args, around)
        : unknown("only its `--version` is known to be harmless"),
    match: ["node --version", "python3 --version"],
    not_match: [
      "node x.js",
      "npm install",
      "npm --version",
      "go version",
      "python3 -c 'x'",
      "node --version x.js",
      "make",
      "make version",
      "python -v",
      "node $x",
      "cd x && node --version",
      "find . -execdir node --version \\;",
    ],
  },
  {
    programs: ["node -v", "python3 -V", "python -V", "java -version", "perl -v", "ruby -v"],
    note: "The same in the spelling of these tools.",
    usage: { operands: 0 },
    check: notMoved,
    match: ["node -v", "python3 -V"],
    not_match: ["node -v x.js", "python3 -V -c x", "java -version -jar x"],
  },
  {
    programs: ["command"],
    note: "Only `-v` and `-V`, which tell where a command is; with a command it is judged as that command.",
    usage: { flags: "vVp" },
    match: ["command -v node", "command -v node python3"],
    not_match: ["command rm a", "command -p rm a", "command -v x > a"],
  },
];
