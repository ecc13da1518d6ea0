import { type Check, type Row, unknown, words } from "../finding.ts";
import { gzip, tar, unzip } from "./archives.ts";
import { YQ, yq } from "./yq.ts";

/** `@file` stands for the options that are in the file. */
const noArgumentFile: Check = (args) => {
  const other = args.find(({ prefix }) => prefix === "" || prefix.startsWith("@"));
  return other === undefined ? null : unknown(`\`${other.raw}\` may stand for more options`);
};

/** Programs that print what is in files or what they are given. */
export const READERS: readonly Row[] = [
  {
    programs: words("cat tac nl rev head tail wc cut tr paste comm join fold fmt expand unexpand column pr"),
    note: "Print files or standard input, whole or in part.",
    usage: "any",
    match: ["cat a.txt", "head -n 5 *.md", "tail -20 log", "wc -l", "tr -d x", "cut -d: -f1 /etc/passwd"],
    not_match: ["cat a > b"],
  },
  {
    programs: ["grep", "egrep", "fgrep"],
    note: "Search files.",
    usage: "any",
    match: ["grep -rn foo src", "egrep 'a|b' *.c", 'grep "$x" a'],
    not_match: ["grep foo x >> y"],
  },
  {
    programs: ["zcat", "bzcat", "xzcat"],
    note: "Unpack files to standard output.",
    usage: { flags: "f" },
    match: ["zcat x.gz", "xzcat a.xz b.xz | head"],
    not_match: ["zcat x.gz > y", "bzcat -z a", "zcat -d x"],
  },
  {
    programs: ["rg"],
    note: "Searches files. Without what starts another program (`--pre`, `--hostname-bin`, `-z`).",
    usage: {
      flags: "nNiSswxvcloFPUuHILapq0.",
      values: "getTABCmMfrjEd",
      long:
        "--files --type-list --type= --type-not= --type-add= --glob= --iglob= --glob-case-insensitive --ignore-file= --hidden " +
        "--no-ignore --no-ignore-vcs --no-ignore-parent --no-ignore-global --no-ignore-dot --no-ignore-files --no-ignore-exclude " +
        "--unrestricted --follow --one-file-system --max-depth= --max-filesize= --max-count= --max-columns= " +
        "--max-columns-preview --context= --after-context= --before-context= --context-separator= --line-number " +
        "--no-line-number --column --with-filename --no-filename --heading --no-heading --files-with-matches " +
        "--files-without-match --count --count-matches --only-matching --json --vimgrep --stats --trim --null --null-data " +
        "--replace= --passthru --text --binary --crlf --encoding= --pretty --color= --colors= --quiet --threads= --sort= --sortr= " +
        "--sort-files --regexp= --file= --fixed-strings --word-regexp --line-regexp --ignore-case --smart-case --case-sensitive " +
        "--invert-match --multiline --multiline-dotall --pcre2 --engine= --auto-hybrid-regex --line-buffered --block-buffered " +
        "--include-zero --no-messages --no-ignore-messages --no-config --path-separator= --debug",
    },
    match: [
      "rg -n foo src",
      "rg --files",
      "rg -g '*.ts' 'a|b'",
      "rg --pretty x",
      "rg -tpy -A3 -e foo",
      "rg --glob=*.ts x",
    ],
    not_match: [
      "rg --pre ./x foo",
      "rg --pre=./x foo",
      "rg --search-zip foo",
      "rg -nz foo",
      "rg foo *",
      "rg --hostname-bin ./x foo",
      "rg -e --pre ./x foo",
    ],
  },
  {
    programs: ["fd", "fdfind"],
    note: "Finds files by name. Without `-x` and `-X`, which run a command, and `-l`, which runs `ls`.",
    usage: {
      flags: "HIusigFaLp01q",
      values: "dtEecjS",
      long:
        "--hidden --no-ignore --no-ignore-vcs --no-ignore-parent --unrestricted --case-sensitive --ignore-case --glob --regex " +
        "--fixed-strings --absolute-path --follow --full-path --print0 --max-depth= --min-depth= --exact-depth= --prune --type= " +
        "--extension= --exclude= --ignore-file= --size= --changed-within= --changed-before= --max-results= --quiet --color= " +
        "--threads= --base-directory= --search-path= --strip-cwd-prefix --path-separator= --one-file-system --and=",
    },
    match: ["fd -e ts", "fd foo src", "fd -t f -H -E node_modules", "fd --extension ts --max-depth 2"],
    not_match: ["fd -x rm", "fd foo -X rm", "fd --exec rm", "fd -Hx rm", "fd --exec-b rm", "fd -l", "fd $x"],
  },
  {
    programs: ["ag"],
    note: "Searches files. Without `--pager`.",
    usage: {
      flags: "acfilLoQsSuUvw",
      values: "GmABC",
      long: "--hidden --nocolor --nogroup --noheading --count --files-with-matches --ignore= --literal --stats --depth= --vimgrep",
    },
    match: ["ag foo src", "ag -l -G '\\.ts$' foo"],
    not_match: ["ag --pager=./x foo", "ag --page ./x foo", "ag $x"],
  },
  {
    programs: ["sort"],
    note: "Sorts lines. Without `-o`, which writes a file, and `--compress-program`.",
    usage: {
      flags: "bdfghiMnrRVcCmsuz",
      values: "kt",
      long:
        "--key= --field-separator= --numeric-sort --reverse --unique --human-numeric-sort --version-sort --general-numeric-sort " +
        "--month-sort --random-sort --sort= --check[=] --merge --stable --zero-terminated --ignore-case --ignore-leading-blanks " +
        "--dictionary-order --parallel= --debug",
    },
    match: ["sort", "sort -rn -k2,2 a", "sort -t, -u a b", "sort -k 2nr | head", "sort -- -a"],
    not_match: [
      "sort -o a a",
      "sort -uo a a",
      "sort --out=a a",
      "sort --output a a",
      "sort --compress-program=./x a",
      "sort -T . a",
      "sort *",
      'sort a "$CODEX_HOME-oout"',
      'sort -k"$x" a',
    ],
  },
  {
    programs: ["uniq"],
    note: "Drops repeated lines. With at most one file: a second one would be written.",
    usage: {
      flags: "cdDuiz",
      values: "fsw",
      long: "--count --repeated --unique --ignore-case --skip-fields= --skip-chars= --check-chars= --all-repeated[=] --group[=]",
      operands: 1,
    },
    match: ["uniq", "uniq -c a", "uniq -f 1 a", "sort a | uniq -cd"],
    not_match: ["uniq a b", "uniq $x", "uniq $HOME/a", "uniq -f 1 a b", "uniq a -c", "uniq -- a b"],
  },
  {
    programs: words("diff cmp md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum shasum"),
    note: "Compare files or compute checksums.",
    usage: "any",
    match: ["diff -u a b", "sha256sum *", "diff <(sort a) <(sort b)"],
    not_match: ["diff a b > c", "diff <(rm a) b"],
  },
  {
    programs: ["base64", "base32"],
    note: "Encode and decode. Without `-o`, which writes a file on macOS.",
    usage: { flags: "dDi", values: "wb", long: "--decode --ignore-garbage --wrap= --break=", operands: 1 },
    match: ["base64 -d a", "base64 -w0 a", "base64 --decode < a"],
    not_match: ["base64 a > b", "base64 -o b a", "base64 --out b -i a", "base64 a -o b", "base64 $x"],
  },
  {
    programs: ["od", "hexdump", "strings"],
    note: "Show bytes.",
    usage: "any",
    match: ["od -c a", "strings a.out", "hexdump -C a | head"],
    not_match: ["od a > b"],
  },
  {
    programs: ["readelf"],
    note: "Shows ELF files. Without debug sections, which may be fetched over the network.",
    usage: {
      flags: "ahlSsdnrVWegtuA",
      long:
        "--all --file-header --program-headers --section-headers --sections --symbols --dyn-syms --headers --notes --relocs " +
        "--dynamic --version-info --wide",
    },
    check: noArgumentFile,
    match: ["readelf -h a.out", "readelf -Ws a.out", "readelf --dynamic a.so"],
    not_match: ["readelf -wK a.out", "readelf --debug-dump=links a", "readelf $x", "readelf @a"],
  },
  {
    programs: ["xxd"],
    note: "Shows bytes. With at most one file and not backwards (`-r`): it would write.",
    usage: {
      words: "-p -ps -plain -i -include -u -b -bits -e -a -E -C -d",
      values: "lscgonR",
      operands: 1,
    },
    match: ["xxd a", "xxd -l 16 a", "xxd -p -c32 a", "xxd -s 10 -l 4 a"],
    not_match: ["xxd a b", "xxd -r a", "xxd -revert a", "xxd a -p/../b", "xxd -p a b", "xxd $x"],
  },
  {
    programs: ["file"],
    note: "Tells the type of files. Without `-C`, which writes a table, `-p`, which sets times, and `-z`, which runs unpackers.",
    usage: {
      flags: "bikLhnN0rI",
      values: "F",
      long: "--brief --mime --mime-type --mime-encoding --dereference --no-dereference --keep-going --raw --no-pad --extension",
    },
    match: ["file a b", "file -b a", "file -bi --mime-type a"],
    not_match: ["file -C", "file --compile", "file -p a", "file --preserve-date a", "file -z a", "file -m x -C"],
  },
  {
    programs: ["tree"],
    note: "Lists directories. Without `-o` and `-R`, which write files.",
    usage: {
      flags: "adflxnsuhgpDFiNQrtvqJXC",
      next: "LPI",
      long: "--dirsfirst --filesfirst --noreport --prune --gitignore --du --si --matchdirs --ignore-case --sort[=] --filelimit=",
    },
    match: ["tree -L 2", "tree -I node_modules src", "tree -aL 3 --dirsfirst"],
    not_match: [
      "tree -o x",
      "tree -aR -L 1",
      "tree -L 1 -o x",
      "tree -Lo 1 x",
      "tree -Iout x y",
      "tree --output x",
      "tree $x",
    ],
  },
  {
    programs: ["jq"],
    note: "Reads JSON; its language has no way to write or to run anything.",
    usage: {
      flags: "rcCMSsnejaR",
      long:
        "--raw-output --compact-output --color-output --monochrome-output --sort-keys --slurp --null-input --exit-status " +
        "--join-output --raw-output0 --ascii-output --raw-input --tab --indent= --arg --argjson --slurpfile --rawfile --args " +
        "--jsonargs --stream --seq",
    },
    match: ["jq .a x.json", "jq -r '.[] | .b'", "jq -cS . x.json", "jq --arg v 1 '.[$v]' x.json"],
    not_match: ["jq . a > b", "jq -i .a x.json", "jq --in-place .a x.json", "jq $x"],
  },
  {
    programs: ["yq"],
    note: "Reads YAML. Only with options for its formats, and with expressions of paths and of operators that only look: others load files, read the environment or run commands.",
    usage: YQ,
    check: yq,
    match: [
      "yq .a x.yml",
      "yq -r .a x.yml",
      "yq -o=json . x.yml",
      "yq -P -o json . x.yml",
      "yq '.jobs[].steps[0] | keys' x.yml",
      "yq '.[] | select(.runs-on == \"x\") | .a-b.load' x.yml",
    ],
    not_match: [
      "yq -i .a=1 x.yml",
      "yq -ri .a=1 x.yml",
      "yq -s .a x.yml",
      "yq --inplace .a=1 x",
      "yq --security-enable-system-operator 'system(\"x\")'",
      "yq -n 'system(\"x\")'",
      "yq '.a | load(\"x\")' x.yml",
      "yq 'env(HOME)'",
      "yq '..load(.f)' x.yml",
      "yq '.[]load(.f)' x.yml",
      'yq \'"\\(system("x"))"\' x.yml',
      "yq eval 'load_str(\"x\")' x.yml",
      "yq x.yml '.a | envsubst' y.yml",
      'yq "$x" x.yml',
    ],
  },
  {
    programs: ["zipinfo"],
    note: "Lists an archive.",
    usage: { flags: "12smlvhtTz" },
    match: ["zipinfo a.zip", "zipinfo -1 a.zip"],
    not_match: ["zipinfo a.zip > b", "zipinfo -o a.zip", "zipinfo $x"],
  },
  {
    programs: ["tar"],
    note: "Only lists (`tar -tf FILE`): other options can run programs.",
    usage: "checked",
    check: tar,
    match: ["tar tf a.tar", "tar -tzf a.tgz", "tar tvf a.tar"],
    not_match: [
      "tar xf a.tar",
      "tar tf host:a",
      "tar -tf a --to-command=x",
      "tar cf a b",
      "tar",
      "tar tf a --checkpoint=1",
    ],
  },
  {
    programs: ["unzip"],
    note: "Only lists one archive (`-l`, `-v`, `-Z1`).",
    usage: "checked",
    check: unzip,
    match: ["unzip -l a.zip", "unzip -Z1 ./a.zip"],
    not_match: [
      "unzip a.zip",
      "unzip -o -l a.zip",
      "unzip -l --l a.zip",
      "unzip -l -T a.zip",
      "unzip -l a.zip b",
      "unzip -l $x",
    ],
  },
  {
    programs: ["gzip", "gunzip"],
    note: "Only with `-c`, `-l` or `-t` before the first file: otherwise the file is replaced.",
    usage: { flags: "cdltvqfk" },
    check: gzip,
    match: ["gzip -dc a.gz", "gunzip -c a.gz", "gzip -l a.gz", "gzip -d -c a.gz"],
    not_match: ["gzip a", "gunzip a.gz", "gzip -c a > b", "gzip a -c", "gzip -cr .", "gunzip -v a.gz"],
  },
];
