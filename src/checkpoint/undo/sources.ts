import type { GapReason } from "../contract.ts";
import { entryType, isFifo } from "../disk/inode.ts";
import type { InodeId } from "../format/record.ts";
import { contentOf } from "../merge/content.ts";
import type { Scene } from "./scene.ts";
import type { Attach } from "./work.ts";

/** From where something can be had that has to stand at a name again; or why it cannot. */
export function sourceOf(
  scene: Scene,
  id: InodeId,
  elsewhere: ReadonlySet<InodeId>,
): Attach["from"] | { gap: GapReason } {
  if (elsewhere.has(id)) return { kind: "held" };
  const present = scene.present.get(id);
  if (present) return { kind: "name", of: present.touch };
  const meta = scene.merged.metas.get(id);
  if (!meta) return { gap: gapOf(scene, id) };
  if (entryType(meta.mode) === "directory") return { kind: "directory" };
  const content = contentOf(scene.merged, id, scene.objects);
  if (content) return content;
  return isFifo(meta.mode) ? { kind: "pipe" } : { gap: gapOf(scene, id) };
}

/** Why the content of an inode was not kept. */
export function gapOf(scene: Scene, id: InodeId): GapReason {
  return scene.merged.gaps.find((gap) => gap.id === id)?.reason ?? "not_recorded";
}

const WORDS: Record<GapReason, string> = {
  over_file_cap: "it is larger than what is copied of one file",
  over_turn_cap: "more was changed than is copied in one turn",
  no_space: "the disk was full",
  unreadable: "it could not be read",
  caller_unreadable: "the program that changed it could not be looked into",
  path_unresolvable: "its path could not be found",
  not_keepable: "it is a socket or a device, or was moved out of what is watched",
  io_error: "the disk did not give it",
  git: "it is git's own, which is never touched",
  not_recorded: "what it was is not recorded",
  pruned: "its earlier content was removed to free space",
};

/** A reason in words for people. */
export const gapWords = (reason: GapReason): string => WORDS[reason];
