import { statSync } from "node:fs";
import { readThreadFile, type ThreadFile, threadFileOf, writeThreadFile } from "./thread-file.ts";

/**
 * A thread's file in a process that goes on. Undo, redo and compressing write it too, between two turns: what they wrote is read
 * before anything is added to it.
 */
export class KeptFile {
  readonly #moatHome: string;
  readonly #threadId: string;
  #file: ThreadFile | null = null;
  #stamp: string | null = null;

  constructor(moatHome: string, threadId: string) {
    this.#moatHome = moatHome;
    this.#threadId = threadId;
  }

  /** null: nothing is kept yet. */
  read(): ThreadFile | null {
    const stamp = this.#look();
    if (stamp !== this.#stamp) {
      this.#file = readThreadFile(this.#moatHome, this.#threadId);
      this.#stamp = stamp;
    }
    return this.#file;
  }

  write(file: ThreadFile): void {
    writeThreadFile(this.#moatHome, file);
    this.#file = file;
    this.#stamp = this.#look();
  }

  /** Each writing makes a new file. */
  #look(): string | null {
    const stats = statSync(threadFileOf(this.#moatHome, this.#threadId), { bigint: true, throwIfNoEntry: false });
    return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.size}` : null;
  }
}
