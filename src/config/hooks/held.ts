import { isWithin } from "../../base/index.ts";
import { fingerprint } from "../trust/fingerprint.ts";
import { type HookFile, hookFiles, type LinePlaces, missingPrograms } from "./named-files.ts";

/** A file that a line names, with the SHA-256 that is trusted. */
export interface HeldProgram {
  path: string;
  sha256: string;
  /** Commands cannot change it where the kernel can hold it. Else it is only compared. */
  held: boolean;
}

/**
 * What a line of the user's names, as it lies there now: from now on it must stay so. A word that a program is only given counts
 * in a project's line alone, which is trusted by its words.
 */
export function holdPrograms(line: string, places: LinePlaces): HeldProgram[] {
  return hookFiles(line, places)
    .filter(({ started }) => started)
    .flatMap(({ path, instructions }) => {
      const found = fingerprint(path);
      return found.ok ? [{ path, sha256: found.sha256, held: !instructions }] : [];
    });
}

/**
 * Why a line must not run now: a file that it names is gone, cannot be read, is another one, or was not there when the line
 * was trusted. null: it may run.
 * @param all every word that names a file of the project counts, and not only those that are started
 */
export function lineProblem(
  line: string,
  programs: readonly HeldProgram[],
  places: LinePlaces,
  all: boolean,
): string | null {
  for (const { path, sha256 } of programs) {
    const found = fingerprint(path);
    if (!found.ok) return found.absent ? `${path} is not there any more` : `${path} cannot be read: ${found.why}`;
    if (found.sha256 !== sha256) return `${path} has changed since it was trusted`;
  }
  const known = new Set(programs.map(({ path }) => path));
  const matters = ({ path, started }: HookFile) => started || (all && isWithin(path, places.root));
  const fresh = hookFiles(line, places).find((file) => matters(file) && !known.has(file.path));
  if (fresh) return `${fresh.path} was not there when it was trusted`;
  const [missing] = missingPrograms(line, places);
  return missing === undefined ? null : `${missing}, which it starts, is not there`;
}
