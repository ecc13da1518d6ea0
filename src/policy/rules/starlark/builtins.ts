import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";
import { isEqual, orderOf } from "./operators.ts";
import {
  boolOf,
  dictKey,
  type Entries,
  elements,
  intOf,
  isTrue,
  listValue,
  type Machine,
  noneAt,
  reprOf,
  type StarlarkValue,
  spend,
  textValue,
  tupleOf,
  typeName,
} from "./value.ts";

/** How a function of the language is called. `apply` calls what it was given. */
export interface Given {
  machine: Machine;
  positional: StarlarkValue[];
  named: Map<string, StarlarkValue>;
  place: RulePlace;
  apply(callee: StarlarkValue, positional: StarlarkValue[]): StarlarkValue;
}

type Builtin = (given: Given) => StarlarkValue;

/** The first argument, or the fault that there is none. */
export function firstOf(
  { positional, place }: Pick<Given, "positional" | "place">,
  what = "an argument",
): StarlarkValue {
  const [value] = positional;
  if (value === undefined) throw new RuleFault(place, `${what} is missing`);
  return value;
}

/** A whole number among the arguments; null: it was left out. */
export function intAt({ positional, place }: Pick<Given, "positional" | "place">, index: number): number | null {
  const value = positional[index];
  if (value === undefined || value.kind === "none") return null;
  if (value.kind !== "int") throw new RuleFault(place, `a number is needed here, not a ${typeName(value)}`);
  return value.value;
}

/** All the elements of the first argument; none were it is left out. */
const items = (given: Given): StarlarkValue[] =>
  given.positional.length === 0 ? [] : elements(given.machine, firstOf(given), given.place);

function range(given: Given): StarlarkValue {
  const { machine, place, positional } = given;
  const [start, stop] =
    positional.length < 2 ? [0, intAt(given, 0) ?? 0] : [intAt(given, 0) ?? 0, intAt(given, 1) ?? 0];
  const step = intAt(given, 2) ?? 1;
  if (step === 0) throw new RuleFault(place, "a range cannot go in steps of 0");
  const length = Math.max(0, Math.ceil((stop - start) / step));
  spend(machine, length, place);
  return listValue(
    Array.from({ length }, (_, i) => intOf(start + i * step, place)),
    place,
  );
}

function sorted(given: Given): StarlarkValue {
  const { machine, place, named, apply } = given;
  const key = named.get("key");
  const keyed = items(given).map((item) => ({ item, by: key && key.kind !== "none" ? apply(key, [item]) : item }));
  keyed.sort((a, b) => {
    const order = orderOf(machine, a.by, b.by, place);
    if (order === null) throw new RuleFault(place, `a ${typeName(a.by)} and a ${typeName(b.by)} have no order`);
    return order;
  });
  const reverse = named.get("reverse");
  if (reverse && isTrue(reverse)) keyed.reverse();
  return listValue(
    keyed.map(({ item }) => item),
    place,
  );
}

function extreme(sign: 1 | -1): Builtin {
  return (given) => {
    const { machine, place, positional } = given;
    const all = positional.length > 1 ? positional : items(given);
    if (all.length === 0) throw new RuleFault(place, "there is nothing to choose from");
    return all.reduce((best, item) => {
      const order = orderOf(machine, item, best, place);
      if (order === null) throw new RuleFault(place, `a ${typeName(item)} and a ${typeName(best)} have no order`);
      return order * sign > 0 ? item : best;
    });
  };
}

function dict({ machine, positional, named, place }: Given): StarlarkValue {
  const entries: Entries = new Map();
  const [from] = positional;
  if (from?.kind === "dict") for (const [key, entry] of from.entries) entries.set(key, entry);
  else
    for (const pair of from === undefined ? [] : elements(machine, from, place)) {
      const [key, value] = elements(machine, pair, place);
      if (key === undefined || value === undefined) throw new RuleFault(place, "a dict is made of pairs");
      entries.set(dictKey(machine, key), { key, value });
    }
  for (const [name, value] of named)
    entries.set(dictKey(machine, textValue(name, place)), { key: textValue(name, place), value });
  spend(machine, entries.size, place);
  return { kind: "dict", entries, place };
}

function zip({ machine, positional, place }: Given): StarlarkValue {
  const lists = positional.map((value) => elements(machine, value, place));
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((one) => one.length));
  const rows = Array.from({ length }, (_, i) =>
    tupleOf(
      lists.flatMap((one) => one[i] ?? []),
      place,
    ),
  );
  return listValue(rows, place);
}

function toInt(given: Given): StarlarkValue {
  const value = firstOf(given);
  if (value.kind === "int") return value;
  if (value.kind === "bool") return intOf(Number(value.value), given.place);
  const text = value.kind === "string" && /^[-+]?\d+$/.test(value.text) ? Number(value.text) : null;
  if (text === null) throw new RuleFault(given.place, "this is no whole number");
  return intOf(text, given.place);
}

function length(given: Given): StarlarkValue {
  const value = firstOf(given);
  const size =
    value.kind === "string"
      ? value.text.length
      : value.kind === "dict"
        ? value.entries.size
        : value.kind === "list" || value.kind === "tuple"
          ? value.items.length
          : null;
  if (size === null) throw new RuleFault(given.place, `a ${typeName(value)} has no length`);
  return intOf(size, given.place);
}

const enumerate: Builtin = (given) => {
  const start = intAt(given, 1) ?? 0;
  return listValue(
    items(given).map((item, i) => tupleOf([intOf(start + i, given.place), item], given.place)),
    given.place,
  );
};

const fail: Builtin = ({ machine, positional, place }) => {
  throw new RuleFault(place, `fail: ${positional.map((value) => reprOf(machine, value, false)).join(" ")}`);
};

/** Functions of the language that are known everywhere. They reach nothing but what they are given. */
export const BUILTINS: Record<string, Builtin> = {
  all: (given) => boolOf(items(given).every(isTrue), given.place),
  any: (given) => boolOf(items(given).some(isTrue), given.place),
  bool: (given) => boolOf(given.positional[0] !== undefined && isTrue(given.positional[0]), given.place),
  dict,
  enumerate,
  fail,
  int: toInt,
  len: length,
  list: (given) => listValue(items(given), given.place),
  max: extreme(1),
  min: extreme(-1),
  range,
  repr: (given) => textValue(reprOf(given.machine, firstOf(given)), given.place),
  reversed: (given) => listValue(items(given).reverse(), given.place),
  sorted,
  str: (given) => textValue(reprOf(given.machine, firstOf(given), false), given.place),
  tuple: (given) => tupleOf(items(given), given.place),
  type: (given) => textValue(typeName(firstOf(given)), given.place),
  zip,
};

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
    const at = self.items.findIndex((item) => isEqual(given.machine, item, firstOf(given), given.place));
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
    const more = dict(given);
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
  pop(self, given) {
    const key = dictKey(given.machine, firstOf(given));
    const found = self.entries.get(key)?.value ?? given.positional[1];
    if (found === undefined) throw new RuleFault(given.place, "the dict has no such key");
    self.entries.delete(key);
    return found;
  },
};
