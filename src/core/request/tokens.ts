import { BYTES_PER_TOKEN } from "../../base/index.ts";
import type { ContentPart, HistoryItem, Usage } from "../../protocol/index.ts";

/** An image, whatever its bytes: providers scale it down and count about this much at most (1568 px on the long side). */
const IMAGE_TOKENS = 1600;
/** Role, type and separators of one item. */
const ITEM_TOKENS = 4;

/** Estimated tokens of a text. */
export function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

function partTokens(part: ContentPart): number {
  if (part.type === "input_image") return IMAGE_TOKENS;
  return textTokens(part.type === "refusal" ? part.refusal : part.text);
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

function bodyTokens(item: HistoryItem): number {
  switch (item.type) {
    case "message":
      return sum(item.content.map(partTokens));
    case "reasoning": {
      // Encrypted reasoning is base64: three bytes of content in four characters.
      const hidden = Math.ceil((item.encrypted_content?.length ?? 0) * 0.75);
      return Math.ceil(hidden / BYTES_PER_TOKEN) || sum(item.summary.map(({ text }) => textTokens(text)));
    }
    case "function_call":
      return textTokens(item.name) + textTokens(item.arguments);
    case "custom_tool_call":
      return textTokens(item.name) + textTokens(item.input);
    case "function_call_output":
    case "custom_tool_call_output":
      return typeof item.output === "string" ? textTokens(item.output) : sum(item.output.map(partTokens));
    case "web_search_call":
      return textTokens(JSON.stringify(item.blocks ?? item.action ?? null));
  }
}

/** Estimated tokens of one item of the history. */
export function itemTokens(item: HistoryItem): number {
  return ITEM_TOKENS + bodyTokens(item);
}

/** Estimated tokens of several items. */
export function historyTokens(items: readonly HistoryItem[]): number {
  return sum(items.map(itemTokens));
}

/**
 * How full the context is: what the server counted with the last response, and an estimate of what came after it. Until
 * the first count all of it is estimated; the parts of a request that are no history are then given as `overhead`.
 */
export class ContextMeter {
  #tokens: number;
  #counted = false;
  #told: number | null = null;

  constructor(items: readonly HistoryItem[]) {
    this.#tokens = historyTokens(items);
  }

  /** An item was added to the history. */
  add(item: HistoryItem): void {
    this.#tokens += itemTokens(item);
  }

  /** The response that was just added to the history is complete, and this is what the server counted. */
  count(usage: Usage): void {
    this.#tokens = usage.input_tokens + usage.output_tokens;
    this.#counted = true;
  }

  /** The history is another one. */
  replace(items: readonly HistoryItem[]): void {
    this.#tokens = historyTokens(items);
    this.#counted = false;
  }

  /** The last count was the server's: it holds what is no history, too, and no `overhead` is needed. */
  get counted(): boolean {
    return this.#counted;
  }

  /** Tokens of the next request. */
  tokens(overhead: number): number {
    return this.#tokens + (this.#counted ? 0 : overhead);
  }

  /** The same, or null when it was told already. */
  news(overhead: number): number | null {
    const tokens = this.tokens(overhead);
    if (tokens === this.#told) return null;
    this.#told = tokens;
    return tokens;
  }
}
