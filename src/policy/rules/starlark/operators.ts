import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";
import { percentFormat } from "./format.ts";
import {
  boolOf,
  CHARACTERS_A_STEP,
  deeper,
  dictKey,
  type Entries,
  intOf,
  type Machine,
  type StarlarkValue,
  spend,
  spendText,
  textValue,
  typeName,
} from "./value.ts";

type Binary = (left: StarlarkValue, right: StarlarkValue, place: RulePlace, machine: Machine) => StarlarkValue | null;

/** Applies a binary operator. */
export function operate(
  machine: Machine,
  operator: string,
  left: StarlarkValue,
  right: StarlarkValue,
  place: RulePlace,
): StarlarkValue {
  const made = OPERATORS[operator]?.(left, right, place, machine) ?? null;
  if (made !== null) return made;
  if (operator === "+") throw new RuleFault(place, "only two lists, strings, tuples or numbers can be added");
  throw new RuleFault(place, `\`${operator}\` cannot stand between a ${typeName(left)} and a ${typeName(right)}`);
}

const isItems = (value: StarlarkValue): value is Items => value.kind === "list" || value.kind === "tuple";
type Items = Extract<StarlarkValue, { kind: "list" | "tuple" }>;

const OPERATORS: Record<string, Binary> = {
  "+": add,
  "-": numbers((a, b) => a - b),
  "*": repeat,
  "/": () => null,
  "//": numbers((a, b) => Math.floor(a / b)),
  "%": (left, right, place, machine) =>
    left.kind === "string"
      ? percentFormat(machine, left.text, right, place)
      : numbers((a, b) => a - b * Math.floor(a / b))(left, right, place, machine),
  "|": (left, right, place, machine) =>
    left.kind === "dict" && right.kind === "dict"
      ? { kind: "dict", entries: new Map([...left.entries, ...right.entries]), place }
      : bits((a, b) => a | b)(left, right, place, machine),
  "&": bits((a, b) => a & b),
  "^": bits((a, b) => a ^ b),
  "<<": bits((a, b) => (b < 0n || b > 64n ? LARGE : a << b)),
  ">>": bits((a, b) => (b < 0n ? LARGE : a >> b)),
  "==": (left, right, place, machine) => boolOf(isEqual(machine, left, right, place), place),
  "!=": (left, right, place, machine) => boolOf(!isEqual(machine, left, right, place), place),
  "<": ordered((order) => order < 0),
  ">": ordered((order) => order > 0),
  "<=": ordered((order) => order <= 0),
  ">=": ordered((order) => order >= 0),
  in: (left, right, place, machine) => isIn(left, right, place, machine),
  "not in": (left, right, place, machine) => {
    const found = isIn(left, right, place, machine);
    return found?.kind === "bool" ? boolOf(!found.value, place) : null;
  },
};

function add(left: StarlarkValue, right: StarlarkValue, place: RulePlace, machine: Machine): StarlarkValue | null {
  if (left.kind === "string" && right.kind === "string") {
    spend(machine, (left.text.length + right.text.length) / CHARACTERS_A_STEP, place);
    return textValue(left.text + right.text, left.place);
  }
  if (left.kind === "int" && right.kind === "int") return intOf(left.value + right.value, place);
  if (!isItems(left) || !isItems(right) || left.kind !== right.kind) return null;
  const items = [...left.items, ...right.items];
  spend(machine, items.length, place);
  return { kind: left.kind, items, place: left.place };
}

function repeat(left: StarlarkValue, right: StarlarkValue, place: RulePlace, machine: Machine): StarlarkValue | null {
  if (left.kind === "int" && right.kind === "int") return intOf(left.value * right.value, place);
  const [what, times] = left.kind === "int" ? [right, left] : [left, right];
  if (times.kind !== "int") return null;
  const n = Math.max(0, times.value);
  if (what.kind === "string") {
    spend(machine, (what.text.length * n) / CHARACTERS_A_STEP, place);
    return textValue(what.text === "" ? "" : what.text.repeat(n), place);
  }
  if (!isItems(what)) return null;
  spend(machine, what.items.length * n, place);
  const items = Array.from({ length: what.items.length === 0 ? 0 : n }, () => what.items).flat();
  return { kind: what.kind, items, place };
}

function numbers(compute: (a: number, b: number) => number): Binary {
  return (left, right, place) => {
    if (left.kind !== "int" || right.kind !== "int") return null;
    const value = compute(left.value, right.value);
    if (Number.isNaN(value) || Math.abs(value) === Number.POSITIVE_INFINITY)
      throw new RuleFault(place, "this divides by 0");
    return intOf(value, place);
  };
}

/** Deep, and each pair that is looked at is a step. */
export function isEqual(machine: Machine, left: StarlarkValue, right: StarlarkValue, place: RulePlace): boolean {
  spend(machine, 1, place);
  spendText(machine, left, place);
  return deeper(machine, place, () => {
    if (left.kind === "string") return right.kind === "string" && left.text === right.text;
    if (left.kind === "int") return right.kind === "int" && left.value === right.value;
    if (left.kind === "bool") return right.kind === "bool" && left.value === right.value;
    if (left.kind === "none") return right.kind === "none";
    if (isItems(left))
      return isItems(right) && left.kind === right.kind && sameItems(machine, left.items, right.items, place);
    if (left.kind === "dict") return right.kind === "dict" && sameEntries(machine, left.entries, right.entries, place);
    return left === right;
  });
}

function sameItems(machine: Machine, left: StarlarkValue[], right: StarlarkValue[], place: RulePlace): boolean {
  if (left.length !== right.length) return false;
  return left.every((item, i) => isEqual(machine, item, right[i] ?? item, place));
}

function sameEntries(machine: Machine, left: Entries, right: Entries, place: RulePlace): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([key, { value }]) => {
    const other = right.get(key);
    return other !== undefined && isEqual(machine, value, other.value, place);
  });
}

/** More than a whole number can be: `intOf` refuses it. */
const LARGE = 2n ** 64n;

/** Numbers as two's complement without an end, as the language has them. */
function bits(compute: (a: bigint, b: bigint) => bigint): Binary {
  return numbers((a, b) => Number(compute(BigInt(a), BigInt(b))));
}

function ordered(says: (order: number) => boolean): Binary {
  return (left, right, place, machine) => {
    const order = orderOf(machine, left, right, place);
    return order === null ? null : boolOf(says(order), place);
  };
}

/** Below, at or above 0; null: the two cannot be compared. */
export function orderOf(machine: Machine, left: StarlarkValue, right: StarlarkValue, place: RulePlace): number | null {
  spend(machine, 1, place);
  spendText(machine, left, place);
  if (left.kind === "string" && right.kind === "string")
    return left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
  if (left.kind === "int" && right.kind === "int") return left.value - right.value;
  if (left.kind === "bool" && right.kind === "bool") return Number(left.value) - Number(right.value);
  if (!isItems(left) || !isItems(right) || left.kind !== right.kind) return null;
  return deeper(machine, place, () => compareItems(machine, left.items, right.items, place));
}

function compareItems(
  machine: Machine,
  left: StarlarkValue[],
  right: StarlarkValue[],
  place: RulePlace,
): number | null {
  for (const [i, item] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = orderOf(machine, item, other, place);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function isIn(left: StarlarkValue, right: StarlarkValue, place: RulePlace, machine: Machine): StarlarkValue | null {
  spendText(machine, right, place);
  if (right.kind === "string") return left.kind === "string" ? boolOf(right.text.includes(left.text), place) : null;
  if (right.kind === "dict") return boolOf(right.entries.has(dictKey(machine, left)), place);
  return isItems(right)
    ? boolOf(
        right.items.some((item) => isEqual(machine, left, item, place)),
        place,
      )
    : null;
}
