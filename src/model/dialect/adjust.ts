import type { HistoryItem, JsonObject, JsonSchema, ServerLimits } from "../../protocol/index.ts";
import type { ModelRequest, ProviderSettings } from "../contract.ts";
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
    omit: new Set(known.omit.filter((field) => Object.hasOwn(OPTIONAL, field))),
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
  if (omit.size === 0) return body;
  return Object.fromEntries(Object.entries(body).filter(([field]) => !omit.has(field)));
}

/** Fields that say how, not what: an answer without them is worth more than none. With the words that servers use for them. */
const OPTIONAL: Record<string, RegExp | null> = {
  stream_options: null,
  parallel_tool_calls: /parallel tool calls/i,
  reasoning_effort: /reasoning effort/i,
  reasoning: /reasoning\.(effort|summary)|reasoning is not supported/i,
  response_format: /json_schema|structured output/i,
  text: /text\.(format|verbosity)|json_schema|structured output/i,
  output_config: /structured output/i,
  verbosity: null,
  service_tier: null,
  prompt_cache_key: null,
  store: null,
  include: /reasoning\.encrypted_content/,
  cache_control: null,
  thinking: /thinking\.type|adaptive thinking/i,
  tool_choice: null,
};

/** True when the message is about this field: by its name where that is no common word, else where it stands as a name. */
function isAbout(message: string, field: string): boolean {
  const named = field.includes("_")
    ? field
    : `(['"\`]|: ?|(argument|parameter|field|property) )${field}(['"\`]|:|$|[.,] )`;
  return new RegExp(named, "i").test(message) || OPTIONAL[field]?.test(message) === true;
}

/** A number that a server names as the most tokens of an answer. */
const MOST_TOKENS =
  /max_(?:completion_|output_)?tokens\D+(?:\d+\s*>\s*|\d+\D+(?:at most|maximum(?: value)? (?:of|is|allowed is)|supports?|<=|less than or equal to)\s*)(\d+)/i;

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
    says: /image|vision|multimodal|multi-modal|modalit/i,
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
  const most = Number(MOST_TOKENS.exec(message)?.[1] ?? 0);
  const limited = ["max_tokens", "max_output_tokens", "max_completion_tokens"].some((field) => field in body);
  if (most > 0 && limited && most < (learned.max_output_tokens ?? Number.POSITIVE_INFINITY)) {
    learned.max_output_tokens = most;
    return `the server allows ${most} tokens for an answer; asked again with that`;
  }
  const rule = RULES.find(({ says, applies }) => says.test(message) && applies(request, learned));
  if (rule) {
    rule.learn(learned);
    return `the server refused ${rule.what} (${message}); asked again without, as from now on`;
  }
  const field = Object.keys(OPTIONAL).find((name) => name in body && isAbout(message, name));
  if (field === undefined) return null;
  learned.omit.add(field);
  return `the server refused the field ${field} (${message}); asked again without, as from now on`;
}

function hasImage(item: HistoryItem): boolean {
  const parts = item.type === "message" ? item.content : item.type === "function_call_output" ? item.output : "";
  return typeof parts !== "string" && parts.some((part) => part.type === "input_image");
}
