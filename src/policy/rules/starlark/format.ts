import type { RulePlace } from "../rule.ts";
import { RuleFault } from "./fault.ts";
import { CHARACTERS_A_STEP, type Machine, reprOf, type StarlarkValue, spend, textValue } from "./value.ts";

/** `"%s of %d" % values`: a tuple holds several values, anything else is the one. */
export function percentFormat(machine: Machine, text: string, values: StarlarkValue, place: RulePlace): StarlarkValue {
  const given = values.kind === "tuple" ? [...values.items] : [values];
  const made = text.replace(/%(.?)/gs, (_, letter: string) => {
    if (letter === "%") return "%";
    const value = given.shift();
    if (value === undefined) throw new RuleFault(place, "the text has more % than values");
    return converted(machine, letter, value, place);
  });
  if (given.length > 0) throw new RuleFault(place, "the text has fewer % than values");
  spend(machine, made.length / CHARACTERS_A_STEP, place);
  return textValue(made, place);
}

function converted(machine: Machine, letter: string, value: StarlarkValue, place: RulePlace): string {
  if (letter === "s") return reprOf(machine, value, false);
  if (letter === "r") return reprOf(machine, value);
  const radix = { d: 10, x: 16, X: 16, o: 8 }[letter];
  if (radix === undefined)
    throw new RuleFault(place, `%${letter} means nothing: there are %s, %r, %d, %x, %X, %o and %%`);
  if (value.kind !== "int") throw new RuleFault(place, `%${letter} stands for a number`);
  const digits = value.value.toString(radix);
  return letter === "X" ? digits.toUpperCase() : digits;
}

/** `"{} of {name}".format(…)`. */
export function formatMethod(
  machine: Machine,
  text: string,
  positional: readonly StarlarkValue[],
  named: ReadonlyMap<string, StarlarkValue>,
  place: RulePlace,
): StarlarkValue {
  let next = 0;
  const made = text.replace(/\{\{|\}\}|\{(\w*)(?:!([rs]))?\}|[{}]/g, (whole, name?: string, how?: string) => {
    if (name === undefined && whole.length === 1)
      throw new RuleFault(place, `\`${whole}\` must be doubled where it is no field of the format`);
    if (name === undefined) return whole[0] ?? "";
    const value =
      name === "" ? positional[next++] : (named.get(name) ?? positional[/^\d+$/.test(name) ? Number(name) : -1]);
    if (value === undefined) throw new RuleFault(place, `there is no value for {${name}}`);
    return reprOf(machine, value, how === "r");
  });
  spend(machine, made.length / CHARACTERS_A_STEP, place);
  return textValue(made, place);
}
