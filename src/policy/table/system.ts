import { type Row, unknown } from "../finding.ts";
import { anything, only, onlyOptions, without, words } from "./checks.ts";

/** Programs that tell about files, the machine and installed tools. */
export const SYSTEM: readonly Row[] = [
  {
    programs: ["ls", "stat", "du", "df", "basename", "dirname", "realpath", "readlink", "pathchk", "namei"],
    note: "Tell about files and paths.",
    check: anything,
    match: ["ls -la", "ls $HOME *.ts", "stat -c %s a", "du -sh node_modules", 'basename "$x"'],
    not_match: ["ls > a", "ls $(rm a)"],
  },
  {
    programs: words(
      "which whereis type id whoami groups uname nproc uptime free ps pgrep pidof lscpu lsblk locale " +
        "getconf tty printenv users who w logname vmstat",
    ),
    note: "Tell about the machine, its users, its processes and where programs are.",
    check: anything,
    match: ["which node python3", "uname -a", "ps aux", "printenv PATH", "type -a ls"],
    not_match: ["uname -a > x"],
  },
  {
    programs: ["arch"],
    note: "Tells the kind of processor. Without arguments: on macOS they are a command.",
    check: (args) => (args.length === 0 ? null : unknown("it may run a command")),
    match: ["arch"],
    not_match: ["arch -x86_64 rm a", "arch rm"],
  },
  {
    programs: ["hostname"],
    note: "Tells the name of the machine. Without a name, which would set it.",
    check: only(["-f", "-s", "-i", "-I", "-d", "--fqdn", "--short"]),
    match: ["hostname", "hostname -f"],
    not_match: ["hostname evil", "hostname -F x", "hostname -b x"],
  },
  {
    programs: ["date"],
    note: "Tells the time. Only with formats and `-d`, `-u`, `-r`, `-R`, `-I`: anything else may set the clock.",
    check: (args) => {
      const other = args.find((word, index) => {
        const value = /^-(?:d|r)$|^--(?:date|reference)$/.test(args[index - 1]?.text ?? "");
        return (
          !value &&
          !/^(?:\+|-(?:u|R|I|d|r)|--(?:utc|universal|date|reference|iso-8601|rfc-\w+)(?:=|$))/.test(word.prefix)
        );
      });
      const clusters = args.find(
        (word) => /^-[a-zA-Z]*s/.test(word.prefix) || "--set".startsWith(word.prefix.split("=")[0] || "?"),
      );
      return other === undefined && clusters === undefined ? null : unknown("it may set the clock");
    },
    match: ["date", "date +%s", "date -u +%F", "date -d yesterday +%F", "date --date=@0"],
    not_match: [
      "date -s 10:00",
      "date --set=10:00",
      "date 010112002026",
      "date -us 10:00",
      "date --se 10:00",
      "date $x",
    ],
  },
  {
    programs: ["echo", "true", "false", ":", "pwd", "expr", "seq", "sleep", "factor", "numfmt", "tsort", "cal", "yes"],
    note: "Print what they are given, compute, or wait.",
    check: anything,
    match: ["echo $x", "true", "seq 1 10", "sleep 1", "pwd"],
    not_match: ["echo a > b", "echo $(rm a)"],
  },
  {
    programs: ["shuf"],
    note: "Shuffles lines. Without `-o`, which writes a file.",
    check: without({ short: "o", long: ["--output"], why: "writes a file" }),
    match: ["shuf -n 3 a"],
    not_match: ["shuf -o a b", "shuf --outp=a b"],
  },
  {
    // Not here: cargo, rustc, dotnet, mvn, gradle, yarn, pnpm, because a file of the project decides which binary answers.
    programs: words(
      "node npm npx bun deno python python3 ruby perl php java javac go gcc g++ clang make cmake ninja " +
        "docker pip pip3 uv tsc gh kubectl terraform helm aws bash zsh curl wget psql sqlite3 ffmpeg lua",
    ),
    note: "Only `--version`.",
    check: (args) =>
      args.length === 1 && args[0]?.text === "--version"
        ? null
        : unknown("only its `--version` is known to be harmless"),
    match: ["node --version", "python3 --version"],
    not_match: [
      "node x.js",
      "npm install",
      "python3 -c 'x'",
      "node --version x.js",
      "make",
      "make version",
      "python -v",
    ],
  },
  {
    programs: ["go version", "node -v", "npm -v", "python3 -V", "python -V", "java -version"],
    note: "The same in the spelling of these tools.",
    check: only([]),
    match: ["go version", "node -v", "python3 -V"],
    not_match: ["go version ./x", "node -v x.js"],
  },
  {
    programs: ["command"],
    note: "Only `-v` and `-V`, which tell where a command is; with a command it is judged as that command.",
    check: onlyOptions(["-v", "-V", "-p"]),
    match: ["command -v node"],
    not_match: ["command rm a"],
  },
];
