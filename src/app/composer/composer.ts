import { type Buffer, EMPTY, insert, moveTo, replaceRange } from "./buffer.ts";
import type { Attached } from "./placeholders.ts";
import type { Vim } from "./vim/state.ts";

/** Steps that can be taken back: more than a person remembers. */
const UNDO_STEPS = 200;
/** Pieces that Alt-Y goes through, as in GNU readline's kill ring. */
const KILLS = 10;

/** What is being written. Every edit gives a new one. */
export interface Composer extends Buffer {
  /** What it was, the latest last. */
  undo: readonly Buffer[];
  /** What was taken back, the latest last. */
  redo: readonly Buffer[];
  /** Pieces that were cut, the latest first. */
  kills: readonly string[];
  /** What the last edit was: runs of one kind are taken back, or cut, as one. */
  last: "type" | "kill" | "yank" | null;
  /** What was yanked and where, for Alt-Y. */
  yanked: { from: number; to: number; index: number } | null;
  /** The column that Up and Down keep to. */
  column: number | null;
  /** What placeholders stand for. */
  attached: readonly Attached[];
  /** Where in the list of earlier prompts one is; null: at what is being written. */
  walk: { index: number; draft: Buffer } | null;
  /** null: not used. */
  vim: Vim | null;
}

export const EMPTY_COMPOSER: Composer = Object.freeze<Composer>({
  ...EMPTY,
  undo: [],
  redo: [],
  kills: [],
  last: null,
  yanked: null,
  column: null,
  attached: [],
  walk: null,
  vim: null,
});

/** A composer with this text and nothing to take back, but with what was cut and the kind of keys. */
export function cleared({ kills, vim }: Composer): Composer {
  return { ...EMPTY_COMPOSER, kills, vim: vim === null ? null : { ...vim, mode: "insert", keys: "" } };
}

/** Another text; it can be taken back. `kind`: joins with edits of the same kind before it. */
export function edited(composer: Composer, next: Buffer, kind: Composer["last"] = null): Composer {
  const { text, caret, undo } = composer;
  if (next.text === text) return moved(composer, next.caret);
  const joins = kind === "type" && composer.last === "type";
  return {
    ...composer,
    ...next,
    undo: joins ? undo : [...undo.slice(1 - UNDO_STEPS), { text, caret }],
    redo: [],
    last: kind,
    yanked: null,
    column: null,
    walk: null,
  };
}

/** The caret elsewhere. */
export function moved(composer: Composer, caret: number): Composer {
  return { ...composer, ...moveTo(composer, caret), last: null, yanked: null, column: null };
}

/** Typed text. Each word is one step to take back. */
export function typed(composer: Composer, text: string): Composer {
  const starts = composer.last === "type" && /\s$/.test(composer.text.slice(0, composer.caret)) && !/^\s/.test(text);
  return edited(starts ? { ...composer, last: null } : composer, insert(composer, text), "type");
}

/** Cuts a range; what is cut right after another cut joins it. `forward`: the range lies behind the caret. */
export function killed(composer: Composer, from: number, to: number, forward: boolean): Composer {
  const piece = composer.text.slice(from, to);
  if (piece === "") return composer;
  const [latest = "", ...older] = composer.kills;
  const joined = forward ? latest + piece : piece + latest;
  const kills = composer.last === "kill" ? [joined, ...older] : [piece, ...composer.kills].slice(0, KILLS);
  return { ...edited(composer, replaceRange(composer, from, to, ""), "kill"), kills };
}

/** Puts back what was cut last. */
export function yank(composer: Composer): Composer {
  const [piece] = composer.kills;
  return piece === undefined ? composer : yankedAt(composer, composer.caret, composer.caret, 0);
}

/** Right after a yank: the piece before it in its place. */
export function yankPop(composer: Composer): Composer {
  const { yanked, kills } = composer;
  if (yanked === null) return composer;
  return yankedAt(composer, yanked.from, yanked.to, (yanked.index + 1) % kills.length);
}

function yankedAt(composer: Composer, from: number, to: number, index: number): Composer {
  const piece = composer.kills[index] ?? "";
  const next = edited(composer, replaceRange(composer, from, to, piece), "yank");
  return { ...next, yanked: { from, to: from + piece.length, index } };
}

export function undo(composer: Composer): Composer {
  return stepped(composer, "undo", "redo");
}

export function redo(composer: Composer): Composer {
  return stepped(composer, "redo", "undo");
}

function stepped(composer: Composer, from: "undo" | "redo", to: "undo" | "redo"): Composer {
  const past = composer[from].at(-1);
  if (!past) return composer;
  const { text, caret } = composer;
  return {
    ...composer,
    ...past,
    [from]: composer[from].slice(0, -1),
    [to]: [...composer[to], { text, caret }],
    last: null,
    yanked: null,
    column: null,
  };
}
