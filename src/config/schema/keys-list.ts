import { type KeyPath, showKey } from "../key.ts";
import { SCHEMA } from "./schema.ts";
import type { Leaf, SchemaNode } from "./type.ts";

/** One row of the reference: the dotted key (chosen names as NAME) and its leaf. */
export interface ConfigKeyRow {
  key: string;
  leaf: Leaf<unknown>;
  /** false: neither it nor a table above it is used. */
  used: boolean;
}

/** Every setting of a schema, in the order of the table. */
export function listKeys(schema: SchemaNode = SCHEMA): ConfigKeyRow[] {
  const rows: ConfigKeyRow[] = [];
  const visit = (node: SchemaNode, keys: KeyPath, above: boolean): void => {
    const used = above && node.used;
    if (node.node === "leaf") rows.push({ key: showKey(keys), leaf: node, used });
    else if (node.node === "named") visit(node.each, [...keys, "NAME"], used);
    else for (const [key, child] of Object.entries(node.keys)) visit(child, [...keys, key], used);
  };
  visit(schema, [], true);
  return rows;
}
