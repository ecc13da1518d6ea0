/** Loaded with the first query: reading it takes several ms, which the first picture does not have. */
const library = () => require("fzf") as typeof import("fzf");

/** Something that fits a query: where it stands in the list, and which of its characters were found. */
export interface Ranked {
  index: number;
  matched: readonly number[];
  /** Higher fits better; 0: it fits, and was not looked at closer. */
  score: number;
}

/** Characters of names that are ranked for one query: some 10 ms of work, which a key may wait. */
const RANKED_CHARS = 100_000;

/**
 * The best first; those that fit equally well keep their order. An empty query leaves the list as it is. Of a long list, names that
 * hold the query as it is are ranked before others, and what is too much to rank follows in the order of the list.
 */
export function rank(names: readonly string[], query: string): Ranked[] {
  if (query === "") return names.map((_, index) => ({ index, matched: [], score: 0 }));
  const fitting = fittingIn(names, query);
  let chars = 0;
  const most = fitting.findIndex((index) => {
    chars += names[index]?.length ?? 0;
    return chars > RANKED_CHARS;
  });
  // One that is longer than all of that is ranked all the same.
  const near = most === -1 ? fitting : fitting.slice(0, Math.max(1, most));
  const ranked = finderOf(near.map((index) => names[index] ?? ""))(query);
  const rest = fitting.slice(near.length).sort((a, b) => a - b);
  return [
    ...ranked.map((one) => ({ ...one, index: near[one.index] ?? 0 })),
    ...rest.map((index) => ({ index, matched: [], score: 0 })),
  ];
}

/** Indexes of what fits at all: first what holds the query as it is, each part in the order of the list. */
function fittingIn(names: readonly string[], query: string): number[] {
  const wanted = foldedAs(query, query);
  const whole: number[] = [];
  const apart: number[] = [];
  for (const [index, name] of names.entries()) {
    const text = foldedAs(name, query);
    if (text.includes(wanted)) whole.push(index);
    else if (holds(text, wanted)) apart.push(index);
  }
  // Where all of it is ranked, the order of equals is that of the list.
  const all = [...whole, ...apart];
  const chars = all.reduce((sum, index) => sum + (names[index]?.length ?? 0), 0);
  return chars > RANKED_CHARS ? all : all.sort((a, b) => a - b);
}

/** Whether the characters of a query stand in a name in this order; fzf's smart case: a capital in the query counts, accents do not. */
export function fits(name: string, query: string): boolean {
  return holds(foldedAs(name, query), foldedAs(query, query));
}

const ASCII = /^[\0-\x7f]*$/;

function foldedAs(text: string, query: string): string {
  const within = query === query.toLowerCase() ? text.toLowerCase() : text;
  return ASCII.test(within) ? within : within.normalize("NFD").replace(/\p{M}/gu, "");
}

function holds(text: string, wanted: string): boolean {
  let at = -1;
  for (const character of wanted) {
    at = text.indexOf(character, at + 1);
    if (at === -1) return false;
  }
  return true;
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
