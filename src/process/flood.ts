import { readSync } from "node:fs";
import { lentBytes } from "./count-lines.ts";

/** ms between two looks at a pipe: what a fast program prints meanwhile fills half of a large one. */
const PAUSE_MS = 0.3;
/** The longest, where nothing came in those before: a program that had no processor for so long, on a busy machine, seldom waits longer. */
const LAST_PAUSE_MS = 10;
/** Bytes that are read between two pauses: more than a pipe holds is only there while it is written. */
const MOST_AT_ONCE = 1024 * 1024;
/** ms that are never over: a timer for a pause, which alone would not keep the process. */
const FAR_MS = 1 << 30;

/** Nobody writes here: to wait for it is to wait. A timer of the engine's has whole milliseconds only. */
const CELL = new Int32Array(new SharedArrayBuffer(4));

/**
 * Reads a pipe while it is never found empty, into the same memory again and again: a reader that is told of each piece wakes for
 * each, and so does the writer.
 * @param fd of a pipe that says at once when it is empty
 * @param take gets each piece, only lent; false wants no more
 * @returns whether the pipe is at its end, nobody wants more, or nothing lies in it for now
 */
export async function readFlood(
  fd: number,
  take: (chunk: Uint8Array) => boolean | Promise<boolean>,
): Promise<"ended" | "enough" | "quiet"> {
  const bytes = lentBytes();
  const awake = setInterval(() => {}, FAR_MS);
  try {
    for (let pause = PAUSE_MS; pause < LAST_PAUSE_MS; ) {
      let read = 0;
      for (let count = bytes.length; count === bytes.length && read < MOST_AT_ONCE; read += count) {
        count = readNow(fd, bytes);
        if (count < 0) break;
        if (count === 0) return "ended";
        if (!(await take(bytes.subarray(0, count)))) return "enough";
      }
      await Atomics.waitAsync(CELL, 0, 0, pause).value;
      pause = read > 0 ? PAUSE_MS : pause * 2;
    }
    return "quiet";
  } finally {
    clearInterval(awake);
  }
}

/** Bytes that were read; 0 at the end, -1 when nothing lies there. */
function readNow(fd: number, bytes: Uint8Array): number {
  try {
    return readSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}
