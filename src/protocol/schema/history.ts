import { z } from "zod/mini";
import type { ContentPart, HistoryItem } from "../history.ts";
import { namedSchema } from "./values.ts";

const part = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("input_text"), text: z.string() }),
  z.strictObject({
    type: z.literal("input_image"),
    image_url: z.string(),
    detail: z.exactOptional(z.enum(["auto", "low", "high", "original"])),
  }),
  z.strictObject({
    type: z.literal("output_text"),
    text: z.string(),
    annotations: z.exactOptional(z.array(z.unknown())),
  }),
  z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
]) satisfies z.ZodMiniType<ContentPart>;

const jsonObject = z.record(z.string(), z.json());
const optionalText = () => z.exactOptional(z.string());

/** What the model saw and said. Items of the provider are kept as they came: they may hold fields that are not named here. */
export const historyItemSchema = namedSchema(
  "HistoryItem",
  z.discriminatedUnion("type", [
    z.looseObject({
      type: z.literal("message"),
      role: z.enum(["developer", "user", "assistant"]),
      content: z.array(part),
      id: optionalText(),
      status: optionalText(),
      phase: optionalText(),
    }),
    z.looseObject({
      type: z.literal("reasoning"),
      id: optionalText(),
      summary: z.array(z.strictObject({ type: z.literal("summary_text"), text: z.string() })),
      content: z.exactOptional(
        z.nullable(z.array(z.strictObject({ type: z.literal("reasoning_text"), text: z.string() }))),
      ),
      encrypted_content: z.exactOptional(z.nullable(z.string())),
      signature: optionalText(),
      provider: z.exactOptional(z.nullable(z.string())),
      field: z.exactOptional(z.enum(["reasoning", "reasoning_content"])),
      details: z.exactOptional(z.array(jsonObject)),
    }),
    z.looseObject({
      type: z.literal("function_call"),
      call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
      namespace: optionalText(),
      extra_content: z.exactOptional(jsonObject),
      provider: optionalText(),
      id: optionalText(),
      status: optionalText(),
    }),
    z.looseObject({
      type: z.literal("function_call_output"),
      call_id: z.string(),
      output: z.union([z.string(), z.array(part)]),
      id: optionalText(),
    }),
    z.looseObject({
      type: z.literal("custom_tool_call"),
      call_id: z.string(),
      name: z.string(),
      input: z.string(),
      id: optionalText(),
      status: optionalText(),
    }),
    z.looseObject({
      type: z.literal("custom_tool_call_output"),
      call_id: z.string(),
      output: z.string(),
      id: optionalText(),
    }),
    z.looseObject({
      type: z.literal("web_search_call"),
      id: optionalText(),
      status: optionalText(),
      action: z.exactOptional(z.unknown()),
      blocks: z.exactOptional(z.array(jsonObject)),
    }),
  ]) satisfies z.ZodMiniType<HistoryItem>,
);
