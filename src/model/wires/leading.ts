import type { ContentPart, HistoryItem } from "../../protocol/index.ts";
import type { ModelRequest } from "../contract.ts";

/**
 * The system prompt for wires that have one place for it: the instructions, then the developer messages that open the
 * history. Later developer messages stay where they are, so that what was sent before does not change.
 */
export function leadingPrompt({ instructions, input }: ModelRequest): { system: string; rest: HistoryItem[] } {
  const developer = (item: HistoryItem | undefined) => item?.type === "message" && item.role === "developer";
  let count = 0;
  while (developer(input[count])) count++;
  const texts = input.slice(0, count).map((item) => (item.type === "message" ? leadingText(item.content) : ""));
  return { system: [instructions, ...texts].filter((text) => text !== "").join("\n\n"), rest: input.slice(count) };
}

/** The text of parts, without images. */
export function leadingText(parts: string | ContentPart[]): string {
  if (typeof parts === "string") return parts;
  return parts.map(textOfPart).join("");
}

/** The text of one part; empty for an image. */
export function textOfPart(part: ContentPart): string {
  if (part.type === "refusal") return part.refusal;
  return part.type === "input_image" ? "" : part.text;
}
