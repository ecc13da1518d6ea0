import { type Check, type CommandSurroundings, type Finding, mutating, unknown, worse } from "../finding.ts";
import { mayBeOption, type Word } from "../shell/word.ts";

/** Options and primaries of find that test, print or steer. All that are in neither list are refused: new ones may act. */
const HARMLESS = new Set(
  (
    "-H -L -P -O0 -O1 -O2 -O3 -a -and -o -or -not -true -false -depth -d -xdev -mount -x -s -X -E -noleaf -daystart -follow " +
    "-empty -nouser -nogroup -readable -writable -executable -prune -quit -print -print0 -ls -warn -nowarn"
  ).split(" "),
);
/** The same, with a value behind them. */
const WITH_VALUE = new Set(
  (
    "-maxdepth -mindepth -name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -size -perm " +
    "-user -group -uid -gid -newer -anewer -cnewer -mtime -mmin -atime -amin -ctime -cmin -used -links -inum -samefile " +
    "-lname -ilname -fstype -printf"
  ).split(" "),
);
const DELETES = new Set(["-delete", "-fls", "-fprint", "-fprint0", "-fprintf"]);
/** Not here: -ok and -okdir, which ask at a terminal and end where implementations do not agree. */
const RUNS = new Set(["-exec", "-execdir"]);
/** `-depth -2` of BSD. */
const NUMBER = /^-\d+$/;
const NEWER = /^-newer[aBcm][aBcmt]$/;

/** Judges find: what it runs with -exec is judged as a command of its own, with the found path as an unknown argument. */
export const find: Check = (args, around) => {
  let worst: Finding | null = null;
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (word === undefined || !mayBeOption(word)) continue;
    if (word.text === null) return unknown(`\`${word.raw}\` may turn out to be an action such as -delete`);
    if (WITH_VALUE.has(word.text) || NEWER.test(word.text)) {
      const value = args[++i];
      if (value === undefined || value.many)
        return unknown(`the value of \`${word.text}\` is not known to be one word`);
      continue;
    }
    if (HARMLESS.has(word.text) || NUMBER.test(word.text)) continue;
    if (DELETES.has(word.text)) return mutating(`\`${word.text}\` deletes or writes files`);
    if (!RUNS.has(word.text)) return unknown(`\`${word.text}\` is not known to only test or print`);
    const end = endOfExec(args, i + 1);
    if (end === null) return unknown(`where \`${word.text}\` ends is not known`);
    const found = judgeExec(args.slice(i + 1, end + 1), word.text === "-execdir", around);
    if (found !== null) worst = worst === null ? found : worse(worst, found);
    i = end;
  }
  return worst;
};

/** The index of the word that ends the command; null when another may end it, behind which find would go on. */
function endOfExec(args: readonly Word[], start: number): number | null {
  for (let i = start; i < args.length; i++) {
    const { text, prefix, many } = args[i] ?? { text: null, prefix: "", many: false };
    if (text === ";") return i;
    const behindBraces = i > start && args[i - 1]?.text === "{}";
    if (text === "+" && behindBraces) return i;
    // For some finds any word that begins with + ends it there.
    const mayEnd = text === null && (prefix === "" || /^[;+]$/.test(prefix) || (many && prefix.startsWith(";")));
    if (mayEnd || (behindBraces && prefix.startsWith("+"))) return null;
  }
  return null;
}

/** `-execdir` runs in the directory of what was found, which may be a repository of its own; `+` gives many paths at once. */
function judgeExec(words: Word[], inDirectory: boolean, around: CommandSurroundings): Finding | null {
  const many = words.at(-1)?.text === "+";
  const filled = words.slice(0, -1).map((word) => fillPath(word, inDirectory, many));
  const found = around.judge(filled, inDirectory);
  return found.verdict === "safe"
    ? null
    : { ...found, reason: `for each file it runs \`${words[0]?.raw ?? ""}\`: ${found.reason}` };
}

/**
 * A found path begins as the place where find started does, so it is never an option; what else is in it is not known. For
 * `-execdir` some finds give the bare name, which may begin with a dash.
 */
function fillPath(word: Word, bareName: boolean, many: boolean): Word {
  const at = word.prefix.indexOf("{}");
  if (at === -1) return word;
  const prefix = word.prefix.slice(0, at);
  return { ...word, text: null, prefix, many, plain: prefix === "" ? !bareName : !prefix.startsWith("-") };
}
