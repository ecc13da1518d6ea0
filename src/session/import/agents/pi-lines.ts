import type { ContentPart, HistoryItem, Json } from "../../../protocol/index.ts";
import {
  countOf,
  type Foreign,
  imageUrl,
  isObject,
  kindName,
  listOf,
  objectOf,
  parseObject,
  stringOf,
  timeOf,
} from "../foreign.ts";
import type { Losses } from "../losses.ts";
import { type CallKind, changeOf } from "../shown.ts";
import { Teller } from "../teller.ts";
import type { LineTeller } from "../tree-thread.ts";

/** Text and images of a message. */
export function piParts(content: unknown): ContentPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "input_text", text: content }];
  return listOf(content).flatMap((part): ContentPart[] => {
    const { type, text, data, mimeType } = part;
    if (type === "text" && typeof text === "string" && text !== "") return [{ type: "input_text", text }];
    const image_url = type === "image" ? imageUrl(mimeType, data) : null;
    return image_url === null ? [] : [{ type: "input_image", image_url }];
  });
}

/** Tells the lines of a session of pi. */
export class PiReader implements LineTeller {
  readonly teller: Teller;
  readonly #losses: Losses;
  readonly #cwd: string;

  constructor(started: string, cwd: string, losses: Losses) {
    this.teller = new Teller("pi", started, cwd);
    this.#cwd = cwd;
    this.#losses = losses;
  }

  take(line: Foreign): void {
    const { teller } = this;
    teller.at = timeOf(line.timestamp) ?? teller.at;
    teller.tag = stringOf(line.id) ?? "";
    switch (line.type) {
      case "message":
        this.#message(objectOf(line.message));
        return;
      case "compaction":
        this.#compact(line);
        return;
      case "context_edit":
        this.#edit(stringOf(line.targetId) ?? "", line.replacement);
        return;
      case "branch_summary":
        teller.context(piParts(line.summary));
        return;
      case "custom_message":
        teller.context(piParts(line.content));
        return;
      case "usage":
        this.#count(line.usage);
        return;
      case "model_change":
        teller.model(stringOf(line.modelId));
        return;
      default:
        this.#losses.skip(kindName(line.type));
        return;
    }
  }

  #message(message: Foreign): void {
    const { teller } = this;
    switch (message.role) {
      case "user":
        teller.prompt(piParts(message.content));
        return;
      case "assistant":
        this.#answer(message);
        return;
      case "toolResult":
        this.#result(message);
        return;
      case "bashExecution":
        this.#ranByPerson(message);
        return;
      case "custom":
        teller.context(piParts(message.content));
        return;
      default:
        this.#losses.skip(`${kindName(message.role)} message`);
        return;
    }
  }

  #answer(message: Foreign): void {
    const { teller } = this;
    teller.model(stringOf(message.model));
    const provider = stringOf(message.provider) ?? "pi";
    for (const part of listOf(message.content)) {
      if (part.type === "thinking") this.#think(part, provider);
      else if (part.type === "text") teller.say(stringOf(part.text) ?? "", idOf(part.textSignature));
      else if (part.type === "toolCall") this.#call(part);
      else this.#losses.skip(`part ${kindName(part.type)}`);
    }
    this.#count(message.usage);
    if (typeof message.errorMessage === "string") teller.error(message.errorMessage);
    if (message.stopReason === "aborted") teller.end("interrupted");
  }

  /** A signature is what the provider signed, or all of an item of the Responses API. */
  #think(part: Foreign, provider: string): void {
    const [text, signature] = [stringOf(part.thinking) ?? "", stringOf(part.thinkingSignature)];
    const item = signature?.startsWith("{") ? parseObject(signature) : null;
    if (item?.type !== "reasoning") {
      this.teller.think(text, { provider, ...(signature ? { signature } : {}) });
      return;
    }
    const summary = listOf(item.summary).map((one) => ({
      type: "summary_text" as const,
      text: stringOf(one.text) ?? "",
    }));
    const id = typeof item.id === "string" ? { id: item.id } : {};
    this.teller.think(text, { provider, ...id, summary, encrypted_content: stringOf(item.encrypted_content) });
  }

  /** `call_id|item_id` where the API has both. */
  #call(part: Foreign): void {
    const [call_id = "", item_id] = (stringOf(part.id) ?? "").split("|");
    const [name, args] = [stringOf(part.name) ?? "", objectOf(part.arguments)];
    this.teller.call(call_id, name, args as Json, callKind(name, args, this.#cwd), item_id ? { id: item_id } : {});
  }

  #result(message: Foreign): void {
    const parts = piParts(message.content);
    const text = parts.map((part) => ("text" in part ? part.text : "")).join("\n");
    const failed = message.isError === true;
    const code = text.match(/^Command exited with code (\d+)$/m)?.[1];
    const exit_code = failed ? Number(code ?? -1) : 0;
    const output = parts.some(({ type }) => type === "input_image") ? parts : text;
    this.teller.result((stringOf(message.toolCallId) ?? "").split("|")[0] ?? "", { output, exit_code, failed });
  }

  /** What a person ran with `!`; the model is told of it. */
  #ranByPerson({ command, output, excludeFromContext }: Foreign): void {
    if (excludeFromContext === true) {
      this.#losses.skip("command of a person");
      return;
    }
    this.teller.context(piParts(`$ ${stringOf(command) ?? ""}\n${stringOf(output) ?? ""}`));
  }

  #count(usage: unknown): void {
    if (!isObject(usage)) return;
    const [read, written] = [countOf(usage.cacheRead), countOf(usage.cacheWrite)];
    this.teller.use({
      input_tokens: countOf(usage.input) + read + written,
      cached_input_tokens: read,
      cache_write_input_tokens: written,
      output_tokens: countOf(usage.output),
      reasoning_output_tokens: countOf(usage.reasoning),
    });
  }

  #compact(line: Foreign): void {
    const { teller } = this;
    const kept = teller.since(stringOf(line.firstKeptEntryId) ?? "");
    const summary: HistoryItem = { type: "message", role: "user", content: piParts(line.summary) };
    teller.replace("compacted", [{ tag: teller.tag, items: [summary] }, ...kept]);
    this.#count(line.usage);
  }

  /** An earlier entry is left out from here on, or says something else. */
  #edit(target: string, replacement: unknown): void {
    const parts = isObject(replacement) ? piParts(replacement.content) : piParts(replacement);
    const edited = (items: HistoryItem[]) =>
      replacement === null ? [] : items.map((item) => withContent(item, parts));
    this.teller.replace(
      "compacted",
      this.teller.parts().map(({ tag, items }) => ({ tag, items: tag === target ? edited(items) : items })),
    );
  }
}

function withContent(item: HistoryItem, parts: ContentPart[]): HistoryItem {
  if (item.type === "function_call_output") return { ...item, output: parts };
  if (item.type !== "message" || item.role !== "assistant")
    return item.type === "message" ? { ...item, content: parts } : item;
  const text = parts.map((part) => ("text" in part ? part.text : "")).join("\n");
  return { type: "message", role: "assistant", content: [{ type: "output_text", text }] };
}

/** The id of a message of the Responses API, in a note of pi's own. */
function idOf(signature: unknown): { id?: string } {
  const id = typeof signature === "string" && signature.startsWith("{") ? parseObject(signature)?.id : null;
  return typeof id === "string" ? { id } : {};
}

function callKind(name: string, args: Foreign, cwd: string): CallKind | null {
  const path = stringOf(args.path) ?? stringOf(args.file_path);
  if (name === "bash") return { type: "command", command: stringOf(args.command) ?? "" };
  if ((name !== "write" && name !== "edit") || path === null) return null;
  return { type: "patch", changes: [changeOf(path, name === "write" ? "add" : "update", cwd)] };
}
