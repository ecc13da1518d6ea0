import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** What the runtime says, before any script runs, when the current directory was removed. */
const THEIRS =
  "The current working directory was deleted, so that command didn't work. Please cd into a different directory and try again.";

/** What moat says in its place; in bytes as long as that, because it is written over it. */
const OURS =
  "moat was not started, because its current directory was removed. Go into one that is there (as in: cd ~), and run it again.";

/**
 * Lets an executable tell in moat's words that its current directory is gone: the runtime looks at it before any code of ours is
 * loaded, so there is nothing to catch. Gives the number of places that were written over; 0: this runtime says it otherwise.
 */
export function tellOfLostDirectory(executable: string): number {
  if (OURS.length !== THEIRS.length)
    throw new Error(`the text must have ${THEIRS.length} bytes, and has ${OURS.length}`);
  const bytes = readFileSync(executable);
  const file = openSync(executable, "r+");
  let places = 0;
  for (let at = bytes.indexOf(THEIRS); at !== -1; at = bytes.indexOf(THEIRS, at + THEIRS.length)) {
    writeSync(file, OURS, at);
    places++;
  }
  closeSync(file);
  return places;
}
