import type { PathDiff, TurnSummary, UndoPlan } from "../../checkpoint/index.ts";
import { type Printable, SafeText, type Style, safe, visibleLine } from "../../term/index.ts";
import { pathIn, turnFilesText } from "../../view/index.ts";
import { shownDiff } from "../patch/shown-diff.ts";
import { ago, sizeText } from "../threads/text.ts";

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

/** Diffs, as a person reads them. */
export function diffText(diffs: readonly PathDiff[], style: Style): SafeText {
  const parts = diffs.flatMap(({ path, from, diff, notes }): Printable[] => [
    ...(diff === undefined
      ? [style.bold(safe`${from === undefined ? "" : `${visibleLine(from)} → `}${visibleLine(path)}`)]
      : []),
    ...notes.map((note) => safe`  ${visibleLine(note)}`),
    ...(diff === undefined ? [] : [shownDiff(diff, style)]),
  ]);
  return SafeText.join(parts, "\n");
}

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
