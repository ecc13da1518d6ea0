import { join } from "node:path";
import { isWithin, systemReason } from "../../base/index.ts";
import { credentialStores } from "../credentials.ts";
import { OWN_CACHE } from "../protect.ts";
import { type LayerLeaf, leavesOf } from "./leaves.ts";
import { mustName } from "./must-name.ts";
import { removeFromLayer } from "./reset.ts";
import { statOf } from "./stat.ts";
import { lockUnused } from "./store.ts";
import { takeLeaf } from "./take-leaf.ts";

/** A place that stays as it is in the home directory, and in the layer. */
interface LeftPlace {
  path: string;
  why: string;
}

/** What is taken over into the home directory, and what is not. Paths relative to it; text of others. */
export interface Takeover {
  take: LayerLeaf[];
  left: LeftPlace[];
}

/** What a person asked for. */
interface TakeoverOrder {
  store: string;
  /** Symlinks resolved. */
  home: string;
  moat_home: string;
  /** Places that were named, relative to the home directory; empty: none, and everything is meant. */
  named: readonly string[];
  /** Overwrites what was changed in the home directory since. */
  force: boolean;
}

/** Looks what would be taken over; nothing is changed. */
export function planTakeover(order: TakeoverOrder): Takeover {
  const { store, home, moat_home, named } = order;
  const relative = (paths: string[]) =>
    paths.filter((path) => isWithin(path, home)).map((path) => path.slice(home.length + 1));
  const credentials = relative(credentialStores(home, moat_home));
  const own = relative([moat_home, join(home, OWN_CACHE)]);
  const plan: Takeover = { take: [], left: [] };
  for (const leaf of leavesOf(store, home)) {
    if (named.length > 0 && !named.some((one) => isWithin(leaf.path, one))) continue;
    const why = own.some((place) => isWithin(leaf.path, place))
      ? "it is moat's own"
      : whyLeft(leaf, order, credentials);
    if (why === null) plan.take.push(leaf);
    else plan.left.push({ path: leaf.path, why });
  }
  return plan;
}

function whyLeft(leaf: LayerLeaf, { named, force }: TakeoverOrder, credentials: readonly string[]): string | null {
  const { kind, change, own, theirs, path } = leaf;
  if (change === "deleted" && kind === "directory") return "a directory of yours is not deleted: remove it yourself";
  if (kind === "link" || theirs?.isSymbolicLink()) return "links are not taken over: make it yourself";
  if (kind === "other") return "it is no file";
  if (change === "changed" && (kind === "directory") !== theirs?.isDirectory())
    return "a file is on one side, a directory on the other";
  const runnable = kind === "file" && own !== null && (own.mode & 0o111n) !== 0n;
  const reason = mustName({ path, runnable }, named, credentials);
  if (reason !== null) return `${reason}: name it to have it`;
  return !force && isConflict(leaf) ? "you changed it since a command did: --force overwrites yours" : null;
}

/**
 * The file of the home directory was touched after the layer got its own. What overlayfs marks as deleted may share one file with earlier
 * marks, and a directory that was replaced knows nothing of single files: there it is said too often rather than too seldom.
 */
function isConflict({ own, theirs }: LayerLeaf): boolean {
  if (theirs === null) return false;
  const since = own === null ? 0n : own.birthtimeNs > 0n ? own.birthtimeNs : own.mtimeNs;
  return theirs.ctimeNs > since;
}

/**
 * Takes over what was planned, each file at once or not at all; set-id bits stay behind. What was taken leaves the layer. null: somebody uses the
 * layer, and nothing was touched.
 */
export function takeOver({ store, home }: TakeoverOrder, plan: Takeover): Takeover | null {
  const unused = lockUnused(store);
  if (unused === null) return null;
  try {
    const done: Takeover = { take: [], left: [...plan.left] };
    for (const leaf of plan.take) {
      const why = problemOf(() => takeLeaf(store, home, leaf));
      if (why === null) done.take.push(leaf);
      else done.left.push({ path: leaf.path, why });
    }
    clear(store, home, done.take);
    return done;
  } finally {
    unused.close();
  }
}

/** A replaced directory goes when nothing of it is left to be taken over: until then it hides what the home directory has there. */
function clear(store: string, home: string, taken: readonly LayerLeaf[]): void {
  const upper = join(store, "upper");
  const rest = leavesOf(store, home).filter(({ path }) => !taken.some((leaf) => leaf.path === path));
  for (const entry of new Set(taken.map((leaf) => leaf.entry)))
    if (statOf(join(upper, entry)) !== null && !rest.some((leaf) => leaf.entry === entry))
      problemOf(() => removeFromLayer(upper, entry));
}

function problemOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Error && !("code" in error) ? error.message : systemReason(error).why;
  }
}
