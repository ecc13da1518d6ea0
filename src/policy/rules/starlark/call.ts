import type { RulePlace } from "../rule.ts";
import { BUILTINS, type Given } from "./builtins.ts";
import { DICT_METHODS, LIST_METHODS } from "./container-methods.ts";
import { RuleFault } from "./fault.ts";
import { STRING_METHODS } from "./string-methods.ts";
import {
  copyOf,
  deeper,
  dictKey,
  listValue,
  type Machine,
  noneAt,
  type Scope,
  type StarlarkValue,
  spendText,
  textValue,
  typeName,
} from "./value.ts";

type Named = Map<string, StarlarkValue>;

/** Calls a function of the file, of the language, or a rule, which is kept for the reader of rules. */
export function callValue(
  machine: Machine,
  callee: StarlarkValue,
  positional: StarlarkValue[],
  named: Named,
  place: RulePlace,
): StarlarkValue {
  if (callee.kind === "function")
    return deeper(machine, place, () => {
      const names = bind(machine, callee, positional, named, place);
      return machine.execute(machine, callee.definition.body, { names, outer: callee.scope }) ?? noneAt(place);
    });
  if (callee.kind !== "builtin") throw new RuleFault(place, `a ${typeName(callee)} cannot be called`);
  const { name, self } = callee;
  const call = { kind: "call" as const, name, positional, named, place };
  if (self === null && machine.parts.has(name)) return call;
  if (self === null && machine.rules.has(name)) {
    // What a file does to a list later is not part of the rule that was made of it.
    const copy = (value: StarlarkValue) => copyOf(machine, value);
    const kept = new Map([...named].map(([key, value]) => [key, copy(value)]));
    machine.calls.push({ ...call, positional: positional.map(copy), named: kept });
    return noneAt(place);
  }
  const apply: Given["apply"] = (inner, values) => callValue(machine, inner, values, new Map(), place);
  return builtIn(self, name, { machine, positional, named, place, apply });
}

function builtIn(self: StarlarkValue | null, name: string, given: Given): StarlarkValue {
  if (self !== null) spendText(given.machine, self, given.place);
  const made =
    self === null
      ? BUILTINS[name]?.(given)
      : self.kind === "string"
        ? STRING_METHODS[name]?.(self.text, given)
        : self.kind === "list"
          ? LIST_METHODS[name]?.(self, given)
          : self.kind === "dict"
            ? DICT_METHODS[name]?.(self, given)
            : undefined;
  if (made === undefined) throw new RuleFault(given.place, `there is no \`${name}\``);
  return made;
}

/** The arguments under the names of the parameters. */
function bind(
  machine: Machine,
  { definition, fallbacks }: StarlarkValue & { kind: "function" },
  positional: StarlarkValue[],
  named: Named,
  place: RulePlace,
): Scope["names"] {
  const names: Scope["names"] = new Map();
  const left = [...positional];
  const others = new Map(named);
  for (const { type, name } of definition.parameters) {
    const given = type === "plain" ? left.shift() : undefined;
    if (type === "list") names.set(name, listValue(left.splice(0), place));
    else if (type === "dict") names.set(name, dictOf(machine, others, place));
    else {
      if (given !== undefined && others.has(name)) throw new RuleFault(place, `\`${name}\` is given twice`);
      const value = given ?? others.get(name) ?? fallbacks.get(name);
      if (value === undefined) throw new RuleFault(place, `\`${definition.name}\` needs \`${name}\``);
      others.delete(name);
      names.set(name, value);
    }
  }
  if (left.length > 0) throw new RuleFault(place, `\`${definition.name}\` has ${left.length} argument(s) too many`);
  const [unknown] = others.keys();
  const takes_all = definition.parameters.some(({ type }) => type === "dict");
  if (unknown !== undefined && !takes_all)
    throw new RuleFault(place, `\`${definition.name}\` has no argument \`${unknown}\``);
  return names;
}

function dictOf(machine: Machine, named: Named, place: RulePlace): StarlarkValue {
  const entries = [...named].map(([name, value]) => {
    const key = textValue(name, place);
    return [dictKey(machine, key), { key, value }] as const;
  });
  return { kind: "dict", entries: new Map(entries), place };
}
