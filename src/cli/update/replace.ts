import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** How long a new program may take to say its version, in ms: a disk that is asleep needs seconds. */
const ANSWER_MS = 60_000;

const STAGE = ".moat-update-";

/** Age from which what an update left behind when it was killed is removed, in ms: none takes an hour. */
const STALE_MS = 3_600_000;

/** How a replacement ended; where it is not ok, the old program is where it was. */
export type Replaced = { ok: true } | { ok: false; message: string };

/**
 * Puts a new program in the place of one that may be running. It is written beside it, asked for its version there and, after the
 * rename, once more; if that goes wrong, the old one comes back. `said`: what `--version` must print.
 */
export function replaceProgram(program: string, bytes: Uint8Array, said: string, now: number): Replaced {
  let stage: string;
  try {
    removeStale(dirname(program), now);
    stage = mkdtempSync(join(dirname(program), STAGE));
  } catch (error) {
    return { ok: false, message: `${dirname(program)} cannot be written: ${reason(error)}` };
  }
  try {
    const fresh = join(stage, basename(program));
    write(fresh, bytes, statSync(program).mode & 0o777);
    const answer = ask(fresh, said);
    if (!answer.ok) return answer;
    return swap(program, fresh, join(stage, "old"), said);
  } catch (error) {
    return { ok: false, message: `the new program cannot be put in place: ${reason(error)}` };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function swap(program: string, fresh: string, old: string, said: string): Replaced {
  // Windows lets a running program be renamed, but nothing be renamed over it.
  if (process.platform === "win32") renameSync(program, old);
  else linkSync(program, old);
  try {
    renameSync(fresh, program);
    const answer = ask(program, said);
    if (!answer.ok) renameSync(old, program);
    return answer;
  } catch (error) {
    renameSync(old, program);
    throw error;
  }
}

/** Whole, executable, and on the disk before it takes a name that somebody uses. */
function write(path: string, bytes: Uint8Array, mode: number): void {
  const fd = openSync(path, "wx", 0o700);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  chmodSync(path, mode | 0o100);
}

/** Starts the program for its version, with nothing of the environment that could change what it does. */
function ask(path: string, said: string): Replaced {
  const child = Bun.spawnSync([path, "--version"], {
    cwd: dirname(path),
    env: {},
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: ANSWER_MS,
  });
  const printed = child.stdout.toString().trim();
  if (child.exitCode === 0 && printed === said) return { ok: true };
  const how = child.exitCode === null ? `was ended by ${child.signalCode}` : `ended with ${child.exitCode}`;
  const words = (printed || child.stderr.toString().trim()).slice(0, 300);
  return {
    ok: false,
    message: `the new program does not answer "${said}": it ${how}${words ? ` and printed: ${words}` : ""}`,
  };
}

function removeStale(directory: string, now: number): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name.startsWith(STAGE) && now - statSync(path).mtimeMs > STALE_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
