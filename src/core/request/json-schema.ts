import { fromJSONSchema } from "zod";
import type { JsonSchema } from "../../protocol/index.ts";

/**
 * What a value has against a schema, one sentence each. Empty also for a schema with parts that cannot be checked here
 * (`if`, a remote `$ref`): there the provider's own check has to do.
 */
export function schemaProblems(value: unknown, schema: JsonSchema): string[] {
  const issues = compile(schema)?.safeParse(value).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
}

function compile(schema: JsonSchema) {
  try {
    return fromJSONSchema(schema);
  } catch {
    return null;
  }
}
