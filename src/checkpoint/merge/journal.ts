import * as fs from "node:fs";
import { join } from "node:path";
import { codeOf } from "../disk/inode.ts";
import { JournalReader } from "../format/decode.ts";
import type { JournalRecord, RecordOf, RecordType } from "../format/record.ts";

/** The journal of a capture, open to be read record by record. */
export class CaptureJournal implements Disposable {
  readonly #fd: number | null;
  readonly #reader: JournalReader;
  #last: JournalRecord | null = null;

  /**
   * @param directory of the capture; without a journal in it there are no records
   * @param wanted types that are told, beside begin and end: to make a record takes longer than to look over it. null: all
   */
  constructor(directory: string, wanted: readonly RecordType[] | null = null) {
    const fd = openOrNull(join(directory, "journal"));
    this.#fd = fd;
    const length = fd === null ? 0 : fs.fstatSync(fd).size;
    const read = (room: Uint8Array, from: number) => (fd === null ? 0 : fs.readSync(fd, room, 0, room.length, from));
    this.#reader = new JournalReader({ length, read }, wanted);
  }

  /** null at the end. */
  next(): JournalRecord | null {
    const record = this.#reader.next();
    if (record) this.#last = record;
    return record;
  }

  /** The bytes of the record that was given last, until the next one is asked for. */
  get raw(): Buffer {
    return this.#reader.raw;
  }

  /** At the end: the recorder said that nothing is missing, and no record is damaged. */
  get complete(): boolean {
    return !this.#reader.cut && this.#last?.type === "end" && this.#last.complete;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) fs.closeSync(this.#fd);
  }
}

/** Reads all records of an epoch that are of these types. */
export function eachRecord<Type extends RecordType>(
  of: { directory: string; epoch: number },
  types: readonly Type[],
  act: (record: RecordOf<Type>) => void,
): void {
  const isAsked = (record: JournalRecord): record is RecordOf<Type> => types.some((type) => type === record.type);
  using records = new EpochRecords(of, types);
  for (let record = records.next(); record; record = records.next()) if (isAsked(record)) act(record);
}

function openOrNull(path: string): number | null {
  try {
    return fs.openSync(path, fs.constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** The records of one epoch of a journal. */
export class EpochRecords implements Disposable {
  readonly #journal: CaptureJournal;
  readonly #epoch: number;
  #in = false;
  /** When the epoch began, in ns since 1970; 0 until it did. */
  began = 0n;

  /** @param wanted types that are told; null: all */
  constructor({ directory, epoch }: { directory: string; epoch: number }, wanted: readonly RecordType[] | null = null) {
    this.#journal = new CaptureJournal(directory, wanted);
    this.#epoch = epoch;
  }

  /** The next of them; null at the end of the journal. */
  next(): JournalRecord | null {
    for (let record = this.#journal.next(); record; record = this.#journal.next()) {
      if (record.type === "begin") this.#begin(record.epoch, record.time);
      else if (this.#in) return record;
    }
    return null;
  }

  /** Reads up to where the epoch begins. */
  seek(): this {
    for (let record = this.#journal.next(); record; record = this.#journal.next()) {
      if (record.type === "begin") this.#begin(record.epoch, record.time);
      if (this.#in) break;
    }
    return this;
  }

  /** Of the whole journal, at the end. */
  get complete(): boolean {
    return this.#journal.complete;
  }

  [Symbol.dispose](): void {
    this.#journal[Symbol.dispose]();
  }

  #begin(epoch: number, time: bigint): void {
    this.#in = epoch === this.#epoch;
    if (this.#in) this.began = time;
  }
}
