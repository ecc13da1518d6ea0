import { resolve } from "node:path";
import type { ContentPart, HistoryItem, InputPart } from "../../protocol/index.ts";
import { readImage } from "../../tools/index.ts";

/** The user's words and pictures as one message. An image that cannot be read becomes a text that says so. */
export async function readInputParts(
  input: InputPart[],
  cwd: string,
): Promise<{ item: HistoryItem; warnings: string[] }> {
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
        content.push(read.part);
        content.push({ type: "input_text", text: "</image>" });
      } else {
        warnings.push(read.message);
        content.push({ type: "input_text", text: read.message });
      }
    }
  }
  return { item: { type: "message", role: "user", content }, warnings };
}
