import { modelKeys } from "./keys-model.ts";
import { safetyKeys } from "./keys-safety.ts";
import { surfaceKeys } from "./keys-surface.ts";
import { type Leaf, type SchemaNode, type SchemaValue, section } from "./type.ts";

/**
 * Every setting that moat knows: type, value when nobody sets it, meaning, and whether a file of a project may set it.
 * Validation, `Config`, docs/config.md and the JSON Schema are made from this table and nothing else.
 */
export const SCHEMA = section("Settings of moat.", { ...modelKeys, ...safetyKeys, ...surfaceKeys });

/** The settings that are in force: every key is there, with its default or null. Frozen. */
export type Config = SchemaValue<typeof SCHEMA>;

/** The leaf at a dotted path, or undefined when the path names a table or nothing. */
export function leafAt(keys: readonly string[]): Leaf<unknown> | undefined {
  const node = nodeAt(keys);
  return node?.node === "leaf" ? node : undefined;
}

/** The node at a dotted path; undefined when there is none. */
export function nodeAt(keys: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode = SCHEMA;
  for (const key of keys) {
    const next = childOf(node, key);
    if (next === undefined) return undefined;
    node = next;
  }
  return node;
}

/** What stands under `key` in a table; undefined for a leaf and for a key that a section does not have. */
export function childOf(node: SchemaNode, key: string): SchemaNode | undefined {
  if (node.node === "leaf") return undefined;
  if (node.node === "named") return node.each;
  return Object.hasOwn(node.keys, key) ? node.keys[key] : undefined;
}
