import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Part } from "../state.ts";

/** Directories of other threads that were not written for this long are removed: a week, in ms. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Calls whose id is used again get a file of their own, up to this many. */
const MOST_FILES = 100;

/** Where outputs lie that were cut before the model saw them. Commands can read it, whatever the sandbox. */
function spillDirectory({ services, thread_id }: Part<"services" | "thread_id">): string {
  return join(services.moat_home, "tmp", thread_id);
}

/** Leaves nothing behind of a thread that is not kept. */
export function removeSpilled(state: Part<"services" | "thread_id">): void {
  rmSync(spillDirectory(state), { recursive: true, force: true });
}

/** Writes an output that was cut, for the model to page through. The path, or null when it cannot be written. */
export function spill(state: Part<"services" | "thread_id">, call_id: string, text: string): string | null {
  const directory = spillDirectory(state);
  const name = call_id.replaceAll(/[^\w.-]/g, "_").slice(0, 64);
  try {
    if (mkdirSync(directory, { recursive: true, mode: 0o700 })) removeOld(directory, state.services.date());
    return writeNew(join(directory, name), text);
  } catch {
    // The model still has head and tail: an output that cannot be kept must not stop the work.
    return null;
  }
}

function writeNew(base: string, text: string): string | null {
  for (let n = 1; n <= MOST_FILES; n++) {
    const path = n === 1 ? `${base}.txt` : `${base}-${n}.txt`;
    try {
      writeFileSync(path, text, { mode: 0o600, flag: "wx" });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return null;
}

function removeOld(directory: string, now: Date): void {
  const parent = dirname(directory);
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const age = now.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (path !== directory && age > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
