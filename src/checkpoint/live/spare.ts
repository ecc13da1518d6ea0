import { rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { lookInto } from "../merge/segment.ts";
import { captureRef, type StoredCapture, type StoredStep, type ThreadFile } from "../store/thread-file.ts";

/** Takes away what a capture wrote that touched nothing: the next one makes these files itself and wants none there. */
export function clearCapture(directory: string): void {
  for (const name of ["journal", "pack"]) unlinkSync(join(directory, name));
}

/**
 * The capture of a command that touched nothing, kept for the next command of its turn: most commands change nothing, and making and
 * removing directories costs more than the watching. It stays in the thread's file as it is, so that nothing is written when such a
 * command ends.
 */
export class SpareCapture {
  #kept: { seq: number; directory: string } | null = null;

  /** Whether the capture of a call that has ended is kept. */
  offer(file: ThreadFile, step: StoredStep, capture: StoredCapture): boolean {
    const running = step.state === "running" && step.captures.some(({ directory }) => directory === capture.directory);
    // One that goes on over two turns is named in both; a patch has written its own end by now only where it is whole.
    if (this.#kept !== null || !running || capture.epoch !== 1 || capture.by === "patch") return false;
    const { touched, complete } = lookInto(captureRef(file, capture));
    if (touched || !complete) return false;
    this.#kept = { seq: step.seq, directory: capture.directory };
    return true;
  }

  /** The capture whose directory the next command of this turn gets; it is no longer that of the last one. null: there is none. */
  take(step: StoredStep): StoredCapture | null {
    if (this.#kept?.seq !== step.seq) return null;
    const { directory } = this.#kept;
    this.#kept = null;
    const taken = step.captures.find((each) => each.directory === directory);
    step.captures = step.captures.filter((each) => each !== taken);
    return taken ?? null;
  }

  /** Removes it. Gives whether the thread's file is another one now. */
  drop(file: ThreadFile): boolean {
    const kept = this.#kept;
    const step = file.steps.find(({ seq }) => seq === kept?.seq);
    this.#kept = null;
    if (kept === null || !step) return false;
    step.captures = step.captures.filter(({ directory }) => directory !== kept.directory);
    rmSync(join(file.store, kept.directory), { recursive: true, force: true });
    return true;
  }
}
