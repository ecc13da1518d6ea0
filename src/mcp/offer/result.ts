import type { ContentPart, Json, JsonObject } from "../../protocol/index.ts";
import { type ItemBody, type ToolOutcome, textOutcome } from "../../tools/index.ts";
import { asText, isJsonObject, type RpcAnswer } from "../wire/message.ts";

/** A call of a tool: whose, which, and with what. */
export interface ServerCall {
  server: string;
  tool: string;
  input: JsonObject;
}

/** Pictures that every provider takes. */
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Characters (of base64) of one picture, and pictures of one call, that go to the model: the bound of the Messages API. */
const MAX_PICTURE = 5 * 1024 * 1024;
const MOST_PICTURES = 10;
/** Characters of one part that an item shows and keeps, as of a command's output. */
const MAX_SHOWN = 1024 * 1024;

/** The item of a call that is not over, or was not made. */
export function callItem({ server, tool, input }: ServerCall, status: "in_progress" | "declined" | "failed"): ItemBody {
  return { type: "mcp_tool_call", server, tool, arguments: input, result: null, error: null, status };
}

/** What a call came to, for the model and for people. `sees`: the model takes pictures. */
export function callOutcome(call: ServerCall, answer: RpcAnswer, sees: boolean): ToolOutcome {
  if (!answer.ok) return failedCall(call, answer.message);
  const { structuredContent: structured = null, isError } = answer.result;
  const content = Array.isArray(answer.result.content) ? answer.result.content : [];
  const parts = content.map((one) => readPart(one, sees));
  const images = parts.flatMap(({ image }) => (image ? [image] : [])).slice(0, MOST_PICTURES);
  const said = parts.flatMap(({ text }) => (text === null ? [] : [text])).join("\n");
  // The peers show a model the one or the other, and the structured form where there is one.
  const body = structured === null || isError === true ? said : JSON.stringify(structured);
  const status = isError === true ? "failed" : "completed";
  return textOutcome(
    body || (images.length > 0 ? "The tool answers with a picture:" : "(the tool answers with nothing)"),
    {
      status,
      item: {
        ...callItem(call, "failed"),
        status,
        result: { content: parts.map(({ shown }) => shown), structured_content: structured },
        error: isError === true ? { message: said || "the tool failed and says not why" } : null,
      } as ItemBody,
      ...(images.length > 0 ? { images } : {}),
    },
  );
}

/** A call that came to nothing. */
export function failedCall(call: ServerCall, message: string): ToolOutcome {
  const item = { ...callItem(call, "failed"), error: { message } } as ItemBody;
  return textOutcome(message, { status: "failed", item });
}

/** One part of an answer: text for the model, or a picture; and what of it is kept. */
interface ReadPart {
  text: string | null;
  image: ContentPart | null;
  shown: Json;
}

function readPart(part: Json, sees: boolean): ReadPart {
  const { type, text, data, mimeType, resource } = isJsonObject(part) ? part : {};
  if (type === "text") return words(asText(text), part);
  if (type === "image" && sees && fitsModel(asText(mimeType), asText(data))) {
    const image_url = `data:${asText(mimeType)};base64,${asText(data)}`;
    return { text: null, image: { type: "input_image", image_url }, shown: part };
  }
  if (type === "image" || type === "audio") return words(omitted(asText(type), asText(mimeType), asText(data)), null);
  if (type === "resource" && isJsonObject(resource)) return words(resourceText(resource), part);
  return words(JSON.stringify(part), part);
}

/** @param part what is kept of it, when it is not too long; null: the text */
function words(text: string, part: Json): ReadPart {
  const short = part !== null && JSON.stringify(part).length <= MAX_SHOWN;
  return { text, image: null, shown: short ? part : { type: "text", text: text.slice(0, MAX_SHOWN) } };
}

const fitsModel = (type: string, data: string) =>
  PICTURES.has(type) && data.length <= MAX_PICTURE && /^[A-Za-z0-9+/]+={0,2}$/.test(data);

const omitted = (what: string, type: string, data: string) =>
  `[${what} ${type || "of an unnamed type"}, ${Math.floor((data.length * 3) / 4)} bytes: not shown to the model]`;

/** Text of a resource; of one that is none, what it is. */
export function resourceText({ uri, text, blob, mimeType }: JsonObject): string {
  if (typeof text === "string") return text;
  return omitted(`resource ${asText(uri)}`, asText(mimeType), asText(blob));
}
