import type { FunctionCallItem, Json } from "../../protocol/index.ts";

/** A piece of a tool call, as it is streamed. Everything in it may be missing. */
export interface CallPiece {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: Json };
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
}

/** `random` makes ids for calls that come without one. */
export function createCallCollector(random: () => number): CallCollector {
  const calls: OpenCall[] = [];

  /** The call that a piece belongs to. Some servers give all calls the index 0, or none: a second id or name opens a new one. */
  const callOf = (piece: CallPiece): OpenCall => {
    const { index, id } = piece;
    const name = piece.function?.name;
    const found = index === undefined ? calls.at(-1) : calls.findLast((call) => call.index === index);
    const other = found && ((id && found.id && id !== found.id) || (name && found.name && !id && index === undefined));
    if (found && !other) return found;
    const call: OpenCall = { index, id: "", name: "", pieces: [] };
    calls.push(call);
    return call;
  };

  return {
    add(piece) {
      const call = callOf(piece);
      call.id ||= piece.id ?? "";
      call.name ||= piece.function?.name ?? "";
      const args = piece.function?.arguments;
      if (args === undefined || args === null) return;
      // Some local servers send the arguments as an object, already parsed.
      call.pieces.push(typeof args === "string" ? args : JSON.stringify(args));
    },
    finished: () =>
      calls
        .filter((call) => call.name !== "")
        .map(({ id, name, pieces }) => ({
          type: "function_call",
          call_id: id || `call_${random().toString(36).slice(2)}`,
          name,
          // No arguments at all means none are needed.
          arguments: pieces.join("") || "{}",
        })),
  };
}
