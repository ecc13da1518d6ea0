import type { z } from "zod/mini";
import type { JsonObject } from "../protocol/index.ts";
import { issueText, mended, readJson, type SchemaIssue, underOwnNames, unwrapped } from "./near-miss.ts";

/** What reading the arguments of a call comes to. The message is for the model: it names the field, what was expected and what came. */
type Read<T> = { ok: true; args: T } | { ok: false; message: string };

/** Reads a call's JSON arguments. */
export type ArgumentReader<T> = (raw: string) => Promise<Read<T>>;

/** What a reader gives. */
export type ArgumentsOf<R> = R extends ArgumentReader<infer T> ? T : never;

/** What a tool knows of how models miss its arguments. */
export interface Habits {
  /** Name of an argument → other names for it. */
  aliases?: Readonly<Record<string, readonly string[]>>;
  /** Puts right what only this tool can understand. */
  understand?(value: JsonObject): JsonObject;
}

/** Rounds of putting right: a list that was text may hold what is wrong in its turn. */
const ROUNDS = 2;

/** Makes the reader of a tool's arguments from their schema, which is built at the first call: a plain answer needs no zod. */
export function argumentReader<S extends z.ZodMiniType>(
  build: (zod: typeof import("./zod.ts")) => S,
  { aliases = {}, understand = (value) => value }: Habits = {},
): ArgumentReader<z.infer<S>> {
  let schema: Promise<S> | null = null;
  return async (raw) => {
    const read = readJson(raw);
    if (!read.ok) return { ok: false, message: `failed to parse function arguments: ${read.message}` };
    let value = understand(underOwnNames(unwrapped(read.value), aliases));
    schema ??= import("./zod.ts").then(build);
    const reader = await schema;
    for (let round = 0; ; round++) {
      const result = reader.safeParse(value);
      if (result.success) return withoutHalves(result.data);
      const issues = result.error.issues as SchemaIssue[];
      if (round < ROUNDS) value = mended(value, issues);
      else
        return {
          ok: false,
          message: `failed to parse function arguments: ${issues.map((one) => issueText(value, one)).join("; ")}`,
        };
    }
  };
}

/**
 * Half of a surrogate pair is no character: it has no UTF-8 form, and would reach the system as U+FFFD, in a command or a path that
 * nobody agreed to.
 */
function withoutHalves<T>(args: T): Read<T> {
  const half = placeOfHalf(args);
  if (half === null) return { ok: true, args };
  const message = `failed to parse function arguments: ${half} holds half of a surrogate pair, which is no character; write the whole one or leave it out`;
  return { ok: false, message };
}

/** Where the first one stands, as in `plan.0.step`; null: nowhere. */
function placeOfHalf(value: unknown): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : "";
  if (value === null || typeof value !== "object") return null;
  for (const [key, inner] of Object.entries(value)) {
    const place = placeOfHalf(inner);
    if (place !== null) return place === "" ? key : `${key}.${place}`;
  }
  return null;
}

/** A call's arguments as an object, for whoever changes one of them; empty when they are none. */
export function argumentObject(raw: string): JsonObject {
  const read = readJson(raw);
  return read.ok ? unwrapped(read.value) : {};
}
