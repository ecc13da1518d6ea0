import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { ToolSpec } from "../protocol/index.ts";
import { argumentReader } from "./arguments.ts";
import type { Tool, ToolContext } from "./contract.ts";
import { readImage } from "./image.ts";
import { textOutcome } from "./outcome.ts";
import { parameters, textParameter } from "./spec.ts";
import description from "./view-image.md" with { type: "text" };

const spec: ToolSpec = {
  type: "function",
  name: "view_image",
  description: description.trim(),
  parameters: parameters({ path: textParameter("Path of the file; relative ones start at the project.") }, ["path"]),
};

const readArguments = argumentReader((z) => z.object({ path: z.string().check(z.minLength(1)) }), {
  aliases: { path: ["file_path", "file", "image", "image_path"] },
});

/** An image that the model wants to see. Absolute. */
interface ImageCall {
  path: string;
}

/** What a command may not read in the sandbox is not read for the model either. */
function isHidden(path: string, { hidden }: ToolContext): boolean {
  const real = realpathSync(path);
  return hidden.some((place) => real === place || real.startsWith(place + sep));
}

const failed = (message: string) => textOutcome(message, { status: "failed", item: { type: "error", message } });

/** `view_image`: puts a picture before the model. */
export const viewImage: Tool<ImageCall> = {
  parallel: true,
  item_lasts: "call",
  spec: ({ images }) => (images ? spec : null),
  async parse(raw, cwd) {
    const parsed = await readArguments(raw);
    return parsed.ok ? { ok: true, args: { path: resolve(cwd, parsed.args.path) } } : parsed;
  },
  effect: () => null,
  item: () => null,
  hook: ({ path }) => ({ tool_name: "view_image", tool_input: { path } }),
  withHookInput: (_raw, input) => JSON.stringify(input),
  async run({ path }, context) {
    try {
      if (isHidden(path, context)) return failed(`cannot show ${path}: the sandbox hides it`);
    } catch {
      return failed(`cannot show ${path}: there is no such file`);
    }
    const read = await readImage(path);
    if (!read.ok) return failed(read.message);
    return textOutcome(`The image ${path}:`, { status: "completed", item: null, images: [read.part] });
  },
};
