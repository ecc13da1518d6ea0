import { resolve } from "node:path";
import { MEMORY_FORM, parseMemory } from "../../base/index.ts";
import type { JsonSchema } from "../../protocol/index.ts";

/** What a value needs to be understood: relative paths start at `base`, `~` is `home`. Both absolute. */
export interface ReadContext {
  base: string;
  home: string;
}

/** The type of one setting. `read` gives the value, normalised, or undefined when it is not of this type. */
export interface Type<T> {
  /** Completes "expected …" in messages and the type column of the docs. */
  readonly expected: string;
  readonly json: JsonSchema;
  read(value: unknown, context: ReadContext): T | undefined;
}

/** Who of a project may set a key: even a file that nobody trusts, only a trusted file, or no project file at all. */
export type ProjectRule = "always" | "trusted" | "never";

/** A setting with a value. */
export interface Leaf<T> {
  readonly node: "leaf";
  readonly type: Type<unknown>;
  /** Value when no layer sets the key; null: there is none. */
  readonly fallback: T;
  /** One line: what the key does. */
  readonly about: string;
  readonly project: ProjectRule;
  /** false: it is read and checked, and nothing of moat looks at it yet. */
  readonly used: boolean;
}

export type Keys = { readonly [name: string]: SchemaNode };

/** A table whose keys are fixed. */
export interface Section<K extends Keys = Keys> {
  readonly node: "section";
  readonly about: string;
  /** false: of none of its keys. */
  readonly used: boolean;
  readonly keys: K;
}

/** A table whose keys are names that the user chooses (`model_providers.NAME`). */
export interface Named<N extends SchemaNode = SchemaNode> {
  readonly node: "named";
  readonly about: string;
  /** false: of none of its keys. */
  readonly used: boolean;
  readonly each: N;
}

export type SchemaNode =
  | Leaf<unknown>
  | Section<{ readonly [name: string]: SchemaNode }>
  | { node: "named"; about: string; used: boolean; each: SchemaNode };

/** The TypeScript type of a node's value. */
export type SchemaValue<N> =
  N extends Leaf<infer T>
    ? T
    : N extends Section<infer K>
      ? { readonly [P in keyof K]: SchemaValue<K[P]> }
      : N extends { node: "named"; each: infer E }
        ? { readonly [name: string]: SchemaValue<E> }
        : never;

interface LeafOptions<F> {
  fallback: F;
  about: string;
  /** Left out: only a trusted project file. */
  project?: ProjectRule;
  /** Left out: true. */
  used?: false;
}

export function leaf<T, const F extends T | null>(type: Type<T>, options: LeafOptions<F>): Leaf<T | (F & null)> {
  return {
    node: "leaf",
    type,
    fallback: options.fallback as T | (F & null),
    about: options.about,
    project: options.project ?? "trusted",
    used: options.used ?? true,
  };
}

export function section<const K extends Keys>(about: string, keys: K, used = true): Section<K> {
  return { node: "section", about, used, keys };
}

export function named<const N extends SchemaNode>(about: string, each: N, used = true): Named<N> {
  return { node: "named", about, used, each };
}

export function text(): Type<string> {
  return { expected: "a string", json: { type: "string" }, read: (v) => (typeof v === "string" ? v : undefined) };
}

export function boolean(): Type<boolean> {
  return {
    expected: "true or false",
    json: { type: "boolean" },
    read: (v) => (typeof v === "boolean" ? v : undefined),
  };
}

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Type<number> {
  const bounded = max < Number.MAX_SAFE_INTEGER;
  return {
    expected: bounded ? `a whole number from ${min} to ${max}` : `a whole number, ${min} or more`,
    json: bounded ? { type: "integer", minimum: min, maximum: max } : { type: "integer", minimum: min },
    read: (v) => (typeof v === "number" && Number.isInteger(v) && v >= min && v <= max ? v : undefined),
  };
}

/** Bytes, written with their unit. */
export function memorySize(): Type<number> {
  return {
    expected: MEMORY_FORM,
    json: { type: "string", pattern: "^[0-9]+(\\.[0-9]+)? ?[mMgG]([iI]?[bB])?$" },
    read: (v) => (typeof v === "string" ? (parseMemory(v) ?? undefined) : undefined),
  };
}

export function seconds(): Type<number> {
  return {
    expected: "a number of seconds above 0",
    json: { type: "number", exclusiveMinimum: 0 },
    read: (v) => (typeof v === "number" && Number.isFinite(v) && v > 0 ? v : undefined),
  };
}

export function oneOf<const C extends readonly string[]>(...choices: C): Type<C[number]> {
  return {
    expected: `one of ${choices.map((c) => `"${c}"`).join(", ")}`,
    json: { enum: [...choices] },
    read: (v) => (choices.find((c) => c === v) as C[number] | undefined) ?? undefined,
  };
}

/** A path of a file or directory; `~/` and relative paths are made absolute. */
export function path(): Type<string> {
  return {
    expected: "a path",
    json: { type: "string" },
    read: (v, context) => (typeof v === "string" && v !== "" ? absolute(v, context) : undefined),
  };
}

export function url(): Type<string> {
  return {
    expected: "an http:// or https:// address",
    json: { type: "string", format: "uri" },
    read: (v) => (typeof v === "string" && /^https?:\/\/[^\s/]/.test(v) && URL.canParse(v) ? v : undefined),
  };
}

/** A file name without directories. */
export function fileName(): Type<string> {
  return {
    expected: "a file name without directories",
    json: { type: "string", pattern: "^[^/\\\\]+$" },
    read: (v) => (typeof v === "string" && /^[^/\\\0]+$/.test(v) && v !== "." && v !== ".." ? v : undefined),
  };
}

/** A regular expression in JavaScript's syntax. */
export function pattern(): Type<string> {
  return {
    expected: "a regular expression",
    json: { type: "string", format: "regex" },
    read: (v) => (typeof v === "string" && compiles(v) ? v : undefined),
  };
}

export function list<T>(of: Type<T>, min = 0): Type<readonly T[]> {
  return {
    expected: `a list${min > 0 ? ` of at least ${min}` : ""}, each ${of.expected}`,
    json: min > 0 ? { type: "array", items: of.json, minItems: min } : { type: "array", items: of.json },
    read: (v, context) => {
      if (!Array.isArray(v) || v.length < min) return undefined;
      const values = v.map((entry: unknown) => of.read(entry, context));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

export function either<A, B>(a: Type<A>, b: Type<B>): Type<A | B> {
  return {
    expected: `${a.expected}, or ${b.expected}`,
    json: { anyOf: [a.json, b.json] },
    read: (v, context) => a.read(v, context) ?? b.read(v, context),
  };
}

/** A type whose values have older names, too. */
export function renamed<T extends string>(of: Type<T>, older: Readonly<Record<string, NoInfer<T>>>): Type<T> {
  const names = Object.keys(older);
  return {
    expected: of.expected,
    json: of.json.enum ? { enum: [...(of.json.enum as string[]), ...names] } : { anyOf: [of.json, { enum: names }] },
    read: (v, context) => of.read(typeof v === "string" && Object.hasOwn(older, v) ? older[v] : v, context),
  };
}

/** The same value, which may also stand alone in a table under this name: how serde writes a variant with fields. */
export function wrappedType<T>(name: string, of: Type<T>): Type<T> {
  return {
    expected: of.expected,
    json: { anyOf: [of.json, { type: "object", properties: { [name]: of.json }, required: [name] }] },
    read: (v, context) => of.read(isTable(v) && Object.keys(v).join() === name ? v[name] : v, context),
  };
}

/** A small table that is set as a whole; fields that are left out are false. */
export function flags<const N extends readonly string[]>(...names: N): Type<{ readonly [P in N[number]]: boolean }> {
  return {
    expected: `a table of true or false for ${names.join(", ")}`,
    json: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, { type: "boolean" }])),
      additionalProperties: false,
    },
    read: (v) => {
      if (!isTable(v)) return undefined;
      if (Object.entries(v).some(([k, b]) => !names.includes(k) || typeof b !== "boolean")) return undefined;
      const pairs = names.map((name) => [name, v[name] === true]);
      return Object.fromEntries(pairs) as { readonly [P in N[number]]: boolean };
    },
  };
}

/** True for a plain table as TOML, JSON and YAML give it: not a list, a date or null. */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function absolute(value: string, { base, home }: ReadContext): string {
  if (value === "~") return home;
  return value.startsWith("~/") ? resolve(home, value.slice(2)) : resolve(base, value);
}

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
