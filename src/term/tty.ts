import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { Write } from "./output.ts";
import type { Size } from "./screen/picture.ts";

/** The terminal that a process stands on, by its descriptors: `process.stdin` and `stdout` cost 12 ms and 9 MB. */
export interface Tty {
  write: Write;
  size(): Size;
  /** Keys come at once, without echo and without signals; or lines again. */
  raw(on: boolean): void;
  /** Hands on what is typed, until the returned function is called: then nothing more is taken from the terminal. */
  read(take: (bytes: Uint8Array) => void, ended: () => void): () => void;
  close(): void;
}

/** What Bun has natively of a terminal; node:tty stands on the same, and takes 6 to 20 ms to load its streams. */
interface Native {
  setRawMode(on: 0 | 1): number;
  getWindowSize(into: [number, number]): boolean;
}

/** What a terminal without a size has: that of a VT100. */
const USUAL: Size = { columns: 80, rows: 24 };

/** The terminal of descriptors 0 and 1. */
export function openTty(): Tty {
  const { TTY } = (process as unknown as { binding(name: string): { TTY: new (fd: number) => Native } }).binding(
    "tty_wrap",
  );
  const [input, output] = [new TTY(0), new TTY(1)];
  const out = ownDescription();
  return {
    write: (bytes) => writeSome(out ?? 1, bytes),
    size() {
      const size: [number, number] = [0, 0];
      const [columns, rows] = output.getWindowSize(size) ? size : [0, 0];
      return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
    },
    raw: (on) => void input.setRawMode(on ? 1 : 0),
    read: (take, ended) => readFrom(0, take, ended),
    close: () => out !== null && closeSync(out),
  };
}

/**
 * The terminal opened once more for writing without waiting. The flag belongs to what is open, and others have descriptor 1 open, too:
 * the shell would get it with the flag set. null: it cannot be opened again; then a terminal that is full is waited for.
 */
function ownDescription(): number | null {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  for (const path of ["/proc/self/fd/1", "/dev/tty"]) {
    try {
      return openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    } catch {}
  }
  return null;
}

function writeSome(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EAGAIN" || code === "EINTR") return 0;
    throw error;
  }
}

function readFrom(fd: number, take: (bytes: Uint8Array) => void, ended: () => void): () => void {
  const reader = Bun.file(fd).stream().getReader();
  const state = { stopped: false };
  const pump = async () => {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) if (!state.stopped) take(next.value);
    } catch {
      // A terminal that hung up (EIO) has ended.
    }
    if (!state.stopped) ended();
  };
  void pump();
  return () => {
    state.stopped = true;
    reader.cancel().catch(() => {});
  };
}
