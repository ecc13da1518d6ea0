import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeMaker } from "../contract.ts";
import { idOfText, idText } from "../format/inode-id.ts";
import type { InodeId } from "../format/record.ts";
import { EpochRecords } from "./journal.ts";

/** The part of a capture that belongs to one turn: a command that goes on over several turns has more than one. */
export interface CaptureRef {
  /** Absolute path of the capture. */
  directory: string;
  epoch: number;
  call_id: string;
  by: ChangeMaker;
}

/** What a capture recorded in one epoch: its records and its note are read when they are merged. */
export interface Segment extends CaptureRef {
  /** When its epoch began, in ns since 1970. */
  began: bigint;
  /** Of an undo that looked at everything before it touched it. */
  checked: boolean;
  /** Directories that undo made again, by the inode that each stands for. */
  remade: ReadonlyMap<InodeId, InodeId>;
}

export function readSegment(ref: CaptureRef): Segment {
  using records = new EpochRecords(ref).seek();
  return { ...ref, began: records.began, checked: false, remade: readRemade(ref.directory) };
}

/** What the journal of a capture says of one epoch, without what was touched. */
export interface Said {
  /** Something was touched. */
  touched: boolean;
  /** There is a record at all. */
  anything: boolean;
  /** The recorder said that nothing is missing, and no record is damaged. Not asked once something was touched. */
  complete: boolean;
}

/** Looks no further than the first thing that was touched. */
export function lookInto(ref: Pick<CaptureRef, "directory" | "epoch">): Said {
  using records = new EpochRecords(ref);
  let anything = false;
  for (let record = records.next(); record; record = records.next()) {
    anything = true;
    if (record.type !== "end" && record.type !== "directory") return { touched: true, anything, complete: false };
  }
  return { touched: false, anything, complete: records.complete };
}

/** What undo made anew, one line each: what it is, the inode that it stands for, the inode that was made. */
export const REMADE = "remade";

/** A line of that file. */
export function remadeLine(kind: "directory" | "file", old: InodeId, made: InodeId): string {
  return `${kind} ${idText(old)} ${idText(made)}\n`;
}

/** Inodes that undo made, each with the one that it stands for. */
export function readRemade(directory: string, kind: "directory" | "file" = "directory"): Map<InodeId, InodeId> {
  const path = join(directory, REMADE);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "latin1").split("\n").slice(0, -1);
  return new Map(
    lines.flatMap((line): [InodeId, InodeId][] => {
      const [what, old, made] = line.split(" ");
      return what === kind && old && made ? [[idOfText(made), idOfText(old)]] : [];
    }),
  );
}
