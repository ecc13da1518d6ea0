import type { Json, JsonObject } from "../../protocol/index.ts";
import { isJsonObject, type Message } from "./message.ts";

/** What a header may hold as it is: printable ASCII that neither begins nor ends with a space. */
const PLAIN = /^(?! )[\x20-\x7e]*(?<! )$/;

/** A value for a header; what it cannot hold is wrapped as the specification says. */
export function headerValue(value: string): string {
  if (PLAIN.test(value) && !/^=\?base64\?.*\?=$/i.test(value)) return value;
  return `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}

/** Headers in which the newer revision repeats what a message is about. */
export function nameHeaders({ method = "", params }: Message): Record<string, string> {
  const name = method === "resources/read" ? params?.uri : params?.name;
  const named = ["tools/call", "resources/read", "prompts/get"].includes(method) && typeof name === "string";
  return { "mcp-method": method, ...(named ? { "mcp-name": headerValue(name) } : {}) };
}

/** Names of headers that a tool wants arguments repeated in, and where in the arguments they stand. */
export type HeaderPlaces = { header: string; path: string[] }[];

/** Most headers that a tool may ask for, and how deep in its schema. */
const MOST = 20;
const DEEPEST = 5;

/** What a tool's schema says of headers (`x-mcp-header`). */
export function headerPlaces(schema: Json | undefined, path: string[] = []): HeaderPlaces {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || path.length >= DEEPEST) return [];
  const found = Object.entries(schema.properties).flatMap(([name, inner]) => {
    if (!isJsonObject(inner)) return [];
    const header = inner["x-mcp-header"];
    const own =
      typeof header === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(header) ? [{ header, path: [...path, name] }] : [];
    return [...own, ...headerPlaces(inner, [...path, name])];
  });
  return found.slice(0, MOST);
}

/** The headers for a call's arguments. */
export function argumentHeaders(places: HeaderPlaces, input: JsonObject): Record<string, string> {
  const headers = places.flatMap(({ header, path }): [string, string][] => {
    const value = path.reduce<Json | undefined>(
      (inner, name) => (isJsonObject(inner) ? inner[name] : undefined),
      input,
    );
    const simple = typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
    return simple ? [[`mcp-param-${header.toLowerCase()}`, headerValue(String(value))]] : [];
  });
  return Object.fromEntries(headers);
}
