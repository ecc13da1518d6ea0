import type { Json, JsonObject } from "../../protocol/index.ts";
import { at } from "../json.ts";

/** A part of the body that a request can do without, or say in another way: an answer is worth more than it. */
interface Refusable {
  /** As it is stored and told. */
  name: string;
  /** Words of servers that do not call it by its name. */
  says?: RegExp;
  isIn(body: JsonObject): boolean;
  without(body: JsonObject): JsonObject;
}

/** A field of the body itself. */
const field = (name: string, says?: RegExp): Refusable => ({
  name,
  ...(says ? { says } : {}),
  isIn: (body) => name in body,
  without: (body) => omitted(body, name),
});

/** A field at any depth outside of the messages. */
const everywhere = (name: string): Refusable => ({
  name,
  isIn: ({ messages: _, input: __, ...body }) => JSON.stringify(body).includes(`"${name}":`),
  without: ({ messages, input, ...body }) => ({
    ...(deepOmitted(body, name) as JsonObject),
    ...(messages === undefined ? {} : { messages }),
    ...(input === undefined ? {} : { input }),
  }),
});

const renamed = (from: string, to: string, says: RegExp): Refusable => ({
  name: from,
  says,
  isIn: (body) => from in body,
  without: ({ [from]: value = null, ...body }) => ({ ...body, [to]: value }),
});

/** The first that a refusal is about is left out. Order: what is meant by a sentence that names two comes first. */
const REFUSABLE: readonly Refusable[] = [
  renamed("max_tokens", "max_completion_tokens", /max_tokens['"`]? is not supported.*max_completion_tokens/i),
  field("stream_options"),
  field("parallel_tool_calls"),
  field("reasoning_effort", /not support (thinking|reasoning)|(thinking|reasoning) is not supported/i),
  field("reasoning", /reasoning\.(effort|summary)|reasoning summar|not support (thinking|reasoning)|reasoning is not/i),
  field("response_format", /json_schema|structured output/i),
  field("text", /text\.(format|verbosity)|json_schema|structured output/i),
  field("output_config", /structured output/i),
  field("verbosity"),
  field("service_tier"),
  field("prompt_cache_key"),
  field("store"),
  field("include", /reasoning\.encrypted_content/),
  everywhere("cache_control"),
  everywhere("strict"),
  field("thinking", /thinking\.type|adaptive thinking|not support thinking|thinking is not/i),
  field("tool_choice"),
  {
    name: "system role",
    says: /system role|role.{0,20}\bsystem\b|roles must alternate/i,
    isIn: (body) => at(firstMessage(body), "role") === "system",
    without: withoutSystemRole,
  },
  {
    name: "system blocks",
    says: /\bsystem\b.{0,30}(valid|a) string/i,
    isIn: ({ system }) => Array.isArray(system),
    without: ({ system, ...body }) => ({ ...body, system: textOf(system) }),
  },
];

/** What a refusal has in it that names a field whose name is a plain word, too. */
const REFUSES =
  /support|unknown|unrecogni[sz]|unexpected|not (permitted|allowed|valid)|invalid|extra|additional|(should|must|can only) be/i;

/** The name of what the message is about, of what is in the body; undefined when nothing of it could be left out. */
export function refusedPart(message: string, body: JsonObject): string | undefined {
  return REFUSABLE.find((part) => part.isIn(body) && isAbout(message, part))?.name;
}

function isAbout(message: string, { name, says }: Refusable): boolean {
  if (says?.test(message)) return true;
  // A name of several words is no common word. One that needs other words than its own name is known by those alone.
  if (name.includes("_")) return name !== "max_tokens" && new RegExp(name.replaceAll("_", "[_ ]"), "i").test(message);
  const named = `(^|['"\`.(]|: ?|(argument|parameter|field|property) )${name}(['"\`:=)]|$|[.,] | (is|was|are|not|field|should)\\b)`;
  return !name.includes(" ") && new RegExp(named, "i").test(message) && REFUSES.test(message);
}

/** The body without the parts of these names. */
export function withoutParts(body: JsonObject, names: ReadonlySet<string>): JsonObject {
  let rest = body;
  for (const part of REFUSABLE) if (names.has(part.name) && part.isIn(rest)) rest = part.without(rest);
  return rest;
}

/** Whether something of this name can be left out at all. */
export function isRefusable(name: string): boolean {
  return REFUSABLE.some((part) => part.name === name);
}

function omitted(body: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = body;
  return rest;
}

function deepOmitted(value: Json, name: string): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => deepOmitted(one, name));
  const kept = Object.entries(value).filter(([key]) => key !== name);
  return Object.fromEntries(kept.map(([key, inner]) => [key, deepOmitted(inner, name)]));
}

function firstMessage({ messages }: JsonObject): Json | undefined {
  return Array.isArray(messages) ? messages[0] : undefined;
}

/** Templates without a system role (Gemma, old Mistral) get its text with the first words of the user. */
function withoutSystemRole(body: JsonObject): JsonObject {
  const [system, first, ...rest] = body.messages as JsonObject[];
  const text = textOf(system?.content ?? "");
  if (first?.role !== "user") {
    const others = first ? [first] : [];
    return { ...body, messages: [{ role: "user", content: text }, ...others, ...rest] };
  }
  const content =
    typeof first.content === "string"
      ? `${text}\n\n${first.content}`
      : [{ type: "text", text }, ...(first.content as Json[])];
  return { ...body, messages: [{ ...first, content }, ...rest] };
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map((part) => String(at(part, "text") ?? "")).join("\n\n") : "";
}
