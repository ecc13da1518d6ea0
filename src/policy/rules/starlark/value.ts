import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";
import type { Definition, Statement } from "./tree.ts";

/** A value in a rule file, with the place that a message about it points to. */
export type StarlarkValue = { place: RulePlace } & (
  | { kind: "string"; text: string }
  | { kind: "int"; value: number }
  | { kind: "bool"; value: boolean }
  | { kind: "none" }
  | { kind: "list" | "tuple"; items: StarlarkValue[] }
  /** By what makes two keys the same. */
  | { kind: "dict"; entries: Entries }
  /** One of the words that rules know (ARG_RFILE). */
  | { kind: "name"; text: string }
  | { kind: "function"; definition: Definition; fallbacks: Map<string, StarlarkValue>; scope: Scope }
  /** A function of the language or a rule; `self`: of which value it is a method. */
  | { kind: "builtin"; name: string; self: StarlarkValue | null }
  /** A call that rules take as an argument (`flag("-v")`). */
  | Omit<Call, "place">
);

export type Entries = Map<string, { key: StarlarkValue; value: StarlarkValue }>;

/** A function call with its arguments by position and by name. */
export interface Call {
  kind: "call";
  name: string;
  positional: StarlarkValue[];
  named: Map<string, StarlarkValue>;
  place: RulePlace;
}

/** Names of a file, or of a function's run; `outer`: where those are that it does not have itself. */
export interface Scope {
  names: Map<string, StarlarkValue>;
  outer: Scope | null;
}

/** What a file may still do. */
export interface Machine {
  /** Steps that are left. */
  steps: number;
  depth: number;
  /** Rules, in the order in which they were stated. */
  calls: Call[];
  /** Names of rules, and of what stands in their arguments. */
  rules: ReadonlySet<string>;
  parts: ReadonlySet<string>;
  /** Does what a function of the file says. What it returns; null: nothing. */
  execute(machine: Machine, statements: readonly Statement[], scope: Scope): StarlarkValue | null;
}

/**
 * Files of thousands of rules need less than a tenth of it, and it is used up within a second. A step is an expression, or an
 * element or some characters of what is made.
 */
export const MAX_STEPS = 1_000_000;
/** So that all texts of a file together stay below 16 MB. */
export const CHARACTERS_A_STEP = 16;

/** Counts steps, so that every file comes to an end in time and memory. */
export function spend(machine: Machine, steps: number, place: RulePlace): void {
  machine.steps -= steps;
  if (machine.steps < 0)
    throw new RuleFault(place, `this file does too much: rules must be found in ${MAX_STEPS} steps`);
}

/** Counts the steps of looking through a text. */
export function spendText(machine: Machine, value: StarlarkValue, place: RulePlace): void {
  if (value.kind === "string") spend(machine, value.text.length / CHARACTERS_A_STEP, place);
}

/** Evaluates something that may hold the like of itself: expressions in expressions, functions that call functions. */
export function deeper<T>(machine: Machine, place: RulePlace, evaluate: () => T): T {
  if (machine.depth >= MAX_DEPTH)
    throw new RuleFault(place, `functions and values are nested deeper than ${MAX_DEPTH} levels`);
  machine.depth++;
  try {
    return evaluate();
  } finally {
    machine.depth--;
  }
}

/** A hundred calls in each other with ten brackets each; far from the end of the stack. */
const MAX_DEPTH = 1000;

export const textValue = (text: string, place: RulePlace): StarlarkValue => ({ kind: "string", text, place });
export const boolOf = (value: boolean, place: RulePlace): StarlarkValue => ({ kind: "bool", value, place });
export const noneAt = (place: RulePlace): StarlarkValue => ({ kind: "none", place });
export const listValue = (items: StarlarkValue[], place: RulePlace): StarlarkValue => ({ kind: "list", items, place });
export const tupleOf = (items: StarlarkValue[], place: RulePlace): StarlarkValue => ({ kind: "tuple", items, place });

/** A whole number. Those that JavaScript cannot hold exactly are a fault. */
export function intOf(value: number, place: RulePlace): StarlarkValue {
  if (!Number.isSafeInteger(value)) throw new RuleFault(place, "this number is too large");
  return { kind: "int", value, place };
}

const TYPE_NAMES: Partial<Record<StarlarkValue["kind"], string>> = {
  none: "NoneType",
  builtin: "function",
  call: "function",
};

/** What `type(…)` says. */
export const typeName = ({ kind }: StarlarkValue): string => TYPE_NAMES[kind] ?? kind;

export function isTrue(value: StarlarkValue): boolean {
  switch (value.kind) {
    case "string":
      return value.text !== "";
    case "int":
      return value.value !== 0;
    case "bool":
      return value.value;
    case "none":
      return false;
    case "list":
    case "tuple":
      return value.items.length > 0;
    case "dict":
      return value.entries.size > 0;
    default:
      return true;
  }
}

/** What makes two keys of a dict the same. Lists and dicts can change and are no keys. */
export function dictKey(machine: Machine, value: StarlarkValue): string {
  spend(machine, 1, value.place);
  spendText(machine, value, value.place);
  switch (value.kind) {
    case "string":
      return `s${value.text.length}:${value.text}`;
    case "int":
      return `i${value.value};`;
    case "bool":
      return `b${value.value};`;
    case "none":
      return "n;";
    case "tuple":
      return deeper(machine, value.place, () => `t(${value.items.map((item) => dictKey(machine, item)).join("")})`);
    default:
      throw new RuleFault(value.place, `a ${typeName(value)} cannot be a key`);
  }
}

/** The elements that a loop goes over: a copy, so that what the loop does to the list is not met. */
export function elements(machine: Machine, value: StarlarkValue, place: RulePlace): StarlarkValue[] {
  const items =
    value.kind === "list" || value.kind === "tuple"
      ? value.items
      : value.kind === "dict"
        ? [...value.entries.values()].map(({ key }) => key)
        : null;
  if (items === null) throw new RuleFault(place, `a ${typeName(value)} has no elements to go over`);
  spend(machine, items.length, place);
  return [...items];
}

/** The value as it is now, with all that is in it. */
export function copyOf(machine: Machine, value: StarlarkValue): StarlarkValue {
  if (value.kind !== "list" && value.kind !== "tuple") return value;
  spend(machine, value.items.length, value.place);
  return deeper(machine, value.place, () => ({ ...value, items: value.items.map((item) => copyOf(machine, item)) }));
}

/** As `repr` writes it; `str` writes a string without quotes. */
export function reprOf(machine: Machine, value: StarlarkValue, quoted = true): string {
  return deeper(machine, value.place, () => {
    const inner = (items: StarlarkValue[]) => items.map((item) => reprOf(machine, item)).join(", ");
    spend(machine, 1, value.place);
    switch (value.kind) {
      case "string":
        spend(machine, value.text.length / CHARACTERS_A_STEP, value.place);
        return quoted ? JSON.stringify(value.text) : value.text;
      case "int":
        return String(value.value);
      case "bool":
        return value.value ? "True" : "False";
      case "none":
        return "None";
      case "list":
        return `[${inner(value.items)}]`;
      case "tuple":
        return `(${inner(value.items)}${value.items.length === 1 ? "," : ""})`;
      case "dict":
        return `{${[...value.entries.values()].map((e) => `${reprOf(machine, e.key)}: ${reprOf(machine, e.value)}`).join(", ")}}`;
      default:
        return `<${typeName(value)}>`;
    }
  });
}
