import { type Check, type Finding, mutating, unknown, worse } from "../finding.ts";
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
const RUNS = new Set(["-exec", "-execdir", "-ok", "-okdir"]);
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
    const end = args.findIndex(
      (w, index) => index > i && (w.text === ";" || (w.text === "+" && args[index - 1]?.text === "{}")),
    );
    if (end === -1) return unknown(`\`${word.text}\` does not end`);
    const found = judgeExec(args.slice(i + 1, end), around.judge);
    if (found !== null) worst = worst === null ? found : worse(worst, found);
    i = end;
  }
  return worst;
};

function judgeExec(words: Word[], judge: (words: Word[]) => Finding): Finding | null {
  const found = judge(words.map(fillPath));
  return found.verdict === "safe"
    ? null
    : { ...found, reason: `for each file it runs \`${words[0]?.raw ?? ""}\`: ${found.reason}` };
}

/** A found path begins as the place where find started does, so it is never an option; what else is in it is not known. */
function fillPath(word: Word): Word {
  if (word.text === null || !word.text.includes("{}")) return word;
  const before = word.text.slice(0, word.text.indexOf("{}"));
  return { ...word, text: null, prefix: before === "" ? "./" : before, many: false };
}
