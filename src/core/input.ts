import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { ContentPart, HistoryItem, InputPart } from "../protocol/index.ts";

/** Image types that the wires accept, by file ending. */
const IMAGE_TYPES: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

/** The user's words and pictures as one message. An image that cannot be read becomes a text that says so. */
export async function readInput(input: InputPart[], cwd: string): Promise<{ item: HistoryItem; warnings: string[] }> {
  const warnings: string[] = [];
  const content: ContentPart[] = [];
  let images = 0;
  for (const part of input) {
    if (part.type === "text") content.push({ type: "input_text", text: part.text });
    else if (part.type === "image") content.push({ type: "input_image", image_url: part.image_url });
    else {
      const path = resolve(cwd, part.path);
      const read = await readImage(path);
      if (read.ok) {
        const name = `[Image #${++images}]`;
        content.push({ type: "input_text", text: `<image name=${name} path="${part.path}">` });
        content.push({ type: "input_image", image_url: read.url, detail: "original" });
        content.push({ type: "input_text", text: "</image>" });
      } else {
        warnings.push(read.message);
        content.push({ type: "input_text", text: read.message });
      }
    }
  }
  return { item: { type: "message", role: "user", content }, warnings };
}

async function readImage(path: string): Promise<{ ok: true; url: string } | { ok: false; message: string }> {
  const type = IMAGE_TYPES[extname(path).toLowerCase()];
  if (!type) return { ok: false, message: `cannot attach ${path}: not a png, jpeg, gif or webp file` };
  try {
    return { ok: true, url: `data:${type};base64,${(await readFile(path)).toString("base64")}` };
  } catch (error) {
    return { ok: false, message: `cannot attach ${path}: ${(error as Error).message}` };
  }
}
