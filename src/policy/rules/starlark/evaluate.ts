import type { RulePlace } from "../rule.ts";
import { BUILTINS } from "./builtins.ts";
import { callValue } from "./call.ts";
import { DICT_METHODS, LIST_METHODS } from "./container-methods.ts";
import { RuleFault } from "./fault.ts";
import { operate } from "./operators.ts";
import { STRING_METHODS } from "./string-methods.ts";
import type { Argument, Clause, Expression } from "./tree.ts";
import {
  boolOf,
  deeper,
  dictKey,
  type Entries,
  elements,
  intOf,
  isTrue,
  listValue,
  type Machine,
  noneAt,
  reprOf,
  type Scope,
  type StarlarkValue,
  spend,
  spendText,
  textValue,
  typeName,
} from "./value.ts";

/** Computes an expression. Throws RuleFault. */
export function evaluate(machine: Machine, expression: Expression, scope: Scope): StarlarkValue {
  spend(machine, 1, expression.place);
  return deeper(machine, expression.place, () => inside(machine, expression, scope));
}

type Made = Extract<
  Expression,
  { type: "string" | "int" | "format" | "name" | "list" | "tuple" | "dict" | "comprehension" | "lambda" }
>;

/** What stands for itself, or is made of its parts. */
function made(machine: Machine, e: Made, scope: Scope): StarlarkValue {
  const { place } = e;
  switch (e.type) {
    case "string":
      return textValue(e.text, place);
    case "int":
      return intOf(e.value, place);
    case "format":
      return formatted(machine, e, scope);
    case "name":
      return lookUp(machine, e.name, place, scope);
    case "list":
    case "tuple":
      return { kind: e.type, items: e.items.map((item) => evaluate(machine, item, scope)), place };
    case "dict":
      return dictOf(machine, e, scope);
    case "comprehension":
      return comprehension(machine, e, scope);
    case "lambda":
      return functionOf(machine, e.definition, place, scope);
  }
}

function inside(machine: Machine, e: Expression, scope: Scope): StarlarkValue {
  const { place } = e;
  const of = (one: Expression) => evaluate(machine, one, scope);
  switch (e.type) {
    case "not":
      return boolOf(!isTrue(of(e.operand)), place);
    case "minus":
      return operate(machine, "-", intOf(0, place), of(e.operand), place);
    case "inverse":
      return operate(machine, "-", intOf(-1, place), of(e.operand), place);
    case "and":
    case "or": {
      const left = of(e.left);
      return isTrue(left) === (e.type === "or") ? left : of(e.right);
    }
    case "binary":
      return operate(machine, e.operator, of(e.left), of(e.right), place);
    case "conditional":
      return isTrue(of(e.test)) ? of(e.yes) : of(e.no);
    case "call":
      return called(machine, e, scope);
    case "attribute":
      return methodOf(of(e.object), e.name, place);
    case "index":
      return elementOf(machine, of(e.object), of(e.index), place);
    case "slice":
      return sliceOf(machine, e, scope);
    default:
      return made(machine, e, scope);
  }
}

const CONSTANTS: Record<string, (place: RulePlace) => StarlarkValue> = {
  True: (place) => boolOf(true, place),
  False: (place) => boolOf(false, place),
  None: noneAt,
};

function lookUp({ rules, parts }: Machine, name: string, place: RulePlace, scope: Scope): StarlarkValue {
  const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
  if (constant !== undefined) return constant(place);
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  if (rules.has(name) || parts.has(name) || Object.hasOwn(BUILTINS, name))
    return { kind: "builtin", name, self: null, place };
  if (name.startsWith("ARG_")) return { kind: "name", text: name, place };
  throw new RuleFault(place, `\`${name}\` is not defined; the rules are ${[...rules].join(", ")}`);
}

function formatted(machine: Machine, e: Expression & { type: "format" }, scope: Scope): StarlarkValue {
  const shownPart = (name: string | null) =>
    name === null ? "" : reprOf(machine, lookUp(machine, name, e.place, scope), false);
  const text = e.parts.map((part) => `${part.text}${shownPart(part.name)}`).join("");
  return operate(machine, "+", textValue("", e.place), textValue(text, e.place), e.place);
}

function dictOf(machine: Machine, e: Expression & { type: "dict" }, scope: Scope): StarlarkValue {
  const entries: Entries = new Map();
  for (const [left, right] of e.entries) {
    const key = evaluate(machine, left, scope);
    const name = dictKey(machine, key);
    if (entries.has(name)) throw new RuleFault(left.place, "this key is there twice");
    entries.set(name, { key, value: evaluate(machine, right, scope) });
  }
  return { kind: "dict", entries, place: e.place };
}

function comprehension(machine: Machine, e: Expression & { type: "comprehension" }, scope: Scope): StarlarkValue {
  const items: StarlarkValue[] = [];
  const entries: Entries = new Map();
  const inner: Scope = { names: new Map(), outer: scope };
  const keep = () => {
    if (e.key === null) items.push(evaluate(machine, e.body, inner));
    else {
      const key = evaluate(machine, e.key, inner);
      entries.set(dictKey(machine, key), { key, value: evaluate(machine, e.body, inner) });
    }
  };
  clauses(machine, e.clauses, inner, keep);
  return e.key === null ? listValue(items, e.place) : { kind: "dict", entries, place: e.place };
}

function clauses(machine: Machine, [clause, ...rest]: readonly Clause[], scope: Scope, keep: () => void): void {
  if (clause === undefined) keep();
  else if (clause.type === "if") {
    if (isTrue(evaluate(machine, clause.test, scope))) clauses(machine, rest, scope, keep);
  } else {
    const over = elements(machine, evaluate(machine, clause.over, scope), clause.over.place);
    for (const item of over) {
      assignTo(machine, clause.target, item, scope);
      deeper(machine, clause.target.place, () => clauses(machine, rest, scope, keep));
    }
  }
}

/** Gives a value its name, or several theirs, or puts it into a list or a dict. */
export function assignTo(machine: Machine, target: Expression, value: StarlarkValue, scope: Scope): void {
  spend(machine, 1, target.place);
  if (target.type === "name") scope.names.set(target.name, value);
  else if (target.type === "tuple" || target.type === "list") {
    const items = elements(machine, value, target.place);
    if (items.length !== target.items.length)
      throw new RuleFault(target.place, `${target.items.length} names stand here for ${items.length} values`);
    for (const [i, one] of target.items.entries()) assignTo(machine, one, items[i] ?? value, scope);
  } else if (target.type === "index") put(machine, target, value, scope);
  else throw new RuleFault(target.place, "nothing can be assigned to this");
}

function put(machine: Machine, target: Expression & { type: "index" }, value: StarlarkValue, scope: Scope): void {
  const object = evaluate(machine, target.object, scope);
  const index = evaluate(machine, target.index, scope);
  if (object.kind === "dict") object.entries.set(dictKey(machine, index), { key: index, value });
  else if (object.kind === "list") object.items[position(object.items.length, index, target.place)] = value;
  else throw new RuleFault(target.place, `a ${typeName(object)} cannot be changed`);
}

function position(length: number, index: StarlarkValue, place: RulePlace): number {
  if (index.kind !== "int") throw new RuleFault(place, `the place in it is a number, not a ${typeName(index)}`);
  const at = index.value < 0 ? index.value + length : index.value;
  if (at < 0 || at >= length) throw new RuleFault(place, `there is no element ${index.value}: there are ${length}`);
  return at;
}

function elementOf(machine: Machine, object: StarlarkValue, index: StarlarkValue, place: RulePlace): StarlarkValue {
  if (object.kind === "dict") {
    const found = object.entries.get(dictKey(machine, index));
    if (found === undefined) throw new RuleFault(place, `the dict has no key ${reprOf(machine, index)}`);
    return found.value;
  }
  spendText(machine, object, place);
  if (object.kind === "string") {
    const letters = [...object.text];
    return textValue(letters[position(letters.length, index, place)] ?? "", place);
  }
  const items = object.kind === "list" || object.kind === "tuple" ? object.items : null;
  const found = items?.[position(items.length, index, place)];
  if (found === undefined) throw new RuleFault(place, `a ${typeName(object)} has no elements`);
  return found;
}

function sliceOf(machine: Machine, e: Expression & { type: "slice" }, scope: Scope): StarlarkValue {
  const object = evaluate(machine, e.object, scope);
  const [from, to, step] = [e.from, e.to, e.step].map((one) => {
    const value = one === null ? null : evaluate(machine, one, scope);
    if (value === null || value.kind === "none") return undefined;
    if (value.kind !== "int") throw new RuleFault(e.place, "a slice goes from number to number");
    return value.value;
  });
  if (step === 0) throw new RuleFault(e.place, "a slice cannot go in steps of 0");
  spendText(machine, object, e.place);
  if (object.kind === "string") return textValue(cut([...object.text], from, to, step).join(""), e.place);
  if (object.kind !== "list" && object.kind !== "tuple")
    throw new RuleFault(e.place, `a ${typeName(object)} has no parts`);
  const items = cut(object.items, from, to, step);
  spend(machine, items.length, e.place);
  return { kind: object.kind, items, place: e.place };
}

/** Backwards, a slice begins at the end and goes to the beginning, unless its bounds say else. */
function cut<T>(items: readonly T[], from: number | undefined, to: number | undefined, step = 1): T[] {
  if (step > 0) return items.slice(from, to).filter((_, i) => i % step === 0);
  const bound = (at: number) => Math.max(-1, Math.min(items.length - 1, at < 0 ? at + items.length : at));
  const [start, end] = [from === undefined ? items.length - 1 : bound(from), to === undefined ? -1 : bound(to)];
  return items
    .slice(end + 1, start + 1)
    .reverse()
    .filter((_, i) => i % -step === 0);
}

function methodOf(self: StarlarkValue, name: string, place: RulePlace): StarlarkValue {
  const methods = { string: STRING_METHODS, list: LIST_METHODS, dict: DICT_METHODS } as Record<string, object>;
  const known = methods[self.kind];
  if (known === undefined || !Object.hasOwn(known, name))
    throw new RuleFault(place, `a ${typeName(self)} has no \`${name}\``);
  return { kind: "builtin", name, self, place };
}

/** A function with its fallbacks, which are computed where it is defined. */
export function functionOf(
  machine: Machine,
  definition: (Expression & { type: "lambda" })["definition"],
  place: RulePlace,
  scope: Scope,
): StarlarkValue {
  const fallbacks = new Map(
    definition.parameters.flatMap(({ name, fallback }) =>
      fallback === null ? [] : [[name, evaluate(machine, fallback, scope)] as const],
    ),
  );
  return { kind: "function", definition, fallbacks, scope, place };
}

function called(machine: Machine, e: Expression & { type: "call" }, scope: Scope): StarlarkValue {
  const callee = evaluate(machine, e.callee, scope);
  const positional: StarlarkValue[] = [];
  const named = new Map<string, StarlarkValue>();
  for (const argument of e.args) take(machine, argument, positional, named, scope);
  return callValue(machine, callee, positional, named, e.place);
}

function take(
  machine: Machine,
  { type, name, value, place }: Argument,
  positional: StarlarkValue[],
  named: Map<string, StarlarkValue>,
  scope: Scope,
): void {
  const given = evaluate(machine, value, scope);
  if (type === "positional") positional.push(given);
  else if (type === "list") positional.push(...elements(machine, given, place));
  else if (type === "named") named.set(name, given);
  else {
    if (given.kind !== "dict") throw new RuleFault(place, "`**` takes a dict");
    for (const entry of given.entries.values()) {
      if (entry.key.kind !== "string") throw new RuleFault(place, "the names of arguments are strings");
      if (named.has(entry.key.text)) throw new RuleFault(place, `\`${entry.key.text}\` is given twice`);
      named.set(entry.key.text, entry.value);
    }
  }
}
