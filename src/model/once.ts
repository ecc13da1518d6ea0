/** Remembers what a function of an item makes of it, as long as there is the item: the same objects each time, so that their text is known. */
export function onceAnItem<T extends object, R>(make: (item: T) => R): (item: T) => R {
  const made = new WeakMap<T, R>();
  return (item) => {
    const known = made.get(item);
    if (known !== undefined) return known;
    const fresh = make(item);
    made.set(item, fresh);
    return fresh;
  };
}
/** What was made of a list so far, entry by entry. */
interface Grown<T, S> {
  seen: T[];
  key: string;
  state: S;
}

/**
 * Remembers what is made of a list that grows at its end, as a history does: of each request only what is new is looked at. Another
 * list, another key, or an entry that is no longer the same object, and all of it is made anew.
 * @param begin an empty state
 * @param add takes one more entry into a state
 */
export function onceAList<T extends object, S, C>(
  begin: () => S,
  add: (state: S, entry: T, context: C) => void,
): (list: readonly T[], key: string, context: C) => S {
  const known = new WeakMap<T, Grown<T, S>>();
  return (list, key, context) => {
    const [first] = list;
    if (first === undefined) return begin();
    const before = known.get(first);
    const goes_on = before !== undefined && before.key === key && isStart(before.seen, list);
    const grown = goes_on ? before : { seen: [], key, state: begin() };
    if (!goes_on) known.set(first, grown);
    for (let at = grown.seen.length; at < list.length; at++) {
      const entry = list[at] as T;
      grown.seen.push(entry);
      add(grown.state, entry, context);
    }
    return grown.state;
  };
}

function isStart<T>(start: readonly T[], list: readonly T[]): boolean {
  if (start.length > list.length) return false;
  for (let at = 0; at < start.length; at++) if (start[at] !== list[at]) return false;
  return true;
}
