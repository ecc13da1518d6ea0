import { mutating, type Row, unknown } from "../finding.ts";
import { anything, onlyOptions, without, words } from "./checks.ts";

/** Options of both programs of this name that say how it reads and prints. */
const YQ =
  "-r -P -e -n -N -M -C -j -y -Y -c -o -p -o= -p= --raw-output --output-format --output-format= --input-format= --no-doc --exit-status".split(
    " ",
  );

/** Programs that print what is in files or what they are given. */
export const READERS: readonly Row[] = [
  {
    programs: words("cat tac nl rev head tail wc cut tr paste comm join fold fmt expand unexpand column pr"),
    note: "Print files or standard input, whole or in part.",
    check: anything,
    match: ["cat a.txt", "head -n 5 *.md", "tail -20 log", "wc -l", "tr -d x", "cut -d: -f1 /etc/passwd"],
    not_match: ["cat a > b"],
  },
  {
    programs: ["grep", "egrep", "fgrep", "zcat", "bzcat", "xzcat"],
    note: "Search or unpack files to standard output.",
    check: anything,
    match: ["grep -rn foo src", "egrep 'a|b' *.c", "zcat x.gz"],
    not_match: ["grep foo x >> y"],
  },
  {
    programs: ["rg"],
    note: "Searches files. Without options that start another program (`--pre`, `--hostname-bin`, `--search-zip`).",
    check: without({
      short: "z",
      long: ["--pre", "--pre-glob", "--hostname-bin", "--search-zip"],
      why: "starts another program",
    }),
    match: ["rg -n foo src", "rg --files", "rg -g '*.ts' 'a|b'", "rg --pretty x"],
    not_match: [
      "rg --pre ./x foo",
      "rg --pre=./x foo",
      "rg --search-zip foo",
      "rg -z foo",
      "rg -nz foo",
      "rg foo *",
      "rg --hostname-bin ./x foo",
    ],
  },
  {
    programs: ["fd", "fdfind"],
    note: "Finds files by name. Without `--exec` and `--exec-batch`.",
    check: without({ short: "xX", long: ["--exec", "--exec-batch"], why: "runs a command for what is found" }),
    match: ["fd -e ts", "fd foo src", "fd -t f"],
    not_match: ["fd -x rm", "fd foo -X rm", "fd --exec rm", "fd -Hx rm"],
  },
  {
    programs: ["ag"],
    note: "Searches files. Without `--pager`.",
    check: without({ long: ["--pager"], why: "starts another program" }),
    match: ["ag foo src"],
    not_match: ["ag --pager=./x foo"],
  },
  {
    programs: ["sort"],
    note: "Sorts lines. Without `-o`, which writes a file, and `--compress-program`.",
    check: without({
      short: "oT",
      long: ["--output", "--compress-program", "--temporary-directory"],
      why: "writes a file or starts a program",
    }),
    match: ["sort", "sort -rn -k2,2 a", "sort -t, -u a b"],
    not_match: [
      "sort -o a a",
      "sort -uo a a",
      "sort --out=a a",
      "sort --output a a",
      "sort --compress-program=./x a",
      "sort *",
    ],
  },
  {
    programs: ["uniq"],
    note: "Drops repeated lines. With at most one file: a second one would be written.",
    check: without({ why: "", operands: 1, values: ["-f", "-s", "-w"] }),
    match: ["uniq", "uniq -c a", "uniq -f 1 a"],
    not_match: ["uniq a b", "uniq $x", "uniq -f 1 a b"],
  },
  {
    programs: words("diff cmp md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum shasum"),
    note: "Compare files or compute checksums.",
    check: anything,
    match: ["diff -u a b", "sha256sum *", "diff <(sort a) <(sort b)"],
    not_match: ["diff a b > c", "diff <(rm a) b"],
  },
  {
    programs: ["base64", "base32", "od", "hexdump", "strings", "readelf", "zipinfo"],
    note: "Show bytes.",
    check: anything,
    match: ["base64 -d a", "od -c a", "strings a.out"],
    not_match: ["base64 a > b"],
  },
  {
    programs: ["xxd"],
    note: "Shows bytes. With at most one file and not backwards (`-r`): it would write.",
    check: without({
      short: "r",
      long: ["--revert"],
      why: "writes a file",
      operands: 1,
      values: ["-l", "-s", "-c", "-g", "-o", "-n"],
    }),
    match: ["xxd a", "xxd -l 16 a"],
    not_match: ["xxd a b", "xxd -r a", "xxd -revert a"],
  },
  {
    programs: ["file"],
    note: "Tells the type of files. Without `-C`, which writes a compiled table.",
    check: without({ short: "C", long: ["--compile"], why: "writes a file" }),
    match: ["file a b", "file -b a"],
    not_match: ["file -C", "file --compile"],
  },
  {
    programs: ["tree"],
    note: "Lists directories. Without `-o` and `-R`, which write files.",
    check: without({ short: "oR", long: ["--output"], why: "writes a file" }),
    match: ["tree -L 2", "tree -I node_modules src"],
    not_match: ["tree -o x", "tree -aR -L 1"],
  },
  {
    programs: ["jq"],
    note: "Reads JSON; its language has no way to write or to run anything.",
    check: anything,
    match: ["jq .a x.json", "jq -r '.[] | .b'"],
    not_match: ["jq . a > b"],
  },
  {
    programs: ["yq"],
    note: "Reads YAML. Only with options for its formats: others write files or run commands.",
    check: onlyOptions(YQ),
    match: ["yq .a x.yml", "yq -r .a x.yml", "yq -o=json . x.yml"],
    not_match: [
      "yq -i .a=1 x.yml",
      "yq -s .a x.yml",
      "yq --inplace .a=1 x",
      "yq --security-enable-system-operator 'system(\"x\")'",
    ],
  },
  {
    programs: ["tar"],
    note: "Only lists (`tar -tf FILE`): other options can run programs.",
    check: ([mode, file, ...rest]) => {
      // A colon in the name makes GNU tar start a remote shell.
      const plain = file !== undefined && file.text !== null && !/:|^-/.test(file.text);
      const lists = /^-?t[vzjJ]*f$/.test(mode?.text ?? "");
      return lists && plain && rest.length === 0 ? null : unknown("only `tar -tf FILE` is known to only read");
    },
    match: ["tar tf a.tar", "tar -tzf a.tgz", "tar tvf a.tar"],
    not_match: ["tar xf a.tar", "tar tf host:a", "tar -tf a --to-command=x", "tar cf a b", "tar"],
  },
  {
    programs: ["unzip"],
    note: "Only lists (`-l`, `-v`, `-Z1`).",
    check: (args) => (/^-(?:l|v|Z1?)$/.test(args[0]?.text ?? "") ? null : mutating("it unpacks files")),
    match: ["unzip -l a.zip"],
    not_match: ["unzip a.zip", "unzip -o -l a.zip"],
  },
  {
    programs: ["gzip", "gunzip"],
    note: "Only with `-c` or `-l` first: otherwise the file is replaced.",
    check: (args, around) => {
      const keeps = /^-(?:c|l|dc|cd|lv|t)$/.test(args[0]?.text ?? "");
      return keeps
        ? onlyOptions(["-c", "-l", "-dc", "-cd", "-lv", "-t"])(args, around)
        : mutating("it replaces the file");
    },
    match: ["gzip -dc a.gz", "gunzip -c a.gz", "gzip -l a.gz"],
    not_match: ["gzip a", "gunzip a.gz", "gzip -c a > b"],
  },
];
