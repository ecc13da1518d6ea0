import { readFileSync } from "node:fs";
import { entryType, type Inode } from "../disk/inode.ts";
import { type ByteText, childPath, toBytes, toPath } from "../format/byte-text.ts";
import { ABSENT, type InodeId } from "../format/record.ts";
import { contentOf } from "../merge/content.ts";
import type { Merged, NameTouch } from "../merge/state.ts";
import { lookAround, type PlacedDirectory, type Today } from "../merge/today.ts";
import { KnownTree } from "../merge/tree.ts";
import { GIT } from "../record/touch.ts";
import { hasMeta } from "./make.ts";
import type { Begun, Standing } from "./work.ts";

/** A touched name: what has to stand there, and what does. */
export interface NameState {
  touch: NameTouch;
  key: string;
  at: Standing | null;
  /** Where it is now, or where it was when its directory is gone. Absolute. */
  path: ByteText;
  /** Its directory is on disk. */
  reachable: boolean;
  /** What has to stand there does. */
  right: boolean;
}

/** Before and now, side by side. */
export interface Scene {
  merged: Merged;
  before: KnownTree;
  today: Today;
  states: NameState[];
  /** Inodes that are where they belong. */
  present: ReadonlyMap<InodeId, NameState>;
  begun: Begun;
  /** The thread's store of objects. */
  objects: string;
  /** Overwrite what somebody changed: all of it, or at these absolute paths alone. */
  force: boolean | ReadonlySet<string>;
  /** Who undoes; null: not known. root may give files to others. */
  uid: number | null;
}

export type SceneOptions = Pick<Scene, "merged" | "begun" | "objects" | "force" | "uid">;

/** Whether what somebody changed at a path is overwritten. */
export const isForced = ({ force }: Pick<Scene, "force">, path: ByteText): boolean =>
  typeof force === "boolean" ? force : force.has(toPath(path));

export function setScene(options: SceneOptions): Scene {
  const { merged, begun } = options;
  const before = KnownTree.before(merged);
  const today = lookAround(merged, heldDirectories(begun));
  const states: NameState[] = [];
  const present = new Map<InodeId, NameState>();
  for (const [key, touch] of before.entries) {
    if (touch.name === GIT) continue;
    const state = stateOf(key, touch, options, today, before);
    states.push(state);
    if (state.right && state.at) present.set(touch.child, state);
  }
  return { ...options, before, today, states, present };
}

function heldDirectories({ held }: Begun): Map<InodeId, Omit<PlacedDirectory, "actual">> {
  return new Map([...held].map(([id, { parent, name, path }]) => [id, { parent, name, path, anchor: false }]));
}

function stateOf(key: string, touch: NameTouch, options: SceneOptions, today: Today, before: KnownTree): NameState {
  const { merged, begun } = options;
  const { parent, name, child } = touch;
  const directory = today.directories.get(parent);
  const inode: Inode | null = directory ? (today.names.get(key) ?? null) : null;
  const id = inode ? standsFor(inode.id, merged, begun, child) : ABSENT;
  return {
    touch,
    key,
    at: inode ? { parent, name, id, inode, path: directory ? childPath(directory.path, name) : "" } : null,
    path: directory ? childPath(directory.path, name) : before.pathOf(parent, name),
    reachable: directory !== undefined,
    right: id === child || (inode !== null && isRestored(options, key, child, inode, directory?.path ?? "")),
  };
}

/**
 * Whether a file is what somebody left, though another inode: an earlier undo brought it back. Looked at for what somebody changed
 * alone, and after an undo that kept something, byte by byte: files with the same size and time are many.
 */
function isRestored(options: SceneOptions, key: string, wanted: InodeId, inode: Inode, directory: ByteText): boolean {
  const { merged, objects } = options;
  const meta = merged.metas.get(wanted);
  const isLooked = typeof options.force !== "boolean" || merged.foreign.has(key) || merged.foreign.has(wanted);
  if (!meta || !isLooked) return false;
  const path = childPath(directory, merged.names.get(key)?.name ?? "");
  if (entryType(meta.mode) !== "file" || inode.size !== meta.size || !hasMeta(path, meta)) return false;
  const content = contentOf(merged, wanted, objects);
  return content?.kind === "bytes" && content.read().equals(readFileSync(toBytes(path)));
}

/** A file that the undo itself made already is the one that it stands for. */
function standsFor(id: InodeId, merged: Merged, begun: Begun, wanted: InodeId): InodeId {
  return begun.made.get(id) === wanted ? wanted : merged.canonical(id);
}
