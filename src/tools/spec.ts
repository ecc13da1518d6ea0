import type { JsonSchema } from "../protocol/index.ts";

// Words for the parameters of a tool, as a model is told of them.

export const textParameter = (description: string): JsonSchema => ({ type: "string", description });
export const numberParameter = (description: string): JsonSchema => ({ type: "number", description });

export function parameters(properties: Record<string, JsonSchema>, required: string[]): JsonSchema {
  return { type: "object", properties, required, additionalProperties: false };
}
