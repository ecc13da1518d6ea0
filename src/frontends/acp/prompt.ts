import { fileURLToPath } from "node:url";
import type { ContentBlock } from "@agentclientprotocol/sdk";
import type { InputPart } from "../../protocol/index.ts";

/** What was said, or which part of it cannot be taken. */
export type PromptInput = { ok: true; input: InputPart[] } | { ok: false; message: string };

/** The blocks of a prompt as input of a turn. What an editor embeds or links stands there under its address. */
export function promptInput(blocks: readonly ContentBlock[]): PromptInput {
  const input: InputPart[] = [];
  for (const block of blocks) {
    const part = partOf(block);
    if (part === null) return { ok: false, message: "moat takes no audio: say it in text" };
    input.push(part);
  }
  return input.length > 0 ? { ok: true, input } : { ok: false, message: "the prompt is empty" };
}

function partOf(block: ContentBlock): InputPart | null {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
      return image(block.mimeType, block.data);
    case "resource_link":
      return { type: "text", text: `[@${block.name}](${pathOf(block.uri)})` };
    case "resource":
      return embedded(block.resource);
    case "audio":
      return null;
  }
}

const image = (mime: string, base64: string): InputPart => ({
  type: "image",
  image_url: `data:${mime};base64,${base64}`,
});

function embedded(resource: Extract<ContentBlock, { type: "resource" }>["resource"]): InputPart {
  const uri = pathOf(resource.uri);
  if ("text" in resource) return { type: "text", text: `<context ref="${uri}">\n${resource.text}\n</context>` };
  const mime = resource.mimeType ?? "";
  if (mime.startsWith("image/")) return image(mime, resource.blob);
  return { type: "text", text: `[${uri}: ${mime || "binary"} content that is no text]` };
}

/** The path of a file's address, which is what commands take; other addresses stay. */
function pathOf(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}
