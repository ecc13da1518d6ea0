import type { JsonSchema } from "../../protocol/index.ts";
import { SCHEMA } from "./schema.ts";
import type { SchemaNode } from "./type.ts";

/** The JSON Schema of config.toml (draft 2020-12), for editors and for `moat schema config`. */
export function configJsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "config.toml of moat",
    ...nodeSchema(SCHEMA, true),
  };
}

function nodeSchema(node: SchemaNode, above: boolean): JsonSchema {
  const used = above && node.used;
  const description = `${used ? "" : "Not used yet. "}${node.about}`;
  if (node.node === "named") {
    return { type: "object", description, additionalProperties: nodeSchema(node.each, used) };
  }
  if (node.node === "section") {
    const properties = Object.fromEntries(
      Object.entries(node.keys).map(([key, child]) => [key, nodeSchema(child, used)]),
    );
    return { type: "object", description, properties, additionalProperties: false };
  }
  const schema: JsonSchema = { ...node.type.json, description };
  return node.fallback === null ? schema : { ...schema, default: structuredClone(node.fallback) as JsonSchema };
}
