import { finderOf, fits } from "../fuzzy.ts";
import type { FoundFile } from "../state/input.ts";

/** Paths that are looked at before keys are looked at again: about 5 ms of work. */
const LOOKED_AT = 20_000;
/** Paths that are ranked before keys are looked at again: about as long. */
const RANKED = 1000;
/** Paths that are ranked at all; when more fit, the query says too little. */
const MOST_RANKED = 20_000;
/** Rows that come back. */
const ROWS = 50;

/** What a search has found; `more`: paths that fit besides. */
export interface FoundPaths {
  files: FoundFile[];
  more: number;
}

/**
 * Files that fit a query, the best first. It gives way (`pause`) after each slice of work, so that however many files there are
 * keys do not wait; yields what it has, the last time all of it.
 */
export async function* searchFiles(
  paths: readonly string[],
  query: string,
  pause: () => Promise<void>,
): AsyncGenerator<FoundPaths> {
  if (query === "") {
    yield {
      files: paths.slice(0, ROWS).map((path) => ({ path, matched: [] })),
      more: Math.max(0, paths.length - ROWS),
    };
    return;
  }
  const fitting: string[] = [];
  for (let from = 0; from < paths.length; from += LOOKED_AT) {
    for (const path of paths.slice(from, from + LOOKED_AT)) if (fits(path, query)) fitting.push(path);
    await pause();
  }
  let best: (FoundFile & { score: number })[] = [];
  const ranked = fitting.slice(0, MOST_RANKED);
  for (let from = 0; from < ranked.length; from += RANKED) {
    const slice = ranked.slice(from, from + RANKED);
    const found = finderOf(slice)(query).map(({ index, matched, score }) => ({
      path: slice[index] ?? "",
      matched,
      score,
    }));
    best = [...best, ...found].sort((a, b) => b.score - a.score || a.path.length - b.path.length).slice(0, ROWS);
    await pause();
    if (from === 0 && ranked.length > RANKED) yield foundOf(best, fitting.length);
  }
  yield foundOf(best, fitting.length);
}

function foundOf(best: readonly (FoundFile & { score: number })[], fitting: number): FoundPaths {
  return { files: best.map(({ path, matched }) => ({ path, matched })), more: Math.max(0, fitting - best.length) };
}
