// Arguments for the programs of the table: what is listed, what their help names, and what is known to act.
import { GIT_ROWS, ROWS } from "../table/lookup.ts";
import type { Usage } from "../table/usage.ts";
import type { Shell } from "../shell/word.ts";
import { WRAPPERS } from "../wrappers.ts";
import type { Random } from "./random.suite.ts";

/** Options that the help of a program names, by program. */
export type Helps = Record<string, string[]>;

const OPERANDS = ["a", "b", "in", "out", "src", "src/a.ts", "x", "./x", "-", "--", ".", "data.json", "a.tar", "a.zip", "a.gz", "1", "HEAD", "main"];
const ACTING = [
  ...["-o", "-oout", "-o out", "--output=out", "--output", "--outp=out", "-i", "-w", "-x", "-X", "-r", "-R", "-p", "-C", "-d", "-f", "-z"],
  ...["-delete", "-exec", "-ok", "-fprint", "--pre", "--pre=./x", "--compress-program=./x", "--exec", "--ext-diff", "--textconv"],
  ...["-O./x", "--pager=./x", "--list", "-l", "--l", "--set=10:00", "-D", "-u", "-n", "-s", "./x", "+", ";", "{}", "-c", "-e", "-v"],
];
const VALUES = ["1", "a", "out", "./x", "2,2", ",", "{}", "a b", "0", "L", "never", "%G?", "%(signature)", "x=1", "5", "w out"];

/** Every option of a list, as words. */
export function optionsOf({ flags = "", values = "", optional = "", long = "", words = "", numbers = false }: Usage): {
  alone: string[];
  valued: string[];
} {
  const names = long.split(" ").filter(Boolean);
  const letters = (text: string) => [...text].map((letter) => `-${letter}`);
  return {
    alone: [
      ...letters(flags),
      ...letters(optional),
      ...words.split(" ").filter(Boolean),
      ...names.filter((name) => !name.endsWith("=")).map((name) => name.replace("[=]", "")),
      ...(numbers ? ["-5"] : []),
    ],
    valued: [...letters(values), ...letters(optional), ...names.filter((name) => /=\]?$/.test(name)).map((name) => name.replace(/\[?=\]?$/, ""))],
  };
}

function listed(r: Random, usage: Usage): string[] {
  const { alone, valued } = optionsOf(usage);
  const value = r.pick(VALUES);
  if (valued.length > 0 && r.oneIn(3)) {
    const name = r.pick(valued);
    if (r.oneIn(2)) return [name, value];
    return [name.startsWith("--") ? `${name}=${value}` : name + value];
  }
  return alone.length === 0 ? [] : [r.pick(alone)];
}

/** An option of the help, whole, shortened, or with a value. */
function helped(r: Random, names: readonly string[]): string[] {
  const name = r.pick(names);
  const shown = r.oneIn(3) && name.startsWith("--") ? name.slice(0, 3 + r.below(name.length)) : name;
  const value = r.pick([...VALUES, ...OPERANDS]);
  return r.pick([[shown], [shown], [shown, value], [shown + (name.startsWith("--") ? "=" : "") + value]]);
}

function cluster(r: Random): string {
  return `-${r.some(1, 3, () => r.pick([..."abcdefghijklmnopqrstuvwxyzABCDEFGHILMNOPQRSTUVWXZ01"])).join("")}`;
}

function args(r: Random, usage: Usage | null, help: readonly string[]): string[] {
  return r
    .some(0, 4, () => {
      if (r.oneIn(3)) return [r.pick(OPERANDS)];
      if (usage !== null && r.oneIn(2)) return listed(r, usage);
      if (help.length > 0 && r.oneIn(2)) return helped(r, help);
      return [r.oneIn(3) ? cluster(r) : r.pick(ACTING)];
    })
    .flat();
}

const SED = [
  ...["s/", "s|", "y/", "/", "/", "/", "|", ";", "; ", "\n", "a", "b", "1", "$", "p", "d", "g", "w out", "e", "r a", "!", ",", "{", "}"],
  ...["[", "]", "^", "[^]", "[]", "[a]", "[^]a", "[[:a:]", "[[:alpha:]]", "\\", "\\/", "\\n", "&", "I", "M", "0~2", "+1", "q", "=", "W out"],
];
const AWK = [
  ...["{", "}", "(", ")", ";", "\n", "BEGIN", "END", "print", 'print "x"', "printf", ">", '> "out"', ">>", '| "sh"', '"touch out"', "|", "||"],
  ...["/", "/", '"', '"', "/re/", '/"/', '/[/]/', "/[^]/", "#", "$1", "$NF", "NF", "NR", "x", "x=1", "x++", "++x", "a[1]", "1", "length"],
  ...["exit", "return", "next", "getline", "rand()", "in", "if(0)", "if(1)", "else", "while(0)", "delete a", "system(\"touch out\")", "~", "!", "?", ":"],
  ...["=", "/=", "@", "\\", "close(", ",", " ", "&&", "do", "switch(1)", "case 1:", "func f(y)", "f(", "substr(", "tolower"],
];
const OPERAND_END = [
  ...["1", "x", "$1", "NF", "NR", "a[1]", "x++", "++x", "(1)", "length", "exit", "next", "if(1)", "if(0);else", "print", "getline", "rand()"],
  ...["srand", "in", "delete a", "return", "f", "do", ")", "}", "{", ";", "\n", "x=1\n", "x=1", '"a"', "!", "~", "tolower", "systime", "-", "x--"],
];

function awkProgram(r: Random): string {
  const token = () => r.pick(AWK);
  if (r.oneIn(2)) return r.some(2, 10, token).join(r.pick(["", " "]));
  const opens = r.pick(['/"/', '/"#/', "/#/", '/[/"]/', '/[^]"/', '/\\"/', '"/"', '/x/ "/', "/"]);
  const acts = r.pick(['print "x" > "out"', 'print "touch out" | "sh"', 'system("touch out")', 'printf "x" >> "out"']);
  const closes = r.pick(['"', '#"', '/"', '"/', "/", "#", '/#"/', ""]);
  const body = `${r.oneIn(2) ? "x=1;" : ""}${r.pick(OPERAND_END)} ${opens}; ${acts}; ${closes}`;
  return r.pick([`BEGIN{${body}}`, `BEGIN{${body}\n}`, `{${body}\n}`, body, `${body}\n`, `function f(y){${body}\n}BEGIN{f(1)}`]);
}

const FIND = [
  ...[".", "a", "src", "bare", "-name", "a", "'*'", "-type", "f", "-maxdepth", "1", "-delete", "-print", "-exec", "-execdir", "-ok", "cat"],
  ...["git", "status", "sort", "sh", "-c", "uniq", "{}", "{}", "{}", "+", ";", ";", "-o", "out", "!", "(", ")", "-fprint", "out", "-quit", "-newer"],
  ...["-printf", "%p", "-depth", "-empty", "+x", "-mtime", "-7", "-size", "-prune", "-fls", "-regex", "--", "-files0-from", "-okdir", "./x"],
];

function special(r: Random, program: string): string[] | null {
  if (program === "sed") {
    const script = r.some(1, 9, () => r.pick(SED)).join("");
    return [...r.pick([[], ["-n"], ["-E"], ["-e"], ["-i"], ["-nE"], ["-ne"]]), script, ...r.some(0, 2, () => r.pick(OPERANDS))];
  }
  if (/awk$/.test(program)) {
    const options = r.pick([[], [], ["-F:"], ["-v", "n=1"], ["-f", "x"], ["-F", "/"], ["-e", "1"], ["-i", "inplace"]]);
    return [...options, awkProgram(r), ...r.some(0, 2, () => r.pick([...OPERANDS, "x=1", "/dev/null"]))];
  }
  if (program === "find") return [...r.pick([[], ["."], ["src"]]), ...r.some(1, 9, () => r.pick(FIND))];
  return null;
}

/** The words of one command. Anything that may hang or take long is left out by the caller's time limit. */
export function command(r: Random, helps: Helps, shell: Shell, depth = 0): string[] {
  if (r.oneIn(6) && depth < 3) return wrapped(r, helps, shell, depth);
  if (r.oneIn(4)) {
    const row = r.pick(GIT_ROWS);
    const global = r.oneIn(8) ? r.pick([["--no-pager"], ["-c", "core.pager=./x"], ["-C", "bare"], ["-p"], ["--git-dir=bare"]]) : [];
    const name = r.pick(row.programs).split(" ");
    return ["git", ...global, ...name, ...args(r, typeof row.usage === "string" ? null : row.usage, helps[`git ${name[0]}`] ?? [])];
  }
  const row = r.pick(ROWS);
  const [program = "", ...more] = r.pick(row.programs).split(" ");
  // They wait, or print without end.
  if (["yes", "sleep", "for", "[[", "wait"].includes(program)) return ["cat", "a"];
  const words = special(r, program) ?? args(r, typeof row.usage === "string" ? null : row.usage, helps[program] ?? []);
  const close = program === "[" ? ["]"] : [];
  return [program, ...more, ...words, ...close];
}

function wrapped(r: Random, helps: Helps, shell: Shell, depth: number): string[] {
  const name = r.pick(Object.keys(WRAPPERS));
  const wrapper = WRAPPERS[name];
  const inner = command(r, helps, shell, depth + 1);
  const options = r.some(0, 2, () => {
    if (wrapper !== undefined && r.oneIn(2)) return listed(r, wrapper.usage);
    return (helps[name] ?? []).length > 0 && r.oneIn(2) ? helped(r, helps[name] ?? []) : [cluster(r)];
  });
  const operands = wrapper?.operand !== undefined ? [r.pick(["1", "5s", "cat", "./x"])] : [];
  const settings = name === "env" ? r.pick([[], ["TZ=UTC"], ["A=1"], ["-i"], ["-u", "GIT_CONFIG_COUNT"], ["PATH=10"], ["-"]]) : [];
  return [name, ...options.flat(), ...settings, ...operands, ...inner];
}
