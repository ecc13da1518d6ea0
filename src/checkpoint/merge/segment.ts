import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeMaker } from "../contract.ts";
import { decodeJournal } from "../format/decode.ts";
import type { InodeId, JournalRecord } from "../format/record.ts";
import { readNote, type StateNote } from "./note-file.ts";

/** The part of a capture that belongs to one turn: a command that goes on over several turns has more than one. */
export interface CaptureRef {
  /** Absolute path of the capture. */
  directory: string;
  epoch: number;
  call_id: string;
  by: ChangeMaker;
}

/** What a capture recorded in one epoch, with how things were when it was closed. */
export interface Segment extends CaptureRef {
  records: JournalRecord[];
  /** When its epoch began, in ns since 1970. */
  began: bigint;
  /** Of an undo that looked at everything before it touched it. */
  checked: boolean;
  /** The recorder said that nothing is missing, and no record is damaged. */
  complete: boolean;
  /** null: not closed yet. */
  note: StateNote | null;
  /** Directories that undo made again, by the inode that each stands for. */
  remade: ReadonlyMap<InodeId, InodeId>;
}

/** What a capture recorded in one epoch. */
export type Recorded = Pick<Segment, "records" | "began" | "complete">;

export function readSegment(ref: CaptureRef): Segment {
  return {
    ...ref,
    ...readRecords(ref),
    checked: false,
    note: readNote(ref.directory, ref.epoch),
    remade: readRemade(ref.directory),
  };
}

export function readRecords(ref: Pick<CaptureRef, "directory" | "epoch">): Recorded {
  const path = join(ref.directory, "journal");
  const { records, cut } = existsSync(path) ? decodeJournal(readFileSync(path)) : { records: [], cut: true };
  const own: JournalRecord[] = [];
  let epoch = 0;
  let began = 0n;
  for (const record of records) {
    if (record.type === "begin") {
      epoch = record.epoch;
      if (epoch === ref.epoch) began = record.time;
    } else if (epoch === ref.epoch) own.push(record);
  }
  const last = records.at(-1);
  return { records: own, began, complete: !cut && last?.type === "end" && last.complete };
}

/** What undo made anew, one line each: what it is, the inode that it stands for, the inode that was made. */
export const REMADE = "remade";

/** A line of that file. */
export function remadeLine(kind: "directory" | "file", old: InodeId, made: InodeId): string {
  return `${kind} ${old} ${made}\n`;
}

/** Inodes that undo made, each with the one that it stands for. */
export function readRemade(directory: string, kind: "directory" | "file" = "directory"): Map<InodeId, InodeId> {
  const path = join(directory, REMADE);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "latin1").split("\n").slice(0, -1);
  return new Map(
    lines.flatMap((line): [InodeId, InodeId][] => {
      const [what, old, made] = line.split(" ");
      return what === kind && old && made ? [[made, old]] : [];
    }),
  );
}
