import type { JsonObject } from "../../protocol/index.ts";

/**
 * Puts OpenRouter's `reasoning_details` together (https://openrouter.ai/docs/use-cases/reasoning-tokens), and LiteLLM's `thinking_blocks`
 * (https://docs.litellm.ai/docs/reasoning_content).
 */
export interface DetailsCollector {
  add(pieces: readonly JsonObject[]): void;
  /** The readable text of what was added since the last call. */
  news(): string;
  /** The parts in their order, as they have to go back. */
  finished(): JsonObject[];
}

/** Fields of a part that are streamed in pieces; every other one is said once. */
const GROWING = ["text", "summary", "data", "thinking", "signature"] as const;

/** Pieces of one part share its `index` and `type`; without an index a piece continues the part before it. */
export function createDetailsCollector(): DetailsCollector {
  const parts: JsonObject[] = [];
  let news = "";
  const grow = (part: JsonObject, piece: JsonObject) => {
    for (const [name, value] of Object.entries(piece)) {
      const before = part[name];
      const grows = GROWING.some((one) => one === name) && typeof before === "string" && typeof value === "string";
      if (grows) part[name] = before + value;
      else if (value !== null || before === undefined) part[name] = value;
    }
  };
  return {
    add(pieces) {
      for (const piece of pieces) {
        for (const name of ["text", "summary", "thinking"]) if (typeof piece[name] === "string") news += piece[name];
        const found = parts.findLast(({ index, type }) => type === piece.type && index === piece.index);
        if (found && (piece.index !== undefined || found === parts.at(-1))) grow(found, piece);
        else parts.push({ ...piece });
      }
    },
    news() {
      const text = news;
      news = "";
      return text;
    },
    finished: () => parts,
  };
}
