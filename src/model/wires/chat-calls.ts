import type { FunctionCallItem, Json, JsonObject } from "../../protocol/index.ts";
import { argumentsText } from "../dialect/arguments.ts";
import { parseJson } from "../json.ts";

/** A piece of a tool call, as it is streamed. Everything in it may be missing. */
export interface CallPiece {
  index?: number | null;
  id?: string | null;
  function?: { name?: string | null; arguments?: Json; provider_specific_fields?: JsonObject | null };
  /** Gemini. */
  extra_content?: JsonObject | null;
  /** LiteLLM; some of its versions have it in `function`. */
  provider_specific_fields?: JsonObject | null;
}

/** Puts calls together from their pieces. */
export interface CallCollector {
  add(piece: CallPiece): void;
  /** The calls in the order in which they began; those that never got a name are left out. */
  finished(): FunctionCallItem[];
}

interface OpenCall {
  index: CallPiece["index"];
  id: string;
  name: string;
  pieces: string[];
  extras: Pick<FunctionCallItem, "extra_content" | "provider_specific_fields">;
}

/** Calls that come without an id keep an empty one. */
export function createCallCollector(): CallCollector {
  const calls: OpenCall[] = [];

  const open = (index: CallPiece["index"]): OpenCall => {
    const call: OpenCall = { index, id: "", name: "", pieces: [], extras: {} };
    calls.push(call);
    return call;
  };
  const callOf = (piece: CallPiece): OpenCall => {
    const { index } = piece;
    const found = index === undefined || index === null ? calls.at(-1) : calls.findLast((call) => call.index === index);
    return found && !startsAnother(piece, found) ? found : open(index);
  };

  return {
    add(piece) {
      const args = textOf(piece.function?.arguments);
      const call = callOf(piece);
      if (isRepeated(piece, args, call)) return;
      call.id ||= piece.id ?? "";
      const name = piece.function?.name ?? "";
      // Some send the name in pieces, others all of it with every piece.
      if (call.pieces.length === 0 && name !== call.name) call.name += name;
      const { extra_content, provider_specific_fields = piece.function?.provider_specific_fields } = piece;
      if (extra_content) call.extras.extra_content ??= extra_content;
      if (provider_specific_fields) call.extras.provider_specific_fields ??= provider_specific_fields;
      if (args !== "") call.pieces.push(args);
    },
    finished: () =>
      calls
        .filter((call) => call.name !== "")
        .map(({ id, name, pieces, extras }) => ({
          type: "function_call",
          call_id: id,
          name,
          // No arguments at all means none are needed.
          arguments: pieces.join("") || "{}",
          ...extras,
        })),
  };
}

/**
 * Whether a piece for the place of a call begins another one. Some servers give all calls the index 0, or none: then another id
 * with a name begins a call, and so does a name once the arguments are whole. Others repeat the name with every piece, or make a
 * new id for each.
 */
function startsAnother(piece: CallPiece, found: OpenCall): boolean {
  if (!piece.function?.name || !found.name) return false;
  const other = Boolean(piece.id && found.id && piece.id !== found.id);
  if (isWhole(found)) return other || !isRepeated(piece, textOf(piece.function.arguments), found);
  return other && /^\s*(\{|$)/.test(textOf(piece.function.arguments));
}

/** A call that is said once more, whole. */
function isRepeated({ id, function: named }: CallPiece, args: string, found: OpenCall): boolean {
  return Boolean(id) && id === found.id && named?.name === found.name && args !== "" && args === found.pieces.join("");
}

const textOf = (args: Json | undefined): string => (args === undefined || args === null ? "" : argumentsText(args));

function isWhole({ pieces }: OpenCall): boolean {
  const value = pieces.at(-1)?.trimEnd().endsWith("}") ? parseJson(pieces.join("")) : undefined;
  return typeof value === "object" && value !== null;
}
