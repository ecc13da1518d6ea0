import { firstOf, type Given, intAt, makeDict } from "./builtins.ts";
import { RuleFault } from "./fault.ts";
import { isEqual } from "./operators.ts";
import { dictKey, elements, intOf, listValue, noneAt, type StarlarkValue, spend, tupleOf } from "./value.ts";

type Held = Extract<StarlarkValue, { items: StarlarkValue[] }>;

/** What lists can do. */
export const LIST_METHODS: Record<string, (self: Held, given: Given) => StarlarkValue> = {
  append(self, given) {
    spend(given.machine, 1, given.place);
    self.items.push(firstOf(given));
    return noneAt(given.place);
  },
  extend(self, given) {
    self.items.push(...elements(given.machine, firstOf(given), given.place));
    return noneAt(given.place);
  },
  insert(self, given) {
    const [, value] = given.positional;
    if (value === undefined) throw new RuleFault(given.place, "insert needs a position and a value");
    self.items.splice(intAt(given, 0) ?? 0, 0, value);
    return noneAt(given.place);
  },
  index(self, given) {
    const from = intAt(given, 1) ?? 0;
    const at = self.items.findIndex(
      (item, i) => i >= from && isEqual(given.machine, item, firstOf(given), given.place),
    );
    if (at === -1) throw new RuleFault(given.place, "the list does not hold this");
    return intOf(at, given.place);
  },
  remove(self, given) {
    const at = self.items.findIndex((item) => isEqual(given.machine, item, firstOf(given), given.place));
    if (at === -1) throw new RuleFault(given.place, "the list does not hold this");
    self.items.splice(at, 1);
    return noneAt(given.place);
  },
  pop(self, given) {
    const [taken] = self.items.splice(intAt(given, 0) ?? -1, 1);
    if (taken === undefined) throw new RuleFault(given.place, "the list has nothing there");
    return taken;
  },
  clear(self, given) {
    self.items.length = 0;
    return noneAt(given.place);
  },
};

type HeldDict = Extract<StarlarkValue, { kind: "dict" }>;

const entriesOf = (self: HeldDict, { machine, place }: Given) => {
  spend(machine, self.entries.size, place);
  return [...self.entries.values()];
};

/** What dicts can do. */
export const DICT_METHODS: Record<string, (self: HeldDict, given: Given) => StarlarkValue> = {
  get: (self, given) =>
    self.entries.get(dictKey(given.machine, firstOf(given)))?.value ?? given.positional[1] ?? noneAt(given.place),
  keys: (self, given) =>
    listValue(
      entriesOf(self, given).map(({ key }) => key),
      given.place,
    ),
  values: (self, given) =>
    listValue(
      entriesOf(self, given).map(({ value }) => value),
      given.place,
    ),
  items: (self, given) =>
    listValue(
      entriesOf(self, given).map(({ key, value }) => tupleOf([key, value], given.place)),
      given.place,
    ),
  update(self, given) {
    const more = makeDict(given);
    if (more.kind === "dict") for (const [key, entry] of more.entries) self.entries.set(key, entry);
    return noneAt(given.place);
  },
  setdefault(self, given) {
    const key = firstOf(given);
    const value = given.positional[1] ?? noneAt(given.place);
    const found = self.entries.get(dictKey(given.machine, key));
    if (found === undefined) self.entries.set(dictKey(given.machine, key), { key, value });
    return found?.value ?? value;
  },
  popitem(self, given) {
    const [entry] = [...self.entries];
    if (entry === undefined) throw new RuleFault(given.place, "the dict is empty");
    self.entries.delete(entry[0]);
    return tupleOf([entry[1].key, entry[1].value], given.place);
  },
  clear(self, given) {
    self.entries.clear();
    return noneAt(given.place);
  },
  pop(self, given) {
    const key = dictKey(given.machine, firstOf(given));
    const found = self.entries.get(key)?.value ?? given.positional[1];
    if (found === undefined) throw new RuleFault(given.place, "the dict has no such key");
    self.entries.delete(key);
    return found;
  },
};
