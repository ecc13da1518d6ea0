import type { Json, JsonObject } from "../../protocol/index.ts";
import type { ServerPromptRead } from "../../tools/index.ts";
import type { ToolServer } from "../server/server.ts";
import { asText, isJsonObject } from "../wire/message.ts";
import { resourceText } from "./result.ts";

/** Lets a server write a prompt: the text is said as if the person had typed it. */
export async function serverPrompt(
  server: ToolServer,
  name: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<ServerPromptRead> {
  const ready = await server.ready(signal);
  if (!ready.ok) return ready;
  const prompt = ready.lists.prompts.find((one) => one.name === name);
  if (!prompt) return { ok: false, message: `the MCP server ${server.config.name} has no prompt ${name}` };
  const given = argumentsOf(prompt.arguments, words);
  const missing = prompt.arguments.filter(({ name: one, required }) => required && !Object.hasOwn(given, one));
  if (missing.length > 0) {
    const usage = prompt.arguments.map(({ name: one, required }) => (required ? one : `[${one}]`)).join(" ");
    return { ok: false, message: `${name} needs ${missing.map((one) => one.name).join(", ")}: ${name} ${usage}` };
  }
  const answer = await server.request("prompts/get", { name, arguments: given }, { signal }, null);
  if (!answer.ok) return answer;
  const { messages } = answer.result;
  const text = (Array.isArray(messages) ? messages : []).map(messageText).filter((one) => one !== "");
  return text.length > 0 ? { ok: true, text: text.join("\n\n") } : { ok: false, message: `${name} came to no text` };
}

/** `name=value` by name; other words fill the arguments in their order, and the last one takes all that are left. */
function argumentsOf(known: readonly { name: string }[], words: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {};
  const loose: string[] = [];
  for (const word of words) {
    const [, name, value] = word.match(/^([^=\s]+)=(.*)$/s) ?? [];
    if (name !== undefined && value !== undefined && known.some((one) => one.name === name)) given[name] = value;
    else loose.push(word);
  }
  const open = known.filter(({ name }) => !Object.hasOwn(given, name));
  for (const [at, { name }] of open.entries()) {
    const last = at === open.length - 1;
    const value = last ? loose.slice(at).join(" ") : loose[at];
    if (value !== undefined && value !== "") given[name] = value;
  }
  return given;
}

/** What the server lets the model say before is told apart from what the person says. */
function messageText(message: Json): string {
  if (!isJsonObject(message)) return "";
  const text = [message.content]
    .flat()
    .map((one) => contentText(isJsonObject(one) ? one : {}))
    .join("\n");
  return message.role === "assistant" && text !== "" ? `<assistant>\n${text}\n</assistant>` : text;
}

function contentText({ type, text, resource }: JsonObject): string {
  if (type === "text") return asText(text);
  return type === "resource" && isJsonObject(resource) ? resourceText(resource) : "";
}
