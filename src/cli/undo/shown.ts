import type { PathDiff, TurnSummary, UndoPlan } from "../../checkpoint/index.ts";
import { type Printable, SafeText, type Style, safe, visibleLine } from "../../term/index.ts";
import { pathIn, turnFilesText } from "../../view/index.ts";
import { shownDiff } from "../patch/shown-diff.ts";
import { sizeText } from "../threads/size-text.ts";
import { ago } from "../threads/text.ts";

/** Paths of each kind that are listed before something is done. */
const SHOWN = 20;

/** What undo or redo would do, what it would leave, and what it cannot do. */
export function planLines({ kind, turns, changes, conflicts, gaps, bytes }: UndoPlan, style: Style): Printable[] {
  const near = (path: string) => visibleLine(pathIn(turns[0]?.root ?? "", path));
  const numbers = turns.map(({ number }) => number).join(", ");
  const head = `${kind} of turn ${numbers}: ${changes.length} ${changes.length === 1 ? "path" : "paths"}, ${sizeText(bytes)}`;
  return [
    style.bold(head),
    ...listed(changes.map((change) => safe`  ${change.kind.padEnd(8)} ${near(change.path)}`)),
    ...listed(conflicts.map(({ path, why }) => style.yellow(safe`  kept     ${near(path)}: ${why}`))),
    ...listed(
      gaps.map(({ path, why }) => style.red(safe`  cannot   ${path === null ? "(not known)" : near(path)}: ${why}`)),
    ),
  ];
}

function listed(lines: Printable[]): Printable[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}

/** What of a difference is no text, as lines that no tool takes for a part of a patch. */
function noteLines({ path, from, diff, notes }: PathDiff): string[] {
  const what = `${from === undefined ? "" : `${visibleLine(from)} → `}${visibleLine(path)}`;
  if (notes.length === 0) return diff === undefined ? [`# ${what}`] : [];
  return notes.map((note) => `# ${what}: ${visibleLine(note)}`);
}

/** Diffs, as a person reads them. */
export function diffText(diffs: readonly PathDiff[], style: Style): SafeText {
  const parts = diffs.flatMap((each): Printable[] => [
    ...noteLines(each).map((line) => style.bold(line)),
    ...(each.diff === undefined ? [] : [shownDiff(each.diff, style)]),
  ]);
  return SafeText.join(parts, "\n");
}

/** Diffs for `git apply` and `patch -p1` in the workspace: bytes as they are. */
export const diffPatch = (diffs: readonly PathDiff[]): string =>
  diffs.map((each) => [...noteLines(each).map((line) => `${line}\n`), each.diff ?? ""].join("")).join("");

const STATES: Record<TurnSummary["state"], string> = {
  done: "",
  undone: "taken back",
  pruned: "pre-images are gone",
  running: "runs",
  cut_off: "cut off by the end of moat; undo takes back what it had changed",
};

/** One line a turn: its number, when it was, what it changed, what its pre-images take. */
export function turnLines(turns: readonly TurnSummary[], style: Style, now: Date): Printable[] {
  const width = Math.max(...turns.map(({ number }) => String(number).length));
  return turns.map(({ number, started, state, changes, bytes, ...turn }) => {
    const what = turnFilesText({ ...turn, changes, count: changes.length });
    const note = STATES[state] === "" ? "" : style.dim(`  ${STATES[state]}`);
    return safe`${style.cyan(String(number).padStart(width))}  ${ago(started, now).padStart(8)}  ${what}  ${style.dim(sizeText(bytes))}${note}`;
  });
}

/** The numbers of a list are those of turns, and `moat undo 2` is two of them: said where somebody could take one for the other. */
export function howToUndo(turns: readonly TurnSummary[], style: Style): Printable[] {
  const [, older] = turns.filter(({ state }) => state === "done" || state === "cut_off");
  if (!older) return [];
  const to = `moat undo --to ${older.number} takes back turn ${older.number} and all after it`;
  return [style.dim(`${to}; moat undo 2 takes back the last two`)];
}
