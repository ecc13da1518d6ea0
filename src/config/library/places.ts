import { readdirSync } from "node:fs";
import { join } from "node:path";
import { textOf } from "../../base/index.ts";
import { readText } from "../files.ts";

/** Where skills, agents and prompts are looked for. Absolute. */
export interface LibraryPlaces {
  moat_home: string;
  /** Of the user. */
  home: string;
  /** Root of the project; null: it is not trusted, and nothing of it is offered. */
  project: string | null;
}

/** Entries of one directory that are looked at: more is no library. */
const MOST_ENTRIES = 200;

/** A directory of a library. `foreign`: it came with the project, so that no link in it is followed. */
export interface LibraryDirectory {
  path: string;
  foreign: boolean;
}

/** Directories, the user's before the project's. `own`: below MOAT_HOME; others: below the home and the root of the project. */
export function libraryDirectories(
  { moat_home, home, project }: LibraryPlaces,
  own: string,
  user: readonly string[],
  shared: readonly string[],
): LibraryDirectory[] {
  const users = [join(moat_home, own), ...user.map((name) => join(home, name))];
  const projects = project === null || project === home ? [] : shared.map((name) => join(project, name));
  return [...users.map((path) => ({ path, foreign: false })), ...projects.map((path) => ({ path, foreign: true }))];
}

/** Names in a directory, sorted; none where it cannot be read. */
export function entriesIn({ path }: LibraryDirectory): string[] {
  try {
    return readdirSync(path).sort().slice(0, MOST_ENTRIES);
  } catch {
    return [];
  }
}

/** The text of a regular file in a directory; null where there is none. */
export function libraryText({ path, foreign }: LibraryDirectory, name: string): string | null {
  const read = readText(join(path, name), foreign ? "no-links" : "follow");
  return read.ok ? textOf(read.bytes) : null;
}

/** Of several of one name the first counts: the user's own before those of a project. */
export function firstOfName<T extends { name: string }>(found: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const one of found) if (!byName.has(one.name)) byName.set(one.name, one);
  return [...byName.values()];
}
