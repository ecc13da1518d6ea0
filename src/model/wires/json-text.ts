import type { JsonObject } from "../../protocol/index.ts";

/** The JSON of items and tools, which never change: the history of a thread is made into text once, and not for each request. */
const TEXTS = new WeakMap<object, string>();

/** Characters above which a text is not kept: images are sent rarely, and would lie in memory twice. */
const MAX_KEPT = 256 * 1024;

/** The JSON of a body, the same as JSON.stringify has it. Entries of its lists are taken from what was said of them before. */
export function bodyText(body: JsonObject): string {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const text = Array.isArray(value) ? `[${value.map(textOf).join(",")}]` : JSON.stringify(value);
    if (text !== undefined) fields.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${fields.join(",")}}`;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const known = TEXTS.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  if (text.length <= MAX_KEPT) TEXTS.set(value, text);
  return text;
}
