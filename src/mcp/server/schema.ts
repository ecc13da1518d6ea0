import type { Json, JsonObject, JsonSchema } from "../../protocol/index.ts";
import { isJsonObject } from "../wire/message.ts";

/** Bytes of one tool's schema, and levels of it: what is larger is no description of arguments any more. */
const MAX_BYTES = 32 * 1024;
const MAX_DEPTH = 16;

const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
/** What a schema may say in words and numbers, and of which kind each is: a wrong one makes providers refuse the whole request. */
const PLAIN: Record<string, "string" | "number" | "boolean" | "any"> = {
  title: "string",
  description: "string",
  format: "string",
  pattern: "string",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  minLength: "number",
  maxLength: "number",
  minItems: "number",
  maxItems: "number",
  uniqueItems: "boolean",
  default: "any",
  const: "any",
};
const LISTS = ["anyOf", "oneOf", "allOf"];
const NAMED = ["properties", "$defs", "definitions"];

/** A schema of arguments in the form that every provider takes; null: it is none. */
export function argumentsSchema(given: Json | undefined): JsonSchema | null {
  if (!isJsonObject(given) || (given.type !== undefined && given.type !== "object")) return null;
  const read = schemaOf(given, 0);
  const properties = isJsonObject(read.properties) ? read.properties : {};
  const schema: JsonSchema = { ...read, type: "object", properties };
  return JSON.stringify(schema).length <= MAX_BYTES ? schema : null;
}

function schemaOf(given: JsonObject, depth: number): JsonObject {
  if (depth > MAX_DEPTH) return {};
  const inner = (value: Json | undefined) => (isJsonObject(value) ? schemaOf(value, depth + 1) : {});
  const read: JsonObject = {};
  const types = [given.type].flat().filter((type): type is string => typeof type === "string" && TYPES.has(type));
  if (types.length > 0) read.type = types.length === 1 ? (types[0] ?? "") : types;
  for (const [key, kind] of Object.entries(PLAIN)) {
    const value = given[key];
    const fits = kind === "any" || typeof value === kind;
    if (value !== undefined && fits && !(key === "pattern" && !isPattern(String(value)))) read[key] = value;
  }
  for (const key of NAMED) {
    const table = given[key];
    if (isJsonObject(table))
      read[key] = Object.fromEntries(Object.entries(table).map(([name, one]) => [name, inner(one)]));
  }
  for (const key of LISTS) {
    const list = given[key];
    if (Array.isArray(list) && list.length > 0) read[key] = list.map(inner);
  }
  if (isJsonObject(given.items)) read.items = inner(given.items);
  else if (types.includes("array")) read.items = {};
  if (Array.isArray(given.enum) && given.enum.length > 0) read.enum = given.enum;
  const { additionalProperties: more, $ref } = given;
  if (typeof more === "boolean") read.additionalProperties = more;
  else if (isJsonObject(more)) read.additionalProperties = inner(more);
  if (typeof $ref === "string" && /^#(?:\/(?:\$defs|definitions)\/[\w.-]+)?$/.test($ref)) read.$ref = $ref;
  const named = isJsonObject(read.properties) ? read.properties : {};
  const required = Array.isArray(given.required)
    ? given.required.filter((name) => typeof name === "string" && Object.hasOwn(named, name))
    : [];
  if (required.length > 0) read.required = [...new Set(required)];
  return read;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}
