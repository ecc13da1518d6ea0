import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";
import { orderOf } from "./operators.ts";
import {
  boolOf,
  dictKey,
  type Entries,
  elements,
  intOf,
  isTrue,
  listValue,
  type Machine,
  reprOf,
  type StarlarkValue,
  spend,
  spendText,
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

/** A number, or what it is when it was left out. */
function intOr(value: StarlarkValue | undefined, usual: number, { place }: Pick<Given, "place">): number {
  return intAt({ positional: value === undefined ? [] : [value], place }, 0) ?? usual;
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
    const { machine, place, positional, named, apply } = given;
    const key = named.get("key");
    const by = (item: StarlarkValue) => (key && key.kind !== "none" ? apply(key, [item]) : item);
    const [first, ...others] = positional.length > 1 ? positional : items(given);
    if (first === undefined) throw new RuleFault(place, "there is nothing to choose from");
    let best = { item: first, by: by(first) };
    for (const item of others) {
      const one = { item, by: by(item) };
      const order = orderOf(machine, one.by, best.by, place);
      if (order === null) throw new RuleFault(place, `a ${typeName(one.by)} and a ${typeName(best.by)} have no order`);
      if (order * sign > 0) best = one;
    }
    return best.item;
  };
}

export function makeDict({ machine, positional, named, place }: Given): StarlarkValue {
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

/** How a number is written in the bases that have a sign of their own. */
const BASES: Record<string, number> = { "0x": 16, "0o": 8, "0b": 2 };

function toInt(given: Given): StarlarkValue {
  const value = firstOf(given);
  if (value.kind === "int") return value;
  if (value.kind === "bool") return intOf(Number(value.value), given.place);
  if (value.kind !== "string") throw new RuleFault(given.place, `a ${typeName(value)} is no whole number`);
  const [, sign = "", prefix = "", digits = ""] = /^([-+]?)(0[xob])?(\w+)$/i.exec(value.text) ?? [];
  const own = BASES[prefix.toLowerCase()];
  const asked = intOr(given.positional[1] ?? given.named.get("base"), 10, given);
  const base = asked === 0 ? (own ?? 10) : asked;
  const fits = base >= 2 && base <= 36 && (own === undefined || own === base);
  const number = [...digits.toLowerCase()].reduce((sum, digit) => {
    const worth = Number.parseInt(digit, 36);
    return worth < base ? sum * base + worth : Number.NaN;
  }, 0);
  if (!fits || digits === "" || Number.isNaN(number)) throw new RuleFault(given.place, "this is no whole number");
  return intOf(sign === "-" ? -number : number, given.place);
}

function character(given: Given): StarlarkValue {
  const code = intAt(given, 0) ?? -1;
  if (code < 0 || code > 0x10ffff) throw new RuleFault(given.place, "there is no such character");
  return textValue(String.fromCodePoint(code), given.place);
}

function codeOf(given: Given): StarlarkValue {
  const value = firstOf(given);
  const letters = value.kind === "string" ? [...value.text] : [];
  if (letters.length !== 1) throw new RuleFault(given.place, "one character is needed here");
  return intOf(letters[0]?.codePointAt(0) ?? 0, given.place);
}

function length(given: Given): StarlarkValue {
  const value = firstOf(given);
  spendText(given.machine, value, given.place);
  const size =
    value.kind === "string"
      ? [...value.text].length
      : value.kind === "dict"
        ? value.entries.size
        : value.kind === "list" || value.kind === "tuple"
          ? value.items.length
          : null;
  if (size === null) throw new RuleFault(given.place, `a ${typeName(value)} has no length`);
  return intOf(size, given.place);
}

const enumerate: Builtin = (given) => {
  const start = intOr(given.positional[1] ?? given.named.get("start"), 0, given);
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
  abs: (given) => intOf(Math.abs(intAt(given, 0) ?? 0), given.place),
  all: (given) => boolOf(items(given).every(isTrue), given.place),
  any: (given) => boolOf(items(given).some(isTrue), given.place),
  bool: (given) => boolOf(given.positional[0] !== undefined && isTrue(given.positional[0]), given.place),
  chr: character,
  dict: makeDict,
  enumerate,
  fail,
  int: toInt,
  len: length,
  list: (given) => listValue(items(given), given.place),
  max: extreme(1),
  min: extreme(-1),
  ord: codeOf,
  range,
  repr: (given) => textValue(reprOf(given.machine, firstOf(given)), given.place),
  reversed: (given) => listValue(items(given).reverse(), given.place),
  sorted,
  str: (given) => textValue(reprOf(given.machine, firstOf(given), false), given.place),
  tuple: (given) => tupleOf(items(given), given.place),
  type: (given) => textValue(typeName(firstOf(given)), given.place),
  zip,
};
