import type { HistoryItem, JsonObject, JsonSchema, ServerLimits } from "../../protocol/index.ts";
import type { ModelRequest, ProviderSettings } from "../contract.ts";
import { numberIn } from "../json.ts";
import { isRefusable, refusedPart, withoutParts } from "./refused.ts";
import { type ReplayLimits, replayable } from "./replay.ts";

/** What a server turned out not to take, as it is learned: each thing once. `omit`: top-level fields of the body. */
export type Learned = Omit<ServerLimits, "omit"> & { readonly omit: Set<string> };

/** What is known of a server before its first answer: Mistral's own says that it wants short ids. */
export function nothingLearned({ base_url }: Pick<ProviderSettings, "base_url">): Learned {
  const short_ids = URL.canParse(base_url) && new URL(base_url).hostname === "api.mistral.ai";
  return { omit: new Set(), images: true, reasoning: true, short_ids, max_output_tokens: null };
}

/** What a stored thread remembers of a server. Only what is optional is left out, whatever stands in its file. */
export function recalled(known: ServerLimits, provider: Pick<ProviderSettings, "base_url">): Learned {
  const fresh = nothingLearned(provider);
  return {
    omit: new Set(known.omit.filter(isRefusable)),
    images: known.images !== false,
    reasoning: known.reasoning !== false,
    short_ids: known.short_ids === true || fresh.short_ids,
    max_output_tokens: typeof known.max_output_tokens === "number" ? known.max_output_tokens : null,
  };
}

/** As it is stored. */
export function limitsOf(learned: Learned): ServerLimits {
  return { ...learned, omit: [...learned.omit] };
}

/** Fields in which a schema for the answer travels. */
const SCHEMA_FIELDS = ["response_format", "text", "output_config"];

/** The request as this server takes it. */
export function adjusted(request: ModelRequest, learned: Learned, provider: string): ModelRequest {
  const limits: ReplayLimits = { provider, ...learned };
  const { max_output_tokens: wanted, output_schema } = request;
  const most = learned.max_output_tokens;
  const told = output_schema !== null && SCHEMA_FIELDS.some((field) => learned.omit.has(field));
  return {
    ...request,
    input: replayable(request.input, limits),
    max_output_tokens: most === null || wanted === null ? (most ?? wanted) : Math.min(most, wanted),
    ...(told ? { instructions: `${request.instructions}\n\n${inWords(output_schema)}` } : {}),
  };
}

/** For servers that take no schema; whether the answer follows it is checked all the same. */
export function inWords(schema: JsonSchema): string {
  return `Your final answer must be one JSON value, without anything around it, that follows this JSON Schema: ${JSON.stringify(schema)}`;
}

/** The body without what the server refused. */
export function withoutRefused(body: JsonObject, { omit }: Learned): JsonObject {
  return omit.size === 0 ? body : withoutParts(body, omit);
}

/** Words about the most tokens of an answer, and that a number of them was too high. */
const ABOUT_MOST = /max(imum)?[ _](completion_|output_|new_)?tokens/i;
const TOO_HIGH = /range|exceed|greater|larger|too (large|big|high)|less than|at most|maximum|limit|supports?|[<>]/i;
/** vLLM: the room that is left in the window, of which the next requests will have less. */
const ROOM_LEFT = /> (\d+) - (\d+)/;
/** Fewer are no limit of a model, but some other number. */
const LEAST_MOST = 256;

/** The most tokens of an answer that a refusal names, below those that were asked for; null when it names none. */
function mostTokens(message: string, asked: number): number | null {
  if (!ABOUT_MOST.test(message) || !TOO_HIGH.test(message)) return null;
  const [, window, used] = ROOM_LEFT.exec(message) ?? [];
  if (window !== undefined && used !== undefined) return Math.max(Math.floor((Number(window) - Number(used)) / 2), 1);
  const numbers = [...message.replace(/\(status \d+\)/, "").matchAll(/(?<![\w.-])\d+(?![\w.-]*[a-z])/gi)].map(Number);
  const named = numbers.filter((number) => number >= LEAST_MOST && number < asked);
  return named.length > 0 ? Math.max(...named) : null;
}

interface Rule {
  /** Completes "the server refused …". */
  what: string;
  says: RegExp;
  applies(request: ModelRequest, learned: Learned): boolean;
  learn(learned: Learned): void;
}

const RULES: readonly Rule[] = [
  {
    what: "the ids of calls",
    says: /tool.?call.?id.*(length of 9|nine|a-z, ?A-Z, ?0-9)|(call_id|tool_use(_id|\.id)|tool_calls.*\bid\b).*(too long|maximum length|pattern|must match)/i,
    applies: ({ input }, { short_ids }) => !short_ids && input.some((item) => "call_id" in item),
    learn: (learned) => {
      learned.short_ids = true;
    },
  },
  {
    what: "images",
    says: /image|vision|multimodal|multi-modal|modalit|media type|content type|content\b.{0,60}\bstring/i,
    applies: ({ input }, { images }) => images && input.some(hasImage),
    learn: (learned) => {
      learned.images = false;
    },
  },
  {
    what: "reasoning of earlier answers",
    says: /encrypted|signature|thinking block|reasoning(_content|_details| item)|thought_signature|['"`]reasoning['"`].*message|message.*['"`]reasoning['"`]/i,
    applies: ({ input }, { reasoning }) => reasoning && input.some((item) => item.type === "reasoning"),
    learn: (learned) => {
      learned.reasoning = false;
    },
  },
];

/**
 * What a refusal was about, when it is something that the request can do without: it is remembered in `learned`, and the
 * sentence says what was left out. null: nothing of this request would help. `body`: what was sent.
 */
export function learnFrom(message: string, request: ModelRequest, body: JsonObject, learned: Learned): string | null {
  const asked = numberIn(body.max_tokens ?? body.max_output_tokens ?? body.max_completion_tokens);
  const most = asked === undefined ? null : mostTokens(message, asked);
  if (most !== null) {
    learned.max_output_tokens = most;
    return `the server allows ${most} tokens for an answer; asked again with that`;
  }
  const rule = RULES.find(({ says, applies }) => says.test(message) && applies(request, learned));
  if (rule) {
    rule.learn(learned);
    return `the server refused ${rule.what} (${message}); asked again without, as from now on`;
  }
  const part = refusedPart(message, body);
  if (part === undefined || learned.omit.has(part)) return null;
  learned.omit.add(part);
  return `the server refused ${part} (${message}); asked again without, as from now on`;
}

function hasImage(item: HistoryItem): boolean {
  const parts = item.type === "message" ? item.content : item.type === "function_call_output" ? item.output : "";
  return typeof parts !== "string" && parts.some((part) => part.type === "input_image");
}
