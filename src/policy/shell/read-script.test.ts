// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell scripts
import { describe, expect, test } from "bun:test";
import { readScript } from "./read-script.ts";
import type { Shell, Word } from "./word.ts";

/** A word as `text`, or as what is known of it: `start…`, with `*` when it may be several words. */
const show = (word: Word) => word.text ?? `${word.prefix}…${word.many ? "*" : ""}${word.plain ? "" : "?"}`;

function commands(script: string, shell: Shell = "bash"): string[][] {
  const read = readScript(script, shell);
  if (!read.ok) throw new Error(read.problem);
  return read.commands.map(({ words }) => words.map(show));
}

function problem(script: string, shell: Shell = "bash"): string | null {
  const read = readScript(script, shell);
  return read.ok ? null : read.problem;
}

describe("commands", () => {
  test.each([
    ["ls -la; pwd && id || who | cat & date", [["ls", "-la"], ["pwd"], ["id"], ["who"], ["cat"], ["date"]]],
    ["ls\n\n  pwd # id\n# who\ndate#x", [["ls"], ["pwd"], ["date#x"]]],
    [
      "echo a \\\n  b |\\\ncat\\\n c",
      [
        ["echo", "a", "b"],
        ["cat", "c"],
      ],
    ],
    ["(ls; (pwd)) && { id; }", [["ls"], ["pwd"], ["id"]]],
    ["if a; then b; elif c; then d; else e; fi", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["while ! a; do b; done", [["a"], ["b"]]],
    ["for f in a b; do ls; done", [["for", "f", "a", "b"], ["ls"]]],
    ["echo if then fi", [["echo", "if", "then", "fi"]]],
    ["'if' a", [["if", "a"]]],
    ['echo $(a; b) `c` "$(d "$(e)")"', [["a"], ["b"], ["c"], ["e"], ["d", "…?"], ["echo", "…*?", "…*?", "…?"]]],
    ["diff <(a) <(b)", [["a"], ["b"], ["diff", "/…", "/…"]]],
    ["cat <<E; ls\n$(a)\nE\npwd", [["cat"], ["ls"], ["a"], ["pwd"]]],
    ["cat <<'E' | b\n$(a)\nE\n", [["cat"], ["b"]]],
    ["cat <<-E\n\ta\n\tE\nb", [["cat"], ["b"]]],
    ["[[ -f a && b ]] && c", [["[[", "-f", "a", "&&", "b", "]]"], ["c"]]],
  ])("%j", (script, expected) => expect(commands(script)).toEqual(expected));
});

describe("words", () => {
  test.each([
    [`a'b c'"d e"\\ f`, "ab cd e f"],
    [`"a\\"b\\$c\\d"`, 'a"b$c\\d'],
    ["''", ""],
    ["$'a\\tb'", "a\tb"],
    ["-n", "-n"],
    ["a$x", "…*?"],
    ['a"$x"b', "a…"],
    ['"$x"', "…?"],
    ['"$HOME/x"', "/…"],
    ['"$PWD/x"', "/…"],
    ["$PWD/x", "…*?"],
    ["$HOME/x", "…*"],
    ["a$HOME", "…*"],
    ["-$HOME", "…*?"],
    ['"$OLDPWD-x"', "…?"],
    ['"${HOME:-x}"', "/…"],
    ['"${x:-$HOME}"', "…?"],
    ['-o"$x"', "-o…?"],
    ["src/*.ts", "src/…*"],
    ["*.ts", "…*?"],
    ["{a,b}", "…*?"],
    ["src/{a,b}", "src/…*"],
    ['{"}",-x}', "…*?"],
    ["{\\},-x}", "…*?"],
    ["{${x},-x}", "…*?"],
    ["{{a},-x}", "…*?"],
    ["{-1..3}", "…*?"],
    ["{}", "{}"],
    ["HEAD@{1}", "HEAD@{1}"],
    ["~/x", "/…"],
    ["~", "/…"],
    ["~user/x", "…"],
    ["~-x", "…"],
    ["a=~/x", "a=…"],
    ["a:~", "a:…"],
    ["=~", "=~"],
    ["'~/x'", "~/x"],
    ["HEAD~2", "HEAD~2"],
    ["${x:-a b}", "…*?"],
    ['"${x%.gz}"', "…?"],
    ["$((1+2))", "…*?"],
    ["a=b", "a=b"],
  ])("%s", (word, expected) => expect(commands(`echo ${word}`)[0]?.[1]).toBe(expected));
});

describe("variables that the script sets in one place", () => {
  test.each([
    ["x=src; ls $x/a", "src/a"],
    ["x='a b'; ls $x", "…*?"],
    ["x='a b'; ls \"$x\"", "a b"],
    ['for f in a.ts b.ts; do ls "$f"; done', "…"],
    ["for f in src/a src/b; do ls $f; done", "src/…"],
    ['for f in src/*; do ls "$f"; done', "src/…"],
    ["for f in src/*; do ls $f; done", "…*?"],
    ["for f in -a b; do ls $f; done", "…?"],
    ["x=a; x=b; ls $x", "…*?"],
    ["x=a; read x; ls $x", "…*?"],
    ["x=a; declare x=b; ls $x", "…*?"],
    ["x=a; printf -v x b; ls $x", "…*?"],
    ["x=a ls $x", "…*?"],
    ['x=$(cat f); ls "$x"', "…?"],
    ["x=a && ls $x", "a"],
    ["if x=a; then ls $x; fi", "a"],
    ["{ x=a; ls $x; } | cat", "a"],
    ["(x=a; ls $x)", "a"],
    ["while b; do x=a; ls $x; done", "a"],
    ['x=; ls "$x"', ""],
    ['x=; ls "$x-a"', "-a"],
    ['for x in "" a; do ls "$x-a"; done', "…?"],
  ])("%s", (script, expected) => {
    const last = commands(script).findLast(([name]) => name === "ls");
    expect(last?.[1]).toBe(expected);
  });

  test.each([
    "b && x=a; ls $x",
    "b || x=a; ls $x",
    "b &&\n x=a; ls $x",
    "b &&\n x=a\nls $x",
    "b &&\n\n# c\nx=a\nls $x",
    "b && x=a\nls $x",
    "b |\n x=a\nls $x",
    "b && ! x=a; ls $x",
    "b | x=a; ls $x",
    "x=a | b; ls $x",
    "x=a |& b; ls $x",
    "x=a & ls $x",
    "(x=a); ls $x",
    "c $(x=a); ls $x",
    "c `x=a`; ls $x",
    "c <(x=a); ls $x",
    "{ x=a; } | b; ls $x",
    "{ x=a; }; ls $x",
    "if b; then x=a; fi; ls $x",
    "if b; then x=a; else ls $x; fi",
    "if b; then :; elif x=a; then :; else ls $x; fi",
    "while b; do x=a; done; ls $x",
    "for x in a; do b; done; ls $x",
    "for i in 1; do ls $x; x=a; done",
    "x=a <f; ls $x",
    "x=a y=$(b); ls $x",
    "ls $x; x=a",
    "_=a; ls $_",
  ])("%j: not certain to be set", (script) => {
    const read = readScript(script, "bash");
    const last = read.ok ? read.commands.findLast(({ words }) => words[0]?.text === "ls") : undefined;
    expect(last?.words[1]?.text).toBeNull();
  });
});

describe("what is not read", () => {
  test.each([
    "f() { a; }",
    "function f { a; }",
    "case a in b) c;; esac",
    "select x in a; do b; done",
    "((x=1))",
    "echo $((x))",
    "echo ${!x}",
    "echo ${x@P}",
    "echo ${a[$(b)]}",
    "echo $x[1]",
    "echo ${x:=a}",
    "echo ${x:1:2}",
    "a=(b c)",
    "ls *(e:a:)",
    "echo !(a)",
    "echo 'a",
    'echo "a',
    "echo `a",
    "echo $(a",
    "a)",
    "(a",
    "echo a\\",
    "cat <<E\na",
    "cat <<E\na\\\nE\n",
    "$[1]",
    'echo $"a"',
    "if true { a }",
    "echo a }",
    "echo {a",
    "for ((;;)); do a; done",
    "[[ a < b ]]",
    "[[ a =~ (b) ]]",
    "a\u00a0b",
    "a\u202eb",
    "a\rb",
    "a\0b",
    "echo $'a\\'b'",
    "$(".repeat(20) + ")".repeat(20),
    'echo "$\\\n(a)"',
    "echo $\\\n(a)",
    "echo $x\\\ny",
    "echo a\\\nb",
    ": {PATH}>/dev/null",
    "a<(b)",
    "time for x in a; do b; done",
    "time -p { a; }",
    "echo $(a # )\n)",
    "then a",
    "a; fi",
    "if a; done",
    "for x in a; b",
    "{ a; fi }",
  ])("%j", (script) => expect(problem(script)).not.toBeNull());

  test.each([
    "a $~x",
    "a $=x",
    'a "$^x"',
    "a $+x",
    "a $#x",
    "a $x:t",
    'a "$x:h"',
    "a =b",
    "a ''=b",
    'a ="b"',
    "x=a:=b",
    "x==b",
  ])("%j, by zsh", (script) => {
    expect(problem(script, "zsh")).not.toBeNull();
    expect(problem(script, "bash")).toBeNull();
  });

  test.each(["a &>/dev/null b", "cat <<< a", "cat <(a)", "[[ a ]]", "a &>> b"])("%j, by a plain sh", (script) => {
    expect(problem(script, "sh")).not.toBeNull();
    expect(problem(script, "bash")).toBeNull();
  });
});

test("redirections and assignments stand beside the words", () => {
  const read = readScript('A=1 B="$x" ls 2>&1 >out <in a &>b', "bash");
  const [command] = read.ok ? read.commands : [];
  expect(command?.assignments.map(({ name, value }) => [name, value.text])).toEqual([
    ["A", "1"],
    ["B", null],
  ]);
  expect(command?.words.map(show)).toEqual(["ls", "a"]);
  expect(command?.redirects.map(({ fd, op, target }) => [fd, op, target.text])).toEqual([
    [2, ">&", "1"],
    [null, ">", "out"],
    [null, "<", "in"],
    [null, "&>", "b"],
  ]);
});
