import type { z } from "zod/mini";

/** What reading the arguments of a call comes to. The message is for the model: it names the field and what was expected. */
type Read<T> = { ok: true; args: T } | { ok: false; message: string };

/** Reads a call's JSON arguments. */
export type ArgumentReader<T> = (raw: string) => Promise<Read<T>>;

/** What a reader gives. */
export type ArgumentsOf<R> = R extends ArgumentReader<infer T> ? T : never;

/** Makes the reader of a tool's arguments from their schema, which is built at the first call: a plain answer needs no zod. */
export function argumentReader<S extends z.ZodMiniType>(
  build: (zod: typeof import("./zod.ts")) => S,
): ArgumentReader<z.infer<S>> {
  let schema: Promise<S> | null = null;
  return async (raw) => {
    let value: unknown;
    try {
      value = JSON.parse(raw);
    } catch (error) {
      return { ok: false, message: `failed to parse function arguments: ${(error as Error).message}` };
    }
    schema ??= import("./zod.ts").then(build);
    const result = (await schema).safeParse(value);
    if (result.success) return { ok: true, args: result.data };
    const issues = result.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`);
    return { ok: false, message: `failed to parse function arguments: ${issues.join("; ")}` };
  };
}
