import { isTooNested, MAX_LEVELS } from "../../base/index.ts";
import type { Json, JsonObject } from "../../protocol/index.ts";
import { parseJson } from "../json.ts";

/** The arguments of a call as what they have to be; null: as the call's tool tells the model, they are no JSON object, or one of too many levels. */
export function argumentsObject(text: string): JsonObject | null {
  // Only what begins as an object is worth parsing.
  const value: Json | undefined = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTooNested(value) ? value : null;
}

/** The text of arguments. Some local servers send them as an object, already parsed: one that cannot be written again is none. */
export function argumentsText(args: Json | undefined): string {
  if (typeof args === "string") return args;
  if (isTooNested(args)) return `arguments of more than ${MAX_LEVELS} levels, which cannot be kept`;
  return JSON.stringify(args ?? {});
}
