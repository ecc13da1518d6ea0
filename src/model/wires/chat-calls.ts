import type { FunctionCallItem, Json, JsonObject } from "../../protocol/index.ts";
import { parseJson } from "../json.ts";

/** A piece of a tool call, as it is streamed. Everything in it may be missing. */
export interface CallPiece {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: Json };
  /** Gemini. */
  extra_content?: JsonObject | null;
}

/** Puts calls together from their pieces. */
export interface CallCollector {
  add(piece: CallPiece): void;
  /** The calls in the order in which they began; those that never got a name are left out. */
  finished(): FunctionCallItem[];
}

interface OpenCall {
  index: number | undefined;
  id: string;
  name: string;
  pieces: string[];
  extra_content: JsonObject | null;
}

/** Calls that come without an id keep an empty one. */
export function createCallCollector(): CallCollector {
  const calls: OpenCall[] = [];

  /**
   * The call that a piece belongs to. Some servers give all calls the index 0, or none: a second id opens a new one, and so
   * does a name once the arguments are whole. (Others repeat the name with every piece.)
   */
  const callOf = (piece: CallPiece): OpenCall => {
    const { index, id } = piece;
    const found = index === undefined ? calls.at(-1) : calls.findLast((call) => call.index === index);
    const another = found && id && found.id && id !== found.id;
    if (found && !another && !(piece.function?.name && found.name && isWhole(found))) return found;
    const call: OpenCall = { index, id: "", name: "", pieces: [], extra_content: null };
    calls.push(call);
    return call;
  };

  return {
    add(piece) {
      const call = callOf(piece);
      call.id ||= piece.id ?? "";
      call.name ||= piece.function?.name ?? "";
      call.extra_content ??= piece.extra_content ?? null;
      const args = piece.function?.arguments;
      if (args === undefined || args === null) return;
      // Some local servers send the arguments as an object, already parsed.
      call.pieces.push(typeof args === "string" ? args : JSON.stringify(args));
    },
    finished: () =>
      calls
        .filter((call) => call.name !== "")
        .map(({ id, name, pieces, extra_content }) => ({
          type: "function_call",
          call_id: id,
          name,
          // No arguments at all means none are needed.
          arguments: pieces.join("") || "{}",
          ...(extra_content === null ? {} : { extra_content }),
        })),
  };
}

function isWhole({ pieces }: OpenCall): boolean {
  const value = pieces.at(-1)?.trimEnd().endsWith("}") ? parseJson(pieces.join("")) : undefined;
  return typeof value === "object" && value !== null;
}
