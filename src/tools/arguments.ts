import type { z } from "zod/mini";

/** Reads a call's JSON arguments through a schema. The message is for the model: it names the field and what was expected. */
export function parseArguments<S extends z.ZodMiniType>(
  schema: S,
  raw: string,
): { ok: true; args: z.infer<S> } | { ok: false; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    return { ok: false, message: `failed to parse function arguments: ${(error as Error).message}` };
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, args: result.data };
  const issues = result.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`);
  return { ok: false, message: `failed to parse function arguments: ${issues.join("; ")}` };
}
