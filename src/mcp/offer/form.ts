import type { Json, JsonObject, UserInputAnswer, UserInputQuestion } from "../../protocol/index.ts";
import { asText, isJsonObject } from "../wire/message.ts";

/** A field of a form as a server describes it, with the values behind the labels that a person sees. */
interface Field {
  name: string;
  schema: JsonObject;
  required: boolean;
  choices: { label: string; value: Json }[];
  many: boolean;
}

/** Fields of one form: more than this is no form for a dialog. */
const MOST_FIELDS = 20;
/** Choices that digits can name. */
const MOST_CHOICES = 9;

/** The fields of a form; null: it is none that a person could fill in. */
export function formFields({ requestedSchema: schema }: JsonObject): Field[] | null {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return null;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const entries = Object.entries(schema.properties);
  if (entries.length === 0 || entries.length > MOST_FIELDS || !entries.every(([, one]) => isJsonObject(one)))
    return null;
  return entries.map(([name, one]) => {
    const own = one as JsonObject;
    const many = own.type === "array";
    return { name, schema: own, required: required.includes(name), choices: choicesOf(own, many), many };
  });
}

function choicesOf(schema: JsonObject, many: boolean): Field["choices"] {
  const { type, oneOf, anyOf, enum: values, enumNames } = many && isJsonObject(schema.items) ? schema.items : schema;
  if (type === "boolean") return [true, false].map((value) => ({ label: value ? "yes" : "no", value }));
  const titled = [oneOf, anyOf].find(Array.isArray) ?? [];
  const named = titled
    .filter(isJsonObject)
    .flatMap(({ const: value = null, title }) => [{ label: asText(title) || String(value), value }]);
  const names = Array.isArray(enumNames) ? enumNames : [];
  const plain = Array.isArray(values) ? values : [];
  return [...named, ...plain.map((value, at) => ({ label: asText(names[at]) || String(value), value }))];
}

/** The field as a question; `wrong`: what was wrong with the last answer. */
export function fieldQuestion(field: Field, server: string, message: string, wrong: string | null): UserInputQuestion {
  const { name, schema, required, choices, many } = field;
  const title = asText(schema.title) || name;
  const about = asText(schema.description);
  const limits = [
    ...(many ? ["several, with commas between them"] : []),
    ...(choices.length > MOST_CHOICES ? [`one of ${choices.map(({ label }) => label).join(", ")}`] : []),
    ...(required ? [] : ["may be left out"]),
    ...(schema.default === undefined ? [] : [`else ${shownValue(schema.default)}`]),
  ];
  const hint = limits.length > 0 ? ` (${limits.join("; ")})` : "";
  const said = wrong === null ? "" : ` ${wrong}.`;
  return {
    id: name,
    header: title,
    question: `The MCP server ${server} asks: ${message}\n${title}${about === "" ? "" : `: ${about}`}${hint}.${said}`,
    options: choices.length > MOST_CHOICES ? [] : choices.map(({ label }) => ({ label, description: "" })),
  };
}

const shownValue = (value: Json) => (Array.isArray(value) ? value.join(", ") : String(value));

/** A person's answers as values of the fields; `wrong`: what does not fit, by field. */
export function formContent(
  fields: readonly Field[],
  answer: UserInputAnswer & { type: "answered" },
): { content: JsonObject; wrong: Map<string, string> } {
  const content: JsonObject = {};
  const wrong = new Map<string, string>();
  for (const field of fields) {
    const said = Object.hasOwn(answer.answers, field.name) ? (answer.answers[field.name]?.answers ?? []) : [];
    const read = readField(field, said);
    if ("wrong" in read) wrong.set(field.name, read.wrong);
    else if (read.value !== undefined) content[field.name] = read.value;
  }
  return { content, wrong };
}

type Value = { value: Json | undefined } | { wrong: string };

function readField({ schema, required, choices, many }: Field, said: string[]): Value {
  const text = said.join(", ").trim();
  if (text === "") {
    if (schema.default !== undefined) return { value: schema.default };
    return required ? { wrong: "It cannot be left out" } : { value: undefined };
  }
  if (many) return readMany(schema, choices, said.length > 1 ? said : text.split(","));
  if (choices.length > 0) return chosen(choices, text);
  return schema.type === "number" || schema.type === "integer" ? readNumber(schema, text) : readText(schema, text);
}

function chosen(choices: Field["choices"], text: string): Value {
  const wanted = text.trim().toLowerCase();
  const found = choices.find(({ label, value }) => [label, String(value)].some((one) => one.toLowerCase() === wanted));
  return found
    ? { value: found.value }
    : { wrong: `It must be one of ${choices.map(({ label }) => label).join(", ")}` };
}

function readMany({ minItems, maxItems }: JsonObject, choices: Field["choices"], words: string[]): Value {
  const values: Json[] = [];
  for (const word of words.map((one) => one.trim()).filter((one) => one !== "")) {
    const one = choices.length > 0 ? chosen(choices, word) : { value: word };
    if ("wrong" in one) return one;
    values.push(one.value ?? null);
  }
  if (typeof minItems === "number" && values.length < minItems) return { wrong: `At least ${minItems} are needed` };
  if (typeof maxItems === "number" && values.length > maxItems) return { wrong: `At most ${maxItems} are taken` };
  return { value: values };
}

function readNumber({ type, minimum, maximum }: JsonObject, text: string): Value {
  const value = Number(text);
  if (!Number.isFinite(value) || (type === "integer" && !Number.isSafeInteger(value)))
    return { wrong: type === "integer" ? "It must be a whole number" : "It must be a number" };
  if (typeof minimum === "number" && value < minimum) return { wrong: `It must be at least ${minimum}` };
  if (typeof maximum === "number" && value > maximum) return { wrong: `It must be at most ${maximum}` };
  return { value };
}

/** What the formats look like that a form may ask for; whether there is such an address is for the server to find out. */
const FORMATS: Record<string, { form: RegExp; what: string }> = {
  email: { form: /^\S+@\S+$/, what: "an e-mail address" },
  uri: { form: /^[a-z][a-z0-9+.-]*:\S+$/i, what: "an address such as https://example.org" },
  date: { form: /^\d{4}-\d\d-\d\d$/, what: "a date such as 2026-01-31" },
  "date-time": { form: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/, what: "a time such as 2026-01-31T12:00:00Z" },
};

function readText({ minLength, maxLength, format }: JsonObject, text: string): Value {
  if (typeof minLength === "number" && text.length < minLength)
    return { wrong: `It needs at least ${minLength} characters` };
  if (typeof maxLength === "number" && text.length > maxLength) return { wrong: `It may have ${maxLength} characters` };
  const known = Object.hasOwn(FORMATS, asText(format)) ? FORMATS[asText(format)] : undefined;
  return known && !known.form.test(text) ? { wrong: `It must be ${known.what}` } : { value: text };
}
