/** Loaded with the first query: reading it takes several ms, which the first picture does not have. */
const library = () => require("fzf") as typeof import("fzf");

/** Something that fits a query: where it stands in the list, and which of its characters were found. */
export interface Ranked {
  index: number;
  matched: readonly number[];
  /** Higher fits better. */
  score: number;
}

/** The best first; those that fit equally well keep their order. An empty query leaves the list as it is. */
export function rank(names: readonly string[], query: string): Ranked[] {
  if (query === "") return names.map((_, index) => ({ index, matched: [], score: 0 }));
  return finderOf(names)(query);
}

/** A finder for one list, which reads the list once. */
export function finderOf(names: readonly string[]): (query: string) => Ranked[] {
  const { Fzf } = library();
  // Without its sort: it knows no order among equals but length, and the places of a list mean something.
  const fzf = new Fzf(
    names.map((name, index) => ({ name, index })),
    { selector: ({ name }) => name, sort: false, fuzzy: "v1" },
  );
  return (query) =>
    fzf
      .find(query)
      .map(({ item, score, positions }) => ({
        index: item.index,
        score,
        matched: [...positions].sort((a, b) => a - b),
      }))
      .sort((a, b) => b.score - a.score || a.index - b.index);
}
