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
