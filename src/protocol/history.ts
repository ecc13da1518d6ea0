import type { JsonObject } from "./json.ts";

/**
 * What the model has seen and said, in the shape of the Responses API: it is the richest of the three wires, so the
 * other two translate from it. Items that came from the model are replayed as they came (`id`, `status`, encrypted
 * reasoning), because a changed byte breaks prompt caches and signatures.
 */
export type HistoryItem =
  | MessageItem
  | ReasoningHistoryItem
  | FunctionCallItem
  | FunctionCallOutputItem
  | CustomToolCallItem
  | CustomToolCallOutputItem
  | HostedCallItem;

/** One part of a message or of a tool's output. */
export type ContentPart =
  | { type: "input_text"; text: string }
  | { type: "input_image"; image_url: string; detail?: "auto" | "low" | "high" | "original" }
  | { type: "output_text"; text: string; annotations?: unknown[] }
  | { type: "refusal"; refusal: string };

export interface MessageItem {
  type: "message";
  role: "developer" | "user" | "assistant";
  content: ContentPart[];
  id?: string;
  status?: string;
  phase?: string;
}

export interface ReasoningHistoryItem {
  type: "reasoning";
  id?: string;
  summary: { type: "summary_text"; text: string }[];
  content?: { type: "reasoning_text"; text: string }[] | null;
  encrypted_content?: string | null;
  /** The Messages wire signs its thinking blocks; the signature must come back with the text. */
  signature?: string;
  /**
   * Id of the provider that thought it: it goes back to no other. Absent: of before this was written down. null: the file that it was
   * imported from does not say; it goes to whoever the thread goes on with, which refuses it if it is another.
   */
  provider?: string | null;
  /** Field of a Chat message in which the text came and goes back. */
  field?: "reasoning" | "reasoning_content" | "thinking_blocks";
  /** Reasoning in parts, which go back as they came: OpenRouter's `reasoning_details`, or what `field` says (LiteLLM). */
  details?: JsonObject[];
  /** What a server of the Chat wire hangs on the message itself: Gemini. */
  extra_content?: JsonObject;
}

export interface FunctionCallItem {
  type: "function_call";
  call_id: string;
  name: string;
  /** JSON text exactly as the model wrote it; it may be malformed. */
  arguments: string;
  namespace?: string;
  /** What a server of the Chat wire hangs on a call and wants back with it, such as Gemini's thought signatures. */
  extra_content?: JsonObject;
  /** The same, as LiteLLM names it. */
  provider_specific_fields?: JsonObject;
  /** Id of the provider that both came from: they go back to no other. */
  provider?: string;
  id?: string;
  status?: string;
}

export interface FunctionCallOutputItem {
  type: "function_call_output";
  call_id: string;
  output: string | ContentPart[];
  id?: string;
}

/** A call of a freeform tool: `input` is plain text that follows the tool's grammar. */
export interface CustomToolCallItem {
  type: "custom_tool_call";
  call_id: string;
  name: string;
  input: string;
  id?: string;
  status?: string;
}

export interface CustomToolCallOutputItem {
  type: "custom_tool_call_output";
  call_id: string;
  output: string;
  id?: string;
}

/** A tool that the provider ran itself (web search). Kept opaque and replayed. */
export interface HostedCallItem {
  type: "web_search_call";
  id?: string;
  status?: string;
  action?: unknown;
  /** What the Messages wire said of it, call and results, which goes back as it came. Absent: another wire's. */
  blocks?: JsonObject[];
}

/** A call that we have to run and answer. */
export type ToolCallItem = FunctionCallItem | CustomToolCallItem;
