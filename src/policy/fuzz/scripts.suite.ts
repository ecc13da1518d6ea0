// Whole scripts: commands of the table in spellings of all kinds, joined in every way, and lines of the corpus with a change.
import type { Shell } from "../shell/word.ts";
import { type Helps, programCommand } from "./programs.suite.ts";
import type { Random } from "./random.suite.ts";
import { asIs, disguise, spell } from "./words.suite.ts";

/** A line and the shell that is to read it. */
export interface FuzzLine {
  shell: Shell;
  text: string;
}

function simple(r: Random, helps: Helps, shell: Shell): string {
  const { words, bait } = programCommand(r, helps);
  const before: string[] = [];
  const texts = words.map((word, index) => {
    // The name of the program stays, most of the time, so that something is run.
    if (index === 0 && !r.oneIn(20)) return word;
    const hidden = index === bait && !r.oneIn(4);
    const spelled = hidden ? disguise(r, word, shell) : bait === null ? spell(r, word, shell) : asIs(word);
    before.push(...spelled.before);
    return spelled.text;
  });
  const input = r.oneIn(6)
    ? r.pick([" < in", " <<< '-oout'", " 2>/dev/null", " < $file", " {v}>/dev/null", " <<E\n$out\nE\n"])
    : "";
  const setting = r.oneIn(12)
    ? r.pick(["TZ=UTC ", "LC_ALL=C ", "COLUMNS=code ", "x=1 ", "GIT_PAGER=cat ", "COLUMNS=80 "])
    : "";
  return [...before, `${setting}${texts.join(" ")}${input}`].join("; ");
}

const JOINS: ((a: string, b: string) => string)[] = [
  (a, b) => `${a} | ${b}`,
  (a, b) => `${a}; ${b}`,
  (a, b) => `${a} && ${b}`,
  (a, b) => `${a} || ${b}`,
  (a, b) => `${a} | xargs ${b}`,
  (a, b) => `cat in | xargs -I{} ${b} {}; ${a}`,
  (a, b) => `cat in | xargs -n1 ${b}; ${a}`,
  (a, b) => `for f in $(cat in); do ${b} "$f"; done; ${a}`,
  (a, b) => `for f in *; do ${b} $f; done; ${a}`,
  (a, b) => `for f in a b; do ${a}; ${b} "$f"; done`,
  (a, b) => `while read -r f; do ${b} "$f"; done < in; ${a}`,
  (a, b) => `if ${a}; then ${b}; fi`,
  (a, b) => `(${a}) && { ${b}; }`,
  (a, b) => `echo "$(${a})" \`${b}\``,
  (a, b) => `x=$(${a}); ${b} "$x"`,
  (a, b) => `cat <(${a}) <(${b})`,
  (a, b) => `bash -c '${a.replaceAll("'", "'\\''")}'; ${b}`,
  (a, b) => `find . -maxdepth 1 -exec ${b} {} \\; ; ${a}`,
  (a, b) => `find . -maxdepth 1 -exec ${b} {} +; ${a}`,
  (a, b) => `cd bare && ${a}; ${b}`,
  (a, b) => `: {PATH}>/dev/null; ${a}; ${b}`,
  (a, b) => `env -i ${a}; time ${b}`,
  (a, b) => `v=src; time for v in -delete -oout; do ${b} "$v"; done; ${a}`,
  (a, b) => `v=$(cat in); for f in $v; do ${a} "$f"; done; ${b} "$f"`,
  (a, b) => `find . -maxdepth 1 -execdir ${b} {} \\; ; ${a}`,
  (a, b) => `cat in | xargs -I{} -n1 ${b} {}; cat in | xargs -I a -I b ${a}`,
];

function changed(r: Random, corpus: readonly FuzzLine[], shell: Shell): string {
  const { text } = r.pick(corpus);
  const words = text.split(" ");
  for (let i = r.below(3); i >= 0; i--) {
    const at = r.below(words.length + 1);
    const put = spell(r, r.pick(["-oout", "-delete", "--output=out", "a", "-i", "./x", "-exec", "w out"]), shell);
    words.splice(at, r.below(2), put.text);
    if (put.before.length > 0) words.unshift(`${put.before.join("; ")};`);
  }
  return words.join(" ");
}

/** What a line needs to have a chance of acting. Most others are left out. */
const BAIT = /out|delete|x\b|[$*?{}~>\\`]|exec|env|xargs|new|-[oiwXODdC]/;

/** The next line. */
export function nextLine(r: Random, helps: Helps, corpus: readonly FuzzLine[], shells: readonly Shell[]): FuzzLine {
  for (;;) {
    const line = anyLine(r, helps, corpus, shells);
    if (BAIT.test(line.text) || r.oneIn(10)) return line;
  }
}

function anyLine(r: Random, helps: Helps, corpus: readonly FuzzLine[], shells: readonly Shell[]): FuzzLine {
  const shell = r.pick(shells);
  if (r.oneIn(5)) return { shell, text: changed(r, corpus, shell) };
  const one = simple(r, helps, shell);
  return { shell, text: r.oneIn(2) ? one : r.pick(JOINS)(one, simple(r, helps, shell)) };
}
