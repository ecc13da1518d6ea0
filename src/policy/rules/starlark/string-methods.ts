import { firstOf, type Given, intAt } from "./builtins.ts";
import { RuleFault } from "./fault.ts";
import { formatMethod } from "./format.ts";
import {
  boolOf,
  CHARACTERS_A_STEP,
  elements,
  intOf,
  listValue,
  type StarlarkValue,
  spend,
  textValue,
  typeName,
} from "./value.ts";

type Method = (text: string, given: Given) => StarlarkValue;

/** An argument that must be a text. */
function textAt({ positional, place }: Given, index: number): string {
  const value = positional[index];
  if (value?.kind !== "string")
    throw new RuleFault(place, `a string is needed here${value ? `, not a ${typeName(value)}` : ""}`);
  return value.text;
}

/** What is made of a text counts by its length. */
function made(text: string, { machine, place }: Given): StarlarkValue {
  spend(machine, text.length / CHARACTERS_A_STEP, place);
  return textValue(text, place);
}

const same =
  (change: (text: string) => string): Method =>
  (text, given) =>
    made(change(text), given);

/** One of a tuple of texts, or the one text. */
function some(holds: (text: string, part: string) => boolean): Method {
  return (text, given) => {
    const wanted = firstOf(given);
    const parts = wanted.kind === "tuple" ? wanted.items : [wanted];
    const found = parts.some((part) => part.kind === "string" && holds(text, part.text));
    return boolOf(found, given.place);
  };
}

function stripped(start: boolean, end: boolean): Method {
  return (text, given) => {
    const characters = given.positional.length > 0 ? textAt(given, 0) : " \t\r\n\v\f";
    let [from, to] = [0, text.length];
    while (start && from < to && characters.includes(text[from] ?? "")) from++;
    while (end && to > from && characters.includes(text[to - 1] ?? "")) to--;
    return made(text.slice(from, to), given);
  };
}

const split: Method = (text, given) => {
  const { machine, place, positional } = given;
  const [by] = positional;
  const plain = by === undefined || by.kind === "none";
  const separator = plain ? "" : textAt(given, 0);
  if (!plain && separator === "") throw new RuleFault(place, "the separator is empty");
  const most = intAt(given, 1);
  let parts = plain ? text.split(/\s+/).filter((part) => part !== "") : text.split(separator);
  if (most !== null && most >= 0 && parts.length > most + 1)
    parts = [...parts.slice(0, most), parts.slice(most).join(plain ? " " : separator)];
  spend(machine, parts.length + text.length / CHARACTERS_A_STEP, place);
  return listValue(
    parts.map((part) => textValue(part, place)),
    place,
  );
};

const join: Method = (text, given) => {
  const parts = elements(given.machine, firstOf(given), given.place).map((part) => {
    if (part.kind !== "string") throw new RuleFault(given.place, `only strings can be joined, not a ${typeName(part)}`);
    return part.text;
  });
  spend(
    given.machine,
    parts.reduce((sum, part) => sum + part.length + text.length, 0) / CHARACTERS_A_STEP,
    given.place,
  );
  return textValue(parts.join(text), given.place);
};

const replace: Method = (text, given) => {
  const [from, to] = [textAt(given, 0), textAt(given, 1)];
  const most = intAt(given, 2);
  const pieces = text.split(from);
  const kept = most === null || most < 0 ? pieces.length - 1 : Math.min(most, pieces.length - 1);
  spend(given.machine, (text.length + kept * to.length) / CHARACTERS_A_STEP, given.place);
  const parts = pieces.map((piece, i) => (i === 0 ? piece : `${i <= kept ? to : from}${piece}`));
  return textValue(parts.join(""), given.place);
};

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`;

/** What strings can do. */
export const STRING_METHODS: Record<string, Method> = {
  capitalize: same(capital),
  count: (text, given) => intOf(text.split(textAt(given, 0)).length - 1, given.place),
  endswith: some((text, part) => text.endsWith(part)),
  find: (text, given) => intOf(text.indexOf(textAt(given, 0)), given.place),
  format: (text, { machine, positional, named, place }) => formatMethod(machine, text, positional, named, place),
  isalnum: (text, given) => boolOf(/^[\p{L}\p{N}]+$/u.test(text), given.place),
  isalpha: (text, given) => boolOf(/^\p{L}+$/u.test(text), given.place),
  isdigit: (text, given) => boolOf(/^\p{Nd}+$/u.test(text), given.place),
  join,
  lower: same((text) => text.toLowerCase()),
  lstrip: stripped(true, false),
  removeprefix: (text, given) => {
    const prefix = textAt(given, 0);
    return made(text.startsWith(prefix) ? text.slice(prefix.length) : text, given);
  },
  removesuffix: (text, given) => {
    const suffix = textAt(given, 0);
    return made(suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text, given);
  },
  replace,
  rstrip: stripped(false, true),
  split,
  splitlines: (text, given) =>
    listValue(
      (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/)).map((line) => made(line, given)),
      given.place,
    ),
  startswith: some((text, part) => text.startsWith(part)),
  strip: stripped(true, true),
  title: same((text) => text.replace(/\p{L}+/gu, capital)),
  upper: same((text) => text.toUpperCase()),
};
