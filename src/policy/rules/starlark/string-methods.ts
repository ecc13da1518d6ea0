import { firstOf, type Given, intAt } from "./builtins.ts";
import { RuleFault } from "./fault.ts";
import { formatMethod } from "./format.ts";
import {
  boolOf,
  CHARACTERS_A_STEP,
  elements,
  intOf,
  isTrue,
  listValue,
  type StarlarkValue,
  spend,
  textValue,
  tupleOf,
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

const titled = (text: string) => text.replace(/\p{L}+/gu, capital);

function lettersOf(text: string, { machine, place }: Given): StarlarkValue {
  const letters = [...text];
  spend(machine, letters.length, place);
  return listValue(
    letters.map((letter) => textValue(letter, place)),
    place,
  );
}

/** Where a part stands; where it stands nowhere: -1, or a fault. */
function found(look: (text: string, part: string, from: number) => number, must: boolean): Method {
  return (text, given) => {
    const at = look(text, textAt(given, 0), intAt(given, 1) ?? 0);
    if (at === -1 && must) throw new RuleFault(given.place, "the string does not hold this");
    return intOf(at, given.place);
  };
}

/** What is before a part, the part, and what is behind it. */
function parted(look: (text: string, part: string) => number, last: boolean): Method {
  return (text, given) => {
    const part = textAt(given, 0);
    const at = look(text, part);
    const whole = last ? ["", "", text] : [text, "", ""];
    const pieces = at === -1 ? whole : [text.slice(0, at), part, text.slice(at + part.length)];
    return tupleOf(
      pieces.map((piece) => made(piece, given)),
      given.place,
    );
  };
}

const rsplit: Method = (text, given) => {
  const all = split(text, { ...given, positional: given.positional.slice(0, 1) });
  const most = intAt(given, 1);
  if (all.kind !== "list" || most === null || most < 0 || all.items.length <= most + 1) return all;
  const [by] = given.positional;
  const separator = by?.kind === "string" ? by.text : " ";
  const words = all.items.map((item) => (item.kind === "string" ? item.text : ""));
  const head = words.slice(0, words.length - most).join(separator);
  return listValue([made(head, given), ...all.items.slice(words.length - most)], given.place);
};

/** What strings can do. */
export const STRING_METHODS: Record<string, Method> = {
  capitalize: same(capital),
  count: (text, given) => intOf(text.split(textAt(given, 0)).length - 1, given.place),
  endswith: some((text, part) => text.endsWith(part)),
  elems: (text, given) => lettersOf(text, given),
  find: found((text, part, from) => text.indexOf(part, from), false),
  format: (text, { machine, positional, named, place }) => formatMethod(machine, text, positional, named, place),
  isalnum: (text, given) => boolOf(/^[\p{L}\p{N}]+$/u.test(text), given.place),
  isalpha: (text, given) => boolOf(/^\p{L}+$/u.test(text), given.place),
  index: found((text, part, from) => text.indexOf(part, from), true),
  isdigit: (text, given) => boolOf(/^\p{Nd}+$/u.test(text), given.place),
  islower: (text, given) => boolOf(text !== text.toUpperCase() && text === text.toLowerCase(), given.place),
  isspace: (text, given) => boolOf(/^\s+$/.test(text), given.place),
  istitle: (text, given) => boolOf(/\p{L}/u.test(text) && text === titled(text), given.place),
  isupper: (text, given) => boolOf(text !== text.toLowerCase() && text === text.toUpperCase(), given.place),
  join,
  lower: same((text) => text.toLowerCase()),
  lstrip: stripped(true, false),
  partition: parted((text, part) => text.indexOf(part), false),
  removeprefix: (text, given) => {
    const prefix = textAt(given, 0);
    return made(text.startsWith(prefix) ? text.slice(prefix.length) : text, given);
  },
  removesuffix: (text, given) => {
    const suffix = textAt(given, 0);
    return made(suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text, given);
  },
  replace,
  rfind: found((text, part) => text.lastIndexOf(part), false),
  rindex: found((text, part) => text.lastIndexOf(part), true),
  rpartition: parted((text, part) => text.lastIndexOf(part), true),
  rsplit,
  rstrip: stripped(false, true),
  split,
  splitlines: (text, given) => {
    const [ends] = given.positional;
    const lines = text.match(/[^\r\n]*(?:\r?\n|\r)|[^\r\n]+$/g) ?? [];
    const kept = ends !== undefined && isTrue(ends);
    return listValue(
      lines.map((line) => made(kept ? line : line.replace(/[\r\n]+$/, ""), given)),
      given.place,
    );
  },
  startswith: some((text, part) => text.startsWith(part)),
  strip: stripped(true, true),
  title: same(titled),
  upper: same((text) => text.toUpperCase()),
};
