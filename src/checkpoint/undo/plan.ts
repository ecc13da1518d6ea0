import type { CheckpointGap, PlannedChange, UndoConflict } from "../contract.ts";
import { entryType } from "../disk/inode.ts";
import { toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId } from "../format/record.ts";
import { letGo } from "../merge/let-go.ts";
import type { NameTouch } from "../merge/state.ts";
import { strayed } from "./begun.ts";
import { drift } from "./drift.ts";
import { planInodes } from "./inodes.ts";
import { lostDirectory } from "./lost-directory.ts";
import { isForced, type NameState, type Scene, type SceneOptions, setScene } from "./scene.ts";
import { gapWords, sourceOf } from "./sources.ts";
import { FOREIGN, type Leaving, leavingOf } from "./trees.ts";
import type { Attach, UndoWork } from "./work.ts";

/** Names that stay as they are: why, or null where another name says it. */
type Blocked = Map<string, { conflict: string } | { gap: CheckpointGap } | null>;

/** What leads from now to before. Looks at the disk, changes nothing. */
export function planWork(options: SceneOptions): UndoWork {
  const scene = setScene(options);
  const wrong = scene.states.filter(({ right }) => !right);
  const blocked: Blocked = new Map();
  for (const state of wrong) {
    const why = conflictOf(scene, state);
    if (why !== null) blocked.set(state.key, { conflict: why });
  }
  // What is blocked is not taken from its place either, which may block other names in turn.
  for (;;) {
    const size = blocked.size;
    const round = tryAll(scene, wrong, blocked);
    if (blocked.size > size) continue;
    letGo(scene.states.length);
    return finishPlan(scene, round, blocked);
  }
}

/** What somebody did to a name after the turn; what this undo did itself does not count. */
function conflictOf(scene: Scene, state: NameState): string | null {
  if (!state.reachable) return null;
  if (scene.begun.touched.has(state.key)) return strayed(scene, state.at, state.touch.child);
  if (isForced(scene, state.path)) return null;
  return drift(scene.merged, { ...state.touch, found: state.at, path: state.path });
}

/** One attempt at everything that is not blocked. */
interface Round {
  attach: Map<NameState, Attach["from"]>;
  leaving: Map<NameState, Leaving>;
}

function tryAll(scene: Scene, wrong: readonly NameState[], blocked: Blocked): Round {
  const free = wrong.filter(({ key }) => !blocked.has(key));
  const needed = new Set<InodeId>();
  for (const { touch } of free) if (touch.child !== ABSENT) needed.add(touch.child);
  const needs = { needed, taken: new Set(scene.begun.held.keys()) };
  const round: Round = { attach: new Map(), leaving: new Map() };
  for (const state of free) {
    const leaving = leavingOf(scene, state, needs);
    if (!leaving) continue;
    round.leaving.set(state, leaving);
    if (leaving.git) blocked.set(state.key, { gap: gitGap(state) });
    else if (leaving.kept.length > 0 && state.touch.child !== ABSENT) blocked.set(state.key, null);
  }
  const made = new Map<InodeId, NameTouch>();
  const stuck = new Set(wrong.filter(({ key }) => blocked.has(key)).map(({ at }) => at?.id));
  for (const state of byDepth(scene, free)) {
    const { parent, child } = state.touch;
    if (child === ABSENT || blocked.has(state.key)) continue;
    if (!state.reachable && !made.has(parent)) {
      blocked.set(state.key, needed.has(parent) ? null : { conflict: lostDirectory(state.path) });
      continue;
    }
    const first = made.get(child);
    const from = first ? { kind: "name" as const, of: first } : sourceOf(scene, child, needs.taken);
    if (!first && stuck.has(child)) blocked.set(state.key, null);
    else if ("gap" in from) blocked.set(state.key, { gap: gapAt(state, from.gap) });
    else if (from.kind === "link" && from.changed && !isForced(scene, state.path))
      blocked.set(state.key, { conflict: "its kept content was changed after the turn, through another name" });
    else {
      if (!first) made.set(child, state.touch);
      round.attach.set(state, from);
    }
  }
  return round;
}

/** Directories before what is in them. */
function byDepth({ before }: Scene, states: readonly NameState[]): NameState[] {
  const levels: NameState[][] = [];
  for (const state of states) {
    const depth = before.depthOf(state.touch.parent);
    levels[depth] ??= [];
    levels[depth].push(state);
  }
  return levels.flat();
}

const gapAt = ({ path }: NameState, reason: CheckpointGap["reason"]): CheckpointGap => ({
  reason,
  path: toPath(path),
  why: gapWords(reason),
});

const gitGap = ({ path }: NameState): CheckpointGap => ({
  reason: "git",
  path: toPath(path),
  why: "a git repository lies in it: it stays; remove it yourself if it is not needed",
});

function finishPlan(scene: Scene, { attach, leaving }: Round, blocked: Blocked): UndoWork {
  const { metas, canonical } = scene.merged;
  const work: UndoWork = {
    merged: { metas, canonical },
    before: scene.before,
    today: scene.today,
    detach: [...leaving.values()].flatMap((each) => each.detach),
    remove: [...leaving].flatMap(([state, each]) => (isReplaced(scene, state, attach) ? [] : each.remove)),
    trees: [...leaving.values()].flatMap((each) => each.directories),
    attach: [],
    rewrite: [],
    parting: new Map(),
    metadata: new Set(),
    changes: [],
    conflicts: [...leaving.values()].flatMap(({ kept }) => kept),
    others: new Set([...leaving.values()].flatMap(({ others }) => others)),
    gaps: [],
    bytes: 0,
  };
  for (const [state, from] of attach) {
    work.attach.push({ touch: state.touch, from, over: isReplaced(scene, state, attach) ? state.at : null });
    work.changes.push(attachChange(scene, state, from));
    work.bytes += "length" in from ? from.length : 0;
  }
  work.changes.push(...work.remove.map(removal));
  const byKey = new Map(scene.states.filter(({ key }) => blocked.has(key)).map((state) => [state.key, state]));
  for (const [key, why] of blocked) {
    const state = byKey.get(key);
    if (state && why) sayBlocked(work, state, why);
    if (state && why && "conflict" in why && scene.begun.touched.has(key)) work.others.add(state.path);
  }
  addForeign(scene, work);
  for (const { reason, id, path } of scene.merged.gaps)
    if (id === ABSENT) work.gaps.push({ reason, path: path === "" ? null : toPath(path), why: gapWords(reason) });
  planInodes(scene, work);
  return work;
}

/** What somebody else did between two calls. A path is said once. */
function addForeign({ states, merged: { foreign } }: Scene, { conflicts }: UndoWork): void {
  const said = new Set(conflicts.map(({ path }) => path));
  for (const { key, touch, path: bytes } of states) {
    if (!(foreign.has(key) || foreign.has(touch.child))) continue;
    const path = toPath(bytes);
    if (said.has(path)) continue;
    said.add(path);
    conflicts.push({ path, why: FOREIGN });
  }
}

function sayBlocked(work: UndoWork, { path }: NameState, why: { conflict: string } | { gap: CheckpointGap }): void {
  if ("gap" in why) work.gaps.push(why.gap);
  else work.conflicts.push({ path: toPath(path), why: why.conflict } satisfies UndoConflict);
}

/** A file takes the place of what is no directory in one step. */
function isReplaced(scene: Scene, state: NameState, attach: Round["attach"]): boolean {
  const from = attach.get(state);
  if (!from || !state.at || entryType(state.at.inode.mode) === "directory") return false;
  const meta = scene.merged.metas.get(state.touch.child);
  if (from.kind === "held") return meta !== undefined && entryType(meta.mode) !== "directory";
  return from.kind !== "directory";
}

function attachChange(scene: Scene, state: NameState, from: Attach["from"]): PlannedChange {
  const { child } = state.touch;
  const meta = scene.merged.metas.get(child) ?? scene.merged.after.inodes.get(child);
  const type = meta ? entryType(meta.mode) : from.kind === "symlink" ? "symlink" : "other";
  const path = scene.before.shownPath(state.touch);
  if (from.kind === "held") return { path, kind: "move", type };
  return { path, kind: state.at ? "rewrite" : "restore", type };
}

const removal = ({ path, inode }: UndoWork["remove"][number]): PlannedChange => ({
  path: toPath(path),
  kind: "remove",
  type: entryType(inode.mode),
});
